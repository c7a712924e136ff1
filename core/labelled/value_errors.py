"""How well values are told: prequential (test-then-train) errors, of late and of all rows."""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.arrays import F64
from driftscope.core.interfaces import State
from driftscope.core.metrics import WINDOW


class Errors:
    """Hold the values of the last `window` rows, and what was said before they were learned.

    Beside it stand two plain ways: "no change" says the value of the row before, "mean" that of
    all rows so far; rows for which they have nothing are left out of theirs.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self._rows: F64 = np.empty((0, 4))  # y, said, y one row before, mean of y so far
        self._last = self._mean = math.nan
        self._spread = self._squares = 0.0
        self._sums, self._counts = np.zeros(3), np.zeros(3)  # absolute errors of the three
        self.rows = 0

    def add(self, y: F64, predicted: F64) -> None:
        """Take in rows of values y (n,), said to be `predicted` (n,); NaN counts as
        nothing but the row before the next one."""
        new = np.empty((len(y), 4))
        for row, true, told in zip(new, y.tolist(), predicted.tolist(), strict=True):
            row[:] = true, told, self._last, self._mean
            self._last = true
            if math.isnan(told):
                continue
            self.rows += 1
            off = 0.0 if math.isnan(self._mean) else true - self._mean
            self._mean = true if math.isnan(self._mean) else self._mean + off / self.rows
            self._spread += off * (true - self._mean)  # Welford 1962
            self._squares += (true - told) ** 2
        new = new[~np.isnan(predicted)]
        off = np.abs(new[:, 1:] - new[:, :1])
        self._sums += np.nansum(off, 0)
        self._counts += np.count_nonzero(~np.isnan(off), 0)
        self._rows = np.concatenate((self._rows, new))[-self.window :]

    def gap(self) -> None:
        """Let the next row have none before it."""
        self._last = math.nan

    def figures(self) -> dict[str, float]:
        """Return mae, r2 (1 - squared error / that of the rows' mean), and the mean absolute
        error of the plain ways as no_change_mae and mean_mae; NaN where they say nothing."""
        y = self._rows[:, 0]
        off = np.abs(self._rows[:, 1:] - y[:, None])
        spread = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
        counts = np.count_nonzero(~np.isnan(off), 0)
        return _figures(np.nansum(off, 0), counts, float((off[:, 0] ** 2).sum()), spread)

    def overall_figures(self) -> dict[str, float]:
        """Return the same of all rows there ever were, each under its name with overall_."""
        found = _figures(self._sums, self._counts, self._squares, self._spread)
        return {f"overall_{name}": value for name, value in found.items()}

    def state_dict(self) -> State:
        return {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in self.__dict__.items()
        }

    def load_state_dict(self, state: State) -> None:
        self.__dict__.update({
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in state.items()
        })  # fmt: skip


def _figures(sums: F64, counts: F64, squares: float, spread: float) -> dict[str, float]:
    mae, no_change, mean = np.where(counts > 0, sums / np.maximum(counts, 1), math.nan).tolist()
    r2 = 1.0 - squares / spread if spread > 0.0 else math.nan
    return dict(mae=mae, r2=r2, no_change_mae=no_change, mean_mae=mean)
