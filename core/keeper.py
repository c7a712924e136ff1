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

    def end(self, monitor: Monitor) -> None:
        """Keep the last state: nothing more is read, and nothing is closed yet."""

    def close(self) -> str:
        """Wait until what was kept is on the disk, once the run has ended; return why it is not,
        "" if it is. Any thread."""
        return ""
