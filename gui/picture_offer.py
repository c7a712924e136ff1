"""A band above the picture that offers what to do when nearly all of it has changed."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QWidget

from driftscope.core.stream import Event
from driftscope.gui.widgets import label, set_text

ACCEPT, RELEARN = "Learn this as normal", "Re-learn"
ACCEPT_TIP = (
    "Take what is seen now, and in the next seconds, for normal. It can be pressed while "
    "something is unusual."
)
RELEARN_TIP = (
    "Forget what was usual and learn this view from its beginning, as after the camera was moved. "
    "The classes you taught stay."
)
CHANGED = "Nearly the whole picture has changed."
LOOKED_BACK = 50
"""Marks that are looked through for an offer; older ones are history."""


class Offer(QWidget):
    """Say what happened; `accept`, `relearn` and `leave` are its buttons, each of which ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._newest: Event | None = None
        self._marks: list[Event] = []
        self._was_unusual = False
        self.said = label(role="alarm", wrap=True)
        self.accept = QPushButton(ACCEPT)
        self.accept.setToolTip(ACCEPT_TIP)
        self.relearn = QPushButton(RELEARN)
        self.relearn.setToolTip(RELEARN_TIP)
        self.leave = QPushButton("Leave it")
        self.leave.setToolTip("Leave all as it is: what is seen goes on being unusual.")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for button in (self.accept, self.relearn, self.leave):
            button.clicked.connect(self.hide)
            buttons.addWidget(button)
        self.row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.row.setContentsMargins(4, 0, 4, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.said, 1)
        self.row.addLayout(buttons)
        self.hide()

    def refresh(self, marks: list[Event], unusual: bool) -> None:
        """Show the core's newest offer until it is answered or all is as usual again."""
        if marks is not self._marks:  # another source
            self._marks = marks
            self.hide()
        if self._was_unusual and not unusual:
            self.hide()
        self._was_unusual = unusual
        for mark in reversed(marks[-LOOKED_BACK:]):
            if mark is self._newest:
                return
            if mark.kind == "note" and mark.data.get("offer") == "relearn":
                self._newest = mark
                set_text(self.said, str(mark.data.get("message", CHANGED)))
                self.show()
                return
