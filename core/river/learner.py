"""A River forecaster or regressor as a Learner: what it predicts, beside the plain baselines."""

from __future__ import annotations

import copy
import math
from collections import deque
from typing import Any

import numpy as np
from river import base
from river.time_series.base import Forecaster

from driftscope.core.clock import auto_horizon
from driftscope.core.interfaces import Learner, State
from driftscope.core.losses import mean_losses
from driftscope.core.normaliser import Normaliser
from driftscope.core.params import Params
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F64, EventKind, LearnerState, Scored, Step, StreamInfo

WINDOW = 16
"""Rows a regressor sees: the newest one, and those before it."""


class RiverLearner(Learner):
    """Predict each channel h samples ahead with a River model of its own.

    A forecaster is told the channel's values and asked for the h-th of its forecast. A regressor
    is told {"c-k": deviation} of every channel c, k rows ago (0 to 15), and learns the deviation
    h rows later. Predictions are made as a row is learned, so a step longer than the horizon has
    none for its rows beyond it; the batch size is 1 unless told. What is missing counts as the
    value before. The models themselves can be kept in memory, but in no file of states.
    """

    auto_step_rows = 1

    def __init__(
        self, info: StreamInfo, params: LearnerParams, model_params: Params, model: Any
    ) -> None:
        self.info, self.params, self.model_params = info, params, model_params
        self.rate_hz, self._fresh = info.rate_hz, model
        self.reset()

    def reset(self) -> None:
        self.horizon = self.params.horizon or auto_horizon(self.rate_hz)
        channels = len(self.info.channels)
        self._models: list[Any] = [self._fresh.clone() for _ in range(channels)]
        self.normaliser = Normaliser(channels)
        self._held, self._held_up = np.full(channels, math.nan), ""
        self.gap()

    def score(self, step: Step) -> Scored:
        """Compare the rows with what was predicted for them; make nothing."""
        channels, due = len(self.info.channels), self._due()
        made = np.full((step.rows, 3, channels), math.nan)
        n = min(step.rows, len(due))
        if n:
            made[:n] = np.stack(due[:n])
        scale = self.normaliser.scale_with(step.values)
        error, mean = mean_losses(step.values, made, scale)
        ahead = [each[0] for each in due[step.n :]]
        blank = [np.full(channels, math.nan)] * (self.horizon - len(ahead))
        return Scored(
            prediction=made[:, 0].copy(),
            forecast=np.stack([*ahead, *blank]) if self._warm else None,
            loss=mean[:, 0],
            baseline_loss={"last value": mean[:, 1], "running mean": mean[:, 2]},
            error=error[:, 0],
            deviation=(step.values - self.normaliser.mean) / scale,
        )

    def learn(self, step: Step, scored: Scored) -> float:
        self._take(step, learn=self.state not in ("frozen", "held"))
        loss = scored.loss[: step.n]
        return float(np.nanmean(loss)) if np.isfinite(loss).any() else math.nan

    def skip(self, step: Step, scored: Scored | None) -> None:
        self._take(step, learn=False)

    def gap(self) -> None:
        self._made: deque[F64] = deque(maxlen=self.horizon)
        self._past: deque[F64] = deque(maxlen=WINDOW + self.horizon)

    def extend(self, info: StreamInfo) -> None:
        more = len(info.channels) - len(self.info.channels)
        self.info = info
        if more:
            self._models += [self._fresh.clone() for _ in range(more)]
            self.normaliser.extend(len(info.channels))
            self._held = np.concatenate((self._held, np.full(more, math.nan)))
            self.gap()

    def hold(self, reason: str) -> None:
        self._held_up = reason

    @property
    def state(self) -> LearnerState:
        if self.params.frozen or self.params.lr == 0.0:
            return "frozen"
        if self._held_up:
            return "held"
        return "learning" if self._warm else "warming up"

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        return []

    @property
    def _warm(self) -> bool:
        return len(self._made) == self.horizon and bool(np.isfinite(self._made[0][0]).any())

    def _due(self) -> list[F64]:
        """Return the predictions (3, C) for the coming rows, h of them once there are so many."""
        blank = np.full((3, len(self.info.channels)), math.nan)
        return [blank] * (self.horizon - len(self._made)) + list(self._made)

    def _take(self, step: Step, learn: bool) -> None:
        """Take rows in: predict h rows ahead from each, after learning it."""
        wanted = self.params.horizon or auto_horizon(self.rate_hz)
        if wanted != self.horizon:
            self.horizon = wanted
            self.gap()
        for values in step.values[: step.n]:
            usable = np.abs(values) < 1e100
            self._held = np.where(usable, values, self._held)
            self._past.append(self._deviation(self._held))
            said = [self._said(c, bool(usable[c]) and learn) for c in range(len(values))]
            self._made.append(np.stack((np.array(said), self._held, self.normaliser.mean)))
        if learn and step.full:
            self.normaliser.update(np.where(np.abs(step.values) < 1e100, step.values, math.nan))

    def _said(self, c: int, learn: bool) -> float:
        """Learn what the newest row says of channel c; return what it will be h rows later."""
        model, value = self._models[c], float(self._held[c])
        if math.isnan(value):
            return math.nan
        if isinstance(model, Forecaster):
            if learn:
                model.learn_one(value)
            return _number(lambda: model.forecast(self.horizon)[-1])
        past = list(self._past)
        if learn and len(past) > self.horizon:
            model.learn_one(self._features(past[: len(past) - self.horizon]), float(past[-1][c]))
        mean, scale = float(self.normaliser.mean[c]), float(self.normaliser.scale[c])
        return mean + scale * _number(lambda: model.predict_one(self._features(past)))

    def _features(self, past: list[F64]) -> dict[str, float]:
        rows = past[::-1][:WINDOW]
        return {
            f"{name}-{k}": value
            for k, row in enumerate(rows)
            for name, value in zip(self.info.channels, row.tolist(), strict=True)
        }

    def _deviation(self, values: F64) -> F64:
        z = (values - self.normaliser.mean) / self.normaliser.scale
        return np.nan_to_num(np.clip(z, -6.0, 6.0), nan=0.0)

    def state_dict(self) -> State:
        return dict(
            models=copy.deepcopy(self._models), normaliser=self.normaliser.state_dict(),
            held=self._held.copy(), made=list(self._made), past=list(self._past),
            horizon=self.horizon, rate_hz=self.rate_hz,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.horizon, self.rate_hz = state["horizon"], state["rate_hz"]
        self._models = copy.deepcopy(state["models"])
        self.normaliser.load_state_dict(state["normaliser"])
        self.gap()
        self._held = state["held"].copy()
        self._made.extend(state["made"])
        self._past.extend(state["past"])


def _number(said: Any) -> float:
    """Return what a model says, NaN where it can say nothing yet, or nothing finite."""
    try:
        value = float(said())
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
        return math.nan  # some of River's cannot be asked before they have learned enough
    return value if abs(value) < 1e100 else math.nan


def knows(model: object) -> bool:
    """Say whether a River model is one that predicts numbers."""
    return isinstance(model, Forecaster | base.Regressor)
