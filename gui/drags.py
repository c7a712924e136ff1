"""What dragging the mouse over a plot does: moving in time, a box to zoom into, measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from driftscope.gui import draw, theme

if TYPE_CHECKING:
    from driftscope.gui.lanes import Lanes
    from driftscope.gui.time_plot import TimePlot

FAR_PX = 4.0
"""A button let go nearer than this to where it was pressed was a click."""
FLAT_PX = 12.0
"""A box lower than this is meant for time alone."""


class Drag:
    """Follow the mouse from a press to its release, in pixels of the plot."""

    shape = Qt.CursorShape.CrossCursor

    def __init__(self, plot: TimePlot, at: QPointF) -> None:
        self.plot, self.begun, self.at = plot, at, at

    @property
    def far(self) -> bool:
        """Say whether the mouse has been moved away from where it was pressed."""
        return (self.at - self.begun).manhattanLength() > FAR_PX

    def move(self, at: QPointF) -> None:
        """Take in where the mouse is now."""
        self.at = at

    def end(self) -> None:
        """Do what is done when the button is let go."""

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw what is being dragged."""


class MoveTime(Drag):
    """Go back and forth in time."""

    shape = Qt.CursorShape.ClosedHandCursor

    def move(self, at: QPointF) -> None:
        self.plot.view.pan(self.plot.time_at(self.at.x()) - self.plot.time_at(at.x()))
        self.at = at


class Box(Drag):
    """Draw a box and zoom into it."""

    def rect(self, area: QRectF) -> QRectF:
        """Return the box within the plot; one that is flat is as high as the plot."""
        box = QRectF(self.begun, self.at).normalized()
        if box.height() < FLAT_PX:
            box.setTop(area.top())
            box.setBottom(area.bottom())
        return box.intersected(self.plot.boxed(self.begun))

    def end(self) -> None:
        box = self.rect(self.plot.area())
        if self.far and box.width() > FAR_PX:
            lo_s, hi_s = self.plot.time_at(box.left()), self.plot.time_at(box.right())
            if abs(self.at.y() - self.begun.y()) >= FLAT_PX:
                self.plot.zoom_values(box)
            self.plot.view.frame(lo_s, hi_s)

    def draw(self, painter: QPainter, area: QRectF) -> None:
        if self.far:
            colours = theme.current()
            box = self.rect(area)
            painter.fillRect(box, draw.translucent(colours.text, 20))
            painter.setPen(draw.pen(colours.secondary))
            painter.drawRect(box.toRect())


class Measure(Drag):
    """Put A where it was pressed and B where it is let go; a click puts one after the other."""

    def move(self, at: QPointF) -> None:
        begins = not self.far
        super().move(at)
        cursor = self.plot.view.cursor
        if self.far:
            if begins:
                cursor.marks.clear()
                self.plot.point(self.begun)
                cursor.mark("A")
            self.plot.point(at)
            cursor.mark("B")

    def end(self) -> None:
        cursor = self.plot.view.cursor
        if not self.far:
            self.plot.point(self.at)
            if len(cursor.marks) == 2:
                cursor.marks.clear()
            cursor.mark("B" if "A" in cursor.marks else "A")


class MoveValues(Drag):
    """Move the range of the lane whose axis was pressed up and down."""

    shape = Qt.CursorShape.SizeVerCursor

    def __init__(self, plot: Lanes, at: QPointF) -> None:
        super().__init__(plot, at)
        self._lanes = plot

    def move(self, at: QPointF) -> None:
        self._lanes.values.move(self.begun, at.y() - self.at.y())
        self.at = at
