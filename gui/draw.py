"""Strokes the plots are made of. Each takes an open QPainter; GUI thread only."""

from __future__ import annotations

import ctypes
from typing import cast

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from shiboken6 import Shiboken

from driftscope.core.stream import F64

FAR_PX = 1e5
"""Coordinates beyond this are brought back: the painter counts in whole numbers inside."""


def pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen of one pixel: wider ones take eight times as long to draw with."""
    return QPen(colour, 1, style)


def dashed(colour: QColor, on: float, off: float) -> QPen:
    """Return a broken pen, `on` and `off` in pixels."""
    found = pen(colour, Qt.PenStyle.CustomDashLine)
    found.setDashPattern([on, off])
    found.setCapStyle(Qt.PenCapStyle.FlatCap)
    return found


def translucent(colour: QColor, alpha: int) -> QColor:
    """Return a colour that lets through what lies below; `alpha` is 0 to 255."""
    found = QColor(colour)
    found.setAlpha(alpha)
    return found


def curve(painter: QPainter, x: F64, y: F64) -> None:
    """Draw a line through points (m,) in pixels; it breaks where y is NaN, and a value that
    stands alone is a dot."""
    if not len(x):
        return
    y = np.clip(y, -FAR_PX, FAR_PX)
    known = np.isfinite(y)
    if len(x) > 1 and known.all():
        painter.drawPolyline(polygon(x, y))
        return
    joined = known[:-1] & known[1:]
    alone = known.copy()
    alone[:-1] &= ~joined
    alone[1:] &= ~joined
    points = np.stack([x, y], axis=1)
    dots = np.hstack([points[alone], points[alone] + (1.0, 0.0)])
    lines = np.concatenate([np.hstack([points[:-1][joined], points[1:][joined]]), dots])
    if len(lines):
        # a list of QLineF would take as many calls: the painter reads the array as it lies
        first = cast(QLineF, Shiboken.wrapInstance(lines.ctypes.data, QLineF))
        painter.drawLines(first, len(lines))


def polygon(x: F64, y: F64) -> QPolygonF:
    """Return points (m,) as a polygon, copied in one go."""
    points = np.stack([x, y], axis=1)
    found = QPolygonF()
    found.resize(len(points))
    if len(points):
        first = cast(Shiboken.Object, found.data())
        ctypes.memmove(Shiboken.getCppPointer(first)[0], points.ctypes.data, points.nbytes)
    return found


def triangle(painter: QPainter, x: float, top: float, colour: QColor) -> None:
    """Draw a mark that points down to `x`."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = [QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 8)]
    painter.drawPolygon(QPolygonF(corners))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def hatch(painter: QPainter, area: QRectF, ink: QColor) -> None:
    """Fill an area with slanting lines."""
    painter.fillRect(area, QBrush(ink, Qt.BrushStyle.BDiagPattern))


def caption(
    painter: QPainter,
    at: QPointF,
    text: str,
    ink: QColor,
    ground: QColor,
    *,
    right: bool = False,
    veil: int = 225,
) -> QRectF:
    """Write a line of text on a patch of ground, so that curves do not cross it.

    `at` is the patch's upper left corner, the upper right one with `right`; `veil`, 0 to 255, is
    how much it hides. Return the patch.
    """
    metrics = painter.fontMetrics()
    patch = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text) + 6, metrics.height() + 1)
    if right:
        patch.moveRight(at.x())
    painter.fillRect(patch, translucent(ground, veil))
    painter.setPen(ink)
    painter.drawText(patch, Qt.AlignmentFlag.AlignCenter, text)
    return patch


def words_in(painter: QPainter, area: QRectF, text: str, ink: QColor, ground: QColor) -> None:
    """Write words in the middle of a band: level if they fit, else upright, else not at all."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    if area.width() >= width:
        at = QPointF(area.center().x() - width / 2 + 3, area.center().y() - height / 2)
        caption(painter, at, text, ink, ground)
    elif area.width() >= height and area.height() >= width:
        painter.save()
        painter.translate(area.center())
        painter.rotate(-90)
        caption(painter, QPointF(-width / 2 + 3, -height / 2), text, ink, ground)
        painter.restore()
