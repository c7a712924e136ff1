"""What a decision is judged by: its rows in short, and a score. Each score has its own file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from driftscope.core.arrays import widened
from driftscope.core.interfaces import State
from driftscope.core.stream import F64

HUGE = 1e100
"""Values and errors are cut here, so that sums and squares of ranges stay finite."""
SUSPECT, DISTRUST = 2.0, 0.1
"""Behind a decision rarer than 1 in 100, a decision counts only a tenth for what is usual."""


@dataclass(slots=True)
class Summary:
    """Hold what is kept of a decision's rows: C columns of values, then C of errors.

    `high` and `low` (2C,) are NaN where nothing was present, `total` (2C,) the sum and `count`
    (2C,) the number of what was.
    """

    rows: int
    high: F64
    low: F64
    total: F64
    count: F64

    @classmethod
    def of(cls, values: F64, error: F64) -> Summary:
        """Summarise n rows: values and normalised errors, (n, C) each."""
        both = np.concatenate((values, error), axis=1)
        np.clip(both, -HUGE, HUGE, out=both)
        present = ~np.isnan(both)
        return cls(
            len(both),
            np.fmax.reduce(both, axis=0),
            np.fmin.reduce(both, axis=0),
            np.add.reduce(both, axis=0, where=present),
            np.add.reduce(present, axis=0, dtype=np.float64),
        )

    def joined(self, later: Summary) -> Summary:
        """Return the summary of these rows and the later ones."""
        return Summary(
            self.rows + later.rows,
            np.fmax(self.high, later.high),
            np.fmin(self.low, later.low),
            self.total + later.total,
            self.count + later.count,
        )

    def extended(self, channels: int) -> Summary:
        """Return the summary with room for more channels, of which nothing was present."""
        high, low = (widened_halves(a, channels, np.nan) for a in (self.high, self.low))
        total, count = (widened_halves(a, channels, 0.0) for a in (self.total, self.count))
        return Summary(self.rows, high, low, total, count)


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold what one score says: a rarity, and how far each channel is out in any unit (C,).

    `measured` is what the score goes by, kept so that `learn` need not measure it again.
    """

    score: float
    rarity: float
    channels: F64
    measured: F64


def widened_halves(values: F64, channels: int, fill: float) -> F64:
    """Return (2C,) values as (2 channels,), each half widened."""
    return widened(values.reshape(2, -1), channels, fill).reshape(-1)


class Score(ABC):
    """Judge decisions by one property. `judge` is pure; `learn` takes the same decision in.

    `learn` is told how much the decision counts for what is usual, and how much is to be taken
    in of what lies outside all that was seen.
    """

    @abstractmethod
    def judge(self, rows: Summary) -> Judged: ...

    @abstractmethod
    def learn(self, rows: Summary, judged: Judged, weight: float, absorb: float) -> None: ...

    @abstractmethod
    def extend(self, channels: int) -> None:
        """Make room for more channels, of which nothing is known yet."""

    @abstractmethod
    def state_dict(self) -> State: ...

    @abstractmethod
    def load_state_dict(self, state: State) -> None: ...
