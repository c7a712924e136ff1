"""Listen to each expert by how well it did of late."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F64
from driftscope.core.interfaces import State

SHARE = 3e-3
"""How much of all weight is dealt out anew with each row, so that an expert that was bad for long
is listened to soon after it becomes good: a change about every 300 rows is expected."""
MOST = 9.0
"""No loss counts as more."""


class Hedge:
    """Weigh E experts by exp(-loss), with fixed share (Herbster and Warmuth 1998).

    Of chances judged by log loss that is Bayes' rule, and the mix does as well as the best
    sequence of experts but for log(E) at the start and about log(E / SHARE) for each change.
    """

    def __init__(self, experts: int) -> None:
        self.weights = np.full(experts, 1.0 / experts)

    def mix(self, said: F64) -> F64:
        """Return (n, K), what is said with each expert saying (n, E, K)."""
        return np.asarray(np.einsum("e,nek->nk", self.weights, said))

    def learn(self, loss: F64, trust: float) -> None:
        """Take in what each expert lost, (E,)."""
        loss = np.minimum(loss, MOST)
        weights = self.weights * np.exp(trust * (loss.min() - loss))
        share = SHARE * trust
        self.weights = (1.0 - share) * weights / weights.sum() + share / len(weights)

    def state_dict(self) -> State:
        return dict(weights=self.weights.copy())

    def load_state_dict(self, state: State) -> None:
        self.weights = state["weights"].copy()
