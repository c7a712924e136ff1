"""Log to CSV: what was measured, predicted and found unusual, a row a sample."""

from __future__ import annotations

import contextlib
import errno
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from driftscope.core.address import masked
from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import safe_name, why_not
from driftscope.core.export.row_file import RowFile
from driftscope.core.interfaces import Sink
from driftscope.core.sinks._labels import Ungraded, label_header
from driftscope.core.stream import Event, Graded, Learned, Output, Result, StreamInfo
from driftscope.core.table import Table, header

SUFFIX = ".csv"


@dataclass(slots=True)
class Part:
    """Hold the file that a stream is written to now."""

    info: StreamInfo
    file: RowFile
    gap: bool = False
    """True if the next row follows an interruption."""
    next_seq: int | None = None
    ungraded: Ungraded = field(default_factory=Ungraded)
    """Rows of a stream with labels that are still to be written."""


class CsvLog(Sink):
    """Write `time (s)`, values, predictions, `anomaly_score,rarity,onset,alarm,gap` of each
    stream to a file of its own; a row not scored has empty cells there. Of a stream with labels
    the label and what was said of it stand behind them, empty where it comes later.

    The first stream goes to the file named, that of stream "b" to `run.b.csv`. When channels
    appear, or a stream begins anew, it goes on in another part, `run.2.csv`: no line that was
    written is touched again. Only the file named is ever replaced, if it is there. All but what
    the Monitor calls may be read by any thread.
    """

    name = "the log"

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.began_s = time.monotonic()
        self.trouble = ""
        """Why it could not be written any further, "" while it can."""
        self.closed = False
        self._first: RowFile | None = opened(self.path)
        self._files = [self._first]
        self._parts: dict[str, Part] = {}

    @property
    def files(self) -> list[Path]:
        """Return the files written so far, in the order they were begun."""
        return [each.path for each in list(self._files)]

    @property
    def rows(self) -> int:
        """Return how many rows stand in the files."""
        return sum(each.rows for each in list(self._files))

    @property
    def nbytes(self) -> int:
        """Return how large the files are together."""
        return sum(each.nbytes for each in list(self._files))

    def write(self, item: Output) -> None:
        with self._told():
            part = self._parts.get(item.key)
            if part is not None and isinstance(item, Graded):
                part.ungraded.grade(item)
            elif part is not None and isinstance(item, Learned):
                _write_ungraded(part)
            if isinstance(item, StreamInfo):
                self._describe(item)
            elif part is not None and isinstance(item, Event) and item.kind in ("gap", "loss"):
                _write_ungraded(part)
                part.gap = True
            elif part is not None and isinstance(item, Result) and len(item):
                self._rows(part, item)

    def tick(self) -> None:
        """Have what was written so far on the disk, once a second."""
        with self._told():
            for part in self._parts.values():
                part.file.tick()

    def close(self) -> None:
        with self._told():
            try:
                with contextlib.ExitStack() as stack:  # all of them, even if one cannot
                    for file in self._files:
                        stack.callback(file.close)
                    for part in self._parts.values():
                        stack.callback(_write_ungraded, part)
            finally:
                self.closed = True

    def _rows(self, part: Part, result: Result) -> None:
        jumped = part.next_seq not in (None, result.seq)
        table = Table.of(result, part.gap or jumped)
        part.gap, part.next_seq = False, result.seq + len(result)
        if part.info.label is None:
            part.file.write(table.text(part.info), len(result))
            return
        part.ungraded.add(result.seq, table.text(part.info))
        if not result.scored:
            _write_ungraded(part)

    def _describe(self, info: StreamInfo) -> None:
        """Begin a stream, or go on with another version of it; in another part if need be."""
        part = self._parts.get(info.key)
        if part is not None and info.version > part.info.version and _alike(info, part.info):
            part.info = info
            return
        if part is not None:
            _write_ungraded(part)
        if part is not None and part.file.begin_again():
            file = part.file
        elif self._first is not None:
            file, self._first = self._first, None
        else:
            file = self._another(info.key)
            if part is not None:
                part.file.close()
        again = part is not None and info.version <= part.info.version
        self._parts[info.key] = Part(info, file, gap=again)
        file.write(label_header(header(info), info), 0)

    def _another(self, key: str) -> RowFile:
        """Open a file beside the one named that is not there yet."""
        owner = next(iter(self._parts), key)
        word = "" if key == owner else "." + re.sub(r"[^\w-]+", "_", safe_name(masked(key)))
        number = 1 if word else 2
        while True:
            count = f".{number}" if number > 1 else ""
            path = self.path.with_name(f"{self.path.stem}{word}{count}{self.path.suffix}")
            try:
                file = RowFile(path, fresh=True)
            except FileExistsError:
                number += 1
                continue
            self._files.append(file)
            return file

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say in an OSError what was written, and where it is."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            where = f"{self.path}" + (" and beside it" if len(self._files) > 1 else "")
            reason = f"{reason[0].lower()}{reason[1:]}"
            if error.errno == errno.ENOENT:  # of the file itself
                self.trouble = f"{reason} while it was written. The run goes on: log again"
            else:
                self.trouble = (
                    f"{reason}; {self.rows:,} rows stand whole in {where}. The run goes on: make "
                    "room, or choose another folder, then log again"
                )
            raise OSError(error.errno, self.trouble) from error


def opened(path: Path) -> RowFile:
    """Open the file named for a log; raise DriftscopeError with what to try."""
    try:
        return RowFile(path)
    except (OSError, ValueError) as error:
        raise DriftscopeError(f"Nothing can be logged to {path}: {why_not(path, error)}") from error


def _alike(info: StreamInfo, other: StreamInfo) -> bool:
    """Say whether the rows of two versions mean the same."""
    return label_header(header(info), info) == label_header(header(other), other)


def _write_ungraded(part: Part) -> None:
    """Write the rows that waited for what their labels say."""
    rows = len(part.ungraded)
    if rows:
        part.file.write(part.ungraded.text(part.info), rows)


PLUGIN = CsvLog
