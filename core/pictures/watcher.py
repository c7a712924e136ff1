"""Watch a stream of pictures: say what is unusual in each, then learn it as usual."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from driftscope.core import registry
from driftscope.core.arrays import Array, Bools, empty
from driftscope.core.interfaces import Learner, State
from driftscope.core.params import Params
from driftscope.core.pictures.classes import Classes, Seen
from driftscope.core.pictures.jump import Jump
from driftscope.core.pictures.places import by_place
from driftscope.core.pictures.region import watched
from driftscope.core.pictures.unusual import Looked, Net, Unusual
from driftscope.core.reports import Graded, Report
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.stream import EventKind, LearnerState, Scored, Step, StreamInfo
from driftscope.core.teaching import Accept, LearnerCommand

HURRY_S, HURRY_ROWS = 2.0, 20
"""For so long, and so many pictures, what comes is learned in a hurry once it was accepted."""
RATE_HZ = 15.0
"""In place of a rate that is not known."""


class Watcher(Learner):
    """Score pictures by how unusual their cells are, and learn them while nothing is wrong.

    Held or frozen, weights, Gaussian, bank and running errors stay as they are; scoring goes on.
    A picture is made small first, so its size may change. Call from one thread, which must have
    called `torch.set_num_threads(1)`.
    """

    params: PictureLearnerParams
    holds = True
    horizon = 0
    auto_step_rows = 1

    def __init__(
        self, info: StreamInfo, params: PictureLearnerParams, model_params: Params
    ) -> None:
        self.info = info
        self.params = params
        self.model_params = model_params
        self.rate_hz = info.rate_hz
        trunk = str(getattr(model_params, "trunk", ""))
        self.classes = Classes(info.key, params, info.classes, trunk)
        self.reset()

    def reset(self) -> None:
        """Start anew with fresh weights and nothing known but the samples given by hand."""
        self.classes.reset()
        self.unusual = Unusual(self._build(), self.params)
        self._jump = Jump()
        self._events: list[tuple[EventKind, dict[str, Any]]] = []
        self._held = ""
        self._hurry = 0
        self._time_s = 0.0
        self._open: tuple[int, int, Looked] | None = None

    def take_over(self, old: Learner) -> None:
        """Keep the samples given by hand."""
        if isinstance(old, Watcher):
            self.classes.take_over(old.classes)

    def score(self, step: Step) -> Scored:
        """Say how unusual each picture is, and show where, of the newest one."""
        looked = self.unusual.look(step.values, step.n, self._watched())
        self._open = (step.seq, step.n, looked)
        newest = step.n - 1
        extras: dict[str, Array] = {}
        if self.unusual.ready:
            extras["places"] = np.stack([by_place(heat) for heat in looked.heat])
            extras["heat"] = looked.heat[newest]
            extras["expected"] = self.unusual.expected(looked.redrawn[newest])
        chances = self.classes.chances(_seen(step, looked, newest))
        if chances is not None:
            extras["classes"] = chances
        none = empty(step.rows, 1)
        return Scored(
            prediction=none, forecast=None, loss=looked.loss,
            baseline_loss={"running mean": looked.baseline},
            error=looked.score[:, None].copy(), deviation=none, extras=extras,
        )  # fmt: skip

    def learn(self, step: Step, scored: Scored) -> float:
        """Learn the step's pictures as usual, unless frozen or held; return the loss, or NaN."""
        looked = self._looked(step)
        self._open = None
        self._follow(step, looked)
        self._teach(step, looked)
        if self.state in ("frozen", "held"):
            return math.nan
        hurry, self._hurry = self._hurry > 0, max(0, self._hurry - step.rows)
        return self.unusual.learn(looked, hurry, float(step.time_s[-1]))

    def skip(self, step: Step, scored: Scored | None) -> None:
        """Leave the step unlearned; what is labelled by a held key is taken all the same."""
        if self.classes.samples.held is not None and scored is not None and step.full:
            self._teach(step, self._looked(step), learn=False)
        self._open = None

    def gap(self) -> None:
        """Only the count of what has changed looks back."""
        self._jump.gap()
        self.classes.gap()
        self._open = None

    def hold(self, reason: str) -> None:
        """Leave all that was learned as it is until told ""."""
        self._held = reason

    def extend(self, info: StreamInfo) -> None:
        """Go on with pictures of another size: what was learned stays."""
        self.info = info
        self._open = None

    def obey(self, command: LearnerCommand) -> str:
        """Take what is seen now for normal, or see to the classes taught by hand."""
        if isinstance(command, Accept):
            if self.state == "frozen":
                return "The learner is frozen: let it learn, then accept what is seen."
            self._hurry = max(HURRY_ROWS, round(HURRY_S * (self.rate_hz or RATE_HZ)))
            self.unusual.hurry()
            return ""
        return self.classes.obey(command)

    def learned(self) -> State:
        """Return a copy of what is known of the usual, to go back to."""
        return self.unusual.learned()

    def go_back(self, learned: State) -> None:
        """Have what is known of the usual be as it was; classes taught by hand stay."""
        self.unusual.go_back(learned)
        self._open = None

    def take_reports(self) -> list[Graded | Report]:
        """Return how well the classes taught by hand are told apart, if that has changed."""
        report = self.classes.take_report(self._time_s)
        return [] if report is None else [report]

    @property
    def state(self) -> LearnerState:
        if self.params.frozen or self.params.lr == 0.0:
            return "frozen"
        if self._held:
            return "held"
        return "learning" if self.unusual.ready else "warming up"

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return (kind, data) of what happened since the last call, each once."""
        events = self._events + self.unusual.take_events()
        self._events = []
        notes = self.classes.take_notes()
        return [*events, *(("note", dict(message=note)) for note in notes)]

    def _build(self) -> Net:
        build = registry.load("picture_models", self.params.model).build
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.params.seed)
            net: Net = build(self.model_params, self.info)
        return net

    def _looked(self, step: Step) -> Looked:
        """Return what was seen in the step scored last, scoring it if it was not."""
        if self._open is None or self._open[:2] != (step.seq, step.n):
            self.score(step)
        assert self._open is not None
        return self._open[2]

    def _watched(self) -> Bools:
        return watched(str(getattr(self.model_params, "region", "")))

    def _follow(self, step: Step, looked: Looked) -> None:
        """Tell of a change of nearly the whole picture, which an alarm would be too little for."""
        for share, time_s in zip(looked.changed, step.time_s, strict=True):
            message = self._jump.follow(float(share), float(time_s))
            if message:
                self._events.append(("note", dict(message=message, offer="relearn")))

    def _teach(self, step: Step, looked: Looked, learn: bool = True) -> None:
        """Let the classes have the step's pictures."""
        for row in range(step.n):
            self.classes.take(_seen(step, looked, row), learn)
        self._time_s = float(step.time_s[step.n - 1])

    def state_dict(self) -> State:
        """Return everything a later result depends on."""
        return dict(
            unusual=self.unusual.state_dict(), jump=self._jump.state_dict(),
            hurry=self._hurry, rate_hz=self.rate_hz, time_s=self._time_s,
            classes=self.classes.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model."""
        self.unusual.load_state_dict(state["unusual"])
        self._jump.load_state_dict(state["jump"])
        self._hurry, self.rate_hz = state["hurry"], state["rate_hz"]
        self._time_s = state["time_s"]
        self.classes.load_state_dict(state["classes"])
        self._open = None


def _seen(step: Step, looked: Looked, row: int) -> Seen:
    """Return one picture of a step as the classes want it."""
    return Seen(
        step.seq + row, float(step.time_s[row]), step.values[row], looked.small[row],
        looked.cells[row],
    )  # fmt: skip
