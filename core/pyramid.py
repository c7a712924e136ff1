"""Minima and maxima of ever larger groups of rows, so that any stretch is drawn in bounded time."""

from __future__ import annotations

import numpy as np

from driftscope.core.stream import F64

Channels = slice | list[int]
FACTOR = 16
PARTS = (1, 2, 3, 4, 6, 8, 12)
"""A group drawn is this many groups of one level: fine enough steps between two levels."""


def group_rows(rows: int, groups: int) -> int:
    """Return the smallest number of rows a group can have so that `groups` groups hold `rows`."""
    need = max(1, -(-rows // max(1, groups)))
    unit = 1
    while unit * PARTS[-1] < need and unit * FACTOR < need:
        unit *= FACTOR
    return next((unit * part for part in PARTS if unit * part >= need), unit * FACTOR)


class Pyramid:
    """Follow an array of shape (C, capacity) with its minima and maxima over 16, 256, ... rows.

    Rows that are NaN do not count; a group of nothing else is NaN. Levels hold full groups only.
    """

    def __init__(self, rows: F64, levels: int) -> None:
        self.rows = rows
        channels, capacity = rows.shape
        self.low = [np.empty((channels, capacity // FACTOR**k)) for k in range(1, levels + 1)]
        self.high = [np.empty_like(level) for level in self.low]
        self._full = [0] * levels

    def update(self, count: int) -> None:
        """Take in that the first `count` rows of the array are filled."""
        lower = upper = self.rows
        for k, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            count //= FACTOR
            start = self._full[k]
            if count > start:
                part = slice(start * FACTOR, count * FACTOR)
                low[:, start:count] = _reduce(np.fmin, lower[:, part], FACTOR)
                high[:, start:count] = _reduce(np.fmax, upper[:, part], FACTOR)
                self._full[k] = count
            lower, upper = low, high

    def move_up(self, gone: int, count: int) -> None:
        """Move `count` rows up by `gone`, a multiple of the largest group, over the oldest."""
        for channel in self.rows:  # one by one: in place, where a whole array would be copied
            channel[: count - gone] = channel[gone:count]
        for k, levels in enumerate(zip(self.low, self.high, strict=True)):
            groups = gone // FACTOR ** (k + 1)
            kept = max(0, self._full[k] - groups)
            for level in levels:
                level[:, :kept] = level[:, groups : groups + kept]
            self._full[k] = kept

    def groups(self, start: int, stop: int, size: int, channels: Channels) -> tuple[F64, F64]:
        """Return (low, high), each (C, stop - start): of groups of `size` rows, by group number.

        `size` comes from `group_rows`; every group must lie within the rows of `update`.
        """
        unit, level = 1, 0
        while level < len(self.low) and size % (unit * FACTOR) == 0:
            unit, level = unit * FACTOR, level + 1
        part = size // unit
        lower = self.low[level - 1] if level else self.rows
        upper = self.high[level - 1] if level else self.rows
        where = slice(start * part, stop * part)
        return (
            _reduce(np.fmin, lower[channels, where], part),
            _reduce(np.fmax, upper[channels, where], part),
        )


def _reduce(ufunc: np.ufunc, rows: F64, size: int) -> F64:
    """Reduce groups of `size` along the last axis; strided passes are quicker than reduceat."""
    found = rows[:, ::size].copy()
    for k in range(1, size):
        ufunc(found, rows[:, k::size], out=found)
    return found
