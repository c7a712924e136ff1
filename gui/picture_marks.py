"""What is drawn over a picture: its region, what is unusual, and words in its corners."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen

from driftscope.core.arrays import F32
from driftscope.core.stream import Result
from driftscope.gui import draw, theme, words
from driftscope.gui.heat import RAMP, outline
from driftscope.gui.region_edit import RegionEdit

DIM = QColor(0, 0, 0, 150)
FRAME_PX = 3
PAUSED = "the view is paused; learning goes on"
HINT = "Drag to mark what is to be watched; Esc when done."
LEGEND_PX = 64


def draw_region(painter: QPainter, whole: QRectF, regions: RegionEdit) -> None:
    """Dim what lies outside of the rectangles, and frame them."""
    shown = [*regions.rectangles]
    if regions.dragged is not None:
        shown.append(regions.dragged.normalized())
    inside = QPainterPath()
    inside.setFillRule(Qt.FillRule.WindingFill)
    places = [_placed(rectangle, whole) for rectangle in shown]
    for place in places:
        inside.addRect(place)
    if places:
        outside = QPainterPath()
        outside.addRect(whole)
        painter.fillPath(outside.subtracted(inside), DIM)
    painter.setPen(draw.dashed(theme.DARK.text, 4, 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in places:
        painter.drawRect(place)


def draw_outline(painter: QPainter, heat: F32, whole: QRectF) -> None:
    """Frame the cells that are clearly unusual: light on dark, to be seen on any ground."""
    lines = outline(heat, whole)
    for ink, width in ((QColor(0, 0, 0, 170), 3.0), (QColor(RAMP[-1]), 1.2)):
        painter.setPen(QPen(ink, width))
        painter.drawLines(lines)


def draw_alarm(painter: QPainter, seen: QRectF, picture: Result) -> None:
    """Frame a picture that is unusual, with a triangle and the words for it."""
    alarm, ground = theme.current().alarm, theme.DARK.background
    painter.setPen(QPen(alarm, FRAME_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap,
                        Qt.PenJoinStyle.MiterJoin))  # fmt: skip
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = FRAME_PX / 2
    painter.drawRect(seen.adjusted(half, half, -half, -half))
    painter.setFont(theme.text_font(10, bold=True))
    text = corner_words(float(picture.rarity[-1]), picture.threshold)
    metrics = painter.fontMetrics()
    patch = QRectF(seen.topLeft(), seen.topLeft())
    patch.setSize(metrics.size(0, text).toSizeF())
    patch.adjust(0, 0, 36, 10)
    painter.fillRect(patch, ground)
    painter.fillRect(QRectF(patch.left(), patch.top(), patch.width(), FRAME_PX), alarm)
    draw.triangle(painter, patch.left() + 15, patch.center().y() - 3, alarm)
    painter.setPen(theme.DARK.alarm_text)
    painter.drawText(patch.adjusted(26, 2, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def corner_words(rarity: float, threshold: float) -> str:
    """Return what to say of an alarm: it outlasts what set it off by a moment."""
    return f"Unusual: {words.rarity(rarity)}" if rarity >= threshold else "Unusual a moment ago"


def draw_words(painter: QPainter, seen: QRectF, text: str, middle: bool = False) -> None:
    """Write words at the lower left, or in the middle above that, on a dark patch."""
    painter.setFont(theme.text_font(9))
    wide = painter.fontMetrics().horizontalAdvance(text) + 16
    high = painter.fontMetrics().height() + 6
    left = seen.center().x() - wide / 2 if middle else seen.left() + 8
    patch = QRectF(left, seen.bottom() - (2.5 if middle else 1) * high - 8, wide, high)
    painter.fillRect(patch, draw.translucent(theme.DARK.background, 225))
    painter.setPen(theme.DARK.text)
    painter.drawText(patch, Qt.AlignmentFlag.AlignCenter, text)


def draw_legend(painter: QPainter, seen: QRectF) -> None:
    """Say at the lower right what the colours of the heat map mean."""
    painter.setFont(theme.text_font(8))
    metrics = painter.fontMetrics()
    ends = [metrics.horizontalAdvance(word) for word in ("usual", "unusual")]
    wide, high = sum(ends) + LEGEND_PX + 28, metrics.height() + 6
    if wide > seen.width() / 2 or 4 * high > seen.height():
        return
    patch = QRectF(seen.right() - wide - 8, seen.bottom() - high - 8, wide, high)
    painter.fillRect(patch, draw.translucent(theme.DARK.background, 225))
    bar = QRectF(patch.left() + 14 + ends[0], patch.center().y() - 4, LEGEND_PX, 8)
    ramp = QLinearGradient(bar.topLeft(), bar.topRight())
    ramp.setColorAt(0, draw.translucent(QColor(RAMP[0]), 0))
    ramp.setColorAt(0.5, QColor(RAMP[1]))
    ramp.setColorAt(1, QColor(RAMP[2]))
    painter.fillRect(bar, ramp)
    painter.setPen(theme.DARK.text)
    inner = patch.adjusted(7, 0, -7, 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(inner, middle, "usual")
    painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, "unusual")


def _placed(percent: QRectF, whole: QRectF) -> QRectF:
    at = whole.topLeft() + QPointF(
        percent.left() / 100 * whole.width(), percent.top() / 100 * whole.height()
    )
    wide, high = percent.width() / 100 * whole.width(), percent.height() / 100 * whole.height()
    return QRectF(at.x(), at.y(), wide, high)
