"""A plot whose horizontal axis is the shared view of time, moved by wheel, mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent

from driftscope.core.stream import F64, Alarm
from driftscope.gui import axes, draw, theme
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
        self._dragged_px: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(
            "Wheel or + and - zoom, 0 goes back to the first zoom, dragging or the arrow keys "
            "go back in time, a double click or End returns to now."
        )

    def state(self) -> tuple[object, ...]:
        session, view = self.session, self.view
        view.update(session.history, session.paused)
        total = session.history.total if session.history is not None and not view.paused else -1
        newest = next(reversed(session.alarms.values()), None)
        return (
            id(session.history), total, newest, view.now_s, view.span_s, view.end_s, view.paused,
            session.info,
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
            painter.drawText(QRectF(x, area.bottom() + 3, wide + 2, 14), 0, text)
        painter.setFont(theme.text_font(8))

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
            view.pan(view.span_s * (-0.1 if key == Qt.Key.Key_Left else 0.1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            view.follow()
        else:
            super().keyPressEvent(event)
            return
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_px = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_px is None or self.view.unset:
            return
        x = event.position().x()
        self.view.pan(self.time_at(self._dragged_px) - self.time_at(x))
        self._dragged_px = x
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_px = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.follow_live()
