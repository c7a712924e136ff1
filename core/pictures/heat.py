"""How unusual each cell is: the errors of all parts, each measured by its own past."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F32, Bools
from driftscope.core.interfaces import State
from driftscope.core.pictures.cells import GRID

RATE = 0.005
FIRST = 10
"""Pictures before the errors of a part are known well enough to say anything."""
POOLED = 0.5
"""How much a cell's spread is that of all cells."""
CUT = 4.0
"""What lies further out moves mean and spread no more than so many spreads would."""
TOP = 0.02
"""The share of the cells that make a picture's score: the most unusual ones."""
LEAST = 1e-3


class Heat:
    """Follow the errors of P parts in every cell, and say how far out new ones are."""

    def __init__(self, parts: int) -> None:
        self.count = 0
        self._mean: F32 = np.zeros((parts, GRID, GRID), np.float32)
        self._spread: F32 = np.zeros((parts, GRID, GRID), np.float32)

    @property
    def ready(self) -> bool:
        return self.count >= FIRST

    def of(self, errors: F32) -> F32:
        """Return (16, 16): the mean over the parts of the robust z of errors (P, 16, 16), 0 where
        it is as usual or less."""
        if not self.ready:
            return np.zeros((GRID, GRID), np.float32)
        z = (errors - self._mean) / self._shrunk()
        heat: F32 = np.maximum(z.mean(0), 0)
        return heat

    def learn(self, errors: F32) -> None:
        self.count += 1
        if self.count == 1:
            self._mean[:] = errors
            self._spread[:] = 0.3 * errors + LEAST
            return
        rate = np.float32(max(RATE, 1 / self.count))
        most = CUT * self._shrunk()
        off = np.clip(errors - self._mean, -most, most)
        self._mean += rate * off
        self._spread += rate * (np.abs(off) - self._spread)

    def hurry(self) -> None:
        """Follow what comes now as fast as at the start."""
        self.count = min(self.count, FIRST)

    def _shrunk(self) -> F32:
        """Return (P, 16, 16) spreads, drawn towards those of all cells; in standard deviations."""
        pooled = self._spread.mean((1, 2), keepdims=True)
        shrunk: F32 = 1.25 * ((1 - POOLED) * self._spread + POOLED * pooled) + LEAST
        return shrunk

    def state_dict(self) -> State:
        return dict(count=self.count, mean=self._mean.copy(), spread=self._spread.copy())

    def load_state_dict(self, state: State) -> None:
        self.count, self._mean = state["count"], state["mean"].copy()
        self._spread = state["spread"].copy()


def score_of(heat: F32, watched: Bools) -> float:
    """Return the mean of the 2 % most unusual cells of those watched, at least one."""
    cells = heat[watched]
    if not len(cells):
        return 0.0
    count = max(1, round(TOP * len(cells)))
    return float(np.partition(cells, -count)[-count:].mean())
