"""A light look at a source before it is taken: what it sends, and nothing learned. No Qt."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

import numpy as np

from driftscope.core import address
from driftscope.core.decoders._formats import FORMATS, TextParams
from driftscope.core.decoders.text import Text
from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Device, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Failed, Items, Link, Message, Opened, Raw
from driftscope.core.reader import Reader
from driftscope.core.stream import Block, Event, Item, Pixels, StreamInfo
from driftscope.gui import words
from driftscope.gui.format_choices import FormatChoices
from driftscope.gui.typed import masked

INBOX_BYTES = 4 * 2**20
KEPT_LINES = 60
LINE_CHARS = 200
RATE_S, SLOW_S = 2.0, 20.0
"""How long counts towards the rate; of a slow device the last few samples do, so long."""


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
        self.choices: FormatChoices | None = None
        """What each format gives, of a device that sends text."""
        self.reading = "auto", ""
        self._key = ""
        self._lines_seen = 0
        self._line_at: deque[float] = deque(maxlen=4)
        self._half = ""
        self._counted: deque[tuple[float, int]] = deque()
        self._decoder: Text | None = None
        self._inbox: Mailbox[Message] = Mailbox(INBOX_BYTES)
        self._reader: Reader | None = None
        self.device: Device | None = None
        try:
            parsed = address.parse(text)
            device = self.device = address.make(parsed)
            self.pictures = device.pictures
            if isinstance(device, Transport):
                params = address.decoder_params(parsed)
                self._key, self.choices = parsed.target, FormatChoices()
                self.read_as(getattr(params, "format", "auto"), getattr(params, "time_field", ""))
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
                    if self.choices is not None and self._decoder is not None:
                        self.choices.add(chunk)
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
        if self.choices is not None:
            self.choices.work()
        if self._decoder is not None:
            self._show_items(self._decoder.idle(time.monotonic()))
        if self._reader is not None and not self._reader.is_alive() and not len(self._inbox):
            self.ended = True
        return bool(messages)

    def read_as(self, format_: str, time_field: str) -> None:
        """Read the text otherwise, from the bytes that are kept on; the device stays open."""
        if self.choices is None:
            return
        self.reading = format_, time_field
        self.choices.read_time_from(time_field)
        self.info, self.values, self.samples, self.rejected = None, (), 0, 0
        self._counted.clear()
        self._decoder = Text(self._key, TextParams(format=format_, time_field=time_field))
        for chunk in self.choices.chunks:
            self._show_items(self._decoder.decode(chunk))

    def rate_hz(self) -> float:
        """Return samples a second over the last two seconds, or the last few samples."""
        now_s = time.monotonic()
        while self._counted and now_s - self._counted[0][0] > (
            SLOW_S if len(self._counted) < 4 else RATE_S
        ):
            self._counted.popleft()
        if len(self._counted) < 2:
            return 0.0
        span_s = self._counted[-1][0] - self._counted[0][0]
        return sum(n for _, n in list(self._counted)[1:]) / span_s if span_s > 0 else 0.0

    def summary(self) -> str:
        """Return what arrives in one sentence, or what is wrong."""
        if self.error or self.lost:
            return self.error or self.lost
        format_ = self.reading[0]
        if self.rejected > max(3, self.samples):
            of_all = f"{words.plural(self.rejected, 'line')} of {self.rejected + self.samples:,}"
            if format_ != "auto":
                return f"{of_all} are not of the format {FORMATS[format_]}: choose another one."
            return (
                f"{of_all} hold no numbers: try another baud rate or text format, or look at what "
                "the device prints."
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
            return self._what_lines_say()
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

    def _what_lines_say(self) -> str:
        """Say what is to be said of lines of which none made a sample yet."""
        at = self._line_at
        slow_s = (at[-1] - at[0]) / (len(at) - 1) if len(at) > 1 else 0.0
        pace = f" A line comes every {words.duration(slow_s)}." if slow_s > 0.5 else ""
        if self._lines_seen == 1:
            return "One line so far. The next one tells whether it holds the channels."
        if self.reading[0] != "auto":
            return f"{words.plural(self._lines_seen, 'line')}, none of them of this format." + pace
        return f"{words.plural(self._lines_seen, 'line')} of text, but no numbers yet." + pace

    def _show_text(self, data: bytes) -> None:
        text = self._half + data[-16_384:].decode("utf-8", "replace").replace("\r", "")
        *whole, self._half = text.split("\n")
        self._half = self._half[-LINE_CHARS:]
        if whole:
            self._line_at.append(time.monotonic())
        self._lines_seen += len(whole)
        self.lines.extend(_shown(line) for line in whole[-KEPT_LINES:])

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
                self._counted.append((item.wall_time_s, len(item)))
            elif isinstance(item, Event) and item.kind == "reject":
                self.rejected += int(item.data.get("count", 1))
            elif isinstance(item, Event) and item.kind == "link":
                told = item.data["state"] in ("stalled", "lost")
                self.lost = str(item.data.get("message", "")) if told else ""


def _shown(line: str) -> str:
    """Return a line of text so that nothing in it hides or turns round the rest."""
    shown = "".join(c if c.isprintable() or c == "\t" else "·" for c in line[: 2 * LINE_CHARS])
    return words.shortened(shown, LINE_CHARS)
