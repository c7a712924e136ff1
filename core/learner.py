"""Test-then-train: predict h samples ahead, and learn from each step once it has been scored."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import torch
from driftscope.core import registry
from driftscope.core.clock import auto_horizon
from driftscope.core.errors import StateError
from driftscope.core.guard import Guard
from driftscope.core.interfaces import Learner, State
from driftscope.core.mix import Mix
from driftscope.core.normaliser import Normaliser
from driftscope.core.optimizers import Optimizer
from driftscope.core.params import LearnerParams, Params
from driftscope.core.past import CORRECTION, LAST, MEAN, PREDICTION, Past
from driftscope.core.stream import F32, F64, EventKind, Scored, Step, StreamInfo
from torch import Tensor, nn
from torch.nn.functional import huber_loss

BOUND = 8.0
"""No prediction lies further from the running mean than this many deviations."""


class Forecaster(Learner):
    """Predict each sample h samples ahead with a net trained on the stream itself.

    The prediction is the Mix of last value, running mean and the net's correction. Windows and
    targets are normalised by the statistics as of the last completed step, and never cross a
    gap. `rate_hz` decides the automatic horizon; a new horizon counts from the next step, and
    predictions made for the old one are dropped. Call from one thread, which must have called
    `torch.set_num_threads(1)`.
    """

    def __init__(self, info: StreamInfo, params: LearnerParams, model_params: Params) -> None:
        self.info = info
        self.params = params
        self.model_params = model_params
        self.rate_hz = info.rate_hz
        self.reset()

    def reset(self) -> None:
        """Start anew with fresh weights, statistics and an empty past."""
        channels = len(self.info.channels)
        self.window = int(getattr(self.model_params, "window", 1))
        self.horizon = self.params.horizon or auto_horizon(self.rate_hz)
        self.net = self._build()
        self.optimizer = Optimizer(self.net, self.params)
        self.normaliser = Normaliser(channels)
        self.mix = Mix(channels)
        self.guard = Guard()
        self.guard.snapshot = self._snapshot()
        self._past = Past(channels, self.window - 1 + self.horizon)
        self._open: tuple[int, int] | None = None

    def score(self, step: Step) -> Scored:
        """Predict for h samples after each row; return what was predicted for these rows."""
        self._begin(step)
        past, h, rows = self._past, self.horizon, step.rows
        samples = past.open(step)
        end = past.end
        last = past.filled(samples)
        with torch.inference_mode():
            correction = self.net(self._windows(end, rows)).numpy()
        made = past.forecasts[end : end + rows]
        mean, scale = self.normaliser.mean, self.normaliser.scale
        made[:, PREDICTION] = self._mixed(self.normaliser.normalise(last), correction)
        made[:, PREDICTION] *= scale
        made[:, PREDICTION] += mean
        made[:, LAST] = last
        made[:, MEAN] = mean
        made[:, CORRECTION] = correction
        whole = past.whole(rows, self.window)
        if not whole.all():
            made[~whole] = np.nan
        self._open = (step.seq, step.n)
        return self._judged(samples, past.forecasts[end - h : end - h + rows], step.n)

    def learn(self, step: Step, scored: Scored) -> float:
        """Train on the step's targets; then let the statistics take it in."""
        if self._open != (step.seq, step.n):
            self.score(step)
        loss = self._train(step, scored) if self.state != "frozen" else math.nan
        self._take(step)
        return loss

    def skip(self, step: Step, scored: Scored | None) -> None:
        """Take the step in without training; a part step leaves the statistics alone, too."""
        if scored is None:
            self._begin(step)
            samples = self._past.open(step)
            made = self._past.forecasts[self._past.end : self._past.end + step.rows]
            made[:] = np.nan
            made[:, LAST] = self._past.filled(samples)
        elif self._open != (step.seq, step.n):
            self.score(step)
        self._take(step)

    def gap(self) -> None:
        """Forget the window and every prediction not yet due."""
        self._past.clear()
        self._open = None

    @property
    def warm(self) -> bool:
        """True once there is a prediction for the next sample."""
        past = self._past
        return bool(np.isfinite(past.forecasts[past.end - self.horizon, PREDICTION]).any())

    @property
    def state(self) -> Literal["warming up", "learning", "frozen", "held"]:
        """Return what the learner is doing, as `Learned` says it."""
        if self.params.frozen or self.params.lr == 0.0:
            return "frozen"
        return "learning" if self.warm else "warming up"

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return (kind, data) of what happened since the last call, each once."""
        events, self.guard.events = self.guard.events, []
        return events

    def _build(self) -> nn.Module:
        build = registry.load("models", self.params.model).build
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.params.seed)
            net: nn.Module = build(self.model_params, self.info)
        return net.eval()

    def _begin(self, step: Step) -> None:
        """Take over a new horizon, but only where a step begins."""
        if self._open is not None and self._open[0] == step.seq:
            return
        horizon = self.params.horizon or auto_horizon(self.rate_hz)
        if horizon != self.horizon:
            self.horizon = horizon
            self.mix = Mix(len(self.info.channels))
            self._past = self._past.resized(self.window - 1 + horizon)

    def _windows(self, end: int, rows: int) -> Tensor:
        """Return (rows, W, C) float32: the windows that end at `end` and the rows after it."""
        first = end - self.window + 1
        z = self.normaliser.normalise(self._past.samples[first : end + rows])
        channels = z.shape[1]
        flat = torch.from_numpy(z)
        if rows == 1:
            return flat[None]
        shape, strides = (rows, self.window, channels), (channels, channels, 1)
        return flat.as_strided(shape, strides).contiguous()

    def _mixed(self, last: F32, correction: F32) -> F64:
        mixed: F64 = last * self.mix.last
        mixed += correction * self.mix.trust
        np.minimum(mixed, BOUND, out=mixed)
        np.maximum(mixed, -BOUND, out=mixed)
        return mixed

    def _judged(self, samples: F64, due: F64, n: int) -> Scored:
        scale = self.normaliser.scale_with(samples)
        error = samples[:, None, :] - due[:, :3]
        error /= scale[:, None, :]
        size = np.abs(error)
        near = np.minimum(size, 1.0)
        losses = near * (size - 0.5 * near)  # Huber with delta 1
        missing = np.isnan(samples)
        if missing.any():
            losses[np.broadcast_to(missing[:, None, :], losses.shape)] = 0.0
            present = samples.shape[1] - missing.sum(1, dtype=np.float64)
            present[present == 0.0] = np.nan
            mean = losses.sum(2) / present[:, None]
        else:
            mean = losses.sum(2) / samples.shape[1]
        past = self._past
        ahead = slice(past.end + n - self.horizon, past.end + n)
        known = past.rows + n >= self.window
        return Scored(
            prediction=due[:, PREDICTION].copy(),
            forecast=past.forecasts[ahead, PREDICTION].copy() if known else None,
            loss=mean[:, PREDICTION],
            baseline_loss={"last value": mean[:, LAST], "running mean": mean[:, MEAN]},
            error=error[:, PREDICTION],
            deviation=(samples - self.normaliser.mean) / scale,
        )

    def _train(self, step: Step, scored: Scored) -> float:
        """Make one update on the windows h before the step's rows; return its loss or NaN."""
        past, end, h, rows = self._past, self._past.end, self.horizon, step.rows
        samples = past.samples[end : end + rows]
        present = ~np.isnan(samples)
        whole = past.whole(rows, self.window + h)
        if not whole.all():
            present &= whole[:, None]
        count = int(np.count_nonzero(present))
        if not count:
            return math.nan
        target = self._rest(end, rows)
        made = self.net(self._windows(end - h, rows))
        if count < present.size:
            mask = torch.from_numpy(present.astype(np.float32))
            made, target = made * mask, target * present
        total = huber_loss(made, torch.from_numpy(target), reduction="sum") / count
        loss = float(total.detach())
        time_s = float(step.time_s[-1])
        done = False
        if math.isfinite(loss):
            self.optimizer.gradient.zero_()
            total.backward()  # type: ignore[no-untyped-call]  # torch does not say
            done = self.optimizer.step(loss, self.guard.factor(time_s))
        reason = self.guard.judge(scored, done)
        if reason:
            self._restore(reason, time_s)
        elif self.guard.due(scored, time_s):
            self.guard.keep(self._snapshot(), time_s)
        return loss

    def _rest(self, end: int, rows: int) -> F32:
        """Return (rows, C) what the last value leaves of the open step, in normalised units."""
        past, normalise = self._past, self.normaliser.normalise
        last = normalise(past.forecasts[end - self.horizon : end - self.horizon + rows, LAST])
        last *= self.mix.last
        return normalise(past.samples[end : end + rows]) - last

    def _take(self, step: Step) -> None:
        """Let statistics and past take the open step in."""
        past, end = self._past, self._past.end
        if step.full and not self.params.frozen:
            samples = past.samples[end : end + step.rows]
            due = past.forecasts[end - self.horizon : end - self.horizon + step.rows]
            self.mix.update(
                self.normaliser.normalise(due[:, LAST]),
                due[:, CORRECTION],
                self.normaliser.normalise(samples),
                np.isnan(samples) | np.isnan(due[:, CORRECTION]),
            )
            self.normaliser.update(samples)
        past.close(step.n)
        self._open = None

    def _snapshot(self) -> State:
        return {
            "weights": self.optimizer.weights.clone(),
            "optimizer": self.optimizer.state_dict(),
        }

    def _restore(self, reason: str, time_s: float) -> None:
        self.optimizer.weights.copy_(self.guard.snapshot["weights"])
        self.optimizer.load_state_dict(self.guard.snapshot["optimizer"])
        self.guard.restored(reason, time_s)

    def state_dict(self) -> State:
        """Return everything a later result depends on: arrays, tensors and plain numbers."""
        return {
            **self._snapshot(),
            "buffers": {name: b.clone() for name, b in self.net.named_buffers()},
            "normaliser": self.normaliser.state_dict(),
            "mix": self.mix.state_dict(),
            "guard": self.guard.state_dict(),
            "past": self._past.state_dict(),
            "horizon": self.horizon,
            "rate_hz": self.rate_hz,
        }

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model or stream."""
        if state["weights"].shape != self.optimizer.weights.shape:
            raise StateError(
                f"The saved state holds {len(state['weights'])} weights, this model for "
                f"{len(self.info.channels)} channels has {len(self.optimizer.weights)}. Choose "
                "the model, its settings and the source the state was saved with."
            )
        self.horizon = int(state["horizon"])
        self.rate_hz = state["rate_hz"]
        self.optimizer.weights.copy_(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        for name, buffer in self.net.named_buffers():
            buffer.copy_(state["buffers"][name])
        self.normaliser.load_state_dict(state["normaliser"])
        self.mix.load_state_dict(state["mix"])
        self.guard.load_state_dict(state["guard"])
        self._past = Past(len(self.info.channels), self.window - 1 + self.horizon)
        self._past.load_state_dict(state["past"])
        self._open = None
