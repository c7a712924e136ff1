"""The line below the console in which bytes for the device are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from driftscope.core.sent_text import ENDINGS, of_hex, of_text
from driftscope.gui.widgets import Combo

ARM, ARMED = "Arm send", "Armed"
ARM_TIP = (
    "Nothing is written to the device until this is pressed. It goes off by itself whenever the "
    "device is connected anew."
)
ARMED_TIP = "Return sends the line to the device. Press again to send nothing any more."
UNARMED = f"Nothing was sent. Press “{ARM}” first: then Return writes the line to the device."
MOST_KEPT = 200


class TypedLine(QLineEdit):
    """A line that remembers what was sent before: up and down go through it."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[str] = []
        self._at = 0
        self._draft = ""

    def note(self, text: str) -> None:
        """Remember a line, and begin a new one."""
        self.past = [*(each for each in self.past if each != text), text][-MOST_KEPT:]
        self._at, self._draft = len(self.past), ""
        self.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not by:
            super().keyPressEvent(event)
            return
        at = min(max(self._at + by, 0), len(self.past))
        if at != self._at:
            if self._at == len(self.past):
                self._draft = self.text()
            self._at = at
            self.setText(self._draft if at == len(self.past) else self.past[at])


class SendLine(QWidget):
    """Type what is to be sent, arm, and press Return: `asked` then has the bytes.

    `told` is a sentence on why nothing was sent.
    """

    asked = Signal(bytes)
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.hexed = False
        """True if bytes are typed as hex digits."""
        self.escapes = False
        """True if \\n and the like stand for what they name."""
        self.line = TypedLine()
        self.line.setAccessibleName("Line to send to the device")
        self.line.returnPressed.connect(self._send)
        self.ending = Combo()
        self.ending.addItems(list(ENDINGS))
        self.ending.setCurrentText("LF")
        self.ending.setAccessibleName("Line end")
        self.ending.setToolTip(
            "What is sent behind the line: LF is \\n, which most devices want; CR is \\r."
        )
        self.ending.setFixedWidth(70)
        self.arm = QPushButton(ARM)
        self.arm.setCheckable(True)
        self.arm.setAccessibleName("Arm sending")
        self.arm.toggled.connect(lambda _: self._show_armed())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.ending)
        row.addWidget(self.arm)
        self._show_armed()

    @property
    def armed(self) -> bool:
        return self.arm.isChecked()

    def disarm(self) -> None:
        """Send nothing until armed again."""
        self.arm.setChecked(False)

    def show_state(self, sends: bool, live: bool, hexed: bool) -> None:
        """Show whether the device takes bytes at all, and whether it could now."""
        self.hexed = hexed
        if not (sends and live):
            self.disarm()
        self.line.setEnabled(sends)
        self.arm.setEnabled(sends and live)
        self.ending.setEnabled(sends and not hexed)
        empty = "send bytes: 48 65 0a" if hexed else "send a line"
        self.line.setPlaceholderText(empty if sends else "takes no bytes")

    def _send(self) -> None:
        if not self.armed:
            self.told.emit(UNARMED)
            return
        text = self.line.text()
        try:
            data = (
                of_hex(text)
                if self.hexed
                else of_text(text, self.ending.currentText(), self.escapes)
            )
        except ValueError as error:
            self.told.emit(str(error))
            return
        if not data:
            self.told.emit("There is nothing to send: write something, or choose a line end.")
            return
        self.told.emit("")
        self.asked.emit(data)
        self.line.note(text)

    def _show_armed(self) -> None:
        self.arm.setText(ARMED if self.armed else ARM)
        self.arm.setToolTip(ARMED_TIP if self.armed else ARM_TIP)
        if self.armed:
            self.told.emit("")
            self.line.setFocus()
