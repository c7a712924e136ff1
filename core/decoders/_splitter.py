"""Cut bytes into lines, whatever the chunks they come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LONGEST = 1 << 16
"""Bytes of a line; as much is kept of one whose end has not come."""
RUN = 1 << 14
"""Bytes of complete lines that are given out together."""
NEWLINE = 10


class Splitter:
    """Give runs of complete lines, and keep the rest for the next chunk.

    A carriage return ends a line too; empty lines mean nothing and are mostly left out.
    """

    def __init__(self) -> None:
        self._partial = b""
        self._skipping = False

    def split(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Give (complete lines, False), or (a line's beginning, True) where it is too long: the
        rest of that line is dropped."""
        data = self._partial + data
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        while b"\n\n" in data:
            data = data.replace(b"\n\n", b"\n")
        start, end = 0, len(data)
        while start < end:
            if self._skipping:
                start = data.find(b"\n", start) + 1 or end
                self._skipping = data[start - 1] != NEWLINE
                continue
            stop = data.rfind(b"\n", start, start + RUN) + 1
            stop = stop or data.find(b"\n", start, start + LONGEST + 1) + 1
            if stop:
                yield data[start:stop], False
                start = stop
            elif end - start > LONGEST:
                self._skipping = True
                yield data[start : start + LONGEST], True
            else:
                break
        self._partial = data[start:]

    def rest(self) -> bytes:
        """Take out the unfinished line."""
        rest, self._partial, self._skipping = self._partial, b"", False
        return rest

    def state_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
