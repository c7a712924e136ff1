"""Tell of an alarm beyond the plots: by sound, in the taskbar and in the window's title."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from driftscope.gui import words
from driftscope.gui.preferences import SOUND, Preferences
from driftscope.gui.session import Session

NAME = "Driftscope"
PAUSE_S = 2.0
"""The least time between two sounds."""
SOUNDS = ("xcb", "windows", "cocoa")
"""The screens' systems that have a sound of their own for an alert."""
MUTE = (
    "This screen's system has no alert sound that Driftscope could play. Alarms still stand in the "
    "list, in the plots, in the window's title and the taskbar."
)


class Bell:
    """Watch for alarms that begin. `say` tells a sentence to the user. GUI thread only."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        preferences: Preferences,
        say: Callable[[str], object],
    ) -> None:
        self.session = session
        self.preferences = preferences
        self.on = preferences.flag(SOUND)
        self._window = window
        self._say = say
        self._begun: dict[int, int] = {}
        self._rung_s = -PAUSE_S

    def refresh(self) -> None:
        """Tell of the alarms that began since the last call."""
        begun = {id(each.alarms): len(each.alarms) for each in self.session.sources}
        new = any(count > self._begun.get(key, 0) for key, count in begun.items())
        self._begun = begun
        title = self.title()
        if self._window.windowTitle() != title:
            self._window.setWindowTitle(title)
        if not new:
            return
        QApplication.alert(self._window)
        if self.on and time.monotonic() - self._rung_s >= PAUSE_S:
            self._rung_s = time.monotonic()
            self.ring()

    def title(self) -> str:
        """Return the window's title, with the count of the alarms that last."""
        open_ = sum(
            alarm.end is None
            for each in self.session.sources
            for alarm in list(each.alarms.values())[-1:]
        )
        return f"▼ {words.plural(open_, 'alarm')} now - {NAME}" if open_ else NAME

    def turn(self) -> None:
        """Switch the sound on, with a first one to be heard, or off."""
        self.on = not self.on
        self.preferences.set(SOUND, self.on)
        if self.on and QGuiApplication.platformName() not in SOUNDS:
            self._say(MUTE)
        elif self.on:
            self.ring()
            self._say("Each alarm that begins sounds from now on, like this.")

    def ring(self) -> None:
        """Sound once: the system's own alert sound."""
        QApplication.beep()
