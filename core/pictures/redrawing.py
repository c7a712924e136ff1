"""The autoencoder with all that its training needs: what can be redrawn from little is usual."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import huber_loss

from driftscope.core.arrays import F32
from driftscope.core.interfaces import State
from driftscope.core.pictures.cells import FEATURES, NOISE
from driftscope.core.replay import Replay
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.training import Training

RATE = 0.005
REPLAY_BYTES = 12 * 2**20
"""Room for 1,000 pictures."""


def as_maps(cells: F32) -> Tensor:
    """Return maps (B, 16, 16, F) as nets take them, (B, F, 16, 16)."""
    return torch.from_numpy(np.ascontiguousarray(cells.transpose(0, 3, 1, 2)))


class Redrawing:
    """Hold a net that redraws maps of cells, its training, normaliser and replay.

    Features are normalised by mean and spread over all cells: how they are spread in place is
    for the net to learn.
    """

    def __init__(self, net: nn.Module, params: PictureLearnerParams) -> None:
        self._params = params
        self.training = Training(net, params)
        self.replay = Replay(REPLAY_BYTES, params.seed)
        self._count = 0
        self._mean: F32 = np.zeros(FEATURES, np.float32)
        self._square: F32 = np.zeros(FEATURES, np.float32)

    @property
    def spread(self) -> F32:
        """Return (12,) what one unit of the loss is of each feature."""
        spread: F32 = np.sqrt(self._square) + NOISE
        return spread

    def redrawn(self, cells: F32) -> F32:
        """Return maps (B, 16, 16, 12) as the net redraws them."""
        with torch.inference_mode():
            made = self.training.ask(as_maps(self.normalised(cells))).numpy()
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
            maps = as_maps(self.normalised(batch))
            mean = huber_loss(self.training.ask(maps), maps)
            loss, well = self.training.step(mean, baseline, time_s)
            if not update:
                first = loss
            if not well:
                break
        for each in cells:
            self.replay.add(each)
        return first

    def _follow(self, cells: F32) -> None:
        """Let the normaliser take maps (B, 16, 16, 12) in."""
        self._count += 1
        rate = np.float32(max(RATE, 1 / self._count))
        self._mean += rate * (cells.mean((0, 1, 2)) - self._mean)
        off = cells - self._mean
        self._square += rate * ((off * off).mean((0, 1, 2)) - self._square)

    def normalised(self, cells: F32) -> F32:
        """Return maps (..., 12) in normalised units."""
        normalised: F32 = (cells - self._mean) / self.spread
        return normalised

    def learned(self) -> State:
        """Return a copy of what was learned, without the replay."""
        mean, square = self._mean.copy(), self._square.copy()
        return dict(training=self.training.learned(), count=self._count, mean=mean, square=square)

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was; the replay begins anew."""
        self.training.go_back(learned["training"])
        self._count = learned["count"]
        self._mean, self._square = learned["mean"].copy(), learned["square"].copy()
        self.replay = Replay(REPLAY_BYTES, self._params.seed)

    def state_dict(self) -> State:
        return dict(
            training=self.training.state_dict(), replay=self.replay.state_dict(),
            count=self._count, mean=self._mean.copy(), square=self._square.copy(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.training.load_state_dict(state["training"])
        self.replay.load_state_dict(state["replay"])
        self._count, self._mean = state["count"], state["mean"].copy()
        self._square = state["square"].copy()
