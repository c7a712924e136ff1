"""A running Gaussian for each cell: what is usually there, useful from the second picture on."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F32
from driftscope.core.interfaces import State
from driftscope.core.pictures.cells import FEATURES, GRID, NOISE

RATE = 0.005
"""How fast mean and spread follow, once there were 1 / RATE pictures."""
LEAST = 2.0
"""A spread counts as no less than so many times what noise makes."""
FIRST = 3.0
"""The spread at first, in the same unit."""


class Gaussian:
    """Follow mean and variance of every feature of every cell, in units of NOISE."""

    def __init__(self) -> None:
        self.count = 0
        self.mean: F32 = np.zeros((GRID, GRID, FEATURES), np.float32)
        self._square: F32 = np.full((GRID, GRID, FEATURES), FIRST**2, np.float32)

    def error(self, cells: F32) -> F32:
        """Return (16, 16): the root mean squared deviation of each cell's features."""
        off = self.deviation(cells)
        error: F32 = np.sqrt((off * off).mean(-1))
        return error

    def deviation(self, cells: F32) -> F32:
        """Return maps (..., 16, 16, 12) as deviations from the mean, in spreads."""
        off: F32 = (cells - self.mean) / (NOISE * np.sqrt(self._square + np.float32(LEAST**2)))
        return off

    def learn(self, cells: F32) -> None:
        self.count += 1
        if self.count == 1:
            self.mean[:] = cells
            return
        rate = np.float32(max(RATE, 1 / self.count))
        off = (cells - self.mean) / NOISE
        self.mean += rate * (cells - self.mean)
        self._square += rate * ((1 - rate) * off * off - self._square)

    def hurry(self) -> None:
        """Follow what comes now as fast as at the start."""
        self.count = min(self.count, 2)

    def state_dict(self) -> State:
        return dict(count=self.count, mean=self.mean.copy(), square=self._square.copy())

    def load_state_dict(self, state: State) -> None:
        self.count, self.mean = state["count"], state["mean"].copy()
        self._square = state["square"].copy()
