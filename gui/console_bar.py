"""What stands above and below the console's lines: how they are shown, filter and search."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.console import Format, Times
from driftscope.gui import words
from driftscope.gui.widgets import Combo, Elided, label


class ConsoleBar(QWidget):
    """The heading, and below it a line to filter by and one to search for."""

    def __init__(self) -> None:
        super().__init__()
        self.form = _combo(
            get_args(Format), 72, "How bytes are shown",
            "text: lines as they came, with what cannot be seen as escapes. hex: every byte, with "
            "its place in the stream and its letter.",
        )  # fmt: skip
        self.times = _combo(
            get_args(Times), 116, "Time of each line",
            "When each line began to come: by this computer's clock, or in seconds since the "
            "device was connected.",
        )  # fmt: skip
        self.filter = _line("filter", "Show only lines that contain this, whatever their case.")
        self.search = _line(
            "search", "Mark what contains this. Return or F3 goes to the next, Shift+F3 back."
        )
        self.more = QToolButton()
        self.more.setText("⋯")
        self.more.setAccessibleName("More for the console")
        self.more.setToolTip("Copy, save, clear; escapes in what is sent")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setStyleSheet(
            "QToolButton { padding: 4px 8px; } QToolButton::menu-indicator { image: none; }"
        )
        self.escapes = QAction("Escapes such as \\n and \\x1b in what is sent", self)
        self.escapes.setCheckable(True)
        head, below = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(8, 0, 0, 0)
        head.addWidget(label("Console", "title"))
        head.addStretch()
        for widget in (self.times, self.form, self.more):
            head.addWidget(widget)
        self.tools = QWidget()
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.filter)
        below.addWidget(self.search)
        for row in (head, below):
            row.setSpacing(6)
        self.tools.setLayout(below)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(head)
        rows.addWidget(self.tools)

    def fill_menu(self, *wanted: tuple[str, Callable[[], object]]) -> None:
        """Put what can be done into the small menu."""
        menu = QMenu(self)
        for text, act in wanted:
            menu.addAction(text, act)
        menu.addSeparator()
        menu.addAction(self.escapes)
        self.more.setMenu(menu)

    def show_tools(self, wired: bool) -> None:
        """Show what there is to turn; nothing of a source that sends no bytes."""
        for widget in (self.form, self.times, self.more, self.tools):
            widget.setVisible(wired)


class HeldBar(QWidget):
    """Say that the console stands still as one reads back, with a button to the newest line."""

    def __init__(self) -> None:
        super().__init__()
        self.text = Elided(role="secondary")
        self.button = QPushButton("To the newest")
        self.button.setToolTip("Follow again what comes.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def show_held(self, following: bool, nbytes: int) -> None:
        """Show how much has come since it stands still."""
        self.setVisible(not following)
        self.text.say(f"Held; {words.thousands(nbytes)} bytes since")


def _combo(choices: tuple[str, ...], width_px: int, name: str, tip: str) -> Combo:
    made = Combo()
    made.addItems(list(choices))
    made.setFixedWidth(width_px)
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made


def _line(name: str, tip: str) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(name)
    made.setAccessibleName(f"{name.capitalize()} the console")
    made.setToolTip(tip)
    made.setClearButtonEnabled(True)
    for cross in made.findChildren(QAbstractButton):
        cross.setAccessibleName(f"Clear the {name}")
        cross.setToolTip("Clear this line.")
    return made
