"""Read a source from a program: its blocks one after the other, as they are asked for."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from driftscope.core import address, messages
from driftscope.core.errors import ParamError, SourceError
from driftscope.core.given import Given
from driftscope.core.health import Health
from driftscope.core.inputs import Input
from driftscope.core.interfaces import Device, Source, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.params import ParamSet
from driftscope.core.reader import Reader
from driftscope.core.sections import default_params
from driftscope.core.stream import Array, Block, Event, EventKind, Item, StreamInfo
from driftscope.core.wire import Chunk

INBOX_BYTES = 16 * 2**20
"""What a live device sent while the program was busy elsewhere; what is beyond is counted."""
WAIT_S = 0.1

Readable = str | Path | Device | Array | Iterable[object]
"""What a program may read: an address, a file's path, a source, or rows of numbers."""


class Blocks(Iterator[Block]):
    """Give the blocks of a source, one after the other, and no more than that in memory.

    It is opened by the first block that is asked for, and closed at the end, by an error, by
    `close`, by leaving a `with`, or when nobody refers to it any more. A loop that begins after
    the end opens it anew. A file, the demo and standard input are read only when asked; a live
    device is read by a thread of its own from then on, so that nothing is lost while the program
    does something else, and what is lost beyond 16 MB is told. If it goes away, that is a gap,
    and it is opened again by itself. `items` gives all there is: with the blocks what describes
    them, labels and events. Use it from one thread; `close` may be called from any.
    """

    def __init__(self, device: Device, params: ParamSet | None = None, key: str = "") -> None:
        self.device = device
        self.params = params or default_params(device.params, device.pictures, device.labelled)
        self.infos: dict[str, StreamInfo] = {}
        self._key = key or device.scheme
        self._ahead: deque[Item] = deque()
        self._given: Generator[Item] | None = None
        self._over = False
        self._inbox: Mailbox[messages.Message] = Mailbox(INBOX_BYTES, "wait")

    def __iter__(self) -> Blocks:
        if self._over:
            self._given, self._over = None, False
        return self

    def __next__(self) -> Block:
        while not isinstance(item := self._next(), Block):
            pass
        return item

    def items(self) -> Iterator[Item]:
        """Give everything in its order: StreamInfo, Block, Labels and Event."""
        iter(self)
        while True:
            try:
                item = self._next()
            except StopIteration:
                return
            yield item

    @property
    def info(self) -> StreamInfo:
        """Return what the first stream is, as far as it was described; read until it is."""
        while not self.infos:
            try:
                self._ahead.append(self._read())
            except StopIteration:
                raise SourceError(f"Not one sample came from {self.device.name}.") from None
        return next(iter(self.infos.values()))

    def close(self) -> None:
        """Let the device go; what was not asked for yet is gone. Also twice. Any thread."""
        self._over = True
        self._inbox.close()
        self._ahead.clear()
        if self._given is not None:
            with contextlib.suppress(ValueError):  # another thread reads: it sees the inbox closed
                self._given.close()

    def __enter__(self) -> Blocks:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next(self) -> Item:
        return self._ahead.popleft() if self._ahead else self._read()

    def _read(self) -> Item:
        if self._over:
            raise StopIteration
        if self._given is None:
            self._inbox = Mailbox(INBOX_BYTES, "wait")
            reader = Reader(self._key, self.device, self._inbox)
            given = Input.of(self._key, reader, self.params, Health())
            self._given = _cut(given, self._inbox)
        try:
            item = next(self._given)
        except BaseException:
            self._over = True
            raise
        if isinstance(item, StreamInfo):
            self.infos[item.key] = item
        return item


