"""How well classes are told: counts by cell, and prequential (test-then-train) figures."""

from __future__ import annotations

import math
from collections import deque
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


class Tally:
    """Count rows, each (true class, said one, the one before, the commonest so far).

    `counts` (3, K) are of the true classes, of the said ones, and of both alike; `unchanged` and
    `common` count the rows whose class the two plain ways said.
    """

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros((3, 0), np.int64)
        self.rows = self.right = self.unchanged = self.common = 0

    def add(self, row: tuple[int, int, int, int], times: int = 1) -> None:
        """Count a row; with -1 for `times` take it out again."""
        true, said, before, common = row
        counts = self.counts
        counts[0, true] += times
        if said >= 0:
            counts[1, said] += times
        if true == said:
            counts[2, true] += times
            self.right += times
        self.rows += times
        self.unchanged += times * (true == before)
        self.common += times * (true == common)

    def figures(self) -> dict[str, float]:
        """Return what `Prequential.figures` promises; NaN without rows."""
        names = ("accuracy", "kappa", "kappa_t", "f1", "no_change_accuracy", "majority_accuracy")
        if not self.rows:
            return dict.fromkeys(names, math.nan)
        true, told, hits = self.counts
        right, same = self.right / self.rows, self.unchanged / self.rows
        there = true + told
        alike = hits[there > 0] / there[there > 0]
        found = (
            right, _beyond(right, float(true @ told) / self.rows**2), _beyond(right, same),
            2.0 * float(alike.sum()) / len(alike), same, self.common / self.rows,
        )  # fmt: skip
        return dict(zip(names, found, strict=True))


class Prequential:
    """Hold the classes of the last `window` rows, and what was said before they were learned.

    Beside it stand two plain ways: "no change" says the class of the row before, "majority" the
    class that came most often so far; where there is none yet they are wrong. `rows` and `right`
    count all rows there ever were.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self._rows: deque[tuple[int, int, int, int]] = deque()
        self._recent, self._all = Tally(), Tally()
        self._last = -1

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> int:
        return self._all.rows

    @property
    def right(self) -> int:
        return self._all.right

    def add(self, y: Classes, predicted: Classes) -> None:
        """Take in rows of classes y (n,), said to be `predicted` (n,); NONE counts as wrong, and
        -1 not at all, but as the row before the next one."""
        for true, said in zip(y.tolist(), predicted.tolist(), strict=True):
            before, self._last = self._last, true
            if said == -1:
                continue
            known = self._all.counts.shape[1]
            more = max(true, said) + 1 - known
            if more > 0:
                for tally in (self._recent, self._all):
                    tally.counts = np.pad(tally.counts, ((0, 0), (0, more)))
            common = int(self._all.counts[0].argmax()) if self.rows else -1
            row = (true, said, before, common)
            self._all.add(row)
            self._recent.add(row)
            self._rows.append(row)
            if len(self._rows) > self.window:
                self._recent.add(self._rows.popleft(), -1)

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
        return self._recent.figures()

    def overall_figures(self) -> dict[str, float]:
        """Return the same of all rows there ever were, each under its name with overall_."""
        return {f"overall_{name}": value for name, value in self._all.figures().items()}

    def state_dict(self) -> dict[str, Any]:
        every = self._all
        return dict(
            window=np.array(self._rows, np.int64).reshape(-1, 4), last=self._last,
            counts=every.counts.copy(), rows=every.rows, right=every.right,
            unchanged=every.unchanged, common=every.common,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._last, self._rows = state["last"], deque(map(tuple, state["window"].tolist()))
        self._recent, self._all = Tally(), Tally()
        self._all.__dict__.update({name: state[name] for name in self._all.__dict__})
        self._all.counts = state["counts"].copy()
        self._recent.counts = np.zeros_like(self._all.counts)
        for row in self._rows:
            self._recent.add(row)


def _beyond(right: float, plain: float) -> float:
    """Return how much of what a plain way leaves wrong is right: 1 all of it, 0 nothing."""
    return (right - plain) / (1.0 - plain) if plain < 1.0 else math.nan
