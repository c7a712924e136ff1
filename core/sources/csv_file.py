"""A table of numbers in a file: .csv or .csv.gz, played at real speed, N-fold or flat out."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import MAX_ROWS, Pacer, PlayParams, block_rows
from driftscope.core.params import param
from driftscope.core.sources._cells import cells, decoded, is_missing
from driftscope.core.sources._lines import LineFile
from driftscope.core.sources._names import too_short
from driftscope.core.sources._table import Table, recognise
from driftscope.core.stream import F64, Block, Bools, Event, Item, StreamInfo

HEAD_ROWS = 64
"""Rows looked at before the first is given out: for the columns, and for the nominal rate."""
HEAD_LINES, HEAD_READS = 100, 64
TOLD_BAD = 16
"""Bad lines of one block that get an Event each; one more counts the rest."""

Bad = tuple[int, str, str]
"""A bad line: number of its row, its text, what is wrong with it."""


@dataclass
class CsvParams(PlayParams):
    """Parameters of a file that is played."""

    rate_hz: float = param(
        0.0, low=1e-6, high=1e7, log=True, auto=0.0, unit="Hz", live=False, label="Sample rate",
        help="How many rows a second. Automatic: the file's own times; one row a second if it "
        "has none.",
    )  # fmt: skip


class CsvFile(Source):
    """Play a table of numbers, one sample a row, reading no more of it than is due.

    Delimiter (comma, tab, semicolon), header, units and time column are recognised. A bad line
    is a row of missing values and a "reject". A time that does not rise becomes the previous
    one plus the nominal period; a "note" tells how many, when the first is met and then each
    time their number has doubled. `not_rising` counts them.
    """

    scheme = "csv"
    suffixes = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
    seeks = True
    Params = CsvParams

    def __init__(self, target: str, params: CsvParams) -> None:
        self.params = params
        self._path = Path(target).expanduser()
        self.name = self._path.name
        self.key = _stem(self._path)
        self._file: LineFile | None = None
        self._start()

    def _start(self) -> None:
        self.not_rising = 0
        self._told = 0
        self._pacer = Pacer(self.params)
        self._items: list[Item] = []
        self._seq = 0
        self._last_s = 0.0
        self._period_s = 1.0
        self._time_s: F64 = np.empty(0)
        self._values: F64 = np.empty((0, 1))
        self._fixed: Bools = np.empty(0, dtype=bool)
        self._bad: list[Bad] = []
        self._began = self._part = 0.0
        """How much of the file lies before the rows that are held, and before the next one."""
        self._held = 0

    def open(self) -> None:
        """Open the file and look at its first rows; raise SourceError with what to try."""
        self.close()
        self._start()
        if not self._path.name:
            raise SourceError("A file's path is missing: write csv:run.csv.")
        self._file = LineFile(self._path)
        head = _head(self._file)
        lines = head[:-1].split(b"\n", HEAD_LINES)[:HEAD_LINES]
        table = recognise([decoded(line) for line in lines], self.label)
        if table is None or not table.taken:
            raise SourceError(_no_table(self._path, self._file.broken, lines))
        self._table, self.texts = table, table.texts
        rows = table.parse(head.split(b"\n", table.header_lines)[-1])
        at = [k for k, name in enumerate(table.names) if name == self.label][:1]
        self.label_head = rows[1][:, at].ravel()
        self._describe(table, rows[0][: HEAD_ROWS + 1])
        self._take(*rows)

    def read(self, limit: int = MAX_ROWS) -> list[Item] | None:
        """Return at most `limit` rows that are due; raise SourceError where a file breaks off."""
        if self._items:
            items, self._items = self._items, []
            return items
        if not len(self._time_s):
            data = self._file.read() if self._file else None
            if data is None:
                return self._end()
            self._take(*self._table.parse(data))
        if self._seq < self.start:
            self._pass_over()
            return []
        n = self._pacer.due(self._time_s[: min(limit, block_rows(self._values.shape[1]))])
        if not n:
            return []
        items = [*self._new_texts(), *self._events(n)]
        time_s, self._time_s = self._time_s[:n], self._time_s[n:]
        values, self._values = self._values[:n], self._values[n:]
        items.append(Block(self.key, self._seq, time_s, values, time.monotonic()))
        self._seq += n
        self._note_part()
        return items

    def progress(self) -> float:
        """Return how much of the file has been given out and taken in. Any thread."""
        taken = self._seq if self.health is None else self.start + self.health.samples
        return self._part * min(1.0, taken / self._seq) if self._seq else 0.0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None

    def _describe(self, table: Table, head_s: F64) -> None:
        """Find the nominal period from the first rows; the StreamInfo is the first item."""
        rate_hz = self.params.rate_hz or None
        known = np.flatnonzero(np.isfinite(head_s))
        timed = rate_hz is None and len(known) > 0
        if timed:
            self._period_s, rate_hz = _period(head_s)
            self._last_s = float(head_s[known[0]]) - (known[0] + 1) * self._period_s
        self._counted_hz = None if timed else rate_hz or 1.0
        clock = table.clock if timed else "elapsed" if rate_hz else "rows"
        info = self._info = StreamInfo(
            self.key, table.names, table.units, rate_hz, clock=clock, classes=table.labels.texts
        )
        notes = [*(self._file.notes if self._file else ()), *table.notes]
        self._items = [info, *(self._note(0, self._last_s, message=note) for note in notes)]

    def _take(self, time_s: F64, values: F64, bad: list[Bad]) -> None:
        """Hold parsed rows until they are due, at times that rise."""
        if self._counted_hz is None:
            time_s, self._fixed = rising(time_s, self._last_s, self._period_s)
            self._fixed[[row for row, _, _ in bad]] = False  # counted as rejected
        else:
            time_s = np.arange(self._seq, self._seq + len(time_s)) / self._counted_hz
            self._fixed = np.zeros(len(time_s), dtype=bool)
        self._began, self._held = self._part, len(time_s)
        self._last_s = float(time_s[-1]) if len(time_s) else self._last_s
        self._time_s, self._values = time_s, values
        self._bad = [(row + self._seq, text, reason) for row, text, reason in bad]

    def _pass_over(self) -> None:
        """Read on to the first row that is wanted, giving nothing out."""
        n = min(len(self._time_s), self.start - self._seq)
        if n:
            self.passed_s = float(self._time_s[n - 1])
            self._events(n)  # they were told when the rows were given
            self._time_s, self._values = self._time_s[n:], self._values[n:]
            self._seq += n
            self._note_part()

    def _new_texts(self) -> list[Item]:
        """Return the next version of the stream if labels came that are other texts."""
        info, texts = self._info, self._table.labels.texts
        if texts == info.classes:
            return []
        self._info = replace(info, classes=texts, version=info.version + 1)
        return [self._info]

    def _note_part(self) -> None:
        """Find how far into the file the next row lies."""
        if self._file is not None and self._held:
            given = 1 - len(self._time_s) / self._held
            self._part = self._began + given * (self._file.part - self._began)

    def _events(self, n: int) -> list[Item]:
        """Return what is to be told of the next n rows."""
        bad = [found for found in self._bad if found[0] < self._seq + n]
        self._bad = self._bad[len(bad) :]
        items: list[Item] = []
        for at, (row, text, reason) in enumerate(bad[: TOLD_BAD + 1]):
            data = {
                "count": 1 if at < TOLD_BAD else len(bad) - TOLD_BAD,
                "text": text,
                "reason": f"line {row + self._table.header_lines + 1}: {reason}",
                "partly": bool(np.isfinite(self._values[row - self._seq]).any()),
            }
            time_s = float(self._time_s[row - self._seq])
            items.append(Event(self.key, row, time_s, "reject", data))
        self.not_rising += int(self._fixed[:n].sum())
        self._fixed = self._fixed[n:]
        if self.not_rising >= max(1, 2 * self._told):
            items.append(self._tell_not_rising(float(self._time_s[0])))
        return items

    def _end(self) -> list[Item] | None:
        if self._seq < self.start:
            raise SourceError(too_short(str(self._path), self._seq, self.start, "rows"))
        if self.not_rising > self._told:
            return [self._tell_not_rising(self._last_s)]
        broken = self._file.broken if self._file else ""
        if broken:
            raise SourceError(
                f"{self._path} breaks off after row {self._seq}: {broken}. "
                "The rows before it were played; fetch the file again for the rest."
            )
        return None

    def _tell_not_rising(self, time_s: float) -> Event:
        count = self._told = self.not_rising
        message = (
            f"{count} rows so far were put {self._period_s:g} s after the row in front of them, "
            "as the file's own time did not rise above it."
        )
        return self._note(self._seq, time_s, message=message, count=count)

    def _note(self, seq: int, time_s: float, **data: object) -> Event:
        return Event(self.key, seq, time_s, "note", data)


def rising(time_s: F64, last_s: float, period_s: float) -> tuple[F64, Bools]:
    """Return times (n,) that rise strictly from `last_s`, and where they were changed.

    A time that does not rise, or is NaN, becomes the previous time plus the period.
    """
    fixed = ~(time_s > np.concatenate([[last_s], time_s[:-1]])) | np.isinf(time_s)
    if not fixed.any():
        return time_s, fixed
    start = int(fixed.argmax())
    times = time_s.tolist()
    last_s = times[start - 1] if start else last_s
    for at in range(start, len(times)):
        fixed[at] = not last_s < times[at] < math.inf
        if fixed[at]:
            times[at] = max(last_s + period_s, math.nextafter(last_s, math.inf))
        last_s = times[at]
    return np.array(times), fixed


def _period(time_s: F64) -> tuple[float, float | None]:
    """Return the nominal period in s and the rate in Hz, or (1, None) where none can be told.

    It is the median step, or the mean one where most times repeat; NaN times are passed over.
    """
    known = np.flatnonzero(np.isfinite(time_s))
    if len(known) > 1:
        rows, steps_s = np.diff(known), np.diff(time_s[known])
        for period_s in (float(np.median(steps_s / rows)), float(steps_s.sum() / rows.sum())):
            if 0 < period_s < math.inf:
                return period_s, 1 / period_s
    return 1.0, None


def _head(file: LineFile) -> bytes:
    """Read the first lines, without waiting for a line's end that never comes."""
    head = b""
    for _ in range(HEAD_READS):
        data = file.read()
        if data is None or head.count(b"\n") + data.count(b"\n") >= HEAD_LINES:
            return head + (data or b"")
        head += data
    return head


def _no_table(path: Path, broken: str, lines: list[bytes]) -> str:
    if broken:
        return f"{path} cannot be read: {broken}. Fetch the file again."
    if len(lines) == 1 and any(map(str.isalpha, decoded(lines[0]))):
        return f"{path} holds a header and no rows: there is nothing to play."
    written = [cell for line in lines for cell in cells(decoded(line), ",") if cell.strip()]
    if any(map(is_missing, written)):
        return (
            f"{path} holds missing values only in its first {len(lines)} lines: cut these off, "
            "or look at the sensor it was recorded from."
        )
    return f"{path} holds no table of numbers: one row of numbers a line is needed."


def _stem(path: Path) -> str:
    """Return a file's name without its endings."""
    for suffix in sorted(CsvFile.suffixes, key=len, reverse=True):
        if path.name.lower().endswith(suffix) and len(path.name) > len(suffix):
            return path.name[: -len(suffix)]
    return path.stem


PLUGIN = CsvFile
