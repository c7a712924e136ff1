"""The autoencoder with all that its training needs: what can be redrawn from little is usual."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import huber_loss

from driftscope.core.arrays import F32
from driftscope.core.errors import StateError
from driftscope.core.guard import Guard
from driftscope.core.interfaces import State
from driftscope.core.optimizers import Optimizer
from driftscope.core.params import PictureLearnerParams
from driftscope.core.pictures.cells import FEATURES, NOISE
from driftscope.core.replay import Replay

RATE = 0.005
REPLAY_BYTES = 12 * 2**20
"""Room for 1,000 pictures."""


class Redrawing:
    """Hold a net that redraws maps of cells, its optimizer, guard, normaliser and replay.

    Features are normalised by mean and spread over all cells: how they are spread in place is
    for the net to learn.
    """

    def __init__(self, net: nn.Module, params: PictureLearnerParams) -> None:
        self._params = params
        self.net = net.eval()
        self.optimizer = Optimizer(net, params)
        self.guard = Guard()
        self.replay = Replay(REPLAY_BYTES, params.seed)
        self._count = 0
        self._mean: F32 = np.zeros(FEATURES, np.float32)
        self._square: F32 = np.zeros(FEATURES, np.float32)
        self.guard.snapshot = self._snapshot()

    @property
    def spread(self) -> F32:
        """Return (12,) what one unit of the loss is of each feature."""
        spread: F32 = np.sqrt(self._square) + NOISE
        return spread

    def redrawn(self, cells: F32) -> F32:
        """Return maps (B, 16, 16, 12) as the net redraws them."""
        with torch.inference_mode():
            made = self.net(self._normalised(cells)).numpy()
        redrawn: F32 = made.transpose(0, 2, 3, 1) * self.spread + self._mean
        return redrawn

    @staticmethod
    def error(cells: F32, redrawn: F32) -> F32:
        """Return (..., 16, 16): the root mean squared error of each cell, in units of noise."""
        off = (redrawn - cells) / NOISE
        error: F32 = np.sqrt((off * off).mean(-1))
        return error

    def losses(self, cells: F32, said: F32) -> float:
        """Return the mean Huber loss of saying `said` of one map, in normalised units."""
        size = np.abs((said - cells) / self.spread)
        near = np.minimum(size, 1.0)
        return float((near * (size - 0.5 * near)).mean())

    def learn(self, cells: F32, updates: int, baseline: float, time_s: float) -> float:
        """Train on maps (B, 16, 16, 12) and remembered ones; return the first update's loss.

        `baseline` is the running mean's loss, by which the guard judges.
        """
        self._follow(cells)
        first = math.nan
        for update in range(updates):
            batch = cells
            if self._params.replay and len(self.replay):
                (again,), _ = self.replay.sample(self._params.replay)
                batch = np.concatenate((cells, again))
            maps = self._normalised(batch)
            mean = huber_loss(self.net(maps), maps)
            loss = float(mean.detach())
            if not update:
                first = loss
            if not self._step(mean, loss, baseline, time_s):
                break
        for each in cells:
            self.replay.add(each)
        return first

    def _step(self, mean: Tensor, loss: float, baseline: float, time_s: float) -> bool:
        done = False
        if math.isfinite(loss):
            self.optimizer.clear()
            mean.backward()  # type: ignore[no-untyped-call]  # torch does not say
            done = self.optimizer.step(loss, self.guard.factor(time_s))
        reason = self.guard.judge(loss, baseline, done)
        if reason:
            self.optimizer.weights.copy_(self.guard.snapshot["weights"])
            self.optimizer.load_state_dict(self.guard.snapshot["optimizer"])
            self.guard.restored(reason, time_s)
        elif self.guard.due(loss, time_s):
            self.guard.keep(self._snapshot(), time_s)
        return not reason

    def _follow(self, cells: F32) -> None:
        """Let the normaliser take maps (B, 16, 16, 12) in."""
        self._count += 1
        rate = np.float32(max(RATE, 1 / self._count))
        self._mean += rate * (cells.mean((0, 1, 2)) - self._mean)
        off = cells - self._mean
        self._square += rate * ((off * off).mean((0, 1, 2)) - self._square)

    def _normalised(self, cells: F32) -> Tensor:
        """Return maps (B, 16, 16, 12) as the net takes them, (B, 12, 16, 16)."""
        z = (cells - self._mean) / self.spread
        return torch.from_numpy(np.ascontiguousarray(z.transpose(0, 3, 1, 2)))

    def _snapshot(self) -> State:
        return dict(weights=self.optimizer.weights.clone(), optimizer=self.optimizer.state_dict())

    def state_dict(self) -> State:
        return {
            **self._snapshot(),
            "guard": self.guard.state_dict(),
            "replay": self.replay.state_dict(),
            "count": self._count,
            "mean": self._mean.copy(),
            "square": self._square.copy(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another net."""
        if state["weights"].shape != self.optimizer.weights.shape:
            raise StateError(
                f"The saved state holds {len(state['weights'])} weights, this model has "
                f"{len(self.optimizer.weights)}. Choose the width and the bottleneck the state "
                "was saved with."
            )
        self.optimizer.weights.copy_(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.guard.load_state_dict(state["guard"])
        self.replay.load_state_dict(state["replay"])
        self._count, self._mean = state["count"], state["mean"].copy()
        self._square = state["square"].copy()