def open_source(
    source: Readable,
    settings: Mapping[str, object] | None = None,
    *,
    speed: str = "max",
    rate_hz: float | None = None,
    channels: Iterable[str] | None = None,
) -> Blocks:
    """Return the blocks of a source; nothing is opened before the first one is asked for.

    source    an address as the command line takes it ("demo:", "serial:/dev/ttyUSB0?baud=9600",
              "-"), the path of a file, a Source or Transport, or rows of numbers: an array
              (n, C) or (n,), or anything that gives one row after the other
    settings  parameters by their full names, such as {"stream.label": "class"}
    speed     how fast a file or the demo is played: "max" as fast as it is asked for, "1" as fast
              as it was recorded; what the address itself says comes first
    rate_hz, channels   of rows of numbers: samples a second, and the channels' names

    Raise AddressError or ParamError. What cannot be opened raises SourceError from the first
    block.
    """
    if isinstance(source, str | Path):
        if rate_hz is not None or channels is not None:
            raise ParamError(f"rate_hz and channels are for rows of numbers: {source} tells them.")
        text = str(source)
        parsed = address.parse(text)
        device, params = address.configured(text)
        if params.has("source.speed") and "speed" not in parsed.options:
            params.set("source.speed", speed)
        name = address.masked(text)
    elif isinstance(source, Device):
        device, name = source, source.scheme
        params = default_params(device.params, device.pictures, device.labelled)
    else:
        device, name = Given(source, rate_hz, channels), "rows"
        params = default_params(device.params)
    for full, value in (settings or {}).items():
        params.set(full, value)
    return Blocks(device, params, name)


def _cut(given: Input, inbox: Mailbox[messages.Message]) -> Generator[Item]:
    """Give what the device gives, its labels told apart."""
    items = (_received if given.device.live else _pulled)(given, inbox)
    with contextlib.closing(items):
        yield from given.labelling.cut(items)
        yield from given.labelling.rest()


def _pulled(given: Input, inbox: Mailbox[messages.Message]) -> Generator[Item]:
    """Read a device that waits for us in the thread that asks."""
    device, number = given.device, 0
    assert isinstance(device, Source | Transport)
    try:
        device.open()
        while not inbox.closed and (came := device.read()) is not None:
            if isinstance(came, bytes) and came:
                chunk = Chunk(number, came, time.monotonic(), time.time())
                number += 1
                yield from given.decoded(chunk)[0]
            elif not came:
                yield from given.idle()
            else:
                yield from came
        yield from given.flush()
    finally:
        device.close()


def _received(given: Input, inbox: Mailbox[messages.Message]) -> Generator[Item]:
    """Take in what the reader of a live device tells."""
    at = _Place(given.key)
    given.reader.start()
    try:
        while not inbox.closed:
            match inbox.get(WAIT_S):
                case None:
                    yield from at.passed(given.idle())
                case messages.Raw(_, chunk):
                    yield from at.passed(given.decoded(chunk)[0])
                case messages.Items(_, items, _, done):
                    yield from at.passed(items)
                    if done is not None:
                        done.set()
                case messages.Lost(_, nbytes, samples):
                    yield at.event("loss", bytes=nbytes, samples=samples)
                    yield from at.passed(given.gap(f"{nbytes:,} bytes could not be taken in"))
                case messages.Link(_, state, text):
                    yield at.event("link", state=state, message=text)
                    if state == "lost" and not given.broken:
                        yield from at.passed(given.gap(text))
                    given.broken = state == "lost"
                case messages.Note(_, text):
                    yield at.event("note", message=text)
                case messages.Ended():
                    yield from at.passed(given.flush())
                    return
                case messages.Failed(_, error):
                    yield from at.passed(given.flush())
                    raise error
    finally:
        inbox.close()
        given.reader.stop()


class _Place:
    """Remember how far a device's stream has come, for the events that are told of it."""

    def __init__(self, key: str) -> None:
        self._key, self._seq, self._time_s = key, 0, 0.0

    def passed(self, items: Iterable[Item]) -> Iterator[Item]:
        """Give the items on; an event that names no stream is of the one before it."""
        for item in items:
            if isinstance(item, Block) and len(item):
                self._key, self._seq = item.key, item.seq + len(item)
                self._time_s = float(item.time_s[-1])
            named = isinstance(item, StreamInfo | Block) or item.key
            yield item if named else replace(item, key=self._key)

    def event(self, kind: EventKind, **data: Any) -> Event:
        return Event(self._key, self._seq, self._time_s, kind, data)
