"""The small pieces the window is put together from; each draws itself, none has a timer."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QListWidget, QSizePolicy, QWidget

from driftscope.gui import theme

BOX_PX = 14
STATE_PX = 108
"""As wide as the longest state of learning: what stands beside it does not jump."""
FRAME_PX = (12, 44)
"""What a window manager's frame may take of the screen beside and above a window."""


def set_text(label: QLabel, text: str) -> None:
    """Show a text, touching the label only if it changed: a repaint is not free."""
    if label.text() != text:
        label.setText(text)


def resize_within_screen(window: QWidget, width_px: int, height_px: int) -> None:
    """Give a window a first size that its screen has room for, but no less than its minimum."""
    room = window.screen().availableSize()
    window.resize(
        min(width_px, room.width() - FRAME_PX[0]), min(height_px, room.height() - FRAME_PX[1])
    )


def label(text: str = "", role: str = "", wrap: bool = False) -> QLabel:
    """Return a label in one of the theme's roles, which takes text as it is."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        theme.set_role(made, role)
    return made


class Rule(QWidget):
    """A thin line between two thoughts of one panel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.current().lines)


class Combo(QComboBox):
    """A box to choose from that ignores the wheel till focused."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setStyleSheet(
            "QComboBox::drop-down { border: none; width: 24px; }"
            "QComboBox::down-arrow { image: none; }"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().secondary, 1.5))
        x, y = self.width() - 17.0, self.height() / 2
        corner = QPointF(x + 4, y + 2)
        painter.drawPolyline([QPointF(x, y - 2), corner, QPointF(x + 8, y - 2)])

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def paint_tick(painter: QPainter, room: QRectF, checked: bool, focused: bool) -> None:
    """Draw a box with or without a tick at the left of a row."""
    colours = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, top = room.left(), room.top() + (room.height() - BOX_PX) / 2
    edge = colours.prediction if checked or focused else colours.secondary
    painter.setPen(QPen(edge, 2 if focused else 1.2))
    painter.drawRoundedRect(QRectF(left + 1, top, BOX_PX, BOX_PX), 3, 3)
    if checked:
        painter.setPen(QPen(colours.prediction_text, 1.8))
        shape = ((4.5, 8), (7, 10.5), (11.5, 4.5))
        painter.drawPolyline([QPointF(left + x, top - 0.5 + y) for x, y in shape])
    painter.restore()


class Offered(QListWidget):
    """A list of what can be chosen: to come to it with the keys chooses nothing yet."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        QWidget.focusInEvent(self, event)  # the list's own would make the first line current
        self.viewport().update()


class Tick(QCheckBox):
    """A box with a tick and, beside it, what the tick means."""

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) + 8 if self.text() else 0
        return QSize(BOX_PX + 4 + words, 22)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_tick(painter, QRectF(self.rect()), self.isChecked(), self.hasFocus())
        painter.setPen(theme.current().text)
        room = self.rect().adjusted(BOX_PX + 8, 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())


class Elided(QLabel):
    """A line of text that ends in … where room is short and shows the whole as its tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = text
        self.tip = ""
        """What is explained when the mouse rests on it."""
        if role:
            theme.set_role(self, role)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        if text != self._whole or not self.text():
            self._whole = text
            self.setAccessibleName(text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self._whole, mode, self.contentsRect().width())
        set_text(self, shown)
        whole = "" if shown == self._whole else self._whole
        self.setToolTip("\n\n".join(filter(None, (whole, self.tip))))


class Pill(QLabel):
    """A rounded field with a word and, on its left, a dot that is hollow where nothing flows.

    With `width_px` it is so wide, or as wide as there is room, whatever it says.
    """

    def __init__(self, dot: bool = False, width_px: int = 0) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._dot = dot
        self._width_px = width_px
        self._colour = theme.current().secondary
        self._ink = self._colour
        self._hollow = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setContentsMargins(32 if dot else 14, 0, 14, 0)
        self.setFixedHeight(28 if dot else 22)

    def show_state(self, text: str, colour: QColor, ink: QColor, hollow: bool = False) -> None:
        """Say a state in a word; the colour only goes with it."""
        set_text(self, text)
        if (colour, ink, hollow) != (self._colour, self._ink, self._hollow):
            self._colour, self._ink, self._hollow = colour, ink, hollow
            self.update()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        room = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(self._width_px or room + margins.left() + margins.right(), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colours.background if self._dot else self._colour)
        ground.setAlpha(255 if self._dot else 56)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        half = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), half, half)
        room = self.contentsRect()
        if self._dot:
            painter.setPen(QPen(self._colour, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush if self._hollow else self._colour)
            painter.drawEllipse(QPointF(17, half), 4.5, 4.5)
        painter.setPen(colours.text if self._dot else self._ink)
        mode = Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(self.text(), mode, room.width() + 2)
        place = Qt.AlignmentFlag.AlignLeft if self._dot else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(room, place | Qt.AlignmentFlag.AlignVCenter, shown)


class MovingLine(QWidget):
    """A short line that travels along a longer one while something is awaited.

    It moves when its owner calls `update()` at the display's pace.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(220, 4)
        self.setAccessibleName("please wait")

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        there = abs(time.monotonic() % 2.4 / 1.2 - 1)
        painter.setBrush(colours.prediction)
        painter.drawRoundedRect(QRectF(there * (self.width() - 60), 0, 60, 4), 2, 2)
