"""Who keeps a run's state while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driftscope.core.monitor import Monitor


class Keeper:
    """Be asked, between two messages, whether a state is to be kept; this one keeps none.

    Called from the Monitor's thread.
    """

    def tick(self, monitor: Monitor) -> None:
        """Keep the state if it is time."""

    def leave(self, monitor: Monitor, key: str) -> None:
        """Keep the state of a device that is being let go of."""

    def end(self, monitor: Monitor) -> None:
        """Keep the last state: nothing more is read, and nothing is closed yet."""

    def close(self) -> str:
        """Wait until what was kept is on the disk, once the run has ended; return why it is not,
        "" if it is. Any thread."""
        return ""


class Both(Keeper):
    """Ask one keeper, then the other."""

    def __init__(self, *keepers: Keeper) -> None:
        self._keepers = keepers

    def tick(self, monitor: Monitor) -> None:
        for each in self._keepers:
            each.tick(monitor)

    def leave(self, monitor: Monitor, key: str) -> None:
        for each in self._keepers:
            each.leave(monitor, key)

    def end(self, monitor: Monitor) -> None:
        for each in self._keepers:
            each.end(monitor)

    def close(self) -> str:
        return next(filter(None, [each.close() for each in self._keepers]), "")
