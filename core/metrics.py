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

    Beside it stand two plain ways: "no change" says the class of the row before, "majority" the
    class that came most often so far; where there is none yet they are wrong. `rows` and `right`
    count all rows there ever were.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        # y, said, y one row before, the class that came most often so far
        self._rows: NDArray[np.int64] = np.empty((0, 4), np.int64)
        self._last = -1
        self._counts: NDArray[np.int64] = np.zeros((3, 0), np.int64)  # of y, of said, of both alike
        self.rows = self.right = self.unchanged = self.common = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, y: Classes, predicted: Classes) -> None:
        """Take in rows of classes y (n,), said to be `predicted` (n,); -1 is left out, NONE
        counts as wrong."""
        y, predicted = y[predicted != -1], predicted[predicted != -1]
        if not len(y):
            return
        new = np.stack((y, predicted, np.append(self._last, y[:-1]), np.full(len(y), -1)), 1)
        self._last = int(y[-1])
        more = int(new.max()) + 1 - self._counts.shape[1]
        self._counts = np.pad(self._counts, ((0, 0), (0, max(more, 0))))
        for row in new:
            if self.rows:
                row[3] = self._counts[0].argmax()
            true, said = int(row[0]), int(row[1])
            self._counts[0, true] += 1
            if said >= 0:
                self._counts[1, said] += 1
            self._counts[2, true] += true == said
            self.rows += 1
            self.right += int(true == said)
            self.unchanged += int(true == row[2])
            self.common += int(true == row[3])
        self._rows = np.concatenate((self._rows, new))[-self.window :]

    def gap(self) -> None:
        """Let the next row have none before it."""
        self._last = -1

    @property
    def overall(self) -> float:
        """Return the accuracy over all rows there ever were; NaN without any."""
        return self.right / self.rows if self.rows else math.nan

    def figures(self) -> dict[str, float]:
        """Return accuracy, kappa, kappa_t and f1 of the window, and the accuracy of the plain
        ways as no_change_accuracy and majority_accuracy; NaN where they say nothing.

        `kappa` is 0 for who only knows how often each class comes (Cohen 1960), `kappa_t` for
        who says the last row's class again (Zliobaite et al. 2015); `f1` is the mean over the
        classes there are.
        """
        y, said, before, common = self._rows.T
        size = int(self._rows.max(initial=0)) + 1
        counts = np.stack((
            np.bincount(y, minlength=size), np.bincount(said[said >= 0], minlength=size),
            np.bincount(y[y == said], minlength=size),
        ))  # fmt: skip
        same, most = int((y == before).sum()), int((y == common).sum())
        return _figures(counts, len(y), same, most)

    def overall_figures(self) -> dict[str, float]:
        """Return the same of all rows there ever were, each under its name with overall_."""
        found = _figures(self._counts, self.rows, self.unchanged, self.common)
        return {f"overall_{name}": value for name, value in found.items()}

    def state_dict(self) -> dict[str, Any]:
        return dict(
            window=self._rows.copy(), last=self._last, counts=self._counts.copy(), rows=self.rows,
            right=self.right, unchanged=self.unchanged, common=self.common,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._rows, self._counts = state["window"].copy(), state["counts"].copy()
        self._last, self.rows, self.right = state["last"], state["rows"], state["right"]
        self.unchanged, self.common = state["unchanged"], state["common"]


def _figures(counts: NDArray[np.int64], rows: int, same: int, most: int) -> dict[str, float]:
    """Return the figures of rows with (3, K) counts of true and of said classes and of hits."""
    names = ("accuracy", "kappa", "kappa_t", "f1", "no_change_accuracy", "majority_accuracy")
    if not rows:
        return dict.fromkeys(names, math.nan)
    true, told, hits = counts
    right = int(hits.sum()) / rows
    chance = float(true @ told) / rows**2
    there = true + told > 0
    f1 = float(np.mean(2 * hits[there] / (true + told)[there]))
    found = (
        right, _beyond(right, chance), _beyond(right, same / rows), f1, same / rows, most / rows,
    )  # fmt: skip
    return dict(zip(names, found, strict=True))


def _beyond(right: float, plain: float) -> float:
    """Return how much of what a plain way leaves wrong is right: 1 all of it, 0 nothing."""
    return (right - plain) / (1.0 - plain) if plain < 1.0 else math.nan
