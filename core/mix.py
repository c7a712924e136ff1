"""How far to trust the last value, and how far the net's correction of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.normaliser import bounded
from driftscope.core.stream import F64

RATE = 5e-3
PRIOR = 10.0
DOUBT = 4.0
"""How many times chance the evidence for a correction must be before it counts."""
BOUND = 6.0
"""A correction, and what it is compared with, count as no more than this many deviations."""
LEVER = BOUND**2
"""Squared deviation from which a sample weighs no more, so that one spike tells nothing."""


class Mix:
    """Weigh last value and correction, channel by channel, by robust regression on what came true.

    In deviations from the running mean a prediction is `last` * x[i - h] + `trust` * f, where f
    is the net's output. Both weights are exponentially weighted regressions: `last` of x[i] on
    x[i - h], `trust` of what is left on f as it was predicted. So on noise a net that can only
    fit chance is faded out, and on a random walk the last value stands.
    """

    def __init__(self, channels: int) -> None:
        self._sums = np.zeros((5, channels))  # last * x, last^2, f * rest, f^2, rest^2
        self._sums[:2] = PRIOR * RATE
        self._solve()

    def extend(self, channels: int) -> None:
        """Make room for more channels: new ones start as all did."""
        kept, self._sums = self._sums, Mix(channels)._sums
        self._sums[:, : kept.shape[1]] = kept
        self._solve()

    def update(self, last: F64, correction: F64, target: F64) -> None:
        """Take in rows (n, C) of last values, corrections and targets; NaN is left out."""
        rest = bounded(target - self.last * last, BOUND)
        size = np.maximum(last * last, target * target)
        weight = LEVER / np.maximum(size, LEVER)
        # least squares reweighted to the Huber loss, by which the result is judged
        weight /= np.maximum(np.abs(rest - self.trust * correction), 1.0)
        terms = np.empty((5, *target.shape))
        np.multiply(last, target, out=terms[0])
        np.multiply(last, last, out=terms[1])
        np.multiply(correction, rest, out=terms[2])
        np.multiply(correction, correction, out=terms[3])
        np.multiply(rest, rest, out=terms[4])
        terms *= weight
        missing = np.isnan(terms[2])
        if missing.any():
            if missing.all():
                return
            terms[:, missing] = 0.0
        kept = (1.0 - RATE) ** len(target)
        self._sums += (1.0 - kept) * (terms.mean(1) - self._sums)
        self._solve()

    def _solve(self) -> None:
        sums = self._sums + 1e-9
        self.last = np.minimum(np.maximum(sums[0] / sums[1], -1.0), 1.0)
        # positive-part shrinkage: what chance alone gives such a regression is taken off
        chance = DOUBT * RATE * sums[4] * sums[3] / (sums[2] * sums[2])
        trust = np.minimum(sums[2] / sums[3], 1.0) * (1.0 - chance)
        self.trust = np.where(sums[2] > 0.0, np.maximum(trust, 0.0), 0.0)

    def state_dict(self) -> dict[str, Any]:
        return {"sums": self._sums.copy()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums = np.array(state["sums"])
        self._solve()
