"""A dock: a panel that can be moved, floated, tabbed and closed, by its own heading."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QHBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.stage import Guarded

HEADING_PX = 44
"""How far down a panel is dragged by."""
MOUSE = {
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
}  # fmt: skip


class Dock(QDockWidget):
    """Hold a panel and say when it is closed. Its heading is dragged, a double click floats it.

    `seen` is False while it is closed or behind another tab: nothing need be drawn then.
    """

    closed = Signal(str)
    wanted = Signal(str)
    """Something in it is to be used: it must be there, and in front."""

    def __init__(self, name: str, title: str, held: Guarded) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.held = held
        self.seen = False
        self._shift_px: float | None = None
        self.setTitleBarWidget(Strip())
        theme.as_panel(held)
        theme.set_role(held, "docked")
        _trim(held.panel)
        self.setWidget(held)
        self.corner = Corner(self)
        self.visibilityChanged.connect(self._see)
        self.topLevelChanged.connect(self._come_to_the_screen)

    def refresh(self) -> None:
        """Draw the panel anew, if it is to be seen."""
        if self.seen:
            self.held.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit(self.objectName())

    def enterEvent(self, event: QEnterEvent) -> None:
        self.corner.show()
        self.corner.raise_()

    def leaveEvent(self, event: QEvent) -> None:
        self.corner.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isFloating():  # the frame Qt leaves around what is in it
            QPainter(self).fillRect(self.rect(), theme.current().secondary)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.corner.move(self.width() - self.corner.width() - 3, 1)

    def event(self, event: QEvent) -> bool:
        """Let the heading be dragged as well: for Qt only the strip above it is the title."""
        if event.type() in MOUSE and isinstance(event, QMouseEvent):
            return super().event(self._as_on_the_strip(event))
        return super().event(event)

    def _as_on_the_strip(self, event: QMouseEvent) -> QMouseEvent:
        at = event.position()
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            below = theme.STRIP_PX <= at.y() < HEADING_PX
            self._shift_px = at.y() - theme.STRIP_PX + 1 if below else None
        if self._shift_px is None:
            return event
        moved = QPointF(at.x(), at.y() - self._shift_px)
        return QMouseEvent(
            event.type(), moved, event.globalPosition(), event.button(), event.buttons(),
            event.modifiers(),
        )  # fmt: skip

    def _come_to_the_screen(self, floats: bool) -> None:
        """Qt leaves a panel that was behind a tab where nobody sees it."""
        if floats and not self.screen().geometry().intersects(self.geometry()):
            window = self.parentWidget()
            if window is not None:
                self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())

    def _see(self, seen: bool) -> None:
        self.seen = seen
        self.refresh()


class Strip(QWidget):
    """The upper edge of a panel, which Qt takes for the title bar."""

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        theme.set_role(self, "strip")

    def sizeHint(self) -> QSize:
        return QSize(0, theme.STRIP_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Corner(QWidget):
    """The two small buttons of a dock, there while the mouse is over it."""

    def __init__(self, dock: Dock) -> None:
        super().__init__(dock)
        name = dock.accessibleName()
        self.float = CornerButton("float", f"Float {name}", "Take this panel out of the window, or "
                                  "put it back. Its heading can be dragged, too.")  # fmt: skip
        self.close_ = CornerButton("close", f"Close {name}", "Close this panel. The menu Panels "
                                   "shows it again.")  # fmt: skip
        self.float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.close_.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.float)
        row.addWidget(self.close_)
        self.resize(self.sizeHint())
        self.hide()


class CornerButton(QAbstractButton):
    """A button drawn as a cross, or as a sheet before another. The menu Panels does the same."""

    def __init__(self, sign: str, name: str, tip: str) -> None:
        super().__init__()
        self._sign = sign
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(18, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.raised)
            painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setPen(QPen(colours.text if self.underMouse() else colours.secondary, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = self.width() / 2, self.height() / 2
        if self._sign == "close":
            painter.drawLine(QPointF(x - 3, y - 3), QPointF(x + 3, y + 3))
            painter.drawLine(QPointF(x - 3, y + 3), QPointF(x + 3, y - 3))
        else:
            painter.drawRect(QRectF(x - 3.5, y - 1.5, 5, 5))
            painter.drawPolyline([
                QPointF(x - 1, y - 4), QPointF(x + 4, y - 4), QPointF(x + 4, y + 1),
            ])  # fmt: skip


def bring_forward(widget: QWidget) -> None:
    """Have the panel a widget stands in shown, in front of those it shares its place with."""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, Dock):
        above = above.parentWidget()
    if above is not None:
        above.wanted.emit(above.objectName())


def _trim(panel: QWidget | None) -> None:
    """Let the strip stand for the upper margin of a panel, so that no heading sits lower."""
    layout = panel.layout() if panel is not None else None
    if layout is not None:
        margins = layout.contentsMargins()
        margins.setTop(max(0, margins.top() - theme.STRIP_PX))
        layout.setContentsMargins(margins)
