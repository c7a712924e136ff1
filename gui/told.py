"""What labels said of a stream's newest rows, and what is said of the next one. No Qt."""

from __future__ import annotations

from collections import deque

import numpy as np

from driftscope.core.arrays import F64
from driftscope.core.reports import Graded
from driftscope.core.stream import Result

ROWS = 400


class Told:
    """Keep the last rows whose labels are known, and what is said of the newest row. GUI thread
    only.

    `count` tells how many were ever taken in: while it stays there is nothing new to draw.
    """

    def __init__(self) -> None:
        self.count = 0
        self.chances: F64 = np.empty(0)
        """(K + 1,) the chance of each class, and of none of these."""
        self.value = float("nan")
        self._rows: deque[tuple[float, float]] = deque(maxlen=ROWS)

    def take(self, item: Result | Graded) -> None:
        """Take in a result, or what labels made of some."""
        if isinstance(item, Graded):
            self._rows.extend(zip(item.y.tolist(), item.predicted.tolist(), strict=True))
            self.count += len(item.y)
        elif "classes" in item.extras:
            self.chances = np.asarray(item.extras["classes"], np.float64)
        elif "value" in item.extras:
            self.value = float(item.extras["value"][0])

    def rows(self) -> F64:
        """Return (n, 2): what rows were, and what was said of each before; oldest first."""
        return np.array(self._rows, np.float64).reshape(-1, 2)
