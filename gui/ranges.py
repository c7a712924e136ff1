"""The range each channel is drawn in: its own, its plot's, or as someone set it."""

from __future__ import annotations

import math
import time

import numpy as np

from driftscope.core.lines import Lines
from driftscope.core.stream import StreamInfo
from driftscope.gui import axes
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces

SCALE_EVERY_S = 0.25
Plots = list[list[int]]


class Ranges:
    """Follow the signal, a range for each channel number. GUI thread only.

    Channels of one plot share a range if their units agree and nobody fixed one, since they can
    then be compared; others fill the plot's height each in a range of its own.
    """

    def __init__(self, traces: Traces) -> None:
        self.traces = traces
        self._calm: dict[tuple[int, ...], axes.CalmRange] = {}
        self._of: dict[int, axes.Range] = {}
        self._seen: tuple[object, ...] = ()
        self._scaled_at_s = 0.0

    def of(self, channel: int) -> axes.Range | None:
        """Return a channel's range; None while nothing of it was seen."""
        return self._of.get(channel)

    def shared(self, plot: list[int]) -> bool:
        """Say whether one axis serves all channels of a plot."""
        return len({(r.low, r.high) for r in map(self.of, plot) if r is not None}) <= 1

    def partners(self, plot: list[int], channel: int) -> list[int]:
        """Return the channels of a plot that are drawn in the same range as one of them."""
        mine = self.of(channel)
        return [k for k in plot if k == channel or (mine is not None and self.of(k) == mine)]

    def update(self, lines: Lines, plots: Plots, info: StreamInfo, view: TimeView) -> None:
        """Bring them up to date, from time to time, or at once after a move.

        `lines` holds the channels of `plots`, in their order.
        """
        now_s = time.monotonic()
        looks = tuple(self.traces.look(info.channels[k]) for plot in plots for k in plot)
        seen = (view.span_s, view.end_s, info, looks, tuple(map(tuple, plots)))
        if seen != self._seen:
            if view.end_s is not None:
                self._calm = {}
        elif now_s - self._scaled_at_s < SCALE_EVERY_S:
            return
        self._seen, self._scaled_at_s = seen, now_s
        place = 0
        for plot in plots:
            columns = {k: place + n for n, k in enumerate(plot)}
            place += len(plot)
            for group in self._groups(plot, info):
                self._follow(group, [columns[k] for k in group], lines, info, now_s)

    def _groups(self, plot: list[int], info: StreamInfo) -> list[list[int]]:
        """Return the channels of a plot, those together that share a range."""
        found: dict[object, list[int]] = {}
        for k in plot:
            look = self.traces.look(info.channels[k])
            alone = look.low is not None or look.high is not None
            found.setdefault(k if alone else self.traces.unit(info, k), []).append(k)
        return list(found.values())

    def _follow(
        self, group: list[int], columns: list[int], lines: Lines, info: StreamInfo, now_s: float
    ) -> None:
        calm = self._calm.setdefault(tuple(group), axes.CalmRange())
        limits = [ends for c in columns if (ends := axes.robust_limits(lines.values[:, c]))]
        if limits:
            low, high = np.array(limits).T
            calm.update(float(low.min()), float(high.max()), now_s)
        look = self.traces.look(info.channels[group[0]])
        found = calm.range
        if look.low is not None or look.high is not None:
            found = _held(found, look.low, look.high)
        for k in group:
            if found is not None:
                self._of[k] = found
            else:
                self._of.pop(k, None)


def _held(follows: axes.Range | None, low: float | None, high: float | None) -> axes.Range:
    """Return a range with one end or both as set; an end that follows stays beyond the other."""
    known = follows or axes.Range(-1.0, 1.0, 0.5)
    bottom = low if low is not None else known.low
    top = high if high is not None else known.high
    if not bottom < top:
        room = max(known.high - known.low, 1e-6 * abs(bottom), math.ulp(bottom) * 8)
        top = bottom + room if low is not None else top
        bottom = top - room if low is None else bottom
    return axes.fixed_range(bottom, top)
