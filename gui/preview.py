"""A light look at a source before it is taken: what it sends, and nothing learned. No Qt."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

import numpy as np

from driftscope.core import address, registry
from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Decoder, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Failed, Items, Link, Message, Opened, Raw
from driftscope.core.reader import Reader
from driftscope.core.stream import Block, Event, Item, Pixels, StreamInfo
from driftscope.gui import words
from driftscope.gui.typed import masked

INBOX_BYTES = 4 * 2**20
KEPT_LINES = 60
LINE_CHARS = 200
RATE_S = 2.0


class Preview:
    """Open a source in its own thread and keep the last of what comes. GUI thread only.

    `pictures` says that it is one of pictures; `picture` (H, W, 3) is then the newest. `take`
    never waits: opening, reading and closing happen in the reader's thread.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.info: StreamInfo | None = None
        self.values: tuple[float, ...] = ()
        self.pictures = False
        self.picture: Pixels | None = None
        self.samples = 0
        self.rejected = 0
        self.error = ""
        self.lost = ""
        self.open = False
        self.ended = False
        self._half = ""
        self._counted: deque[tuple[float, int]] = deque()
        self._decoder: Decoder | None = None
        self._inbox: Mailbox[Message] = Mailbox(INBOX_BYTES)
        self._reader: Reader | None = None
        try:
            parsed = address.parse(text)
            device = address.make(parsed)
            self.pictures = device.pictures
            if isinstance(device, Transport):
                plugin = registry.load("decoders", "text")
                self._decoder = plugin(parsed.target, plugin.Params())
        except DriftscopeError as error:
            self.error = str(error)
            return
        self._reader = Reader(parsed.target or parsed.scheme, device, self._inbox)
        self._reader.start()

    def take(self) -> bool:
        """Take in what has come since the last call; return whether anything has."""
        messages = self._inbox.drain()
        for message in messages:
            match message:
                case Opened():
                    self.open = True
                case Raw(_, chunk):
                    self._show_text(chunk.data)
                    if self._decoder is not None:
                        self._show_items(self._decoder.decode(chunk))
                case Items(_, items, _, done):
                    self._show_items(items)
                    self._show_rows(items)
                    if done is not None:
                        done.set()
                case Link(_, state, text):
                    self.lost = text if state == "lost" else ""
                case Failed(_, error):
                    self.error, self.ended = str(error), True
        if self._reader is not None and not self._reader.is_alive() and not len(self._inbox):
            self.ended = True
        return bool(messages)

    def rate_hz(self) -> float:
        """Return samples a second over the last two seconds."""
        now_s = time.monotonic()
        while self._counted and now_s - self._counted[0][0] > RATE_S:
            self._counted.popleft()
        if len(self._counted) < 2:
            return 0.0
        span_s = self._counted[-1][0] - self._counted[0][0]
        return sum(n for _, n in list(self._counted)[1:]) / span_s if span_s > 0 else 0.0

    def summary(self) -> str:
        """Return what arrives in one sentence, or what is wrong."""
        if self.error or self.lost:
            return self.error or self.lost
        if self.rejected > max(3, self.samples):
            return (
                f"{words.plural(self.rejected, 'line')} of {self.rejected + self.samples:,} hold "
                "no numbers: try another baud rate, or look at what the device prints."
            )
        if self.info is not None and self.samples and self.pictures:
            height, width = self.info.sample_shape[:2]
            rate_hz = self.rate_hz()
            return f"{width} × {height} at {words.frame_rate(rate_hz) if rate_hz else '…'}."
        if self.info is not None and self.samples:
            rejected = f", {words.plural(self.rejected, 'line')} rejected" if self.rejected else ""
            return (
                f"{words.plural(len(self.info.channels), 'channel')} at "
                f"{words.rate(self.rate_hz()) if self.rate_hz() else 'a rate not known yet'}"
                f"{rejected}."
            )
        if self.ended:
            return f"It has ended, without any {'picture' if self.pictures else 'numbers'}."
        if self.lines:
            return "Text comes, but no numbers yet."
        return "Opened, nothing has come yet." if self.open else f"Opening {masked(self.text)}."

    def close(self) -> None:
        """Have the reader let the device go, without waiting for it."""
        self._inbox.close()
        if self._reader is not None:
            self._reader.stop(0.0)

    @property
    def gone(self) -> bool:
        """True once the device is free for another."""
        return self._reader is None or not self._reader.is_alive()

    def _show_text(self, data: bytes) -> None:
        text = self._half + data[-16_384:].decode("utf-8", "replace").replace("\r", "")
        *whole, self._half = text.split("\n")
        self._half = self._half[-LINE_CHARS:]
        self.lines.extend(words.shortened(line, LINE_CHARS) for line in whole[-KEPT_LINES:])

    def _show_rows(self, items: Sequence[Item]) -> None:
        """Write a source's samples as a device would have sent them."""
        for item in items:
            if isinstance(item, Block) and len(item) and item.values.ndim == 2:
                rows = item.values[-KEPT_LINES:].reshape(-1, item.values[0].size)
                self.lines.extend(",".join(f"{v:g}" for v in row) for row in rows)

    def _show_items(self, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, StreamInfo):
                self.info = item
            elif isinstance(item, Block) and len(item):
                self.samples += len(item)
                if item.values.ndim == 4:
                    self.picture = item.values[-1]
                else:
                    self.values = tuple(np.ravel(item.values[-1]))
                self._counted.append((time.monotonic(), len(item)))
            elif isinstance(item, Event) and item.kind == "reject":
                self.rejected += int(item.data.get("count", 1))
            elif isinstance(item, Event) and item.kind == "link":
                told = item.data["state"] in ("stalled", "lost")
                self.lost = str(item.data.get("message", "")) if told else ""
