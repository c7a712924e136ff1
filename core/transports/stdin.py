"""Standard input: what another program writes into a pipe, address "-"."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import time

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Transport
from driftscope.core.params import Params

READ_BYTES = 65_536
SILENCE_S = 0.100
GATHER_S = 0.002
SELECTABLE = os.name == "posix"
"""Whether a pipe can be waited for; on Windows a thread of its own must block in it."""


class Stdin(Transport):
    """Read standard input to its end. The program that writes waits for us: nothing is lost."""

    scheme = "stdin"
    live = False

    def __init__(self, target: str = "", params: Params | None = None) -> None:
        self.params: Params = params or Params()
        self.name = "standard input"
        self._fd: int | None = None
        self._ahead: queue.Queue[bytes] | None = None
        self._next_s = 0.0

    def open(self) -> None:
        try:
            self._fd = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError) as error:
            raise SourceError(
                "There is no standard input here. Write it as a pipe: program | driftscope watch -"
            ) from error
        if not SELECTABLE and self._ahead is None:
            self._ahead = queue.Queue(16)
            threading.Thread(
                target=_read_ahead, args=(self._fd, self._ahead), name="stdin", daemon=True
            ).start()

    def read(self) -> bytes | None:
        fd = self._fd
        if fd is None:
            return None
        time.sleep(max(0.0, self._next_s - time.monotonic()))
        try:
            data = self._take(fd)
        except (OSError, ValueError) as error:
            raise SourceError(f"Standard input can no longer be read: {error}.") from error
        if data == b"":
            return b""
        self._next_s = time.monotonic() + GATHER_S if data and len(data) < 4096 else 0.0
        return data

    def close(self) -> None:
        """Leave it alone: it belongs to the process."""
        self._fd = None

    def _take(self, fd: int) -> bytes | None:
        """Wait for bytes for 100 ms at most; None at the end."""
        if self._ahead is not None:
            try:
                return self._ahead.get(timeout=SILENCE_S) or None
            except queue.Empty:
                return b""
        if not select.select([fd], [], [], SILENCE_S)[0]:
            return b""
        return os.read(fd, READ_BYTES) or None


def _read_ahead(fd: int, ahead: queue.Queue[bytes]) -> None:
    """Block in the pipe, up to 16 reads ahead; b"" is the end."""
    data = b"."
    while data:
        try:
            data = os.read(fd, READ_BYTES)
        except OSError:
            data = b""
        ahead.put(data)


PLUGIN = Stdin
