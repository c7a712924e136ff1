"""From a score to its tail probability: how rare is this, on this very stream?"""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.interfaces import State
from driftscope.core.stream import F64

CAPACITY = 10_000
"""Scores remembered. Ten times the rarest event whose frequency they can still show."""
FIRST_FIT = 16
TAIL_SHARE, TAIL_LEAST = 0.02, 16
"""The tail is the highest 2 % of the scores, or as many as a fit needs while there are few."""
SHAPE_PRIOR, SHAPE_PRIOR_COUNT, SHAPE_MOST = 0.1, 50, 0.5
REFIT_MOST = 64
BELIEVED = 4.0
"""A score beyond this rarity (1 in 10,000) is remembered as one just that rare."""


class Calibrator:
    """Turn scores into rarity, -log10 P(score or more), by what scores were before.

    Below the 98 % quantile P is the empirical rank among the last 10,000 scores; above it a
    generalised Pareto tail is fitted to the excesses by probability-weighted moments (Hosking
    and Wallis 1987; the use on streams after SPOT, Siffer et al. 2017), so that P can fall below
    1 / 10,000, which is then extrapolated. The shape is drawn towards a nearly exponential tail
    and never below it; 1 / count is added to it, as the predictive tail of an exponential whose
    scale is known from `count` samples only. So few scores never promise much.
    """

    def __init__(self) -> None:
        self.count = 0
        self._ring: F64 = np.empty(CAPACITY)
        self._next = 0
        self._owed = 0.0
        self._until_fit = 0
        self._sorted: F64 = np.empty(0)
        self._tail = 0
        self._start = self._scale = self._shape = 0.0

    @property
    def ready(self) -> bool:
        """True once there are scores enough to judge by."""
        return len(self._sorted) > 0

    def rarity(self, score: float) -> float:
        """Return -log10 of the probability of such a score or a higher one; 0 until ready."""
        n = len(self._sorted)
        if n == 0:
            return 0.0
        if score <= self._start:
            higher = n - int(self._sorted.searchsorted(score))
            return -math.log10((higher + 1) / (n + 1))
        z = 1 + self._shape * (score - self._start) / self._scale
        return math.log10((n + 1) / (self._tail + 1)) + math.log10(z) / self._shape

    def add(self, score: float, weight: float = 1.0) -> None:
        """Remember a score; of those with weight 0.1 every tenth is.

        On a normal stream this changes no promise only if the weight was settled before the
        score was seen: leaving out high scores for being high would thin the tail itself.
        """
        self._owed += weight
        if self._owed < 1 - 1e-9:
            return
        self._owed -= 1
        self._ring[self._next] = min(score, self._ceiling()) if self.ready else score
        self._next = (self._next + 1) % CAPACITY
        self.count = min(self.count + 1, CAPACITY)
        self._until_fit -= 1
        if self._until_fit <= 0 and self.count >= FIRST_FIT:
            self._fit()
            self._until_fit = min(self.count // 50 + 1, REFIT_MOST)

    def _fit(self) -> None:
        self._sorted = ordered = np.sort(self._ring[: self.count])
        n = len(ordered)
        self._tail = k = max(int(TAIL_SHARE * n), min(TAIL_LEAST, n // 3))
        self._start = float(ordered[n - k - 1])
        excess = ordered[n - k :] - self._start
        mean = float(excess.mean())
        weighted = float(excess @ (np.arange(k, 0, -1.0) - 0.65)) / k**2
        below = mean - 2 * weighted
        shape = min(max(2 - mean / below, -0.5), 1.0) if below > 1e-9 * mean else 0.0
        shape = (k * shape + SHAPE_PRIOR_COUNT * SHAPE_PRIOR) / (k + SHAPE_PRIOR_COUNT)
        shape = min(max(shape, 0.0), SHAPE_MOST)
        self._scale = max(mean * (1 - shape), 1e-6 * abs(self._start), 1e-12)
        self._shape = shape + 1 / k

    def _ceiling(self) -> float:
        """Return the score of rarity BELIEVED: one giant must not bend the tail for the rest."""
        ratio: float = 10**BELIEVED * (self._tail + 1) / (len(self._sorted) + 1)
        return self._start + self._scale * (math.pow(ratio, self._shape) - 1) / self._shape

    def state_dict(self) -> State:
        """Return everything, in plain numbers and arrays."""
        return {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in (self.__dict__ | dict(_ring=self._ring[: self.count])).items()
        }

    def load_state_dict(self, state: State) -> None:
        self.__dict__.update(state)
        self._sorted = state["_sorted"].copy()
        self._ring = np.empty(CAPACITY)
        self._ring[: self.count] = state["_ring"]
