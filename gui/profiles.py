"""Profiles in the window: open one, save what there is as one, and those used lately."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from driftscope.core import profile, profile_file
from driftscope.core.address import HIDDEN
from driftscope.core.errors import DriftscopeError, ProfileError
from driftscope.core.profile import Profile
from driftscope.core.profile_checks import closest
from driftscope.gui import words
from driftscope.gui.actions import Actions
from driftscope.gui.asking import ask_where, ask_which
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.keeping import Keeping
from driftscope.gui.preferences import MOST_RECENT, RECENT_PROFILES, Preferences
from driftscope.gui.session import Session
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces

KINDS = "Profiles (*.toml)"
SPAN, LONGEST_S = "span_s", 1e9


class Profiles(QObject):
    """Make profiles of a session and sessions of profiles. GUI thread only.

    `told` says how it went. A profile is taken whole or not at all.
    """

    told = Signal(str)

    def __init__(
        self,
        session: Session,
        traces: Traces,
        view: TimeView,
        keeping: Keeping,
        preferences: Preferences,
    ) -> None:
        super().__init__(keeping)
        self.session = session
        self.traces = traces
        self.view = view
        self.keeping = keeping
        self.preferences = preferences

    def offer(self, actions: Actions) -> None:
        """Say what can be done, and which profiles were used lately in a menu of their own."""
        actions.add(
            "File", "Open profile…", self.ask_open, "Ctrl+P",
            "Connect to the sources in a file, with the settings in it",
        )  # fmt: skip
        actions.add(
            "File", "Save profile…", self.ask_save, "Ctrl+Shift+P",
            "Save sources, settings and how channels are drawn, to open them again",
            when=lambda: bool(self.session.connections),
        )  # fmt: skip
        actions.add_list("File/Recent profiles", self.recent, _again, lambda p: self.open(Path(p)))
        actions.gap("File")

    def recent(self) -> list[str]:
        """Return the profiles used lately, the newest first."""
        return self.preferences.lines(RECENT_PROFILES)[:MOST_RECENT]

    def ask_open(self) -> None:
        """Ask for a profile, and open it."""
        path = ask_which(self._over, "Open profile", KINDS)
        if path is not None:
            self.open(path)

    def ask_save(self) -> None:
        """Ask where to, and save what there is."""
        asked = ask_where(self._over, "Save profile", "profile.toml", KINDS)
        if asked is not None:
            self.save(asked[0])

    def open(self, path: Path) -> None:
        """Connect anew to a profile's sources, or if it names none to those there are, with its
        settings alone; `told` says what is wrong with it, and all stays as it is."""
        session = self.session
        try:
            found = profile_file.read(path)
            if not found.sources and not session.connections:
                raise ProfileError(
                    f"{path.name} names no source: connect one (Ctrl+O), then open it again."
                )
            inputs = found.inputs(self._with_passwords(found) or list(session.connections))
            self.take(found)
        except DriftscopeError as error:
            self.told.emit(str(error))
            return
        self._note(path)
        session.connect_made(inputs)
        self.told.emit(found.told or f"{path.name} was opened: learning begins anew.")

    def begin(self, found: Profile) -> None:
        """Take what concerns the window of a profile that was opened at the start."""
        self.take(found)
        self._note(found.path)
        if found.told:
            self.told.emit(found.told)

    def take(self, found: Profile) -> None:
        """Take how channels are drawn, the view, and the name proposed for a log; raise
        ProfileError, then all stays as it is."""
        looks, span_s = looks_of(found), span_of(found)
        if looks:
            self.traces.load(looks)
        self.view.first_s = span_s
        self.keeping.proposed = found.log or self.keeping.proposed

    def save(self, path: Path) -> None:
        """Save what there is as a profile."""
        session = self.session
        connected = {text: each.params for text, each in session.connections.items()}
        if not connected:
            self.told.emit("There is nothing to save in a profile: connect a source (Ctrl+O).")
            return
        view = {SPAN: float(f"{self.view.span_s:.4g}")}
        made = profile.of(connected, self.traces.as_dict(), view, self.keeping.proposed)
        try:
            profile_file.save(made, path)
        except DriftscopeError as error:
            self.told.emit(str(error))
            return
        self._note(path)
        cut = any(HIDDEN in text for text in made.sources)
        asks = " Passwords are not in it: they are asked for." if cut else ""
        self.told.emit(f"The profile was saved as {path}.{asks}")

    @property
    def _over(self) -> QWidget:
        parent = self.keeping.parent()
        assert isinstance(parent, QWidget)
        return parent

    def _with_passwords(self, found: Profile) -> list[str]:
        """Return the addresses of its sources, having asked for the passwords that were cut."""
        texts = []
        for text in found.sources:
            chosen: str | None = text
            if HIDDEN in text:
                dialog = ConnectDialog([], self._over, text)
                chosen = dialog.ask()
                dialog.deleteLater()
            if not chosen:
                raise ProfileError(f"{found.path.name} was not opened: a password is missing.")
            texts.append(chosen)
        return texts

    def _note(self, path: Path) -> None:
        self.preferences.note(RECENT_PROFILES, str(path.absolute()))


def _again(path: str) -> str:
    return f"Open profile {words.shortened(Path(path).stem, 40)} again"


def check_looks(found: Profile) -> None:
    """Raise ProfileError, naming the line, if the window cannot take what concerns it alone."""
    looks_of(found)
    span_of(found)


def looks_of(found: Profile) -> dict[str, Mapping[str, Any]]:
    """Return how channels are drawn, each checked; raise ProfileError naming the line."""
    trial, looks = Traces(), {}
    for name, look in found.channels.items():
        try:
            trial.load({name: look})
        except ValueError as error:
            found.refuse(("channels", name), str(error))
        else:
            looks[name] = look
    return looks


def span_of(found: Profile) -> float | None:
    """Return how long a stretch of time is shown at first, in seconds; None if it says nothing."""
    for key in [key for key in found.view if key != SPAN]:
        found.refuse(("view", key), f"{key} is nothing a view has; {closest(key, [SPAN])}")
    given = found.view.get(SPAN)
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if given is None or (number and 0 < given <= LONGEST_S):
        return given
    found.refuse(("view", SPAN), f"{SPAN} must be a number of seconds above 0, not {given!r}.")
    return None
