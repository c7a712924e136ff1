"""How far to trust each of several forecasts, channel by channel, by what came true."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.normaliser import bounded
from driftscope.core.stream import F64

HORIZONS = 60.0
"""What came true fades over so many horizons: errors of forecasts that overlap tell the same."""
RATE = 5e-3
PRIOR = 10.0
BOUND = 6.0
"""A remainder counts as no more than this many deviations."""
LEVER = BOUND**2
"""Squared deviation from which a sample weighs no more, so that one spike tells nothing."""
MOST = 4.0
"""One forecast counts as no more deviations better or worse than the mix than this."""
EASY = 0.1
"""Squared deviations that regrets are measured beside, so that the first ones decide nothing."""


class Mix:
    """Weigh E experts by how much better than the mix they would have been.

    Polynomial potential with a rate for each expert and the gradient trick (ML-Poly: Gaillard,
    Stoltz and van Erven, 2014), by absolute error in deviations, fading: an expert's weight is
    proportional to max(R, 0) / V, where R sums what following it would have gained, V squares of
    that. `weights` (E, C) add up to 1. `last` (C,) is how far the last value counts in deviations
    from the mean: a robust, exponentially weighted regression of x[i] on x[i - h].
    """

    def __init__(self, channels: int, experts: int, horizon: int) -> None:
        self._rate = 1.0 / (HORIZONS * horizon)
        self._sums = np.full((2, channels), PRIOR * RATE)  # last * x, last^2
        self._gained = np.zeros((2, experts, channels))  # R, V
        self._regress()
        self._weigh()

    def extend(self, channels: int) -> None:
        """Make room for more channels: new ones start as all did."""
        more = channels - self._sums.shape[1]
        self._sums = np.append(self._sums, np.full((2, more), PRIOR * RATE), 1)
        self._gained = np.append(self._gained, np.zeros((*self._gained.shape[:2], more)), 2)
        self._regress()
        self._weigh()

    def mixed(self, experts: F64) -> F64:
        """Return (n, C), the mix of what the experts (n, E, C) say."""
        made: F64 = np.einsum("nec,ec->nc", experts, self.weights)
        return made

    def update(self, error: F64, trust: float = 1.0) -> None:
        """Take in the errors (n, 1 + E, C) of the mix and of each expert, in deviations; NaN is
        left out. Rows count for `trust` (0 to 1)."""
        gained = error[:, :1] - error[:, 1:]
        gained *= np.sign(error[:, :1])
        bounded(gained, MOST)
        total = gained.sum(0)
        if np.isnan(total).any():
            gained[np.isnan(gained)] = 0.0
            total = gained.sum(0)
        self._gained *= (1.0 - self._rate) ** (trust * len(error))
        self._gained[0] += trust * total
        gained *= gained
        self._gained[1] += trust * gained.sum(0)
        self._weigh()

    def follow(self, last: F64, target: F64, trust: F64) -> None:
        """Take in rows (n, C) of last values and what came, in deviations, NaN is left out; each
        counts for its `trust` (n,)."""
        rest = np.abs(bounded(target - self.last * last, BOUND))
        weight = LEVER / np.maximum(np.maximum(last * last, target * target), LEVER)
        # least squares reweighted to the Huber loss, by which the result is judged
        weight /= np.maximum(rest, 1.0)
        weight *= trust[:, None]
        terms = np.stack((last * target, last * last)) * weight
        terms[np.isnan(terms)] = 0.0
        present = trust @ ~np.isnan(target)
        kept = (1.0 - RATE) ** present
        self._sums = kept * self._sums + (1.0 - kept) * terms.sum(1) / np.maximum(present, 1e-9)
        self._regress()

    def _regress(self) -> None:
        sums = self._sums + 1e-9
        self.last = np.minimum(np.maximum(sums[0] / sums[1], -1.0), 1.0)

    def _weigh(self) -> None:
        gained, squares = self._gained
        # where none is ahead all count the same
        weights = (np.maximum(gained, 0.0) + 1e-12) / (squares + EASY)
        self.weights = weights / weights.sum(0)

    def state_dict(self) -> dict[str, Any]:
        return {"sums": self._sums.copy(), "gained": self._gained.copy(), "rate": self._rate}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums, self._gained = np.array(state["sums"]), np.array(state["gained"])
        self._rate = float(state["rate"])
        self._regress()
        self._weigh()
