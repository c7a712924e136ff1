"""The console: what the device sends as it came, and a line to send something back."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path
from typing import get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from driftscope.core.commands import Send
from driftscope.core.console import Console, Format, Times, save
from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import safe_name
from driftscope.core.interfaces import Transport
from driftscope.gui import theme, words
from driftscope.gui.actions import Actions
from driftscope.gui.asking import ask_where
from driftscope.gui.connection import Connection
from driftscope.gui.console_bar import ConsoleBar, HeldBar
from driftscope.gui.console_send import SendLine
from driftscope.gui.console_view import ConsoleView
from driftscope.gui.docks import bring_forward
from driftscope.gui.session import Session
from driftscope.gui.widgets import label, set_text

LOOK_S = 0.1
"""The lines are brought up to date ten times a second: nobody reads faster."""
MOST_REJECTS = 2000


class ConsolePanel(QWidget):
    """Show the bytes of the shown device as lines, newest below. GUI thread only."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.as_panel(self)
        self.session = session
        self.view = ConsoleView()
        self.bar = ConsoleBar()
        self.held = HeldBar()
        self.send = SendLine()
        self.empty = label("", "secondary", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(8, 0, 8, 0)
        self.said = label("", "secondary", wrap=True)
        self.said.setAccessibleName("What the console says")
        self.said.hide()
        self._connection: Connection | None = None
        self._link_since_s = 0.0
        self._looked_s = 0.0
        self._cleared = -1
        """Number of the last chunk that is not to be shown any more."""
        self._rejected = 0
        self._bytes = 0
        self._saving: Future[Path] | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 14, 8, 8)
        rows.setSpacing(6)
        for part in (self.bar, self.empty, self.view, self.held, self.send, self.said):
            rows.addWidget(part, 1 if part in (self.view, self.empty) else 0)
        self._connect()

    def refresh(self) -> None:
        """Take in what came and show it; does nothing most of the times it is called."""
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        session, health = self.session, self.session.health
        if session.shown is not self._connection:
            self._connection = session.shown
            self.view.rejects, self._rejected = {}, 0
            self._begin(-1)
            self.send.disarm()
        if health.link_since_s != self._link_since_s:  # connected anew: it must be armed again
            self._link_since_s = health.link_since_s
            self.send.disarm()
        device = session.shown.device
        wired = isinstance(device, Transport)
        sends = isinstance(device, Transport) and device.sends
        self.send.show_state(sends, health.link == "live", self.view.console.form == "hex")
        self.send.setVisible(sends)
        self._take_rejects()
        if self.view.following and not session.paused:
            self._take()
        self.held.show_held(self.view.following, health.bytes - self._bytes)
        empty = self._why_empty(wired)
        set_text(self.empty, empty)
        self.empty.setVisible(bool(empty))
        self.view.setVisible(not empty)
        self.bar.show_tools(wired)
        self._see_saved()

    def offer(self, actions: Actions) -> None:
        """Say what can be done here."""
        wired = lambda: isinstance(self.session.shown.device, Transport)  # noqa: E731  used often
        add = actions.add
        add(
            "Source", "Send a line", self.go_to_send, "Ctrl+L",
            "Type what is to be written to the device", when=self.send.line.isEnabled,
        )  # fmt: skip
        add(
            "Source", "Arm sending", self.send.arm.click, tip="Let Return write to the device",
            on=lambda: self.send.armed, when=self.send.arm.isEnabled,
        )  # fmt: skip
        add(
            "View/Console", "Console as hex", self._turn_form, tip="Show the bytes as a hex dump, "
            "or as text", on=lambda: self.view.console.form == "hex", when=wired,
        )  # fmt: skip
        add(
            "View/Console", "Find next in console", lambda: self.search(1), "F3",
            "Go to the next line that holds what is searched for", when=self._finds,
        )  # fmt: skip
        add(
            "View/Console", "Find previous in console", lambda: self.search(-1), "Shift+F3",
            "Go to the line before that holds what is searched for", when=self._finds,
        )  # fmt: skip
        add(
            "View/Console", "Newest line of the console", self.view.follow, when=wired,
            tip="Follow what comes",
        )  # fmt: skip
        add(
            "View/Console", "Clear console", self.clear, when=wired,
            tip="Show what comes from now on",
        )  # fmt: skip
        add(
            "File", "Save console as text…", self.ask_where, when=wired,
            tip="Write the lines shown in the console to a file",
        )  # fmt: skip

    def go_to_send(self) -> None:
        """Show the console and put the keys into the line to be sent."""
        bring_forward(self)
        self.send.line.setFocus()

    def search(self, by: int) -> None:
        """Go to the next line (1) that holds what is searched for, or to the one before (-1)."""
        self.view.found = self.bar.search.text().casefold()
        if self.view.found and self.view.search(by) is None:
            self.say(f"No line holds ‘{words.shortened(self.bar.search.text(), 40)}’.")
        else:
            self.say("")

    def clear(self) -> None:
        """Show only what comes from now on."""
        self._begin(self.view.console.after)
        self.view.follow()

    def ask_where(self) -> None:
        """Ask for a file and save the lines that are shown."""
        name = safe_name(self.session.source_name) + " console.txt"
        asked = ask_where(self, "Save console as text", name, "Text (*.txt *.log)")
        if asked is not None:
            self.save(asked[0])

    def save(self, path: Path) -> None:
        """Write the lines that are shown to a file; what became of it is said below."""
        console = self.view.console
        self._saving = save(console.written(console.shown, self.view.times), path)

    def say(self, text: str) -> None:
        """Say a sentence below the console; "" takes it away."""
        set_text(self.said, text)
        self.said.setVisible(bool(text))

    def _connect(self) -> None:
        bar = self.bar
        bar.form.currentTextChanged.connect(lambda _: self._begin(self._cleared))
        bar.times.currentTextChanged.connect(self._turn_times)
        bar.filter.textChanged.connect(self._filter)
        bar.search.textChanged.connect(self._mark)
        bar.search.returnPressed.connect(lambda: self.search(1))
        bar.fill_menu(
            ("Copy what is selected", self._copy),
            ("Save as text…", self.ask_where),
            ("Clear", self.clear),
        )
        bar.escapes.toggled.connect(self._turn_escapes)
        self.held.button.clicked.connect(self.view.follow)
        self.view.followed.connect(lambda _: self._note_held())
        self.send.asked.connect(self._send)
        self.send.told.connect(self.say)

    def _begin(self, after: int) -> None:
        """Read anew what came behind chunk `after`."""
        self._cleared = after
        form: Format = "hex" if self.bar.form.currentText() == "hex" else "text"
        self.view.console = Console(form, self.view.columns(), after)
        self.view.console.filter(self.bar.filter.text())
        self.view.select(None)
        self.view.narrow()
        self._take()
        self.view.follow()

    def _take(self) -> None:
        console = self.view.console
        console.take(self.session.chunks(console.after))
        self._bytes = self.session.health.bytes
        self.view.refresh()

    def _take_rejects(self) -> None:
        """Learn which lines were rejected since the last time."""
        health, known = self.session.health, self.view.rejects
        if health.rejected != self._rejected:
            self._rejected = health.rejected
            known.update(list(health.rejects))
            for old in list(known)[: len(known) - MOST_REJECTS]:
                del known[old]
            self.view.viewport().update()

    def _send(self, data: bytes) -> None:
        """Hand over what is to be sent; a device connected anew meanwhile must be armed first."""
        if self.session.health.link_since_s == self._link_since_s:
            self.session.send(Send(data, self.session.address))
            self.view.follow()
        else:
            self.send.disarm()

    def _why_empty(self, wired: bool) -> str:
        session, console = self.session, self.view.console
        if not session.address:
            return "Nothing is connected: what a device sends appears here as it came."
        if not wired:
            what = "pictures" if session.pictures else "samples"
            return (
                f"{words.shortened(session.source_name, 48)} gives {what} ready made, so there "
                "are no bytes to read. The console shows what serial ports and pipes send."
            )
        if not console.lines:
            return f"Nothing has come from {words.shortened(session.source_name, 48)} yet."
        if not console.shown:
            wanted = words.shortened(self.bar.filter.text(), 40)
            return f"None of {words.plural(len(console.lines), 'line')} contains ‘{wanted}’."
        return ""

    def _finds(self) -> bool:
        return bool(self.bar.search.text()) and bool(self.view.console.shown)

    def _filter(self, text: str) -> None:
        self.view.console.filter(text)
        self.view.follow()
        self._looked_s = 0.0
        self.refresh()

    def _mark(self, text: str) -> None:
        self.view.found = text.casefold()
        self.view.viewport().update()

    def _note_held(self) -> None:
        self._bytes = self.session.health.bytes
        self._looked_s = 0.0

    def _copy(self) -> None:
        many = self.view.copy()
        told = f"{words.plural(many, 'line')} copied." if many else "Select lines first: click one."
        self.say(told)

    def _turn_form(self) -> None:
        forms = get_args(Format)
        self.bar.form.setCurrentText(forms[self.bar.form.currentText() == forms[0]])

    def _turn_times(self, text: str) -> None:
        self.view.times = next(each for each in get_args(Times) if each == text)
        self.view.narrow()
        if self.view.console.form == "hex":
            self._begin(self._cleared)
        self.view.refresh()

    def _turn_escapes(self, on: bool) -> None:
        self.send.escapes = on

    def _see_saved(self) -> None:
        saving = self._saving
        if saving is not None and saving.done():
            self._saving = None
            try:
                self.say(f"The console was saved to {saving.result()}.")
            except DriftscopeError as error:
                self.say(str(error))
