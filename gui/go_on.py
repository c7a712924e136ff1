"""A line that offers to go on from what was learned of a device another day."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from driftscope.gui import theme
from driftscope.gui.hint import HEIGHT_PX, Cross
from driftscope.gui.widgets import Elided


class GoOn(QWidget):
    """Say what there is and wait, as long as it takes; `taken` when it is wanted."""

    taken = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        theme.set_role(self, "bar")  # its button stands out from it
        self.setFixedHeight(HEIGHT_PX + 6)
        self.said = Elided()
        self.go_on = QPushButton("Go on from it")
        self.go_on.setToolTip(
            "Take up what was learned then, in the place of what was learned since it was "
            "connected now; there is a gap in between."
        )
        self.go_on.clicked.connect(self._take)
        self.cross = Cross()
        self.cross.setAccessibleName("Begin anew")
        self.cross.setToolTip("Begin anew; what was kept is offered the next time as well.")
        self.cross.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 6, 2)
        row.addWidget(self.said, 1)
        row.addWidget(self.go_on)
        row.addWidget(self.cross)
        self.hide()

    def offer(self, text: str) -> None:
        """Show what there is to go on from."""
        self.said.say(text)
        self.show()

    def _take(self) -> None:
        self.hide()
        self.taken.emit()
