"""Cut bytes into lines, whatever the chunks they come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LONGEST, LONGEST_OBJECT = 1 << 16, 1 << 20
"""Bytes of a line, and of one that begins with {; as much is kept of one whose end has not come."""
RUN = 1 << 14
"""Bytes of complete lines that are given out together."""
NEWLINE = 10


class Splitter:
    """Give runs of complete lines, and keep the rest for the next chunk.

    A carriage return ends a line too; empty lines mean nothing and are mostly left out.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._skipping = False

    def split(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Give (complete lines, False), or (a line's beginning, True) where it is too long: the
        rest of that line is dropped."""
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        while b"\n\n" in data:
            data = data.replace(b"\n\n", b"\n")
        room = _longest(self._parts[0] if self._parts else data) - self._size
        if b"\n" not in data and len(data) <= room and not self._skipping:
            self._keep(data)  # a long line in small pieces is not looked through at each
            return
        data = self.rest() + data if not self._skipping else data
        start, end = 0, len(data)
        while start < end:
            if self._skipping:
                start = data.find(b"\n", start) + 1 or end
                self._skipping = data[start - 1] != NEWLINE
                continue
            stop = data.rfind(b"\n", start, start + RUN) + 1
            if not stop:
                longest = _longest(data[start : start + 1])
                stop = data.find(b"\n", start, start + longest + 1) + 1
            if stop:
                yield data[start:stop], False
                start = stop
            elif end - start > longest:
                self._skipping = True
                yield data[start : start + longest], True
            else:
                break
        self._keep(data[start:])

    def rest(self) -> bytes:
        """Take out the unfinished line."""
        rest = b"".join(self._parts)
        self._parts, self._size, self._skipping = [], 0, False
        return rest

    def state_dict(self) -> dict[str, Any]:
        return {"_partial": b"".join(self._parts), "_skipping": self._skipping}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rest()
        self._keep(state["_partial"])
        self._skipping = state["_skipping"]

    def _keep(self, data: bytes) -> None:
        if data:
            self._parts.append(data)
            self._size += len(data)


def _longest(line: bytes) -> int:
    return LONGEST_OBJECT if line[:1] == b"{" else LONGEST
