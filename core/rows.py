"""Columns of rows, bounded in bytes, each in one piece of memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from driftscope.core.coarse import AT, WITHIN, Coarse, Groups
from driftscope.core.pyramid import FACTOR, Pyramid, Span
from driftscope.core.stream import F32, F64, Result

ALARM, ONSET, UNSCORED, GAP, HOLE = 1, 2, 4, 8, 16
"""Flags of a row; GAP and HOLE say what lies before it."""

COARSE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold consecutive rows as they lie, not copied: seq and time_s (n,), values (C, n).

    It holds until the next row is taken in.
    """

    seq: NDArray[np.int64]
    time_s: F64
    values: F64

    def __len__(self) -> int:
        return len(self.seq)


class Rows:
    """Hold the newest rows of a stream of C channels within `budget_bytes`.

    `values` and `prediction` are (C, capacity), `rarity` (1, capacity), so that a channel lies
    in one piece; the first `count` rows are filled. When full, the oldest quarter is given to
    `coarse`, which has COARSE_SHARE of the budget, and the rest moves to the front. Memory is
    touched only as rows come in.
    """

    def __init__(self, channels: int, budget_bytes: int) -> None:
        per_row = 8 + 8 + 4 + 1 + (2 * channels + 1) * 8 * (1 + 2 / (FACTOR - 1))
        coarse_bytes = int(COARSE_SHARE * budget_bytes)
        self.coarse = Coarse(channels, coarse_bytes)
        capacity = max(4 * FACTOR, int((budget_bytes - coarse_bytes) / per_row))
        levels = 1
        while 8 * FACTOR ** (levels + 1) <= capacity:
            levels += 1
        group = FACTOR**levels
        self.capacity = capacity // group * group
        self._forget = max(1, capacity // group // 4) * group
        self.count = 0
        self.seq: NDArray[np.int64] = np.empty(self.capacity, np.int64)
        self.time_s: F64 = np.empty(self.capacity)
        self.loss: F32 = np.empty(self.capacity, np.float32)
        self.flags: NDArray[np.uint8] = np.empty(self.capacity, np.uint8)
        self.values: F64 = np.empty((channels, self.capacity))
        self.prediction: F64 = np.empty((channels, self.capacity))
        self.rarity: F64 = np.empty((1, self.capacity))
        self.pyramids = [Pyramid(a, levels) for a in (self.values, self.prediction, self.rarity)]

    def append(self, result: Result, before: int) -> None:
        """Take in a result's rows; `before` is GAP or HOLE if there was one, else 0."""
        for start in range(0, len(result), self._forget):
            part = slice(start, min(start + self._forget, len(result)))
            n = part.stop - start
            if self.count + n > self.capacity:
                self._move_up()
            at = slice(self.count, self.count + n)
            self.seq[at] = np.arange(result.seq + start, result.seq + part.stop)
            self.time_s[at] = result.time_s[part]
            self.loss[at] = result.loss[part]
            self.flags[at] = result.alarm[part] * ALARM + result.onset[part] * ONSET
            self.rarity[0, at] = result.rarity[part]
            if not result.scored:
                self.flags[at] = UNSCORED
                self.rarity[0, at] = np.nan
            _fill(self.values[:, at], result.values[part].T)
            _fill(self.prediction[:, at], result.prediction[part].T)
            self.flags[self.count] |= before
            before = 0
            self.count += n
        if self.count % 4096 < len(result):
            self.summarise()

    def near(self, time_s: float) -> int:
        """Return the number of the row nearest to a time; -1 if there is none."""
        if not self.count:
            return -1
        after = int(np.searchsorted(self.time_s[: self.count], time_s))
        two = slice(max(0, after - 1), min(after + 1, self.count))
        return int(self.seq[two.start + int(np.argmin(np.abs(self.time_s[two] - time_s)))])

    def beside(self, seq: int, by: int) -> int:
        """Return the number of the row that is `by` rows behind another, before it if negative,
        as far as there are any; -1 if there is none."""
        if not self.count:
            return -1
        at = int(np.searchsorted(self.seq[: self.count], seq))
        return int(self.seq[min(max(at + by, 0), self.count - 1)])

    def between(self, lo_s: float, hi_s: float) -> Stretch:
        """Return the rows from one time to another, both included."""
        times = self.time_s[: self.count]
        return self._stretch(
            int(np.searchsorted(times, lo_s)), int(np.searchsorted(times, hi_s, "right"))
        )

    def numbered(self, first: int, last: int) -> Stretch:
        """Return the rows from one number to another, both included, as far as there are any."""
        numbers = self.seq[: self.count]
        return self._stretch(
            int(np.searchsorted(numbers, first)), int(np.searchsorted(numbers, last, "right"))
        )

    def _stretch(self, start: int, stop: int) -> Stretch:
        part = slice(start, max(start, stop))
        return Stretch(self.seq[part], self.time_s[part], self.values[:, part])

    def summarise(self) -> None:
        """Bring minima and maxima up to date."""
        for pyramid in self.pyramids:
            pyramid.update(self.count)

    def take(self, older: Rows) -> None:
        """Start with what a store with as many or fewer channels holds; it is used up."""
        gone = max(0, older.count - (self.capacity - self._forget))
        gone = -(-gone // FACTOR) * FACTOR
        older._to_coarse(gone)
        self.coarse.take_over(older.coarse)
        self.count = older.count - gone
        newest = slice(older.count - self.count, older.count)
        for mine, theirs in zip(self._columns(), older._columns(), strict=True):
            mine[: self.count] = theirs[newest]
        for rows, old in ((self.values, older.values), (self.prediction, older.prediction)):
            _fill(rows[:, : self.count], old[:, newest])
        self.rarity[:, : self.count] = older.rarity[:, newest]

    def _columns(self) -> tuple[NDArray[np.generic], ...]:
        return (self.seq, self.time_s, self.loss, self.flags)

    def _to_coarse(self, n: int) -> None:
        """Give the oldest n rows, a multiple of 16, to those of which only extremes are kept."""
        self.summarise()
        broken = ((self.flags[:n] & (GAP | HOLE)) > 0).reshape(-1, FACTOR)
        breaks = np.where(broken[:, 0], AT, 0) | np.where(broken[:, 1:].any(1), WITHIN, 0)
        every, span = slice(0, n, FACTOR), Span(0, n, FACTOR)
        self.coarse.take(Groups(
            self.seq[every], self.time_s[every], breaks.astype(np.uint8),
            [p.lows(span, slice(None)) for p in self.pyramids],
            [p.highs(span, slice(None)) for p in self.pyramids],
        ))  # fmt: skip

    def _move_up(self) -> None:
        self._to_coarse(self._forget)
        for column in self._columns():
            column[: self.count - self._forget] = column[self._forget : self.count]
        for pyramid in self.pyramids:
            pyramid.move_up(self._forget, self.count)
        self.count -= self._forget


def _fill(target: F64, rows: F64) -> None:
    """Copy (C, n) rows; channels that one side lacks are missing values, or left out."""
    shared = min(len(target), len(rows))
    target[:shared] = rows[:shared]
    target[shared:] = np.nan
