"""The keys, in a small table that closes at the next click or key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.widgets import label

KEYS = {
    "Everywhere": (
        ("Space", "pause the view"),
        ("F", "freeze learning"),
        ("L", "learn this as normal"),
        ("Ctrl+O", "connect a source"),
        ("Ctrl+Shift+O", "add a source"),
        ("Ctrl+Tab, Ctrl+1…9", "show the next, or that, source"),
        ("Ctrl+W", "close the source shown"),
        ("Ctrl+S", "save the alarm's clip, or samples, or the model"),
        ("F1", "show these keys"),
        ("Ctrl+Q", "quit"),
    ),
    "With a picture": (
        ("1…9 held", "teach that class"),
        ("H", "heat on or off"),
        ("R", "region to look at"),
        ("E", "what was expected beside it"),
    ),
    "In a plot": (
        ("wheel, + −", "zoom"),
        ("0", "back to the first zoom"),
        ("drag, ← →", "move in time"),
        ("End", "back to now"),
        ("↑ ↓, Shift+wheel", "scroll the channels"),
    ),
    "On a slider": (
        ("← →", "one value on"),
        ("double click", "back to automatic"),
    ),
}


class Keys(QFrame):
    """Show every key and what it does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_role(self, "popup")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 14)
        grid.setHorizontalSpacing(24)
        for title, keys in KEYS.items():
            if grid.count():
                grid.setRowMinimumHeight(grid.rowCount(), theme.GAP_PX)
            grid.addWidget(label(title, "title"), grid.rowCount(), 0, 1, 2)
            for key, does in keys:
                row = grid.rowCount()
                grid.addWidget(label(key, "number"), row, 0)
                grid.addWidget(label(does, "secondary"), row, 1)

    def show_below(self, button: QWidget) -> None:
        """Show the table under a button, their right ends in line."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        self.move(corner)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.close()
