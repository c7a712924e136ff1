"""What is left of rows that are no longer kept one by one: minima and maxima of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from driftscope.core.pyramid import FACTOR, Pyramid, group_rows
from driftscope.core.stream import F64

AT, WITHIN = 1, 2
"""The stream was interrupted, or rows are missing, before a group's first row, or within it."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Hold groups of 16 rows: seq, time_s and breaks (n,), `low` and `high` (C, n) each of
    values, prediction and rarity."""

    seq: NDArray[np.int64]
    time_s: F64
    breaks: NDArray[np.uint8]
    low: list[F64]
    high: list[F64]


class Coarse:
    """Reach back to the start of the run within `budget_bytes`.

    Rows come in the order they came in, oldest first, in groups of 16. When there is no more
    room, groups merge two by two: they hold `rows` rows each then, the newest one perhaps fewer.
    `seq` and `time_s` are of a group's first row, `breaks` is a sum of AT and WITHIN;
    `low` and `high` follow the columns of values, prediction (C, n) and rarity (1, n).
    """

    def __init__(self, channels: int, budget_bytes: int) -> None:
        numbers = 2 * channels + 1
        per_group = 8 + 8 + 1 + 2 * numbers * 8 * (1 + 2 / (FACTOR - 1))
        self.capacity = max(4, int(budget_bytes / per_group)) // 2 * 2
        self.rows = FACTOR
        self.count = 0
        self.seq: NDArray[np.int64] = np.empty(self.capacity, np.int64)
        self.time_s: F64 = np.empty(self.capacity)
        self.breaks: NDArray[np.uint8] = np.empty(self.capacity, np.uint8)
        levels = 1
        while 8 * FACTOR ** (levels + 1) <= self.capacity:
            levels += 1
        wide = (channels, channels, 1)
        self.low = [Pyramid(np.empty((c, self.capacity)), levels) for c in wide]
        self.high = [Pyramid(np.empty((c, self.capacity)), levels) for c in wide]
        self._last_seq = -1
        self._open = 0
        """How many groups of 16 the newest group holds, if there is room for more in it."""

    def take(self, given: Groups) -> None:
        """Take in groups of 16 rows, which follow those before."""
        at, n = 0, len(given.seq)
        while at < n:
            if not self._open and self.count == self.capacity:
                self._merge()
            each = self.rows // FACTOR
            whole = min((n - at) // each, self.capacity - self.count)
            if self._open:
                each = taken = min(each - self._open, n - at)
            elif whole:
                taken = whole * each
            else:
                each = taken = n - at
            self._put(given, slice(at, at + taken), each)
            at += taken
        self._last_seq = int(given.seq[-1]) + FACTOR - 1 if n else self._last_seq
        self._summarise()

    def take_over(self, older: Coarse) -> None:
        """Begin with what another one holds, of as many or fewer channels; it is used up."""
        while older.count > self.capacity:
            older._merge()
        self.rows, self.count, self._open = older.rows, older.count, older._open
        self._last_seq = older._last_seq
        kept = slice(0, self.count)
        self.seq[kept], self.time_s[kept] = older.seq[kept], older.time_s[kept]
        self.breaks[kept] = older.breaks[kept]
        for mine, theirs in zip(self.low + self.high, older.low + older.high, strict=True):
            mine.rows[:, kept] = np.nan
            mine.rows[: len(theirs.rows), kept] = theirs.rows[:, kept]
        self._summarise()

    @property
    def closed(self) -> int:
        """Return how many groups are full."""
        return self.count - (self._open > 0)

    def last_seq(self, group: int) -> int:
        """Return the number of a group's last row."""
        return int(self.seq[group + 1] - 1 if group + 1 < self.count else self._last_seq)

    def index_at(self, time_s: float) -> int:
        """Return the index of the last group that begins at or before a time; 0 if none does."""
        return max(0, int(np.searchsorted(self.time_s[: self.count], time_s, "right")) - 1)

    def merged(self, rows: int) -> int:
        """Return how many groups to draw as one, to have at least so many rows in each."""
        return group_rows(-(-rows // self.rows), 1)

    def borders(self, start: int, stop: int, size: int) -> NDArray[np.int64]:
        """Return before which of the drawn groups, `size` of ours each, a line must break."""
        found = self.breaks[start:stop]
        at = -(-np.flatnonzero(found & AT) // size)
        within = np.flatnonzero(found & WITHIN) // size + 1
        return np.concatenate([at, within])

    def _put(self, given: Groups, part: slice, each: int) -> None:
        """Add groups made of `each` of those of `part`, or add all of it to the open one."""
        n, joins = (part.stop - part.start) // each, self._open > 0
        found = given.breaks[part].reshape(n, each)
        within = (found & WITHIN).any(1) | found[:, 1:].any(1)
        if joins:
            where = slice(self.count - 1, self.count)
            self.breaks[where] |= np.uint8(WITHIN * found.any())
        else:
            where = slice(self.count, self.count + n)
            self.seq[where], self.time_s[where] = (
                given.seq[part][::each],
                given.time_s[part][::each],
            )
            self.breaks[where] = (found[:, 0] & AT) | np.where(within, WITHIN, 0).astype(np.uint8)
        for pyramids, columns, ufunc in (
            (self.low, given.low, np.fmin),
            (self.high, given.high, np.fmax),
        ):
            for kept, column in zip(pyramids, columns, strict=True):
                made = ufunc.reduce(column[:, part].reshape(len(column), n, each), axis=2)
                kept.rows[:, where] = ufunc(kept.rows[:, where], made) if joins else made
        self.count = where.stop
        self._open = (self._open + each) % (self.rows // FACTOR)

    def _merge(self) -> None:
        """Let two groups become one."""
        each, self.rows = self.rows // FACTOR, 2 * self.rows
        pairs, odd = divmod(self.count, 2)
        half = pairs + odd
        first, second = slice(0, 2 * pairs, 2), slice(1, 2 * pairs, 2)
        made = (self.breaks[first] & AT) | np.where(
            (self.breaks[first] & WITHIN) | self.breaks[second], WITHIN, 0
        ).astype(np.uint8)
        last = self.count - 1
        for column in (self.seq, self.time_s, self.breaks):
            column[:half] = column[: self.count : 2].copy()
        self.breaks[:pairs] = made
        for kept, ufunc in (*((p, np.fmin) for p in self.low), *((p, np.fmax) for p in self.high)):
            made_of = ufunc(kept.rows[:, first], kept.rows[:, second])
            if odd:
                kept.rows[:, pairs] = kept.rows[:, last]
            kept.rows[:, :pairs] = made_of
            kept.forget()
        newest = self._open or each
        self._open = newest if odd else (each + newest) % (2 * each)
        self.count = half

    def _summarise(self) -> None:
        for kept in self.low + self.high:
            kept.update(self.closed)
