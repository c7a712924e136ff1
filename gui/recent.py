"""The sources that were connected last, offered again. Passwords are not among what is kept."""

from __future__ import annotations

from collections.abc import Callable

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
        session.opened.connect(self.note)

    def note(self) -> None:
        """Remember the sources that are open now and are the user's own."""
        for each in self.session.sources:
            if each.info is not None and own(each.address) and each.address not in self.noted:
                self.noted.add(each.address)
                self.preferences.note(RECENT_SOURCES, masked(each.address))
                self.preferences.set(LAST_SOURCE, masked(each.address))

    def all(self) -> list[str]:
        """Return the addresses, the newest first."""
        return self.preferences.lines(RECENT_SOURCES)[:MOST_RECENT]

    def last(self) -> str:
        """Return the source that was connected last, "" if none ever was."""
        return self.preferences.text(LAST_SOURCE)

    def offer(self, actions: Actions) -> None:
        """Say what was connected lately in a menu of its own."""
        actions.add_list("Source/Recent", self.all, _again, self._connect)


def _again(address: str) -> str:
    return f"Connect again: {words.shortened(address, 48)}"


def own(address: str) -> bool:
    """Say whether an address is of the user's own source, and can be connected to again."""
    return bool(address) and address not in NEVER and address.partition(":")[0] not in BUILT_IN


def asks(address: str) -> bool:
    """Say whether the password of an address was cut, so that it must be asked for."""
    return HIDDEN in address
