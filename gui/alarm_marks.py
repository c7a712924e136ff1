"""How an alarm looks on a plot: a shade from its start to its end, a triangle and a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from driftscope.core.stream import Alarm, StreamInfo
from driftscope.gui import draw, theme, words
from driftscope.gui.lane import Lane

LEAST_SHARE = 0.3
"""A channel is named responsible if its share of the blame is this part of the largest."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Say what stands beside an alarm's start at `x`, at the top `y` of its lane, in pixels."""

    x: float
    y: float
    text: str


def blamed(alarm: Alarm) -> set[str]:
    """Return the channels responsible for an alarm; none are named if it is everything."""
    least = LEAST_SHARE * max(alarm.channels.values(), default=0.0)
    return {name for name, share in alarm.channels.items() if share >= least}


def shade(painter: QPainter, area: QRectF, still_open: bool) -> None:
    """Shade an alarm's interval; the line at its end is broken, and missing while it lasts."""
    colours = theme.current()
    painter.fillRect(area, draw.translucent(colours.alarm, 46))
    painter.setPen(draw.pen(colours.alarm))
    painter.drawLine(area.topLeft(), area.bottomLeft())
    if not still_open:
        painter.setPen(draw.dashed(colours.alarm, 3, 3))
        painter.drawLine(area.topRight(), area.bottomRight())


def in_lanes(
    painter: QPainter,
    alarms: Iterable[tuple[Alarm, float, float]],
    lanes: Sequence[Lane],
    info: StreamInfo,
) -> list[Caption]:
    """Shade alarms in the lanes of the channels responsible; return what to write there."""
    captions = []
    for alarm, left, right in alarms:
        names = blamed(alarm)
        touched = [
            lane.space
            for lane in lanes
            if not names or any(info.channels[k] in names for k in lane.channels)
        ]
        for space in touched:
            area = QRectF(left, space.top(), right - left, space.height())
            shade(painter, area, still_open=alarm.end is None)
        if touched:
            text = f"alarm {alarm.id} · {words.rarity(alarm.rarity)}"
            captions.append(Caption(left, touched[0].top(), text))
    return captions


def write(painter: QPainter, area: QRectF, captions: list[Caption], names: list[QRectF]) -> None:
    """Write captions, newest first, where they run into neither a name nor a later alarm."""
    colours = theme.current()
    for caption in captions:
        if caption.x >= area.left():
            draw.triangle(painter, caption.x, caption.y, colours.alarm)
    named = {name.top(): name.right() + 4 for name in names}
    later: dict[float, float] = {}
    for caption in captions:
        wide = painter.fontMetrics().horizontalAdvance(caption.text) + 6
        left = max(caption.x + 8, named.get(caption.y, area.left() + 4))
        if left + wide > area.right():
            left = caption.x - 8 - wide
        if left + wide <= later.get(caption.y, area.right() + 6) - 6:
            at = QPointF(left, caption.y)
            draw.caption(painter, at, caption.text, colours.alarm_text, colours.panel)
            later[caption.y] = min(left, caption.x)
        else:
            later[caption.y] = min(later.get(caption.y, caption.x), caption.x)
