"""How well classes are told: counts by cell, and prequential (test-then-train) figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driftscope.core.arrays import Classes

WINDOW = 1000
NONE = -2
"""In place of a said class in Prequential: none of these, which is wrong of any class."""


class ConfusionMatrix:
    """Count rows by true and said class: `counts` (K, K + 1) int64, true class by said one.

    The last column is "none of these", the number K; rows of which nothing was said (-1) are
    left out.
    """

    def __init__(self, classes: int) -> None:
        self.counts: NDArray[np.int64] = np.zeros((classes, classes + 1), np.int64)

    def add(self, y: Classes, predicted: Classes) -> None:
        """Count rows of classes y (n,), said to be `predicted` (n,)."""
        said = predicted >= 0
        np.add.at(self.counts, (y[said], predicted[said]), 1)

    def extend(self, classes: int) -> None:
        """Make room for more classes, behind the others and before "none of these"."""
        old, known = self.counts, len(self.counts)
        self.counts = np.zeros((classes, classes + 1), np.int64)
        self.counts[:known, :known] = old[:, :known]
        self.counts[:known, classes] = old[:, known]

    def state_dict(self) -> dict[str, Any]:
        return dict(counts=self.counts.copy())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.counts = state["counts"].copy()


class Prequential:
    """Hold the classes of the last `window` rows, and what was said before they were learned.

    `rows` and `right` count all rows there ever were.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self._rows: NDArray[np.int64] = np.empty((0, 3), np.int64)  # y, said, y one row before
        self.rows = self.right = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, y: Classes, predicted: Classes) -> None:
        """Take in rows of classes y (n,), said to be `predicted` (n,); -1 is left out, NONE
        counts as wrong."""
        y, predicted = y[predicted != -1], predicted[predicted != -1]
        if not len(y):
            return
        last = self._rows[-1, 0] if len(self._rows) else -1
        new = np.stack((y, predicted, np.append(last, y[:-1])), 1)
        self.rows += len(new)
        self.right += int(np.count_nonzero(new[:, 0] == new[:, 1]))
        self._rows = np.concatenate((self._rows, new))[-self.window :]

    @property
    def overall(self) -> float:
        """Return the accuracy over all rows there ever were; NaN without any."""
        return self.right / self.rows if self.rows else math.nan

    def figures(self) -> dict[str, float]:
        """Return accuracy, kappa, kappa_t and f1 of these rows; NaN where they say nothing.

        `kappa` is 0 for who only knows how often each class comes (Cohen 1960), `kappa_t` for
        who says the last row's class again (Zliobaite et al. 2015); `f1` is the mean over the
        classes there are.
        """
        y, said, before = self._rows.T
        if not len(y):
            return dict.fromkeys(("accuracy", "kappa", "kappa_t", "f1"), math.nan)
        right = float(np.mean(y == said))
        size = int(self._rows.max()) + 1
        true, told = np.bincount(y, minlength=size), np.bincount(said[said >= 0], minlength=size)
        hits = np.bincount(y[y == said], minlength=size)
        chance = float(true @ told) / len(y) ** 2
        there = true + told > 0
        return dict(
            accuracy=right, kappa=_beyond(right, chance),
            kappa_t=_beyond(right, float(np.mean(y == before))),
            f1=float(np.mean(2 * hits[there] / (true + told)[there])),
        )  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        return dict(window=self._rows.copy(), rows=self.rows, right=self.right)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._rows = state["window"].copy()
        self.rows, self.right = state["rows"], state["right"]


def _beyond(right: float, plain: float) -> float:
    """Return how much of what a plain way leaves wrong is right: 1 all of it, 0 nothing."""
    return (right - plain) / (1.0 - plain) if plain < 1.0 else math.nan
