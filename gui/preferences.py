"""What the window remembers from one start to the next, for this user on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

LAST_SOURCE, RECENT_SOURCES, RECENT_PROFILES = "source/last", "source/recent", "profile/recent"
THEME, SOUND, HINT_SEEN = "window/theme", "window/sound", "window/hint seen"
GEOMETRY, LAYOUT, NARROW_LAYOUT = "window/geometry", "window/layout", "window/narrow layout"
TURNED_PANELS = "window/turned panels"
"""Those that are shown though hidden at first, or the other way round."""
KEEP_LEARNED, RECENT_STATES = "learning/kept", "state/recent"
MOST_RECENT = 8


class Preferences:
    """Read and write them by name; one that is damaged counts as never written. GUI thread only.

    They stand in a text file in the user's own configuration folder, or at `path`. A folder that
    cannot be written to is no fault: what was chosen then holds until the window is closed, and
    `trouble` says so.
    """

    def __init__(self, path: Path | None = None) -> None:
        kind = QSettings.Format.IniFormat
        if path is not None:
            self._kept = QSettings(str(path), kind)
        else:
            scope = QSettings.Scope.UserScope
            self._kept = QSettings(kind, scope, "driftscope", "driftscope")

    @property
    def path(self) -> Path:
        return Path(self._kept.fileName())

    def text(self, name: str, default: str = "") -> str:
        found = self._kept.value(name)
        return found if isinstance(found, str) else default

    def flag(self, name: str, default: bool = False) -> bool:
        return {"true": True, "false": False}.get(self.text(name), default)

    def lines(self, name: str) -> list[str]:
        """Return a list of texts, the newest first."""
        found = self._kept.value(name)
        if isinstance(found, str):
            return [found] if found else []
        return [str(each) for each in found] if isinstance(found, list) else []

    def data(self, name: str) -> QByteArray:
        found = self._kept.value(name)
        return found if isinstance(found, QByteArray) else QByteArray()

    def set(self, name: str, value: str | bool | Sequence[str] | QByteArray) -> None:
        """Keep a value from now on."""
        if isinstance(value, bool):
            value = "true" if value else "false"
        self._kept.setValue(name, list(value) if isinstance(value, list | tuple) else value)

    def note(self, name: str, newest: str) -> None:
        """Put a text at the top of a list of recent ones."""
        kept = [newest, *(each for each in self.lines(name) if each != newest)]
        self.set(name, kept[:MOST_RECENT])

    def forget(self) -> None:
        """Keep nothing of what was written."""
        self._kept.clear()

    def trouble(self) -> str:
        """Write what is not yet written; return why that failed, "" if it did not."""
        self._kept.sync()
        if self._kept.status() != QSettings.Status.AccessError:
            return ""
        return (
            f"What you chose cannot be kept in {self.path}: the file or its folder cannot be "
            "written to. It holds until the window is closed."
        )
