"""The row rule: values that come one name at a time are put together into samples."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driftscope.core.stream import F64

ROW_S = 0.05
"""How long after its first value a row stays open."""
Places = NDArray[np.intp]
SLOT, VALUE, TIME, PLACE, COUNT = range(5)
_NONE = np.empty((0, 5))


class Rows:
    """Collect points (n, 5): of each the channel, the value, the time in ms (NaN where none is
    told), its place among the points of its name in its line, and how many these are.

    A row closes when a channel repeats, 50 ms after its first value, or as soon as it holds all
    channels, once the row before it did. Several points of one name in one line open as many
    rows at once; those of another name join them if they are as many, at the same times.
    """

    def __init__(self) -> None:
        self._open: F64 = _NONE
        self._full = False
        self._channels = 0

    @property
    def waiting(self) -> bool:
        """True if a row is open."""
        return bool(len(self._open))

    def add(self, points: F64, channels: int) -> tuple[F64, F64]:
        """Take points; return the rows that are closed, (n, channels), and their times (n,)."""
        alone = False
        if channels != self._channels:  # a new one that comes behind a full row stands alone
            alone = self._full and not self.waiting
            self._full, self._channels = False, channels
        if self.waiting:
            points = np.concatenate([self._open, points])
        row_of, rows, left = self._place(points, channels)
        self._open = points[len(points) - left :].copy()
        closed = len(points) - left
        made = _table(points[:closed], row_of[:closed], rows, channels)
        return self.close(channels) if alone else made

    def close(self, channels: int) -> tuple[F64, F64]:
        """Close what is open and return it."""
        points, self._open = self._open, _NONE
        if not len(points):
            return np.empty((0, channels)), np.empty(0)
        self._full = len(np.unique(points[:, SLOT])) == channels
        rows = int(points[0, COUNT])
        return _table(points, points[:, PLACE].astype(np.intp), rows, channels)

    def _place(self, points: F64, channels: int) -> tuple[Places, int, int]:
        """Return the row of each point (n,), how many rows are closed, and how many of the last
        points stay open."""
        slots = points[:, SLOT].astype(np.intp).tolist()
        counts = points[:, COUNT].astype(np.intp).tolist()
        times = points[:, TIME].tolist()
        row_of: list[int] = []
        seen: set[int] = set()
        base = wide = at = opened = 0
        first = last = np.nan
        while at < len(slots):
            slot, count = slots[at], counts[at]
            begin, end = times[at], times[at + count - 1]
            if seen:
                spread = 1e3 * ROW_S if wide == 1 else 0.0
                apart = abs(begin - first) > spread or abs(end - last) > spread
                if slot in seen or count != wide or apart:
                    self._full = len(seen) == channels
                    base += wide
                    seen.clear()
            if not seen:
                wide, first, last, opened = count, begin, end, at
            seen.add(slot)
            if count == 1:
                row_of.append(base)
            else:
                row_of.extend(range(base, base + count))
            at += count
            if self._full and len(seen) == channels:
                base += wide
                seen.clear()
        return np.array(row_of, np.intp), base, at - opened if seen else 0

    def state_dict(self) -> dict[str, Any]:
        return copy.deepcopy(vars(self))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        vars(self).update(copy.deepcopy(state))


def _table(points: F64, row_of: Places, rows: int, channels: int) -> tuple[F64, F64]:
    """Put points into rows; a row's time is that of its first point."""
    table, times = np.full((rows, channels), np.nan), np.empty(rows)
    table[row_of, points[:, SLOT].astype(np.intp)] = points[:, VALUE]
    times[row_of[::-1]] = points[::-1, TIME]
    return table, times
