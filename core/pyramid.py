"""Minima and maxima of ever larger groups of rows, so that any stretch is drawn in bounded time."""

from __future__ import annotations

from typing import NamedTuple

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


class Span(NamedTuple):
    """Rows from `start`, a multiple of `size`, to before `stop`, in groups of `size`."""

    start: int
    stop: int
    size: int


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
        self.count = 0
        """Rows that were taken in."""

    def update(self, count: int) -> None:
        """Take in that the first `count` rows of the array are filled."""
        self.count = count
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
        self.count = max(0, self.count - gone)
        for k, levels in enumerate(zip(self.low, self.high, strict=True)):
            groups = gone // FACTOR ** (k + 1)
            kept = max(0, self._full[k] - groups)
            for level in levels:
                level[:, :kept] = level[:, groups : groups + kept]
            self._full[k] = kept

    def forget(self) -> None:
        """Take in that the rows are others now."""
        self.count, self._full = 0, [0] * len(self._full)

    def lows(self, span: Span, channels: Channels) -> F64:
        """Return the minima (C, groups) of groups of rows, all within the rows of `update`; their
        size comes from `group_rows`."""
        return self._groups(np.fmin, self.low, span, channels)

    def highs(self, span: Span, channels: Channels) -> F64:
        """Return the maxima, as `lows` does."""
        return self._groups(np.fmax, self.high, span, channels)

    def _groups(
        self, ufunc: np.ufunc, levels: list[F64], span: Span, channels: Channels
    ) -> F64:  # fmt: skip
        unit, level = 1, 0
        while level < len(levels) and span.size % (unit * FACTOR) == 0:
            unit, level = unit * FACTOR, level + 1
        rows = levels[level - 1] if level else self.rows
        part = rows[channels, span.start // unit : span.stop // unit]
        return _reduce(ufunc, part, span.size // unit)


def pairs(low: Pyramid, high: Pyramid, channels: Channels, span: Span) -> F64:
    """Return (C, 2 groups): minimum and maximum in turn of groups of rows, of which the last may
    be cut off or still growing. `low` and `high` are one, or hold minima and maxima."""
    start, stop, size = span
    whole = span._replace(stop=min(stop, low.count) // size * size)
    found_low = low.lows(whole, channels)
    groups, full = -(-(stop - start) // size), found_low.shape[1]
    found = np.empty((len(found_low), 2 * groups))
    found[:, 0 : 2 * full : 2] = found_low
    found[:, 1 : 2 * full : 2] = high.highs(whole, channels)
    if groups > full:
        found[:, -2] = np.fmin.reduce(low.rows[channels, whole.stop : stop], axis=1)
        found[:, -1] = np.fmax.reduce(high.rows[channels, whole.stop : stop], axis=1)
    return found


def _reduce(ufunc: np.ufunc, rows: F64, size: int) -> F64:
    """Reduce groups of `size` along the last axis; strided passes are quicker than reduceat."""
    found = rows[:, ::size].copy()
    for k in range(1, size):
        ufunc(found, rows[:, k::size], out=found)
    return found
