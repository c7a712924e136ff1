"""Test-then-train for pictures that come with labels: say the class first, learn it after."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from driftscope.core.arrays import F64, UNKNOWN, Bools, Classes, Pixels, empty
from driftscope.core.interfaces import Learner, State
from driftscope.core.params import Params
from driftscope.core.pictures.grades import Grades, Labelled
from driftscope.core.pictures.shrink import shrunk
from driftscope.core.pictures.trained_net import TrainedNet
from driftscope.core.pictures.unlabelled import Said, Unlabelled
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.stream import (
    Event,
    EventKind,
    Graded,
    Labels,
    LearnerState,
    Report,
    Scored,
    Step,
    StreamInfo,
)

ROWS = 32
"""The automatic batch size for a set of pictures."""
MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold what was said of a step's pictures (B, h, w, 3), with the way back to the weights.

    `chances` (B, K) are NaN before anything was learned.
    """

    seq: int
    n: int
    pictures: Pixels
    logits: Tensor
    chances: F64


class Classifier(Learner):
    """Tell pictures' classes by a net that is trained, step by step, with the labels they have.

    The forward pass that scored a step serves its first update as well: no weight changes in
    between. Rows in `test`, and rows without a label, are never trained on. A label that comes
    later finds its picture if that is not too long ago. New classes may come while running. Call
    from one thread, which must have called `torch.set_num_threads(1)`.
    """

    params: PictureLearnerParams
    horizon = 0

    def __init__(
        self, info: StreamInfo, params: PictureLearnerParams, model_params: Params
    ) -> None:
        self.info = info
        self._told = info.classes
        self.params = params
        self.model_params = model_params
        self.rate_hz = info.rate_hz
        self.auto_step_rows = ROWS if info.clock == "rows" else 1
        self.reset()

    def reset(self) -> None:
        """Start anew with fresh weights, and nothing remembered or counted."""
        self.info = replace(self.info, classes=self._told)
        self.net = TrainedNet(self.info, self.params, self.model_params)
        self.grades = Grades(self.info.key, self.info.classes)
        self._unlabelled = Unlabelled()
        self._open: Opened | None = None
        self._held = ""
        self._graded: list[Graded] = []
        self._changed = False
        self._notes: list[str] = []

    def score(self, step: Step) -> Scored:
        """Say how unsure it is of each picture's class, and of the newest, what it may be."""
        pictures = shrunk(step.values, self.net.size)
        logits = self.net.logits(pictures)
        warm = self.net.training.updates > 0
        chances = torch.softmax(logits.detach().double(), 1).numpy()
        if not warm:
            chances = np.full_like(chances, math.nan)
        self._open = Opened(step.seq, step.n, pictures, logits, chances)
        none = empty(step.rows, 1)
        return Scored(
            prediction=none, forecast=None, loss=none[:, 0], baseline_loss={},
            error=-np.log(chances.max(1, keepdims=True)), deviation=none,
            extras={"classes": np.append(chances[step.n - 1], 0.0)} if warm else {},
        )  # fmt: skip

    def learn(self, step: Step, scored: Scored) -> float:
        """Grade what was said of the labelled rows, then train on those that are not in `test`,
        unless frozen or held; return the mean cross entropy trained on, or NaN."""
        opened = self._opened(step)
        y, test, guess = self._take(step, opened)
        self._open = None
        rows = np.flatnonzero((y != UNKNOWN) & ~test)
        if not len(rows):
            return math.nan
        still = opened.logits.shape[1] == len(self.net.classes)
        logits = opened.logits[torch.from_numpy(rows)] if still else None
        return self._train(opened.pictures[rows], y[rows], logits, guess, float(step.time_s[-1]))

    def skip(self, step: Step, scored: Scored | None) -> None:
        """Only grade what was said of the labelled rows."""
        if scored is not None:
            self._take(step, self._opened(step))
        self._open = None

    def label(self, labels: Labels) -> None:
        """Grade, and learn, pictures whose labels come late; of those long gone only tell."""
        y = self._known(labels.y)
        rows = np.flatnonzero(y != UNKNOWN)
        found = self._unlabelled.take(labels.seq + rows)
        if len(found) < len(rows):
            gone = len(rows) - len(found)
            self._notes.append(f"{gone:,} labels came after their pictures were forgotten.")
        if not found:
            return
        seq = np.array([said.seq for said in found])
        chances = np.zeros((len(found), len(self.net.classes)))
        for row, said in zip(chances, found, strict=True):
            row[: len(said.chances)] = said.chances
        test = np.zeros(len(y), bool) if labels.test is None else labels.test
        y, test = y[seq - labels.seq], test[seq - labels.seq]
        pictures = np.stack([said.picture for said in found])
        time_s = np.array([said.time_s for said in found])
        guess = self._grade(Labelled(seq, time_s, y, test, pictures, chances))
        if not test.all():
            self._train(pictures[~test], y[~test], None, guess, float(time_s[-1]))

    def note(self, event: Event) -> None:
        """Close the books of a pass once all of its rows are graded."""
        if event.kind == "pass":
            self.grades.end_pass(event.seq)
            self._changed = True

    def gap(self) -> None:
        """Nothing here looks back."""
        self._open = None

    def extend(self, info: StreamInfo) -> None:
        """Go on with the stream's next version: pictures of another size are drawn to the old
        one's, and new classes stand behind the others."""
        known = self.net.classes
        classes = info.classes + known[len(info.classes) :]
        self.info, self._told = replace(info, classes=classes), info.classes
        self._grow(classes)

    def hold(self, reason: str) -> None:
        """Leave the weights as they are until told ""."""
        self._held = reason

    @property
    def state(self) -> LearnerState:
        if self.params.frozen or self.params.lr == 0.0:
            return "frozen"
        if self._held:
            return "held"
        return "learning" if self.net.training.updates else "warming up"

    def take_reports(self) -> list[Graded | Report]:
        """Return what was graded since the last call, and the books if they changed."""
        made: list[Graded | Report] = [*self._graded]
        if self._changed:
            made.append(self.grades.report())
        self._graded, self._changed = [], False
        return made

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return (kind, data) of what happened since the last call, each once."""
        notes: list[tuple[EventKind, dict[str, Any]]]
        notes = [("note", dict(message=text)) for text in self._notes]
        events, self._notes = self.net.training.take_events(), []
        return events + notes

    def _opened(self, step: Step) -> Opened:
        """Return what was said of the step, scoring it if it was not."""
        if self._open is None or (self._open.seq, self._open.n) != (step.seq, step.n):
            self.score(step)
        assert self._open is not None
        return self._open

    def _take(self, step: Step, opened: Opened) -> tuple[Classes, Bools, float]:
        """Grade the labelled rows, remember the others; return y and test (B,) of all, and the
        mean loss of a plain guess."""
        y = np.full(step.rows, UNKNOWN) if step.y is None else self._known(step.y)
        test = np.zeros(step.rows, bool) if step.test is None else step.test
        for row in np.flatnonzero(y[: step.n] == UNKNOWN):
            picture, chances = opened.pictures[row].copy(), opened.chances[row].copy()
            seq, time_s = step.seq + int(row), float(step.time_s[row])
            self._unlabelled.add(Said(seq, time_s, picture, chances))
        rows = np.flatnonzero(y != UNKNOWN)
        guess = math.nan
        if len(rows):
            guess = self._grade(Labelled(
                step.seq + rows, step.time_s[rows], y[rows], test[rows],
                opened.pictures[rows], opened.chances[rows],
            ))  # fmt: skip
        self.grades.seen(step.seq + step.n)
        return y, test, guess

    def _grade(self, rows: Labelled) -> float:
        """Grade rows; return the mean loss of a plain guess."""
        graded = self.grades.add(rows)
        self._graded.append(graded)
        self._changed = True
        return float(np.mean(graded.baseline_loss["class frequency"]))

    def _train(
        self, pictures: Pixels, y: Classes, logits: Tensor | None, guess: float, time_s: float
    ) -> float:
        if self.state in ("frozen", "held"):
            return math.nan
        return self.net.train(pictures, y, logits, guess, time_s)

    def _known(self, y: Classes) -> Classes:
        """Return labels with absurd ones taken for unknown; make room for new classes."""
        absurd = (y < 0) & (y != UNKNOWN) | (y >= MOST_CLASSES)
        if absurd.any():
            self._notes.append(
                f"{int(absurd.sum()):,} labels are no number from 0 to {MOST_CLASSES - 1}: they "
                "are left out."
            )
            y = np.where(absurd, UNKNOWN, y)
        known = self.net.classes
        more = range(len(known), int(y.max(initial=-1)) + 1)
        self._grow(known + tuple(f"class {number}" for number in more))
        return y

    def _grow(self, classes: tuple[str, ...]) -> None:
        if classes == self.net.classes:
            return
        if not self.net.grow(classes):
            model = self.params.model
            message = f"The model {model!r} starts anew: it has no `keep` for more classes."
            self._notes.append(message)
        self.info = replace(self.info, classes=classes)
        self.grades.extend(classes)

    def state_dict(self) -> State:
        """Return everything a later result depends on, and the books."""
        return dict(
            net=self.net.state_dict(), grades=self.grades.state_dict(),
            unlabelled=self._unlabelled.state_dict(), rate_hz=self.rate_hz,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model or stream."""
        self.net.load_state_dict(state["net"])
        self.info = replace(self.info, classes=self.net.classes)
        self.grades.extend(self.net.classes)
        self.grades.load_state_dict(state["grades"])
        self._unlabelled.load_state_dict(state["unlabelled"])
        self.rate_hz = state["rate_hz"]
        self._open = None
