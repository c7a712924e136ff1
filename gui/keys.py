"""Every key and what it does, in a table that closes at the next click or key."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.widgets import label

HELD = {
    "With a picture": (("1…9 held", "teach that class"),),
    "In a plot": (
        ("wheel, + −", "zoom in time"),
        ("0", "back to the first zoom"),
        ("drag, ← →", "move in time"),
        ("End, double click", "back to now"),
        ("Shift+drag", "box to zoom into"),
        ("Ctrl+drag, Ctrl+click", "measure from A to B"),
        ("Ctrl+wheel", "zoom the values"),
        ("drag the axis", "move the values"),
        ("double click the axis", "automatic range"),
        ("↑ ↓, Shift+wheel", "scroll the channels"),
    ),
    "With the cursor on": (
        ("← →, with Shift", "one sample on, ten"),
        ("Ctrl+← →", "move in time"),
        ("↑ ↓", "the next channel"),
    ),
    "On a slider": (
        ("← →", "one value on"),
        ("double click", "back to automatic"),
    ),
    "On a button": (("Space", "press it"),),
}
"""Keys and gestures that belong to one thing only, and so stand in no menu."""
ROW_PX, COLUMN_PX, ROUND_PX = 20, 300, 130
"""About what a row and a column of the table take, and what is left free around it. Where a window
is small it is scrolled downwards, never sideways."""


def table(actions: Actions) -> dict[str, list[tuple[str, str]]]:
    """Return (key, what it does) by menu, then what stands in no menu."""
    native = QKeySequence.SequenceFormat.NativeText
    found: dict[str, list[tuple[str, str]]] = {}
    for action in actions.all():
        keys = ", ".join(each.toString(native) for each in action.shortcuts())
        if keys:
            does = action.text().replace("&", "").rstrip("…")
            _add(found.setdefault(str(action.data()), []), keys, does)
    return found | {title: list(rows) for title, rows in HELD.items()}


def _add(rows: list[tuple[str, str]], keys: str, does: str) -> None:
    """Add a row; what differs from the one before by a number only, as Ctrl+2 does from Ctrl+1,
    is one with it."""
    digits = "…0123456789"
    if rows and does[-1:].isdigit() and rows[-1][1].rstrip(digits) == does.rstrip(digits):
        first = rows[-1][0].partition("…")[0], rows[-1][1].partition("…")[0]
        rows[-1] = (f"{first[0]}…{keys[-1]}", f"{first[1]}…{does[-1]}")
    else:
        rows.append((keys, does))


class Keys(QFrame):
    """Show every key and what it does, in columns that fit the window."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_role(self, "popup")
        self.setAccessibleName("Keys")
        self._can_do = actions
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName("Every key and what it does")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 8, 12)
        rows.addWidget(self._area)

    def ask(self) -> None:
        """Show the table in the middle of its window."""
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(36)
        column, rows = self._column(columns), 0
        window = self.parentWidget()
        assert window is not None
        parts = table(self._can_do)
        abreast = max(1, (window.width() - ROUND_PX) // COLUMN_PX)
        needed = sum(len(keys) + 2 for keys in parts.values()) // abreast + max(
            map(len, parts.values())
        )
        most = max(needed, (window.height() - ROUND_PX) // ROW_PX)
        for title, keys in parts.items():
            if rows and rows + len(keys) + 2 > most:
                column, rows = self._column(columns), 0
            if rows:
                column.setRowMinimumHeight(rows, theme.GAP_PX)
            column.addWidget(label(title, "title"), rows + 1, 0, 1, 2)
            for place, (key, does) in enumerate(keys, start=rows + 2):
                column.addWidget(label(key, "number"), place, 0)
                column.addWidget(label(does, "secondary"), place, 1)
            rows += len(keys) + 2
        self._area.setWidget(inside)
        wanted = inside.sizeHint()
        width = min(wanted.width() + 48, window.width() - 32)
        height = min(wanted.height() + 40, window.height() - 48)
        self.resize(width, height)
        corner = QPoint((window.width() - width) // 2, (window.height() - height) // 2)
        self.move(window.mapToGlobal(corner))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.close()

    def _column(self, columns: QHBoxLayout) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(3)
        holder = QVBoxLayout()
        holder.addLayout(grid)
        holder.addStretch()
        columns.addLayout(holder)
        return grid
