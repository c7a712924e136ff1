"""A file of lines that ends with a whole one, whatever happens to its disk."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

FLUSH_S = 1.0
BUFFER_BYTES = 512 * 2**10


class RowFile:
    """Write lines through one buffer, onto the disk each second or when it holds 512 KiB.

    Each write to the disk is one of whole lines; when it is full, what was cut off is taken back.
    `rows` and `nbytes` count what stands in the file, its header apart from the rows. One thread
    writes, any may read these two. Every method may raise OSError; the file can be closed then.
    """

    def __init__(self, path: Path, fresh: bool = False) -> None:
        """Open a file, emptying it; with `fresh` it must not be there yet."""
        self.path = path
        self.rows = self.nbytes = 0
        mode = "xb" if fresh else "wb"
        self._file = open(path, mode, buffering=0, opener=_opened)  # noqa: SIM115  closed in close
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._waiting_rows = 0
        self._flushed_s = time.monotonic()

    def write(self, text: str, rows: int) -> None:
        """Take whole lines, of which `rows` are rows."""
        data = text.encode("utf-8", "replace")
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        self._waiting_rows += rows
        if self._waiting_bytes >= BUFFER_BYTES:
            self.flush()

    def begin_again(self) -> bool:
        """Forget the header, if there is no row behind it yet; say whether it was so."""
        if self.rows or self._waiting_rows:
            return False
        if self.nbytes:
            os.ftruncate(self._file.fileno(), 0)
            self._file.seek(0)
        self._waiting, self._waiting_bytes, self.nbytes = [], 0, 0
        return True

    def tick(self) -> None:
        """Have what was written so far on the disk, once a second."""
        if time.monotonic() - self._flushed_s >= FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Have what was written so far on the disk now."""
        self._flushed_s = time.monotonic()
        if self._waiting:
            data, rows = b"".join(self._waiting), self._waiting_rows
            self._waiting, self._waiting_bytes, self._waiting_rows = [], 0, 0
            self._put(data, rows)
        elif self._gone():
            raise OSError(errno.ENOENT, "the file was deleted")

    def close(self) -> None:
        """Have the rest on the disk and let the file go; twice is no fault."""
        if not self._file.closed:
            try:
                if self._waiting:
                    self.flush()
            finally:
                self._file.close()

    def _put(self, data: bytes, rows: int) -> None:
        done = 0
        try:
            if self._gone():
                raise OSError(errno.ENOENT, "the file was deleted")
            while done < len(data):
                done += self._file.write(data[done:])
        except OSError:
            whole = data.rfind(b"\n", 0, done) + 1
            with contextlib.suppress(OSError):  # no file at all: a device
                os.ftruncate(self._file.fileno(), self.nbytes + whole)
            lost = data.count(b"\n", whole)
            self.rows += max(0, rows - lost)
            self.nbytes += whole
            raise
        self.rows += rows
        self.nbytes += len(data)

    def _gone(self) -> bool:
        """Say whether the file has lost its name: what is written to it is lost then."""
        return os.fstat(self._file.fileno()).st_nlink == 0


def _opened(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody reads is an OSError instead of a wait for ever."""
    found = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(found, True)
    return found
