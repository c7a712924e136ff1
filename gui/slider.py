"""The slider: acts at once, says its value, and cannot be turned by accident."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider

from driftscope.gui import theme

HANDLE_PX = 14


class Slider(QSlider):
    """A slider that acts at once, goes back by a double click and ignores the wheel till focused.

    `beside` gives the next position for an arrow key; `tick` is marked on the groove.
    """

    reset = Signal()

    def __init__(self, steps: int, beside: Callable[[int, int], int], tick: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, steps)
        self.setPageStep(steps // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(16)
        self._beside = beside
        self._tick = tick

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        step = {keys.Key_Left: -1, keys.Key_Down: -1, keys.Key_Right: 1, keys.Key_Up: 1}
        if event.key() in step:
            self.setValue(self._beside(self.value(), step[Qt.Key(event.key())]))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        turned = event.angleDelta().y()
        if turned:
            self.setValue(self._beside(self.value(), 1 if turned > 0 else -1))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.reset.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, here = self.height() / 2, self._x(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.setBrush(colours.prediction if self.isEnabled() else colours.secondary)
        painter.drawRoundedRect(QRectF(0, middle - 2, here, 4), 2, 2)
        painter.setBrush(colours.secondary)
        painter.drawRect(QRectF(self._x(self._tick) - 0.5, middle - 5, 1, 10))
        if self.hasFocus():
            painter.setPen(QPen(colours.prediction, 2))
        painter.setBrush(colours.text)
        painter.drawEllipse(QPointF(here, middle), HANDLE_PX / 2, HANDLE_PX / 2)

    def _x(self, position: int) -> float:
        room = self.width() - HANDLE_PX - 2
        return HANDLE_PX / 2 + 1 + room * position / max(self.maximum(), 1)

    def _follow(self, x: float) -> None:
        part = (x - HANDLE_PX / 2 - 1) / max(self.width() - HANDLE_PX - 2, 1)
        self.setValue(round(part * self.maximum()))
