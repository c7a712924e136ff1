"""Count what is no sample, so that a flood of rubbish becomes a few Events and a sentence."""

from __future__ import annotations

from typing import Any

from driftscope.core.stream import Event
from driftscope.core.visible import visible

TEXT = 200
"""Characters of a rejected line that are shown."""
CONSOLE = "console"
"""Kind of lines that are text beside samples, and no fault."""
WRONG_BAUD = (
    "Most of what arrives is not text: the baud rate is probably wrong. Try the one in the "
    "device's program, often 115200 or 9600."
)
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"


class Rejects:
    """Merge the rejected lines of one chunk by reason, and watch over the whole stream.

    When of at least 20 lines or 2 kB more than four fifths is rejected, most of that not being
    printable, a note says once what is probably wrong.
    """

    def __init__(self) -> None:
        self._merged: dict[str, dict[str, Any]] = {}
        self._lines = 0
        self._bytes = 0
        self._taken = 0
        self._unprintable = 0
        self._said = False

    def add(self, kind: str, raw: bytes, reason: str, count: int = 1, partly: bool = False) -> None:
        """Count a rejected line, or `partly` the rest of one that was taken; of each kind the
        first one's text and reason are kept."""
        if kind in self._merged:
            self._merged[kind]["count"] += count
            return
        text = visible(raw[: 4 * TEXT].strip(b"\r\n"))[:TEXT]
        self._merged[kind] = {
            "count": count, "text": text, "reason": reason, **({"partly": True} if partly else {})
        }  # fmt: skip

    def take(self, key: str, seq: int, time_s: float) -> list[Event]:
        """Return the Events of the rejects since the last call, and of text for the console."""
        merged, self._merged = self._merged, {}
        return [
            Event(key, seq, time_s, "console" if kind == CONSOLE else "reject", data)
            for kind, data in merged.items()
        ]

    def watch(self, data: bytes, lines: int, taken: int) -> str:
        """Take in a chunk of which `taken` bytes made samples; return a sentence or ""."""
        self._lines += lines
        self._bytes += len(data)
        self._taken += taken
        if 2 * taken < len(data):
            self._unprintable += len(data.translate(None, _PRINTABLE))
        if self._lines < 20 and self._bytes < 2000:
            return ""
        rejected = self._bytes - self._taken
        wrong = rejected > 0.8 * self._bytes and self._unprintable > 0.5 * rejected
        self._lines = self._bytes = self._taken = self._unprintable = 0
        if not wrong or self._said:
            return ""
        self._said = True
        return WRONG_BAUD

    def state_dict(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_merged"}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
