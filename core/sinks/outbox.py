"""Carry what the Monitor gives out to another thread, never waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import replace

from driftscope.core.interfaces import Sink
from driftscope.core.mailbox import Mailbox
from driftscope.core.stream import (
    Alarm,
    Event,
    Graded,
    Learned,
    Output,
    Report,
    Result,
    StreamInfo,
)

RESULT_BYTES = 32 * 2**20
MANY = 10_000
"""News that wait from which on an Event takes the place of the last one of its kind."""

News = StreamInfo | Alarm | Event | Report


class Outbox(Sink):
    """Hold results up to 32 MB, oldest dropped first, and news, of which repeats are merged.

    `drain` gives all of it in the order written; a reader that falls behind sees a jump in the
    results' `seq`, and `results.dropped` counts them. Of an alarm, a stream's description or a
    Report only the newest state waits; rejects for one reason, and skipped updates, are added
    up. Of more than 10,000 news none is dropped either: from then on Events of one kind are
    merged, `data["merged"]` saying how many stand behind the last one.
    """

    name = "the window"
    vital = True

    def __init__(self) -> None:
        self.results: Mailbox[Result | Graded] = Mailbox(RESULT_BYTES)
        self._pictures: dict[str, Result] = {}
        self._news: dict[Hashable, News] = {}
        self._count = 0
        self._lock = threading.Lock()

    def write(self, item: Output) -> None:
        if isinstance(item, Result | Graded):
            if isinstance(item, Result) and item.values.ndim == 4:
                with self._lock:
                    self._pictures[item.key] = item
                item = item.without_pictures()
            self.results.put(item, item.nbytes)
        elif not isinstance(item, Learned):
            with self._lock:
                self._take(item)

    def take_pictures(self) -> dict[str, Result]:
        """Take out, of each stream of pictures, the newest result with its pixels; called from
        the reading thread. Older ones are not kept: what is drawn is always the newest."""
        with self._lock:
            found, self._pictures = self._pictures, {}
        return found

    def drain(self) -> tuple[list[News], list[Result | Graded]]:
        """Take out everything; called from the reading thread."""
        results = self.results.drain()  # first: what describes them was written before them
        with self._lock:
            news, self._news = list(self._news.values()), {}
        return news, results

    def close(self) -> None:
        """Keep what is inside: it can still be drained."""

    def _take(self, item: News) -> None:
        self._count += 1
        name: Hashable
        match item:
            case Alarm():
                name = Alarm, item.key, item.id
            case StreamInfo() | Report():
                name = type(item), item.key
            case Event(kind="reject"):
                name = "reject", item.key, item.data.get("reason")
            case Event(kind="skipped"):
                name = "skipped", item.key
            case _:
                name = self._count
        if len(self._news) >= MANY and name not in self._news and isinstance(item, Event):
            name = item.kind, item.key
        before = self._news.get(name)
        if isinstance(before, Event) and isinstance(item, Event):
            del self._news[name]  # in order of the newest
            item = _merged(before, item)
        self._news[name] = item


def _merged(before: Event, event: Event) -> Event:
    """Return the later event with the counts of both."""
    data = {**event.data, "merged": before.data.get("merged", 1) + 1}
    for name in ("count", "steps", "samples", "bytes"):
        if name in before.data or name in event.data:
            data[name] = before.data.get(name, 0) + event.data.get(name, 0)
    return replace(event, data=data)


PLUGIN = Outbox
