"""What was said of the newest rows beside what they were."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from driftscope.gui import axes, draw, theme, words
from driftscope.gui.plot import LEFT_PX, Plot
from driftscope.gui.told import ROWS
from driftscope.gui.watched import Watched

NONE_YET = "What was said and what was true stand here once labels have come."
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LabelPlot(Plot):
    """Draw the values of the latest labels, and over them what was said of each before."""

    bottom_px = 20

    def __init__(self, session: Watched) -> None:
        super().__init__(session, "Labels as said and as they were")
        self.setMinimumSize(200, 120)

    def state(self) -> tuple[object, ...]:
        return (None,) if self.session.paused else (id(self.session.told), self.session.told.count)

    def area(self) -> QRectF:
        return super().area().adjusted(52 - LEFT_PX, 0, 0, 0)

    def draw(self, painter: QPainter, area: QRectF) -> int:
        rows, colours = self.session.told.rows(), theme.current()
        found = axes.robust_limits(rows.ravel())
        if found is None or len(rows) < 2:
            return self.say(painter, area, NONE_YET)
        around = axes.nice_range(*found)
        scale = area.height() / (around.high - around.low)
        painter.setPen(draw.pen(colours.grid))
        ticks = []
        for value, text in around.ticks(max(2, int(area.height() / 24))):
            y = round(area.bottom() - (value - around.low) * scale) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            ticks.append((y, text))
        painter.setPen(colours.secondary)
        painter.setFont(theme.number_font(8))
        for y, text in ticks:
            painter.drawText(QRectF(0, y - 8, 46, 16), RIGHT, text)
        painter.setFont(theme.text_font(8))
        first = ROWS - len(rows)
        x = area.left() + (first + np.arange(len(rows))) / (ROWS - 1) * area.width()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        for column, pen in enumerate(self.pens()):
            painter.setPen(pen)
            draw.curve(painter, x, area.bottom() - (rows[:, column] - around.low) * scale)
        painter.setClipping(False)
        painter.setPen(colours.secondary)
        painter.drawText(
            QPointF(area.left(), area.bottom() + 15), f"{words.thousands(ROWS)} labels"
        )
        newest = "newest"
        wide = painter.fontMetrics().horizontalAdvance(newest)
        painter.drawText(QPointF(area.right() - wide, area.bottom() + 15), newest)
        return -1

    def pens(self) -> tuple[QPen, QPen]:
        """Return the pens of what was true and of what was said."""
        colours = theme.current()
        return draw.pen(colours.text), draw.pen(colours.prediction)
