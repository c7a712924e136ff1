"""What the window does as any good program does: theme, full screen, sound, what it remembers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QApplication

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.bell import Bell
from driftscope.gui.hint import Hint
from driftscope.gui.preferences import GEOMETRY, THEME
from driftscope.gui.recent import Recent, asks

if TYPE_CHECKING:
    from driftscope.gui.main_window import MainWindow

THEMES = {
    "system": ("Colours of the system", "Go with the system's dark or light colours"),
    "dark": ("Dark colours", "Light text on a dark ground"),
    "light": ("Light colours", "Dark text on a light ground"),
}


class Habits:
    """Hold what goes on beside the panels, and say what can be done about it. GUI thread only."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.preferences = window.preferences
        self.recent = Recent(window.session, self.preferences, self.connect_again)
        self.bell = Bell(window, window.session, self.preferences, window.say)
        self.hint = Hint(self.preferences)
        self._complained = False

    def offer(self, actions: Actions) -> None:
        """Say what can be done."""
        window, bell = self.window, self.bell
        actions.gap("View")
        actions.add(
            "View", "Full screen", self.turn_full_screen, "F11",
            "Use the whole screen, or no longer",
            on=window.isFullScreen,
        )  # fmt: skip
        for name, (text, tip) in THEMES.items():
            on = partial(_is_chosen, name)
            actions.add("View/Colours", text, partial(self.choose_theme, name), tip=tip, on=on)
        actions.add(
            "View/Colours", "Switch dark and light", self.switch_theme, "Ctrl+Shift+T",
            "Choose the light colours while they are dark, or the other way round",
        )  # fmt: skip
        actions.add(
            "Alarms", "Sound on alarm", bell.turn, "Ctrl+Shift+M",
            "Play the system's alert sound when an alarm begins, every 2 s at most",
            on=lambda: bell.on,
        )  # fmt: skip

    def refresh(self) -> None:
        """Tell what has begun; take the hint away once the user has a source of their own."""
        self.bell.refresh()
        if self.recent.noted:
            self.hint.dismiss()

    def propose(self, beside: bool) -> str:
        """Return the source to propose first where one is asked for, "" for none."""
        session, last = self.window.session, self.recent.last()
        if beside:
            return "" if last in session.connections else last
        return session.address if self.recent.noted or not last else last

    def connect_again(self, address: str) -> None:
        """Connect to a source of before; ask if its password was not kept."""
        if asks(address):
            self.window.connect_source(proposed=address)
        else:
            self.window.session.connect_to(address)

    def turn_full_screen(self) -> None:
        """Use the whole screen, or go back to what was before."""
        window = self.window
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def choose_theme(self, name: str) -> None:
        """Use a theme from now on."""
        self.preferences.set(THEME, name)
        theme.choose(cast(QApplication, QApplication.instance()), name)
        self.check()

    def switch_theme(self) -> None:
        """Use the light theme instead of the dark one, or the other way round."""
        self.choose_theme("light" if theme.current().dark else "dark")

    def remember(self) -> None:
        """Keep for the next start where the window and its panels stand."""
        self.preferences.set(GEOMETRY, self.window.saveGeometry())
        self.window.panels.remember()

    def check(self) -> None:
        """Say once that what is chosen cannot be kept, if that is so."""
        trouble = "" if self._complained else self.preferences.trouble()
        if trouble:
            self._complained = True
            self.window.say(trouble)


def _is_chosen(name: str) -> bool:
    return theme.chosen() == name
