"""What all live sources of pictures have in common: the newest picture counts, and a device that
falls silent is given up and opened again."""

from __future__ import annotations

import math
import threading
import time
from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from driftscope.core.capture.process import Capture, Ended, Opened, Picture, Size
from driftscope.core.capture.reasons import Reason
from driftscope.core.clock import MIN_SPACING_S
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.interfaces import Source
from driftscope.core.stream import Block, Event, EventKind, Item, Pixels, StreamInfo

SILENCE_S = 0.100
STALLED_S = 1.0
"""After so long without a picture it is said that none comes."""
STILL_S, STILL_STEP = 10.0, 16
"""After so long without any change at all, in every 16th pixel of every 16th row, it is told that
the picture may be frozen: a sensor's noise alone changes them."""
MEASURED_S = 2.0
"""The rate is measured over so long, once after each opening."""
OTHER_RATE = 0.2
"""By how much a rate differs, as a share, to be worth a note."""


class LivePictures(Source):
    """Read the newest picture from a capture process; times are seconds since 1970.

    Pictures left out because a newer one was there are told as "missed". After one second
    without a picture the link is "stalled", after `watchdog_s` it is lost and the process killed.
    """

    live = True
    newest = True
    longest_wait_s = 10.0
    pictures = True
    watchdog_s: ClassVar[float]
    """How long it may be silent before it is given up."""
    open_s: ClassVar[float]
    """How long it may take to open and give its first picture."""
    key: str
    """What its stream is called."""

    def __init__(self) -> None:
        self._capture: Capture | None = None
        self._reading = threading.Lock()
        self._cancelled = False
        self._items: list[Item] = []
        self._seq = 0
        self._version = 0
        self._shape: tuple[int, ...] = ()
        self._last_s = 0.0
        self._start()

    def _start(self) -> None:
        self._first: Picture | None = None
        self._asked_s: float | None = None
        self._measured = self._stalled = False
        self._sample: Pixels = np.empty(0, np.uint8)
        self._changed_s = math.inf

    @property
    def pid(self) -> int | None:
        """Return the number of the capture process, None if there is none."""
        capture = self._capture
        return capture.pid if capture is not None else None

    @abstractmethod
    def request(self) -> dict[str, Any]:
        """Return what the capture process is to open; raise SourceError."""

    def asked_size(self) -> tuple[int, int]:
        """Return the width and height that were asked for, 0 for none."""
        return 0, 0

    def asked_rate_hz(self) -> float:
        """Return the rate that was asked for, 0 for none."""
        return 0.0

    def why(self, reason: Reason) -> str:
        """Return in a sentence why it gives no picture."""
        return reason.sentence(self.name)

    def open(self) -> None:
        """Start the capture process and wait for its first picture."""
        self.close()
        with self._reading:
            self._cancelled = False
            self._seq = max(self._seq, self.start)
            request = self.request()
            try:
                capture = self._capture = Capture(request, slots=1, newest=True)
            except OSError as error:
                raise SourceError(
                    f"{self.name} could not be opened: the program that reads it did not start "
                    f"({error.strerror}). Close other programs and try again."
                ) from error
            self._start()
            self._describe(self._opened(capture))

    def read(self) -> list[Item]:
        """Return the newest picture with what there is to tell, nothing after 100 ms; raise
        LinkLost when it ended or was silent for too long."""
        with self._reading:
            if self._items:
                items, self._items = self._items, []
                return items
            capture = self._capture
            if capture is None or self._cancelled:
                raise LinkLost(f"{self.name} is closed.")
            if self._asked_s is None:
                self._asked_s = time.monotonic()
                capture.ask(0)
            message = capture.next(SILENCE_S)
            if isinstance(message, Picture):
                return self._taken(capture, message)
            if isinstance(message, Size):
                return [self._other_size(message)]
            if isinstance(message, Ended | Reason):
                raise LinkLost(self.why(_ended(message)))
            return self._silent(time.monotonic() - self._asked_s)

    def close(self) -> None:
        """Kill the capture process: `open` or `read` then ends at once, in whatever thread."""
        self._cancelled = True
        capture = self._capture
        if capture is not None:
            capture.kill()
            with self._reading:
                self._capture = None
                capture.close()

    def _opened(self, capture: Capture) -> Opened:
        """Wait until it is open."""
        until_s = time.monotonic() + self.open_s
        while not self._cancelled:
            message = capture.next(SILENCE_S)
            if isinstance(message, Opened):
                return message
            if message is None and time.monotonic() > until_s:
                message = Reason("slow")
            if isinstance(message, Ended | Reason) and not self._cancelled:
                raise SourceError(self.why(_ended(message)))
        raise SourceError(f"{self.name} was closed while it was being opened.")

    def _describe(self, opened: Opened) -> None:
        """Describe the stream if it is new, or has another size than before."""
        width, height = opened.size
        if self._shape == (height, width, 3):
            return
        self._shape = (height, width, 3)
        self._version += 1
        self._items.append(
            StreamInfo(
                self.key, ("picture",), ("",), None, self._version, self._shape, "uint8", "unix"
            )
        )
        asked, found = self.asked_size(), opened.found
        if all(asked) and asked != found:
            self._items.append(
                self._note(
                    f"{self.name} was asked for {asked[0]} x {asked[1]} pixels and gives "
                    f"{found[0]} x {found[1]}."
                )
            )
        if found != opened.size:
            self._items.append(
                self._note(
                    f"{self.name} gives {found[0]} x {found[1]} pixels; they are scaled down to "
                    f"{width} x {height}."
                )
            )

    def _taken(self, capture: Capture, picture: Picture) -> list[Item]:
        """Copy a picture out."""
        values = np.empty((1, *self._shape), np.uint8)
        capture.copy(picture.slot, values[0])
        first = self._first = self._first or picture
        # from one reading of the wall clock on: it may be set meanwhile, and time must rise
        time_s = first.wall_s + picture.steady_s - first.steady_s
        items = self._events(picture) + self._still(values[0], picture.steady_s)
        self._last_s = max(time_s, self._last_s + MIN_SPACING_S)
        time = np.array([self._last_s])
        items.append(Block(self.key, self._seq, time, values, picture.steady_s))
        self._seq += 1
        self._asked_s = None
        return items

    def _events(self, picture: Picture) -> list[Item]:
        """Return what is to be told in front of a picture."""
        items: list[Item] = []
        if self._stalled:
            self._stalled = False
            text = f"Pictures come from {self.name} again."
            items.append(self._event("link", state="live", message=text))
            items.append(self._event("gap", reason="no picture came"))
        if picture.missed and picture is not self._first:  # it begins with the first one asked for
            items.append(self._event("missed", samples=picture.missed))
        if picture.spoiled:
            data = dict(count=picture.spoiled, text="a picture", reason="its JPEG cannot be read")
            items.append(self._event("reject", **data))
        assert self._first is not None
        for_s = picture.steady_s - self._first.steady_s
        if not self._measured and for_s > MEASURED_S:
            self._measured = True
            found_hz, asked_hz = (picture.number - self._first.number) / for_s, self.asked_rate_hz()
            if asked_hz and abs(found_hz / asked_hz - 1) > OTHER_RATE:
                text = f"{self.name} was asked for {asked_hz:g} pictures a second and gives "
                items.append(self._note(f"{text}{found_hz:.1f}."))
        return items

    def _still(self, values: Pixels, steady_s: float) -> list[Item]:
        """Tell once of a picture (H, W, 3) that has not changed for long."""
        sample = values[::STILL_STEP, ::STILL_STEP].copy()
        if not np.array_equal(sample, self._sample):
            self._sample, self._changed_s = sample, steady_s
        if steady_s - self._changed_s < STILL_S:
            return []
        self._changed_s = math.inf
        text = f"The picture of {self.name} has not changed at all for {STILL_S:g} s: "
        return [self._note(f"{text}the camera may be frozen.")]

    def _silent(self, silent_s: float) -> list[Item]:
        """Tell of a silence; raise LinkLost when it lasts for too long."""
        if silent_s > self.watchdog_s:
            raise LinkLost(
                f"{self.name} gave no picture for {self.watchdog_s:g} s, so it is opened again."
            )
        if silent_s < STALLED_S or self._stalled:
            return []
        self._stalled = True
        text = f"No picture has come from {self.name} for {STALLED_S:g} s."
        return [self._event("link", state="stalled", message=text)]

    def _other_size(self, size: Size) -> Event:
        (width, height), found = self._shape[1::-1], size.found
        return self._note(
            f"{self.name} now gives {found[0]} x {found[1]} pixels; they are made to fit "
            f"{width} x {height}."
        )

    def _note(self, message: str) -> Event:
        return self._event("note", message=message)

    def _event(self, kind: EventKind, **data: object) -> Event:
        return Event(self.key, self._seq, self._last_s, kind, data)


def _ended(message: Ended | Reason) -> Reason:
    return message if isinstance(message, Reason) else Reason("ended")
