"""Test-then-train: predict h samples ahead, and learn from each step once it has been scored."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import nn

from driftscope.core import bank, registry
from driftscope.core.clock import auto_horizon
from driftscope.core.forecasts import Forecasts
from driftscope.core.interfaces import Learner, State
from driftscope.core.normaliser import Normaliser, clipped
from driftscope.core.params import Params
from driftscope.core.recall import Recall
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F32, F64, EventKind, LearnerState, Scored, Step, StreamInfo
from driftscope.core.teaching import LearnerCommand, UpdateModel, UpdateParameters
from driftscope.core.training import Training

TRUSTED = 0.9
"""What is trusted less than this is learned now, a little, but not remembered."""
MOST_ROWS = 16
"""Of a longer step the nets learn from so many rows, evenly chosen: those between see the same
samples again, and tell little that is new (measured)."""


class Forecaster(Learner):
    """Predict each sample h samples ahead with a net trained on the stream itself.

    The prediction is the Mix of plain ways, the closed form, the echo of moments alike and what
    the nets make of the shrunk last value, as Forecasts has them. Windows and targets are
    normalised by the statistics of completed steps, and never cross a gap. `model` names the one
    it is made with, where the parameters name another one by now. `rate_hz` decides the automatic
    horizon; a new horizon counts from the next step, and predictions made for the old one are
    dropped. Call from one thread, which must have called `torch.set_num_threads(1)`.
    """

    def __init__(
        self, info: StreamInfo, params: LearnerParams, model_params: Params, model: str = ""
    ) -> None:
        self.info = info
        self.params = params
        self.model = model or params.model
        self.model_params = model_params
        self.rate_hz = info.rate_hz
        self._news: list[tuple[EventKind, dict[str, Any]]] = []
        self.reset()

    def reset(self) -> None:
        """Start anew with fresh weights, statistics and an empty past."""
        channels = len(self.info.channels)
        self.window = int(getattr(self.model_params, "window", 1))
        rates = bank.SPREADS[self.params.rates]
        self.training = Training(self._build(), self.params, rates=rates)
        horizon = self.params.horizon or auto_horizon(self.rate_hz)
        self.forecasts = Forecasts(channels, self.window, horizon, bank.names(rates))
        self.recall = Recall(self.params)
        self._open: tuple[int, int, F64] | None = None
        self._held = ""

    def take_over(self, old: Learner) -> None:
        """Go on from the samples of the learner before and their statistics: what is predicted
        begins at once, and the losses of both are in the same units."""
        if isinstance(old, Forecaster) and old.info.channels == self.info.channels:
            self.forecasts.take_over(old.forecasts)

    def score(self, step: Step) -> Scored:
        """Predict for h samples after each row; return what was predicted for these rows."""
        samples, rows = self._write(step), step.rows
        made = self.training.say(self._windows(self.forecasts.seen(0, rows), rows))
        self.forecasts.make(rows, made)
        self._open = (step.seq, step.n, samples)
        return self.forecasts.judged(samples, step.n)

    def learn(self, step: Step, scored: Scored) -> float:
        """Train on the step's targets, unless frozen; then let the statistics take it in."""
        samples = self._samples(step)
        loss = math.nan
        if trained := not (self._frozen or self._held):
            loss = self._train(step, scored, self.forecasts.rest(samples))
        self._take(step, samples, trained)
        return loss

    def skip(self, step: Step, scored: Scored | None) -> None:
        """Take the step in without training; a part step leaves the statistics alone, too."""
        samples = self._write(step) if scored is None else self._samples(step)
        if scored is None:
            self.forecasts.miss(step.rows)
        self._take(step, samples, False)

    def gap(self) -> None:
        """Forget the window and every prediction not yet due."""
        self.forecasts.gap()
        self._open = None

    def hold(self, reason: str) -> None:
        """Leave weights, statistics and mix as they are until told ""."""
        self._held = reason

    def quicken(self) -> None:
        self.training.quicken()

    def extend(self, info: StreamInfo) -> None:
        """Go on with more channels: a model with a `keep` keeps its weights, all else stays."""
        old, more = self.training.nets, len(info.channels) > len(self.info.channels)
        self.info = info
        if not more:
            return
        new = bank.copies(self._build(), len(old))
        keep = getattr(registry.load("models", self.model), "keep", None)
        if keep is None:
            message = f"The model {self.model!r} starts anew: it has no `keep` for channels."
            self._news.append(("note", {"message": message}))
        else:
            with torch.no_grad():
                for kept, made in zip(old, new, strict=True):
                    keep(kept.cpu(), made)
        self.training.go_on(new)
        self.forecasts.extend(len(info.channels))
        self.recall = Recall(self.params)
        self._open = None

    def obey(self, command: LearnerCommand) -> str:
        """Take gradients or weights that a program gives for the net."""
        if isinstance(command, UpdateParameters | UpdateModel):
            from driftscope.core.live_learner import obeyed

            return obeyed(self.training, command)
        return super().obey(command)

    @property
    def net(self) -> nn.Module:
        return self.training.net

    @property
    def warm(self) -> bool:
        """True once there is a prediction for the next sample."""
        return self.forecasts.warm

    @property
    def horizon(self) -> int:  # type: ignore[override]  # it is only read
        return self.forecasts.horizon

    @property
    def normaliser(self) -> Normaliser:
        return self.forecasts.normaliser

    @property
    def state(self) -> LearnerState:
        """Return what the learner is doing, as `Learned` says it."""
        if self._frozen:
            return "frozen"
        if self._held:
            return "held"
        return "learning" if self.warm else "warming up"

    @property
    def _frozen(self) -> bool:
        return self.params.frozen or self.params.lr == 0.0

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return (kind, data) of what happened since the last call, each once."""
        events, self._news = self._news + self.training.take_events(), []
        return events

    def _build(self) -> nn.Module:
        build = registry.load("models", self.model).build
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.params.seed)
            net: nn.Module = build(self.model_params, self.info)
        self._news = [("note", {"message": each}) for each in getattr(net, "told", ())]
        return net

    def _write(self, step: Step) -> F64:
        """Write the step behind the past; return its samples (B, C). A new horizon counts now."""
        if self._open is None or self._open[0] != step.seq:
            horizon = self.params.horizon or auto_horizon(self.rate_hz)
            if horizon != self.forecasts.horizon:  # what is remembered was wanted of another one
                self.recall = Recall(self.params)
            self.forecasts.look(horizon)
        return self.forecasts.past.open(step)

    def _samples(self, step: Step) -> F64:
        """Return the samples (B, C) of the step scored last, scoring it if it was not."""
        if self._open is None or self._open[:2] != (step.seq, step.n):
            self.score(step)
        assert self._open is not None
        return self._open[2]

    def _windows(self, z: F32, rows: int, every: int = 1) -> F32:
        """Return (rows / every, W, C) float32, windows on z (W - 1 + rows, C), the last one too."""
        row, cell = z.strides
        shape = (rows // every, self.window, z.shape[1])
        first = rows % every + every - 1
        return np.ndarray(shape, z.dtype, z, first * row, (every * row, row, cell)).copy()

    def _train(self, step: Step, scored: Scored, rest: F64) -> float:
        """Make one update on the windows h before the step's rows; return its loss or NaN.

        `rest` (B, C) is what the nets are to predict there, in deviations; NaN where unknown.
        """
        rows = step.rows
        present = ~np.isnan(rest)
        past, needed = self.forecasts.past, self.window + self.horizon
        if past.rows + 1 < needed:
            present &= past.whole(rows, needed)[:, None]
        every = max(1, rows // MOST_ROWS)
        chosen = slice(rows % every + every - 1, None, every)
        windows = self._windows(self.forecasts.seen(self.horizon, rows), rows, every)
        target, known = clipped(rest[chosen]), present[chosen]
        if not known.any():
            return math.nan
        baseline = float(scored.baseline_loss["last value"].sum()) / rows
        time_s = float(step.time_s[-1])
        shown = self.recall.beside((windows, target, known), time_s, self.trust > TRUSTED)
        loss = self.training.fit(shown, baseline, time_s, self.trust)
        self.training.solve(windows, target, known)
        return loss

    def _take(self, step: Step, samples: F64, trained: bool) -> None:
        """Let statistics and past take the open step in."""
        learned = step.full and not (self.params.frozen or self._held)
        if learned:
            self.forecasts.learn(samples, self.trust, trained)
        self.forecasts.close(step, samples, learned, self.trust > TRUSTED)
        self._open = None

    def learned(self) -> State:
        """Return a copy of what was learned, to go back to."""
        return {"training": self.training.learned(), "forecasts": self.forecasts.learned()}

    def go_back(self, learned: State) -> None:
        """Have weights, moments, statistics and mix be as they were; the window stays, and of
        what was seen since nothing is learned again."""
        self.recall = Recall(self.params)
        self.training.go_back(learned["training"])
        self.forecasts.go_back(learned["forecasts"])

    def state_dict(self) -> State:
        """Return everything a later result depends on: arrays, tensors and plain numbers."""
        return {
            **self.training.state_dict(),
            "forecasts": self.forecasts.state_dict(),
            "recall": self.recall.state_dict(),
            "rate_hz": self.rate_hz,
        }

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model or stream."""
        self.training.load_state_dict(state)
        self.rate_hz = state["rate_hz"]
        self.forecasts.load_state_dict(state["forecasts"])
        self.recall.load_state_dict(state["recall"])
        self._open = None
