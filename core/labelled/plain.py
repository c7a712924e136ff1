"""The plain ways to say a label: the last one again, and what is usual."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from driftscope.core.arrays import F64
from driftscope.core.interfaces import State
from driftscope.core.labelled.context import NEVER, Last

FORGET = 1e-3
"""How much of every count fades with each label."""
LAGS = 8
"""How many lags are told apart: 1, 2, 3-4, 5-8 rows and so on."""


class Plain(Protocol):
    """Both plain ways: the last label again, then what is usual."""

    def say(self, last: Last, seq: int) -> F64:
        """Return what both say of row `seq`, (2, K)."""

    def learn(self, last: Last, seq: int, y: float, trust: float) -> None:
        """Learn the label of row `seq`, for which `last` was known when it was said."""

    def extend(self, outputs: int) -> None:
        """Make room for more outputs."""

    def state_dict(self) -> State: ...

    def load_state_dict(self, state: State) -> None: ...


class PlainClasses:
    """Say how often each class came after the one known last, that many rows later; and how often
    it came at all."""

    def __init__(self, outputs: int) -> None:
        self.after = np.zeros((LAGS, outputs, outputs))
        self.came = np.zeros(outputs)

    def say(self, last: Last, seq: int) -> F64:
        k = len(self.came)
        usual = (self.came + 1.0) / (self.came.sum() + k)
        if last.seq == NEVER:
            return np.stack((usual, usual))
        came = self.after[_lag(seq - last.seq), int(last.y)]
        return np.stack(((came + usual) / (came.sum() + 1.0), usual))

    def learn(self, last: Last, seq: int, y: float, trust: float) -> None:
        self.came *= 1.0 - FORGET * trust
        self.came[int(y)] += trust
        if last.seq != NEVER:
            came = self.after[_lag(seq - last.seq), int(last.y)]
            came *= 1.0 - FORGET * trust
            came[int(y)] += trust

    def extend(self, outputs: int) -> None:
        more = outputs - len(self.came)
        self.after = np.pad(self.after, ((0, 0), (0, more), (0, more)))
        self.came = np.pad(self.came, (0, more))

    def state_dict(self) -> State:
        return dict(after=self.after.copy(), came=self.came.copy())

    def load_state_dict(self, state: State) -> None:
        self.after, self.came = state["after"].copy(), state["came"].copy()


class PlainValues:
    """Say the value known last, and the mean, which is 0: values are in deviations from it."""

    def say(self, last: Last, seq: int) -> F64:
        return np.array([[0.0 if last.seq == NEVER else last.y], [0.0]])

    def learn(self, last: Last, seq: int, y: float, trust: float) -> None:
        """There is nothing to learn."""

    def extend(self, outputs: int) -> None:
        """There is only one."""

    def state_dict(self) -> State:
        return {}

    def load_state_dict(self, state: State) -> None:
        """There is nothing to load."""


def _lag(rows: int) -> int:
    """Return which of LAGS so many rows are."""
    return min(max(rows - 1, 0).bit_length(), LAGS - 1)
