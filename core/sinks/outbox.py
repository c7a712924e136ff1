"""Carry what the Monitor gives out to another thread, never waiting for it."""

from __future__ import annotations

from driftscope.core.interfaces import Sink
from driftscope.core.mailbox import Mailbox
from driftscope.core.stream import Alarm, Event, Learned, Output, Result, StreamInfo

RESULT_BYTES = 32 * 2**20


class Outbox(Sink):
    """Hold results up to 32 MB, oldest dropped first, and alarms and events without loss.

    `drain` gives all of it in the order written. A reader that falls behind sees a jump in the
    results' `seq`; `results.dropped` counts them. Alarms are merged by id; of rejects and
    param turns that repeat, each is kept (they are few: decoders merge their own).
    """

    name = "the window"

    def __init__(self) -> None:
        self.results: Mailbox[Result] = Mailbox(RESULT_BYTES)
        self.news: Mailbox[StreamInfo | Alarm | Event] = Mailbox(2**40)

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            self.results.put(item, item.nbytes)
        elif not isinstance(item, Learned):
            self.news.put(item)

    def drain(self) -> tuple[list[StreamInfo | Alarm | Event], list[Result]]:
        """Take out everything; called from the reading thread."""
        results = self.results.drain()  # first: what describes them was written before them
        return self.news.drain(), results

    def close(self) -> None:
        """Keep what is inside: it can still be drained."""


PLUGIN = Outbox
