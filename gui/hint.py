"""The hint of the first start: one line, there until it is dismissed or no longer needed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.preferences import HINT_SEEN, Preferences
from driftscope.gui.widgets import Elided

HEIGHT_PX = 30
TEXT = (
    "New here? Watch how the demo is learned; Ctrl+O connects your own device, camera or file; "
    "Ctrl+K finds anything."
)


class Hint(QWidget):
    """Say what to do first, with a cross that closes it for good."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        theme.as_panel(self)
        theme.set_role(self, "hint")
        self.setFixedHeight(HEIGHT_PX)
        self.said = Elided()
        self.said.say(TEXT)
        self.cross = Cross()
        self.cross.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 6, 0)
        row.addWidget(self.said, 1)
        row.addWidget(self.cross)
        self.setVisible(not preferences.flag(HINT_SEEN))

    def dismiss(self) -> None:
        """Close it, and do not show it again."""
        if self.isHidden():
            return
        self.hide()
        self.preferences.set(HINT_SEEN, True)


class Cross(QAbstractButton):
    """A cross that closes what it stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Close the hint")
        self.setToolTip("Close this hint; it does not come back.")
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(26, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(colours.text if marked else colours.secondary, 1.6))
        middle = QPointF(self.width() / 2, self.height() / 2)
        for side in (-1, 1):
            painter.drawLine(middle + QPointF(-4, -4 * side), middle + QPointF(4, 4 * side))
