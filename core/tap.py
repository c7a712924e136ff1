"""The recording tap: the raw bytes of the last while, exactly as they came."""

from __future__ import annotations

import threading
from collections import deque

from driftscope.core.wire import Chunk

LIMIT_BYTES = 16 * 2**20
CHUNK_BYTES = 200
"""About what a chunk costs beside its data."""


class Tap:
    """Keep the newest raw chunks of all readers, up to `limit_bytes`. Any thread may call it.

    The readers put every chunk here before it is queued, so what the queue has no room for is
    still here; chunks pushed out by newer ones are counted in `forgotten` (bytes).
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.forgotten = 0
        self._chunks: deque[tuple[str, Chunk]] = deque()
        self._nbytes = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Return about how much memory is in use."""
        return self._nbytes

    def put(self, key: str, chunk: Chunk) -> None:
        """Take a chunk of the device `key`; the oldest make room for it."""
        with self._lock:
            self._chunks.append((key, chunk))
            self._nbytes += len(chunk.data) + CHUNK_BYTES
            while self._nbytes > self.limit_bytes:
                _, old = self._chunks.popleft()
                self._nbytes -= len(old.data) + CHUNK_BYTES
                self.forgotten += len(old.data)

    def chunks(self, key: str, after: int = -1) -> list[Chunk]:
        """Return the chunks of one device numbered above `after`, oldest first."""
        found = []
        with self._lock:
            for name, chunk in reversed(self._chunks):
                if name == key:
                    if chunk.number <= after:
                        break
                    found.append(chunk)
        return found[::-1]
