"""The capture process: open one camera, address or file, and hand over its pictures.

Run as `python -m driftscope.core.capture.child`, killed whenever it hangs. It imports numpy, cv2
and the standard library only. The first line on standard input is a JSON object, the request;
each further line is the number of a slot of the shared memory that is free, and asks for a
picture in it. At the end of the input, so when its parent is gone, it ends, whatever it hangs in.
Messages go to standard output as lines of JSON behind a mark; what the libraries print comes
between them and has none.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing import resource_tracker, shared_memory
from typing import Any

import cv2
import numpy as np

from driftscope.core.capture import mjpeg
from driftscope.core.capture.grabbers import Failed, Grabber, Stamp
from driftscope.core.capture.opencv import Camera, File, Network
from driftscope.core.capture.pixels import Pixels, fit, fitted_size

cv2.setNumThreads(1)

KINDS: dict[str, Callable[[dict[str, Any]], Grabber]] = {
    "camera": Camera, "file": File, "network": Network, "http": mjpeg.grabber,
}  # fmt: skip
MARK = b"\x1e"
MOST_SPOILED = 100
"""If so many pictures in a row cannot be read, none can."""
MOST_WAITING, LATE_S = 2, 0.1
"""So many of the newest pictures wait while the parent is busy, so that a hiccup costs none; one
that has waited for so long gives way to a newer one."""
MOST_SIZES = 16
"""So many other sizes are told, one message each."""


def say(kind: str, **data: object) -> None:
    """Send a message: one write so short that nothing another thread prints breaks it up."""
    line = json.dumps(data | {"kind": kind}).encode()
    os.write(1, b"\n" + MARK + line + b"\n")


class Slots:
    """Put pictures into the slots of the shared memory that the parent has said are free.

    With `newest` a picture that finds no free slot waits until newer ones take its place, and is
    then counted as missed; else `put` waits, and nothing is left out.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        self._memory = _attached(request["shared"])
        self._slot_bytes = request["slot_bytes"]
        self._newest = request["newest"]
        self._free: list[int] = []
        self._waiting: deque[tuple[Pixels, Stamp]] = deque()
        self._missed = self._spoiled = 0
        self._told: set[tuple[int, int]] = set()
        self._changed = threading.Condition()
        self._size, self._red_first = (0, 0), False

    def describe(self, picture: Pixels, grabber: Grabber) -> None:
        """Say that it is open, with the size that all pictures will have."""
        found = picture.shape[1], picture.shape[0]
        self._size, self._red_first = fitted_size(*found), grabber.red_first
        self._told.add(found)
        say("opened", size=self._size, found=found, **grabber.description(picture))

    def put(self, picture: Pixels, stamp: Stamp) -> None:
        """Hand a picture over, now or later; it must stay as it is for the next two."""
        with self._changed:
            if not self._newest:
                self._changed.wait_for(lambda: self._free)
            if self._free:
                self._hand_over(self._free.pop(0), picture, stamp)
            else:
                self._waiting.append((picture, stamp))
                if len(self._waiting) > MOST_WAITING:
                    self._miss()

    def spoiled(self) -> None:
        """Count a picture that cannot be read."""
        with self._changed:
            self._spoiled += 1

    def listen(self) -> None:
        """Take in which slots are free, in a thread of its own; end the process at the end."""
        try:
            for line in sys.stdin.buffer:
                self._freed(int(line))
        finally:
            os._exit(0)

    def _freed(self, slot: int) -> None:
        with self._changed:
            while len(self._waiting) > 1 and self._waited_s() > LATE_S:
                self._miss()
            if self._waiting:
                self._hand_over(slot, *self._waiting.popleft())
            else:
                self._free.append(slot)
                self._changed.notify_all()

    def _waited_s(self) -> float:
        return time.monotonic() - self._waiting[0][1].steady_s

    def _miss(self) -> None:
        self._waiting.popleft()
        self._missed += 1

    def _hand_over(self, slot: int, picture: Pixels, stamp: Stamp) -> None:
        width, height = self._size
        found = picture.shape[1], picture.shape[0]
        if found not in self._told and len(self._told) < MOST_SIZES:
            self._told.add(found)
            say("size", found=found)
        offset = slot * self._slot_bytes
        place: Pixels = np.ndarray((height, width, 3), np.uint8, self._memory.buf, offset)
        fit(picture, place, self._red_first)
        say("picture", slot=slot, missed=self._missed, spoiled=self._spoiled, **stamp._asdict())
        self._missed = self._spoiled = 0


def capture(request: dict[str, Any]) -> None:
    """Open what is asked for and hand its pictures over until it ends; raise Failed."""
    slots = Slots(request)
    threading.Thread(target=slots.listen, daemon=True).start()
    grabber = KINDS[request["what"]](request)
    buffers: list[Pixels | None] = [None] * (MOST_WAITING + 1)
    turn, spoiled, is_open = 0, 0, False
    while (stamp := grabber.grab()) is not None:
        picture = grabber.picture(buffers[turn])
        if picture is None:
            slots.spoiled()
            spoiled += 1
            if spoiled == MOST_SPOILED:
                raise Failed("unreadable")
            continue
        if not is_open:
            slots.describe(picture, grabber)
            is_open = True
        slots.put(picture, stamp)
        buffers[turn] = picture
        turn, spoiled = (turn + 1) % len(buffers), 0
    if not is_open:
        raise Failed("unreadable" if spoiled else "no picture")
    say("ended", note=grabber.ending())


def _attached(name: str) -> shared_memory.SharedMemory:
    """Return the parent's shared memory. Python would take it for ours, and delete it."""
    resource_tracker.register = lambda *_: None
    return shared_memory.SharedMemory(name)


def main() -> None:
    """Serve one request, then end without looking back: the parent cleans up."""
    request = json.loads(sys.stdin.buffer.readline())
    try:
        capture(request)
    except Failed as failed:
        say("failed", reason=failed.reason, detail=failed.detail)
    except Exception as error:  # whatever it is, the parent must hear of it
        say("failed", reason="broken", detail=f"{type(error).__name__}: {error}")
    os._exit(0)


if __name__ == "__main__":
    main()
