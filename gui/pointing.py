"""Which sample of which curve the mouse means, and how it is told beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from driftscope.core.history import History
from driftscope.core.stream import F64
from driftscope.gui import draw, theme
from driftscope.gui.lane import Lane
from driftscope.gui.ranges import Ranges
from driftscope.gui.reading_table import Reader
from driftscope.gui.time_plot import TimePlot

if TYPE_CHECKING:
    from driftscope.gui.lanes import Lanes

REACH_PX = 2.0
"""Of several samples this near to the mouse the nearest one counts, so that a peak can be read."""
MOST_NEAR = 20_000
"""Of more samples than this only the one nearest in time is looked at."""
DOT_PX, CLEAR_PX = 5.0, 10.0


def read(plot: TimePlot, history: History, lane: Lane, ranges: Ranges, at: QPointF) -> None:
    """Have the cursor read what lies nearest to a place of a lane: a sample, and a channel."""
    cursor, time_s = plot.view.cursor, plot.time_at(at.x())
    reach_s = plot.time_at(at.x() + REACH_PX) - time_s
    near = history.rows.between(time_s - reach_s, time_s + reach_s)
    cursor.point(history, time_s)
    if not 2 * REACH_PX < len(near) <= MOST_NEAR:
        if cursor.row is not None:
            values = cursor.row.values
            cursor.channel = min(
                (k for k in lane.channels if k < len(values)),
                key=lambda k: _apart(lane, ranges, k, values[k : k + 1], at)[0],
                default=cursor.channel,
            )
        return
    x = plot.places(near.time_s) - at.x()
    best = math.inf
    for k in lane.channels:
        if k >= len(near.values):
            continue
        apart = np.hypot(x, _apart(lane, ranges, k, near.values[k], at))
        n = int(apart.argmin())
        if apart[n] < best:
            best, cursor.channel = float(apart[n]), k
            cursor.read(history, int(near.seq[n]))


def _apart(lane: Lane, ranges: Ranges, channel: int, values: F64, at: QPointF) -> F64:
    """Return how many pixels values of a channel are above or below a place; far if missing."""
    span = ranges.of(channel)
    if span is None:
        return np.full(len(values), 1e9)
    return np.nan_to_num(np.abs(lane.y(values, span) - at.y()), nan=1e9, posinf=1e9)


def draw_read(painter: QPainter, area: QRectF, plot: Lanes, lanes: list[Lane]) -> None:
    """Mark the sample that is read on every curve; tell the value the mouse means."""
    cursor = plot.view.cursor
    x = plot.place(cursor.time_s)
    if cursor.row is None or not area.left() <= x <= area.right():
        return
    values = cursor.row.values
    for lane in lanes:
        for k in lane.channels:
            meant, span = plot.hovered and k == cursor.channel, plot.ranges.of(k)
            if span is None or not (cursor.on or meant) or k >= len(values):
                continue
            y = float(lane.y(values[k : k + 1], span)[0])
            at = QPointF(x, y if math.isfinite(y) else lane.space.center().y())
            seen = math.isfinite(y) and lane.space.top() - 1 <= y <= lane.space.bottom() + 1
            if seen:
                dot(painter, at, plot.pen(lane, k).color())
            if meant:
                at.setY(min(max(at.y(), lane.space.top()), lane.space.bottom()))
                painter.setFont(theme.number_font(8))
                tell(painter, area, at, Reader(plot).brief(k))
                painter.setFont(theme.text_font(8))


def dot(painter: QPainter, at: QPointF, ink: QColor) -> None:
    """Mark a sample that is read."""
    square = QRectF(round(at.x()) - 2.0, round(at.y()) - 2.0, DOT_PX, DOT_PX)
    painter.fillRect(square.adjusted(-1, -1, 1, 1), theme.current().panel)
    painter.fillRect(square, ink)


def tell(painter: QPainter, area: QRectF, at: QPointF, text: str) -> QRectF:
    """Write what is read beside a place, above it if there is room; return the patch it takes."""
    metrics, colours = painter.fontMetrics(), theme.current()
    wide, high = metrics.horizontalAdvance(text) + 6, metrics.height() + 1
    left = at.x() + CLEAR_PX
    if left + wide > area.right():
        left = at.x() - CLEAR_PX - wide
    top = at.y() - CLEAR_PX - high
    if top < area.top():
        top = min(at.y() + CLEAR_PX, area.bottom() - high)
    corner = QPointF(max(left, area.left()), top)
    return draw.caption(painter, corner, text, colours.text, colours.raised, veil=245)
