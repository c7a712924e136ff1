"""The capture process as seen by who wants its pictures: start, ask, copy out, kill."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing import shared_memory
from typing import Any

import numpy as np

from driftscope.core.capture.reasons import Reason
from driftscope.core.stream import Pixels

COMMAND = [sys.executable, "-P", "-m", "driftscope.core.capture.child"]
"""Without the current folder: a user's own numpy.py is not for us."""
MARK = b"\x1e"
SLOT_BYTES = 1920 * 1920 * 3
"""Room for the largest picture; only what is written takes memory."""
READ_BYTES = 65_536
KEPT_LINES, LINE_BYTES = 40, 400
END_S = 1.0
"""How long a killed process may take to be gone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """It is open: `size` is the width and height of all its pictures, `found` what it gives,
    `rate_hz` what it says of its rate, 0 if nothing."""

    size: tuple[int, int]
    found: tuple[int, int]
    rate_hz: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture lies in a slot. `number` counts what was grabbed since opening; it was there at
    `steady_s` and `wall_s`; `position_s` is its place in a file. `missed` in front of it were
    left out for a newer one, and `spoiled` could not be read."""

    slot: int
    number: int
    steady_s: float
    wall_s: float
    position_s: float
    missed: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class Size:
    """From here on the pictures have another size; they are made to fit."""

    found: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ended:
    """It came to its end; `note` says what is worth saying of it."""

    note: str


Message = Opened | Picture | Size | Ended | Reason


class Capture:
    """Own one capture process and the memory shared with it.

    `kill` may be called from any thread, all else from the one that reads. What libraries print
    in the process is kept to the last lines and shown to nobody: passwords may stand in it.
    """

    def __init__(self, request: dict[str, Any], slots: int, newest: bool) -> None:
        self._memory = shared_memory.SharedMemory(create=True, size=slots * SLOT_BYTES)
        self._linked = True
        self._size = (0, 0)
        self._coming: deque[Message] = deque()
        self._printed: deque[str] = deque(maxlen=KEPT_LINES)
        self._rest = b""
        self._killing = threading.Lock()
        try:
            self._process = subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                bufsize=0, process_group=0, env=_environment(),
            )  # fmt: skip
        except OSError:
            self._forget_memory()
            raise
        atexit.register(self._end)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        shared = dict(shared=self._memory.name, slot_bytes=SLOT_BYTES, newest=newest)
        self._write(json.dumps(request | shared))

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def ask(self, slot: int) -> None:
        """Say that a slot is free, and a picture wanted in it."""
        self._write(str(slot))

    def next(self, timeout_s: float) -> Message | None:
        """Return the next message, None if there is none in time; a Reason comes last."""
        until_s = time.monotonic() + timeout_s
        while not self._coming:
            left_s = max(0.0, until_s - time.monotonic())
            if not select.select([self._out], [], [], left_s)[0]:
                return None
            data = self._out.read(READ_BYTES)
            if not data:
                self._coming.append(self._died())
            self._take(data)
        return self._coming.popleft()

    def copy(self, slot: int, place: Pixels) -> None:
        """Copy the picture in a slot into `place` (H, W, 3) uint8."""
        width, height = self._size
        offset = slot * SLOT_BYTES
        place[...] = np.ndarray((height, width, 3), np.uint8, self._memory.buf, offset)

    def kill(self) -> None:
        """End the process, whatever it hangs in; `next` then tells of it."""
        with self._killing:
            if self._process.returncode is None:
                self._process.kill()

    def close(self) -> None:
        """End the process and let everything go."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it hangs in the kernel
            self._process.wait(END_S)
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()
        self._forget_memory()

    def _write(self, line: str) -> None:
        with contextlib.suppress(OSError):  # it is gone: `next` tells
            self._in.write(line.encode() + b"\n")

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-READ_BYTES:]
        for line in lines:
            try:
                if line[:1] != MARK:
                    raise ValueError
                self._coming.append(self._message(json.loads(line[1:])))
            except (ValueError, TypeError, KeyError):  # not one of ours
                if line.strip():
                    self._printed.append(line[:LINE_BYTES].decode(errors="replace"))

    def _message(self, said: dict[str, Any]) -> Message:
        kind = said.pop("kind")
        if kind == "picture":
            return Picture(**said)
        if kind == "opened":
            self._size = _size(said["size"])
            if self._size[0] * self._size[1] * 3 > SLOT_BYTES:
                raise ValueError
            self._unlink()
            return Opened(self._size, _size(said["found"]), float(said.get("rate_hz", 0.0)))
        if kind == "size":
            return Size(_size(said["found"]))
        if kind == "ended":
            return Ended(str(said["note"]))
        if kind == "failed":
            return Reason(said["reason"], said["detail"], tuple(self._printed))
        raise ValueError

    def _died(self) -> Reason:
        with self._killing, contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        return Reason("died", str(self._process.returncode), tuple(self._printed))

    def _end(self) -> None:
        """At the program's end, if its reader hangs: leave no process and no memory behind."""
        self.kill()
        self._unlink()

    def _unlink(self) -> None:
        """Take the memory's name away: both have it now, and it goes with the last of them."""
        with self._killing:
            if self._linked:
                self._linked = False
                self._memory.unlink()

    def _forget_memory(self) -> None:
        atexit.unregister(self._end)
        self._unlink()
        self._memory.close()


def _size(found: Any) -> tuple[int, int]:
    width, height = found
    return int(width), int(height)


def _environment() -> dict[str, str]:
    """Return ours, with one thread for each library that would take as many as there are."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return os.environ | one | {"PYTHONUNBUFFERED": "1"}
