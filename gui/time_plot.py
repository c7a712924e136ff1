"""A plot whose horizontal axis is the shared view of time, moved by wheel, mouse and keys."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from driftscope.core.stream import F64, Alarm
from driftscope.gui import axes, draw, theme
from driftscope.gui.drags import Box, Drag, Measure, MoveTime
from driftscope.gui.plot import LEFT_PX, Plot
from driftscope.gui.time_view import TimeView
from driftscope.gui.watched import Watched

ZOOM = 1.25
TICK_PX = 110


class TimePlot(Plot):
    """Draw against time counted back from now; `view` may be shared with other plots."""

    def __init__(self, session: Watched, view: TimeView, name: str) -> None:
        super().__init__(session, name)
        self.view = view
        self._drag: Drag | None = None
        self._pointer = QPointF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def state(self) -> tuple[object, ...]:
        session, view = self.session, self.view
        view.update(session.history, session.paused)
        if self.hovered:
            self.point(self._pointer)
        total = session.history.total if session.history is not None and not view.paused else -1
        newest = next(reversed(session.alarms.values()), None)
        return (
            id(session.history), total, newest, view.now_s, view.span_s, view.end_s, view.paused,
            session.info, view.cursor.state(), view.cursor.seq if self.hovered else None,
            self._drag and self._drag.at,
        )  # fmt: skip

    def place(self, time_s: float) -> float:
        """Return where a time stands, in pixels."""
        return float(self.places(np.array([time_s]))[0])

    def places(self, time_s: F64) -> F64:
        """Return where times (m,) stand, in pixels."""
        view = self.view
        scale = (self.width() - self._margins_px) / (view.hi_s - view.lo_s)
        return LEFT_PX + (time_s - view.lo_s) * scale

    @property
    def _margins_px(self) -> float:
        return self.width() - self.area().width()

    def time_at(self, x: float) -> float:
        """Return which time stands at a pixel."""
        view = self.view
        return view.lo_s + (x - LEFT_PX) / self.area().width() * (view.hi_s - view.lo_s)

    def draw_bands(self, painter: QPainter, area: QRectF) -> None:
        """Draw gaps, holes and unscored stretches over the plot's whole height."""
        history, view = self.session.history, self.view
        if history is None:
            return
        for found in reversed(history.bands):
            if found.end_s < view.lo_s:
                break
            if found.start_s <= min(view.hi_s, view.now_s):
                left = max(self.place(found.start_s), area.left())
                right = min(self.place(found.end_s), area.right())
                self.band(
                    painter, QRectF(left, area.top(), right - left, area.height()), found.kind
                )

    def alarms_in_view(self) -> Iterator[tuple[Alarm, float, float]]:
        """Give (alarm, left, right) of those that touch the view, newest first, in pixels."""
        view = self.view
        last_s = min(view.hi_s, view.now_s)
        for alarm in reversed(self.session.alarms.values()):
            end_s = max(alarm.end_s, last_s) if alarm.end is None else alarm.end_s
            if end_s >= view.lo_s and alarm.start_s <= last_s:
                yield (
                    alarm,
                    self.place(alarm.start_s),
                    max(self.place(end_s), self.place(alarm.start_s) + 2),
                )
            elif end_s < view.lo_s - 3600:
                break

    def draw_time(self, painter: QPainter, area: QRectF, texts: bool) -> None:
        """Draw the line of "now", and with `texts` the ticks below the plot."""
        view, colours = self.view, theme.current()
        clock = self.session.info.clock if self.session.info else "elapsed"
        back_s = view.now_s - view.lo_s
        ahead_s = view.now_s - view.hi_s
        painter.setPen(draw.dashed(colours.secondary, 2, 3))
        now = round(self.place(view.now_s)) + 0.5
        if area.left() <= now <= area.right():
            painter.drawLine(QPointF(now, area.top()), QPointF(now, area.bottom()))
        if not texts:
            return
        painter.setFont(theme.number_font(8))
        painter.setPen(colours.secondary)
        most = max(2, int(area.width() / TICK_PX))
        for offset_s, text in axes.time_ticks(back_s, max(ahead_s, 0.0), most, clock):
            x = self.place(view.now_s + offset_s)
            wide = painter.fontMetrics().horizontalAdvance(text)
            x = min(max(x - wide / 2, area.left() - wide / 2), self.width() - wide - 2)
            painter.drawText(QRectF(x, area.bottom() + 5, wide + 2, 14), 0, text)
        painter.setFont(theme.text_font(8))

    def draw_reading(self, painter: QPainter, area: QRectF) -> None:
        """Draw the marks A and B, the cursor, and what is being dragged."""
        cursor, colours = self.view.cursor, theme.current()
        ends = [self.place(row.time_s) for row in cursor.marks.values()]
        if len(ends) == 2:
            between = area.adjusted(min(ends) - area.left(), 0, max(ends) - area.right(), 0)
            painter.fillRect(between.intersected(area), draw.translucent(colours.text, 14))
        for name, x in zip(cursor.marks, ends, strict=True):
            self._line(painter, area, x, draw.dashed(colours.text, 6, 3))
            if area.left() <= x <= area.right():
                flag = QRectF(x - 15 if x == min(ends) else x + 1, area.bottom() - 15, 14, 15)
                flag.moveLeft(min(max(flag.left(), area.left()), area.right() - 14))
                painter.fillRect(flag, colours.text)
                painter.setPen(colours.panel)
                painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, name)
        if cursor.on and not math.isnan(cursor.time_s):
            ink = draw.translucent(colours.text, 170)
            self._line(painter, area, self.place(cursor.time_s), draw.pen(ink))
        if self._drag is not None:
            self._drag.draw(painter, area)

    def _line(self, painter: QPainter, area: QRectF, x: float, pen: QPen) -> None:
        if area.left() - 1 <= x <= area.right() + 1:
            painter.setPen(pen)
            x = round(x) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    @property
    def hovered(self) -> bool:
        """Say whether the mouse rests over this plot, and what is read follows it."""
        return self.view.cursor.pointed_by is self and self._drag is None

    def point(self, at: QPointF) -> None:
        """Read the sample at a place, in pixels."""
        if self.session.history is not None and not self.view.unset:
            self.view.cursor.point(self.session.history, self.time_at(at.x()))

    def boxed(self, at: QPointF) -> QRectF:
        """Return how far a box that begins at a place may reach."""
        return self.area()

    def zoom_values(self, box: QRectF) -> None:
        """Show just the values within a box: nothing here, where the values have one range."""

    def drag(self, event: QMouseEvent) -> Drag | None:
        """Return what a press of a mouse button begins."""
        at, shift = event.position(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.RightButton or (left and shift):
            return Box(self, at)
        if left and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return Measure(self, at)
        return MoveTime(self, at) if left else None

    def follow_live(self) -> None:
        """Go back to now."""
        self.view.follow()
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self.view.zoom(ZOOM**-turns, self.time_at(event.position().x()))
            self.refresh()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, view = event.key(), self.view
        middle_s = (view.lo_s + view.hi_s) / 2
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            view.zoom(1 / ZOOM, middle_s)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            view.zoom(ZOOM, middle_s)
        elif key == Qt.Key.Key_0:
            view.reset_span()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._sideways(-1 if key == Qt.Key.Key_Left else 1, event.modifiers())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            view.follow()
        else:
            super().keyPressEvent(event)
            return
        self.refresh()

    def _sideways(self, way: int, held: Qt.KeyboardModifier) -> None:
        """Move the cursor by a sample, with Shift by ten, or with Ctrl the view."""
        view, history = self.view, self.session.history
        if view.unset or history is None:
            return
        if not view.cursor.on or held & Qt.KeyboardModifier.ControlModifier:
            view.pan(0.1 * way * view.span_s)
            return
        view.cursor.pointed_by = None
        view.cursor.step(history, way * (10 if held & Qt.KeyboardModifier.ShiftModifier else 1))
        view.bring(view.cursor.time_s)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = None if self.view.unset else self.drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drag is not None:
            self._drag.move(at)
            self.setCursor(self._drag.shape)
        elif self.area().contains(at):
            self.view.cursor.pointed_by, self._pointer = self, at
        else:
            self._let_go()
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.end()
        self.unsetCursor()
        self.refresh()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.follow_live()

    def leaveEvent(self, event: QEvent) -> None:
        self._let_go()
        super().leaveEvent(event)

    def _let_go(self) -> None:
        """Read no longer what lies under the mouse."""
        if self.view.cursor.pointed_by is self:
            self.view.cursor.pointed_by = None
            self.view.cursor.leave()
