"""What is drawn of a stretch of the past: exact rows, and what is left of older ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from driftscope.core.pyramid import Channels, Span, group_rows, pairs
from driftscope.core.rows import GAP, HOLE, Rows
from driftscope.core.stream import F64

WIDE_PX = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """Hold a stretch ready to draw: at most two points a pixel, NaN where a line must break.

    time_s (m,), values and prediction (m, C), rarity (m,). Where rows were grouped, each group
    gives two points at its first row's time, the minimum and the maximum; where a group is wider
    than WIDE_PX, two more at its end, or it would look like a slope. `first_seq` and
    `last_seq` are of the first and last row included; -1 if there is none.
    """

    time_s: F64
    values: F64
    prediction: F64
    rarity: F64
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Part:
    """Hold points of one kind: time_s (m,), columns of values, prediction and rarity (C, m), and
    before which points a line must break."""

    time_s: F64
    columns: list[F64]
    breaks: np.ndarray
    ends: tuple[int, int]


def between(rows: Rows, lo_s: float, hi_s: float, pixels: int, channels: Channels) -> Lines:
    """Return what lies between two times, and a row beyond at either side, to draw."""
    which = (channels, channels, slice(None))
    coarse = rows.coarse
    older = slice(0, 0)
    if coarse.count and not (rows.count and lo_s >= rows.time_s[0]):
        after = int(np.searchsorted(coarse.time_s[: coarse.count], hi_s, "right"))
        older = slice(coarse.index_at(lo_s), min(coarse.count, after + 1))
    newer = slice(0, 0)
    if not older.stop or older.stop == coarse.count:
        newer = _exact_range(rows, lo_s, hi_s)
    total = (older.stop - older.start) * coarse.rows + newer.stop - newer.start
    size = group_rows(total, pixels) if total > 2 * pixels else 1
    parts = []
    if older.stop:
        parts.append(_coarse(rows, older, coarse.merged(size), which))
        if WIDE_PX * len(parts[0].time_s) // 2 < pixels:
            parts = [_widened(parts[0], float(rows.time_s[0]))]
    if newer.stop or not parts:
        parts.append(_exact(rows, newer, size, which))
    return _joined(parts)


def _exact_range(rows: Rows, lo_s: float, hi_s: float) -> slice:
    times = rows.time_s[: rows.count]
    after = int(np.searchsorted(times, hi_s, "right"))
    exactly = after > 0 and times[after - 1] == hi_s
    stop = min(rows.count, after if exactly else after + 1)
    return slice(max(0, int(np.searchsorted(times, lo_s, "right")) - 1), stop)


def _exact(rows: Rows, part: slice, size: int, which: tuple[Channels, ...]) -> Part:
    start, stop = part.start, part.stop
    shown = list(zip(rows.pyramids, which, strict=True))
    if size == 1:
        time_s = rows.time_s[part]
        drawn = [pyramid.rows[where, part] for pyramid, where in shown]
    else:
        rows.summarise()
        start = start // size * size
        time_s = np.repeat(rows.time_s[start:stop:size], 2)
        drawn = [pairs(p, p, where, Span(start, stop, size)) for p, where in shown]
    breaks = np.flatnonzero(rows.flags[start:stop] & (GAP | HOLE))
    breaks = -(-breaks // size) * min(size, 2)  # behind a group that it divides
    ends = (int(rows.seq[start]), int(rows.seq[stop - 1])) if stop > start else (-1, -1)
    return Part(time_s, drawn, breaks, ends)


def _coarse(rows: Rows, part: slice, size: int, which: tuple[Channels, ...]) -> Part:
    """Return groups of what is no longer kept row by row, `size` of them as one."""
    coarse = rows.coarse
    start, stop = part.start // size * size, part.stop
    drawn = [
        pairs(low, high, where, Span(start, stop, size))
        for low, high, where in zip(coarse.low, coarse.high, which, strict=True)
    ]
    time_s = np.repeat(coarse.time_s[start:stop:size], 2)
    return Part(
        time_s, drawn, 2 * coarse.borders(start, stop, size),
        (int(coarse.seq[start]), coarse.last_seq(stop - 1)),
    )  # fmt: skip


def _widened(part: Part, end_s: float) -> Part:
    """Return a part whose groups reach to the next one's beginning, the last one to `end_s`."""
    starts = part.time_s[::2]
    lasts = np.diff(starts, append=end_s)
    lasts = np.minimum(lasts, 2 * np.median(lasts))  # not across a gap
    time_s = np.repeat(starts, 4)
    time_s[2::4] = time_s[3::4] = starts + lasts
    order = np.repeat(np.arange(0, len(part.time_s), 2), 4) + np.tile([0, 1, 1, 0], len(starts))
    return Part(time_s, [each[:, order] for each in part.columns], 2 * part.breaks, part.ends)


def _joined(parts: list[Part]) -> Lines:
    """Put the parts one behind the other and break the lines where they must."""
    time_s = np.concatenate([part.time_s for part in parts])
    starts = np.cumsum([0, *(len(part.time_s) for part in parts)])
    breaks = np.concatenate(
        [part.breaks + start for part, start in zip(parts, starts[:-1], strict=True)]
    ).astype(np.intp)
    breaks = np.unique(breaks)
    breaks = breaks[(breaks > 0) & (breaks < len(time_s))]
    columns = [
        np.insert(np.concatenate(each, axis=1), breaks, np.nan, axis=1)
        for each in zip(*(part.columns for part in parts), strict=True)
    ]
    time_s = np.insert(time_s, breaks, time_s[breaks])
    values, prediction, rarity = columns
    return Lines(
        time_s, values.T, prediction.T, rarity[0], parts[0].ends[0], parts[-1].ends[1]
    )  # fmt: skip
