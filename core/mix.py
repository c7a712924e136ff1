"""How far to trust the last value, and how far the net's correction of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from driftscope.core.stream import F32, F64, Bools

RATE = 2e-3
PRIOR = 10.0


class Mix:
    """Weigh last value and correction, channel by channel, by least squares on what came true.

    A prediction in normalised units is `last` * x[i - h] + `trust` * f, where f is the net's
    output and 0 the running mean. Both weights are exponentially weighted regressions: `last`
    of x[i] on x[i - h], `trust` of what is left on f as it was predicted. So on noise a net
    that can only fit chance is faded out, and on a random walk the last value stands.
    """

    def __init__(self, channels: int) -> None:
        self._sums = np.zeros((4, channels))  # last * x, last^2, f * rest, f^2
        self._sums[:2] = PRIOR * RATE
        self._solve()

    def update(self, last: F32, correction: F64, target: F32, missing: Bools) -> None:
        """Take in rows (n, C) of last values, corrections and targets but for `missing` ones."""
        terms = np.empty((4, *target.shape))
        np.multiply(last, target, out=terms[0])
        np.multiply(last, last, out=terms[1])
        np.multiply(correction, target - self.last * last, out=terms[2])
        np.multiply(correction, correction, out=terms[3])
        if missing.any():
            if missing.all():
                return
            terms[:, missing] = 0.0
        self._sums += RATE * (terms.sum(1) - len(target) * self._sums)
        self._solve()

    def _solve(self) -> None:
        sums = self._sums + 1e-9
        self.last = np.minimum(np.maximum(sums[0] / sums[1], -1.0), 1.0)
        self.trust = np.minimum(np.maximum(sums[2] / sums[3], 0.0), 1.0)

    def state_dict(self) -> dict[str, Any]:
        return {"sums": self._sums.copy()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums = np.array(state["sums"])
        self._solve()
