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
GRUDGE, LEAD = 8.0, 1.0
"""An expert that is not followed falls behind by so many deviations at most, so that it can soon
come back; one that alone is followed stays so far ahead, so that chance alone decides little."""
EASY = 4.0
"""Squared deviations that are added to V: what was hardly ever another than the mix counts less."""


class Mix:
    """Weigh E experts by how much better than the mix they would have been.

    Polynomial potential with a rate for each expert and the gradient trick (ML-Poly: Gaillard,
    Stoltz and van Erven, 2014), by absolute error in deviations, fading: an expert's weight is
    proportional to max(R, 0) / (V + EASY), where R sums what following it would have gained and V
    the squares. `weights` (E, C) add up to 1. `last` (C,) is how far the last value counts in
    deviations from the mean: a robust, exponentially weighted regression of x[i] on x[i - h].
    """

    def __init__(self, channels: int, experts: int, horizon: int) -> None:
        self._rate = 1.0 / (HORIZONS * horizon)
        self._sums = np.full((2, channels), PRIOR * RATE)  # last * x, last^2
        self._gained = np.zeros((2, experts, channels))  # R, V
        self.weights = np.full((experts, channels), 1.0 / experts)
        self._regress()

    def extend(self, channels: int) -> None:
        """Make room for more channels: new ones start as all did."""
        more = channels - self._sums.shape[1]
        self._sums = np.append(self._sums, np.full((2, more), PRIOR * RATE), 1)
        experts = len(self.weights)
        self._gained = np.append(self._gained, np.zeros((2, experts, more)), 2)
        self.weights = np.append(self.weights, np.full((experts, more), 1.0 / experts), 1)
        self._regress()

    def mixed(self, experts: F64) -> F64:
        """Return (n, C), the mix of what the experts (n, E, C) say."""
        made: F64 = np.einsum("nec,ec->nc", experts, self.weights)
        return made

    def update(self, error: F64, trust: float = 1.0) -> None:
        """Take in the errors (n, 1 + E, C) of the mix and of each expert, in deviations; NaN is
        left out. Rows count for `trust` (0 to 1)."""
        if trust <= 0.0:
            return
        gained = error[:, :1] - error[:, 1:]
        gained *= np.sign(error[:, :1])
        bounded(gained, MOST)
        total = gained.sum(0)
        if np.isnan(total).any():
            gained[np.isnan(gained)] = 0.0
            total = gained.sum(0)
        self._gained *= (1.0 - self._rate) ** (trust * len(error))
        least = (GRUDGE + LEAD) * self.weights - GRUDGE
        np.maximum(self._gained[0], least, out=self._gained[0])
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
        weights = np.maximum(gained, 0.0) / (squares + EASY)
        total = weights.sum(0)
        # where none is ahead of the mix, that is, all is well, it stays as it is
        np.divide(weights, total, out=self.weights, where=total > 1e-12)

    def state_dict(self) -> dict[str, Any]:
        return {
            "sums": self._sums.copy(),
            "gained": self._gained.copy(),
            "weights": self.weights.copy(),
            "rate": self._rate,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums, self._gained = np.array(state["sums"]), np.array(state["gained"])
        self.weights = np.array(state["weights"])
        self._rate = float(state["rate"])
        self._regress()
