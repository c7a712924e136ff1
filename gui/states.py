"""States in the window: save one, open one, keep what is learned of devices and offer it again."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from driftscope.core import address, going_on
from driftscope.core.address import HIDDEN, masked
from driftscope.core.autosave import Autosave
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.keeper import Both, Keeper
from driftscope.core.state_folder import StateFolder, set_aside
from driftscope.gui import words
from driftscope.gui.actions import Actions
from driftscope.gui.asking import ask_where, ask_which
from driftscope.gui.connection import Connection
from driftscope.gui.go_on import GoOn
from driftscope.gui.preferences import KEEP_LEARNED, RECENT_STATES, Preferences
from driftscope.gui.recent import own
from driftscope.gui.session import Session

KINDS = "States (*.safetensors)"


class States(QObject):
    """Save, open and keep states. GUI thread only. `told` says how it went.

    Of a device that is read live what is learned is kept by itself, and offered when it is
    connected again; `band` is that offer. What is played begins anew: its state is saved when
    asked for.
    """

    told = Signal(str)

    def __init__(self, session: Session, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.preferences = preferences
        self.file: Path | None = None
        """What `--state` names: written while it runs and at the end."""
        self.band = GoOn()
        self.band.taken.connect(self._go_on)
        self._over = parent
        self._offered: tuple[str, Path] | None = None
        self._looked: set[int] = set()
        session.make_keeper = self._keeper
        session.opened.connect(self._look)
        session.changed.connect(self._look)

    @property
    def folder(self) -> Path:
        """Return where what is learned of devices is kept."""
        kind = QStandardPaths.StandardLocation.GenericDataLocation
        return Path(QStandardPaths.writableLocation(kind)) / "driftscope" / "learned"

    @property
    def keeps(self) -> bool:
        return self.preferences.flag(KEEP_LEARNED, True)

    def offer(self, actions: Actions) -> None:
        """Say what can be done, and which states were used lately in a menu of their own."""
        session = self.session
        actions.add(
            "File", "Open state…", self.ask_open, "Ctrl+Alt+O",
            "Go on from what was learned before, where a file stood then",
        )  # fmt: skip
        actions.add(
            "File", "Save state…", self.ask_save, "Ctrl+Alt+S",
            "Save all that was learned of all sources, to go on from it another day",
            when=lambda: bool(session.health.samples),
        )  # fmt: skip
        actions.add_list("File/Recent states", self.recent, _again, lambda p: self.open(Path(p)))
        actions.add(
            "File", "Keep what is learned", self.turn_keeping,
            tip="Keep what is learned of each device by itself, and offer it when the device is "
            "connected again",
            on=lambda: self.keeps,
        )  # fmt: skip
        actions.gap("File")

    def recent(self) -> list[str]:
        """Return the states used lately, the newest first."""
        return self.preferences.lines(RECENT_STATES)

    def turn_keeping(self) -> None:
        """Keep what is learned by itself from the next source on, or no longer."""
        keeps = not self.keeps
        self.preferences.set(KEEP_LEARNED, keeps)
        if isinstance(self.session.keeper, StateFolder | Both):
            self._folder.folder = self.folder if keeps else None
        self.told.emit(
            "What is learned of each device is kept, and offered when it is connected again."
            if keeps
            else "What is learned is no longer kept by itself; what was kept stays on the disk."
        )

    def begin(self, path: str | None, told: str) -> None:
        """Keep all states in a file from now on; tell what is gone on from, if anything is."""
        self.file = Path(path) if path is not None else None
        if told:
            self.told.emit(told)

    def ask_save(self) -> None:
        """Ask where to, and save what was learned."""
        asked = ask_where(self._over, "Save state", "state.safetensors", KINDS)
        if asked is not None:
            self.save(asked[0])

    def save(self, path: Path) -> None:
        """Have what was learned of all sources written to a file."""
        if not self.session.connections:
            self.told.emit("There is nothing to save yet: connect a source (Ctrl+O).")
            return
        self._folder.save(path).add_done_callback(self._saved)

    def ask_open(self) -> None:
        """Ask for a state, and go on from it."""
        path = ask_which(self._over, "Open state", KINDS)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Open a state's sources anew, and go on from it; `told` says what is wrong with it, and
        all stays as it is."""
        from driftscope.core import state_file  # only now: it needs torch

        try:
            saved = state_file.read(path)
            known = {masked(text): text for text in self.session.connections}
            texts = [known.get(text, text) for text in saved.sources]
            if any(HIDDEN in text for text in texts):
                raise StateError(
                    f"{path.name} keeps no passwords: connect its source first, then open it."
                )
            inputs = address.all_configured(texts)
            state = going_on.fit(saved, inputs)
        except DriftscopeError as error:
            self.told.emit(str(error))
            return
        self.preferences.note(RECENT_STATES, str(path))
        self.band.hide()
        self.session.connect_made(inputs, state)
        self.told.emit(going_on.told(saved, state, inputs))

    def _keeper(self) -> Keeper:
        """Make what keeps the states of the sources that are connected now."""
        self._folder = StateFolder(self.folder if self.keeps else None, self._kept)
        return self._folder if self.file is None else Both(self._folder, Autosave(self.file))

    def _kept(self, text: str) -> bool:
        """Say whether a source's state is kept by itself. Any thread."""
        connection = self.session.connections.get(text)
        device = connection.device if connection is not None else None
        return own(text) and device is not None and device.live

    def _look(self) -> None:
        """Offer what was kept of the shown device, once it is there and has begun anew."""
        shown = self.session.shown
        if self._offered is not None and self._offered[0] != shown.address:
            self.band.hide()
        if shown.info is None or id(shown) in self._looked:
            return
        self._looked.add(id(shown))
        if shown.resumed or not self.keeps or not self._kept(shown.address):
            return
        path = set_aside(self.folder, shown.address)
        if path is not None:
            self._offered = shown.address, path
            self.band.offer(f"What was learned of {_name(shown)} {_when(path)} was kept.")

    def _go_on(self) -> None:
        """Open the device that is shown anew, and go on from what was kept of it."""
        from driftscope.core import state_file  # only now: it needs torch

        if self._offered is None:
            return
        text, path = self._offered
        shown = self.session.connections.get(text)
        try:
            saved = state_file.read(path)
            inputs = address.all_configured([text])
            state = going_on.fit(saved, inputs)
        except DriftscopeError as error:
            self.told.emit(str(error))
            return
        if shown is None:
            return
        if len(self.session.connections) > 1 and self.session.running:
            self.session.replace(text, *inputs[text], state[text])
        else:
            self.session.connect_made(inputs, state)
        self.told.emit(f"{_name(shown)} goes on with what was learned {_when(path)}.")

    def _saved(self, future: Future[Path]) -> None:
        error = future.exception()
        self.told.emit(str(error) if error else f"The state was saved as {future.result()}.")


def _name(connection: Connection) -> str:
    return words.shortened(connection.source_name or masked(connection.address), 48)


def _when(path: Path) -> str:
    """Return when a file was written, as one says it: 'up to yesterday, 14:05'."""
    at = time.localtime(path.stat().st_mtime)
    days = (time.mktime(time.localtime()[:3] + (0,) * 5 + (-1,)) - path.stat().st_mtime) / 86400
    clock = time.strftime("%H:%M", at)
    if days <= 0:
        return f"up to {clock}"
    return f"up to yesterday, {clock}" if days <= 1 else time.strftime("up to %d %B, %H:%M", at)


def _again(path: str) -> str:
    return f"Go on from: {words.shortened(path, 48)}"
