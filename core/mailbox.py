"""A queue between two threads, bounded in bytes, that counts what it could not keep."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Overflow = Literal["drop oldest", "refuse", "wait"]


class Mailbox(Generic[T]):
    """Hand items from one thread to another without ever growing past `limit_bytes`.

    When full, "drop oldest" throws the oldest items away, "refuse" turns the new one down and
    "wait" makes the writer wait until there is room or the mailbox is closed. An item larger
    than the limit is taken when the mailbox is empty, one of 0 bytes always. Any thread may call
    any method.
    """

    def __init__(self, limit_bytes: int, overflow: Overflow = "drop oldest") -> None:
        self.limit_bytes = limit_bytes
        self.overflow: Overflow = overflow
        self.dropped = 0
        self._items: deque[tuple[T, int]] = deque()
        self._nbytes = 0
        self._closed = False
        self._changed = threading.Condition()

    @property
    def nbytes(self) -> int:
        """Return how many bytes wait inside."""
        return self._nbytes

    @property
    def closed(self) -> bool:
        return self._closed

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T, nbytes: int = 0, wait_s: float | None = None) -> bool:
        """Add an item; return False if it was refused or the mailbox is closed.

        With `wait_s` the writer waits that long at most, whatever the mailbox does when full, and
        what is then refused is not counted: the writer still has it.
        """
        with self._changed:
            if wait_s is not None:
                self._changed.wait_for(lambda: self._closed or not self._full(nbytes), wait_s)
                if self._full(nbytes):
                    return False
            elif self.overflow == "wait":
                while not self._closed and self._full(nbytes):
                    self._changed.wait(0.1)
            if self._closed:
                return False
            if self._full(nbytes):
                if self.overflow == "refuse":
                    self.dropped += 1
                    return False
                while self._full(nbytes):
                    _, old = self._items.popleft()
                    self._nbytes -= old
                    self.dropped += 1
            self._items.append((item, nbytes))
            self._nbytes += nbytes
            self._changed.notify_all()
        return True

    def get(self, timeout_s: float | None = None) -> T | None:
        """Take the oldest item, waiting for one; None if there was none in time."""
        with self._changed:
            if not self._items and not self._closed and timeout_s != 0:
                self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            if not self._items:
                return None
            item, nbytes = self._items.popleft()
            self._nbytes -= nbytes
            self._changed.notify_all()
            return item

    def drain(self) -> list[T]:
        """Take all items, oldest first, without waiting."""
        with self._changed:
            items = [item for item, _ in self._items]
            self._items.clear()
            self._nbytes = 0
            self._changed.notify_all()
            return items

    def close(self) -> None:
        """Let every waiting thread go; what is inside can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _full(self, nbytes: int) -> bool:
        return nbytes > 0 and bool(self._items) and self._nbytes + nbytes > self.limit_bytes
