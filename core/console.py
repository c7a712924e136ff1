"""What went over a wire as lines to read, of text or of a hex dump; the newest of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Literal, NamedTuple

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import why_not
from driftscope.core.pictures.files import write_whole
from driftscope.core.visible import visible
from driftscope.core.wire import Chunk

MOST_LINES, MOST_BYTES = 10_000, 4 * 2**20
SPARE_LINES = 2000
"""So many more are held before the oldest are let go, as that has a price."""
LINE_BYTES = 400
"""A longer line is shown as several."""
ANSWER_S = 0.05
"""A line begun longer ago waits for us, as a prompt does: what is sent stands below it."""

Format = Literal["text", "hex"]
Times = Literal["no time", "time of day", "seconds"]


class Line(NamedTuple):
    """Hold a line of what went over the wire: `data` without its line end.

    `number` counts all lines since the beginning, `offset` the bytes that had come before.
    "link" lines are sentences about the link, "left out" ones about lines that are not there.
    """

    number: int
    kind: Literal["in", "out", "link", "left out"]
    data: bytes
    wall_s: float
    steady_s: float
    offset: int


class Console:
    """Make lines of chunks; the newest 10,000, or those in the newest 4 MB, are kept.

    `lines` are all of them, `shown` those which contain the text of `filter`. The last one may
    still grow. In "hex" a line is `columns` bytes.
    """

    def __init__(self, form: Format = "text", columns: int = 16, after: int = -1) -> None:
        self.form = form
        self.columns = columns
        self.after = after
        """Number of the newest chunk that was taken."""
        self.lines: list[Line] = []
        self.shown = self.lines
        self.began_s: float | None = None
        """When the first chunk came, on the steady clock."""
        self._filter = ""
        self._nbytes = 0
        self._count = 0
        self._offset = 0
        self._open: Line | None = None
        self._after_cr = False

    def take(self, chunks: Sequence[Chunk]) -> None:
        """Take in what came; of more than can be kept the newest, the rest is counted."""
        if not chunks:
            return
        if self.began_s is None:
            self.began_s = chunks[0].steady_s
        if chunks[0].number > self.after + 1:
            self._leave_out(chunks[0], "what came before is no longer kept")
        kept = _newest(chunks)
        if over := chunks[: len(chunks) - kept]:
            lines = sum(chunk.data.count(b"\n") for chunk in over if chunk.kind == "in")
            self._offset += sum(len(chunk.data) for chunk in over if chunk.kind == "in")
            self._leave_out(over[-1], f"{max(lines, 1):,} lines not shown")
            self._open = None
        for chunk in chunks[len(chunks) - kept :]:
            if chunk.kind == "in":
                self._read(chunk)
            else:
                self._put(chunk)
        self.after = chunks[-1].number
        self._forget()

    def filter(self, text: str) -> None:
        """Show from now on only lines that contain a text, whatever its case."""
        self._filter = text.casefold()
        self.shown = [line for line in self.lines if self._passes(line)] if text else self.lines

    def text(self, line: Line) -> str:
        """Return a line as it is to be read."""
        if self.form == "text" or line.kind not in ("in", "out"):
            return visible(line.data)
        pairs = line.data.hex(" ")
        told = "".join(chr(b) if 32 <= b < 127 else "·" for b in line.data)
        offset = f"{line.offset:06x}" if line.kind == "in" else " " * 6
        return f"{offset} {pairs:<{3 * self.columns - 1}} {told}"

    def time(self, line: Line, times: Times) -> str:
        """Return when a line began to come, "" with "no time"."""
        if times == "seconds":
            return f"{line.steady_s - (self.began_s or 0.0):10.3f}"
        if times == "time of day":
            milliseconds = int(line.wall_s % 1 * 1000)
            return f"{time.strftime('%H:%M:%S', time.localtime(line.wall_s))}.{milliseconds:03d}"
        return ""

    def written(self, lines: Iterable[Line], times: Times) -> str:
        """Return lines as text to be kept: what was sent after "> ", what is no data after "# "."""
        marks = {"in": "", "out": "> ", "link": "# ", "left out": "# "}
        return "".join(
            f"{self.time(line, times)} {marks[line.kind]}{self.text(line)}".lstrip() + "\n"
            for line in lines
        )

    def _passes(self, line: Line) -> bool:
        return self._filter in self.text(line).casefold()

    def _read(self, chunk: Chunk) -> None:
        """Cut what came into lines; the last one stays open until its end has come."""
        data, first = chunk.data, self._open
        if self._after_cr:
            data = data.removeprefix(b"\n")
        if first is not None:
            self._take_back(first)
            data = first.data + data
        offset = first.offset if first is not None else self._offset
        self._offset += len(chunk.data)
        parts = self._cut(data)
        self._after_cr = self.form == "text" and chunk.data.endswith(b"\r")
        for at, part in enumerate(parts):
            known = first if first is not None and at == 0 else chunk
            self._add("in", part, known.wall_s, known.steady_s, offset)
            offset += len(part) + (self.form == "text")
        ended = self.form == "text" and data.endswith((b"\n", b"\r"))
        full = self.form == "hex" and len(parts[-1]) == self.columns if parts else True
        self._open = None if ended or full or not parts else self.lines[-1]

    def _cut(self, data: bytes) -> list[bytes]:
        if self.form == "hex":
            return [data[i : i + self.columns] for i in range(0, len(data), self.columns)]
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        parts = data.split(b"\n")
        if not parts[-1]:
            parts.pop()
        if max(map(len, parts), default=0) <= LINE_BYTES:
            return parts
        return [
            part[i : i + LINE_BYTES] for part in parts for i in range(0, len(part) or 1, LINE_BYTES)
        ]

    def _put(self, chunk: Chunk) -> None:
        """Add what was sent, or what became of the link, in front of a line that is coming."""
        coming = self._open
        if coming is not None and chunk.kind == "out":
            coming = coming if chunk.steady_s - coming.steady_s < ANSWER_S else None
        else:
            coming = None
        if coming is not None:
            self._take_back(coming)
        if chunk.kind == "link":
            self._add("link", chunk.data, chunk.wall_s, chunk.steady_s, self._offset)
        else:
            for part in self._cut(chunk.data):
                self._add("out", part, chunk.wall_s, chunk.steady_s, self._offset)
        self._open = None
        if coming is not None:
            self._add(coming.kind, coming.data, coming.wall_s, coming.steady_s, coming.offset)
            self._open = self.lines[-1]

    def _leave_out(self, at: Chunk, text: str) -> None:
        self._add("left out", text.encode(), at.wall_s, at.steady_s, self._offset)

    def _add(
        self,
        kind: Literal["in", "out", "link", "left out"],
        data: bytes,
        wall_s: float,
        steady_s: float,
        offset: int,
    ) -> None:
        line = Line(self._count, kind, data, wall_s, steady_s, offset)
        self._count += 1
        self._nbytes += len(data)
        self.lines.append(line)
        if self.shown is not self.lines and self._passes(line):
            self.shown.append(line)

    def _take_back(self, line: Line) -> None:
        """Take the last line away again: it comes once more, longer."""
        self.lines.pop()
        self._count -= 1
        self._nbytes -= len(line.data)
        if self.shown is not self.lines and self.shown and self.shown[-1] is line:
            self.shown.pop()

    def _forget(self) -> None:
        """Let the oldest lines go."""
        lines = self.lines
        if len(lines) <= MOST_LINES + SPARE_LINES and self._nbytes <= MOST_BYTES:
            return
        gone = max(len(lines) - MOST_LINES, 0)
        self._nbytes -= sum(len(line.data) for line in lines[:gone])
        while self._nbytes > MOST_BYTES and gone < len(lines) - 1:
            self._nbytes -= len(lines[gone].data)
            gone += 1
        first = lines[gone].number
        del lines[:gone]
        if self.shown is not lines:
            self.shown[:] = [line for line in self.shown if line.number >= first]


def _newest(chunks: Sequence[Chunk]) -> int:
    """Return how many of the newest chunks hold all that can be kept."""
    lines = nbytes = 0
    for count, chunk in enumerate(reversed(chunks), start=1):
        lines += chunk.data.count(b"\n") + (chunk.kind != "in")
        nbytes += len(chunk.data)
        if lines > MOST_LINES or nbytes > MOST_BYTES // 8:
            return count
    return len(chunks)


def save(text: str, path: Path) -> Future[Path]:
    """Write a text to a file, whole or not at all, replacing it, in a thread of its own; the Future
    gives the path, or raises DriftscopeError."""
    done: Future[Path] = Future()

    def write() -> None:
        try:
            write_whole(path, text.encode())
        except OSError as error:
            told = f"{path} could not be written: {why_not(path, error)}"
            done.set_exception(DriftscopeError(told))
        else:
            done.set_result(path)

    threading.Thread(target=write, name="console", daemon=True).start()
    return done
