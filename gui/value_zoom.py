"""Zooming and moving the ranges of lanes; what is chosen is kept in Traces, as if typed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from driftscope.gui import axes

if TYPE_CHECKING:
    from driftscope.gui.lane import Lane
    from driftscope.gui.lanes import Lanes

FINEST, LARGEST = 1e-9, 1e300
"""A range cannot be narrower than this share of its values, nor hold more than the other."""


class ValueZoom:
    """Turn the range that the axis of a lane shows, for all channels drawn in it."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes

    def zoom(self, lane: Lane, factor: float, y: float | None = None) -> None:
        """Make a lane's range `factor` times as high; the value at `y`, in pixels, stays."""
        span = self.lanes.axis(lane)
        if span is not None:
            at = (span.low + span.high) / 2 if y is None else lane.value_at(y, span)
            low, high = (at + (end - at) * factor for end in (span.low, span.high))
            self._set(lane, span, low, high)

    def move(self, at: QPointF, by_px: float) -> None:
        """Move the range of the lane at a place, as if its curves were drawn along."""
        lane = self.lanes.lane_at(at.y())
        span = self.lanes.axis(lane) if lane is not None else None
        if lane is not None and span is not None:
            by = by_px / lane.space.height() * (span.high - span.low)
            self._set(lane, span, span.low + by, span.high + by)

    def frame(self, box: QRectF) -> None:
        """Show just what lies within a box of the lane it begins in, each curve in its range."""
        lane = self.lanes.lane_at(box.center().y())
        if lane is None:
            return
        for span in {self.lanes.ranges.of(k) for k in lane.channels}:
            if span is not None:
                ends = lane.value_at(box.bottom(), span), lane.value_at(box.top(), span)
                self._set(lane, span, *ends)

    def automatic(self, lane: Lane | None) -> None:
        """Let the range follow the signal again, in one lane or in all."""
        lanes = [lane] if lane is not None else self.lanes.lanes()
        self._change([k for each in lanes for k in each.channels], None, None)

    def _set(self, lane: Lane, span: axes.Range, low: float, high: float) -> None:
        size = max(abs(low), abs(high))
        if FINEST * size < high - low and size < LARGEST:
            ranges = self.lanes.ranges
            self._change([k for k in lane.channels if ranges.of(k) == span], low, high)

    def _change(self, channels: list[int], low: float | None, high: float | None) -> None:
        info = self.lanes.session.info
        if info is not None:
            self.lanes.traces.change_all([info.channels[k] for k in channels], low=low, high=high)
