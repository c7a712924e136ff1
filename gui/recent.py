"""The sources that were connected last, offered again. Passwords are not among what is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from driftscope.core.address import HIDDEN, masked
from driftscope.gui import words
from driftscope.gui.actions import Actions
from driftscope.gui.preferences import LAST_SOURCE, MOST_RECENT, RECENT_SOURCES, Preferences
from driftscope.gui.session import Session

NEVER = ("-", "stdin:")
"""What is read from a pipe is gone, and cannot be connected to again."""
BUILT_IN = ("demo", "scene")


class Recent:
    """Note what is connected, and offer it again. GUI thread only.

    `connect` is called with the address that was chosen; one whose password was cut asks for it.
    """

    def __init__(
        self, session: Session, preferences: Preferences, connect: Callable[[str], object]
    ) -> None:
        self.session = session
        self.preferences = preferences
        self._connect = connect
        self.noted: set[str] = set()
        """The user's own sources that were opened since the start."""
        self._offered: list[QAction] = []
        self._menu: QMenu | None = None
        session.opened.connect(self.note)

    def note(self) -> None:
        """Remember the sources that are open now and are the user's own."""
        for each in self.session.sources:
            if each.info is not None and own(each.address) and each.address not in self.noted:
                self.noted.add(each.address)
                self.preferences.note(RECENT_SOURCES, masked(each.address))
                self.preferences.set(LAST_SOURCE, masked(each.address))
        self._show()

    def all(self) -> list[str]:
        """Return the addresses, the newest first."""
        return self.preferences.lines(RECENT_SOURCES)[:MOST_RECENT]

    def last(self) -> str:
        """Return the source that was connected last, "" if none ever was."""
        return self.preferences.text(LAST_SOURCE)

    def offer(self, actions: Actions) -> None:
        """Say what was connected lately in a menu of its own."""
        source = next(menu for menu in actions.menus() if menu.title() == "&Source")
        made = QMenu("&Recent", source)
        made.setToolTipsVisible(True)
        for place in range(MOST_RECENT):
            action = actions.add(
                "Source", f"Recent {place + 1}", partial(self._take, place),
                tip="Connect again what was connected lately", when=partial(self._has, place),
            )  # fmt: skip
            source.removeAction(action)
            made.addAction(action)
            self._offered.append(action)
        source.addMenu(made)
        self._menu = made
        self._show()

    def _has(self, place: int) -> bool:
        return place < len(self.all())

    def _take(self, place: int) -> None:
        if self._has(place):
            self._connect(self.all()[place])

    def _show(self) -> None:
        kept = self.all()
        for place, action in enumerate(self._offered):
            there = place < len(kept)
            action.setVisible(there)
            if there:
                name = words.shortened(kept[place], 48)
                action.setText(f"Connect again: {name}".replace("&", "&&"))
                action.setToolTip(kept[place])
                action.setStatusTip(kept[place])
        if self._menu is not None:
            self._menu.menuAction().setEnabled(bool(kept))


def own(address: str) -> bool:
    """Say whether an address is of the user's own source, and can be connected to again."""
    return bool(address) and address not in NEVER and address.partition(":")[0] not in BUILT_IN


def asks(address: str) -> bool:
    """Say whether the password of an address was cut, so that it must be asked for."""
    return HIDDEN in address
