"""Read numbers and headers: what live text and CSV files have in common.

`numbers` is the fast path: numpy's C reader takes a whole run of lines at once, and where it
stumbles the run is halved until the odd line stands alone. Pure functions, for any thread.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from driftscope.core.decoders._names import can_name, shown_name
from driftscope.core.stream import F64

Fast = Callable[[bytes, int], F64 | None]
"""Takes complete lines and how many they are; gives (lines, columns), None where one is odd."""

PLAIN = b"0123456789+-.eEnNaAiIfFtTyY \n"
NUMBER = r"[-+]?(?:0[xX][0-9a-fA-F]{1,16}|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
_NUMBER = re.compile(NUMBER, re.ASCII)
_CLOCK = r'\d\d?:\d\d(?:[^\s,;"]|,(?=\d{1,6}[;\t]))*'
DATE = (
    rf"\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}|"
    rf"\d\d?\.\d\d?\.\d{{4}}(?:[T ]|[,;\t] ?){_CLOCK}"
)
"""A date with a time of day: ISO 8601, or day.month.year."""
_DAY_FIRST = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})(?:[T ,;\t]+(?:(?=\d\d)|(?=\d:))(.+))?")
_WORDS = {
    "": math.nan, "nan": math.nan, "inf": math.nan, "infinity": math.nan,
    "null": math.nan, "none": math.nan, "na": math.nan, "n/a": math.nan,
    "true": 1.0, "false": 0.0,
}  # fmt: skip
_BRACKETS = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]{1,24})[)\]]\s*")
_TIME = re.compile(
    r"(?:(?:t|time|timestamp|elapsed|uptime|clock)(?:[ _]?(?P<unit>s|sec|seconds?|ms|us|µs|ns))?"
    r"|(?P<alone>sec|seconds|ms|millis|milliseconds|us|micros|microseconds))"
)
_SCALES = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "micros": 1e-6, "microseconds": 1e-6, "ns": 1e-9,
}  # fmt: skip
_DATES = ("timestamp", "datetime", "date", "date_time", "date time", "date/time")
_INDICES = ("index", "idx", "#", "")


@dataclass(frozen=True, slots=True)
class Header:
    """Hold what a header line says.

    `names` and `units` are of the value columns only. `time_column` is 0 where the first column
    is no value: a time (`time_scale` seconds a unit), a mere index (`is_index`, no scale), or
    possibly dates (`iso`: read it with `seconds`, which takes numbers too).
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    time_column: int | None = None
    time_scale: float | None = None
    is_index: bool = False
    iso: bool = False

    @property
    def columns(self) -> int:
        """Return how many cells a row has."""
        return len(self.names) + (self.time_column is not None)


def split_name_unit(text: str) -> tuple[str, str]:
    """Split `Gyroscope X (deg/s)` or `t [us]` into name and unit; the unit may be ""."""
    text = text.strip().strip('"').strip()
    found = _BRACKETS.fullmatch(text)
    name, unit = (found[1], found[2]) if found else (text, "")
    return shown_name(name), shown_name(unit)


def is_header(cells: list[str]) -> bool:
    """Say whether cells name columns: no cell is a value, and at least one has a letter."""
    named = [cell for cell in cells if cell.strip(' "\t')]
    return (
        any(map(can_name, named))
        and all(number(cell) is None for cell in named)
        and not any(math.isfinite(seconds(cell)) for cell in named)
    )


def parse_header(cells: list[str], leading: bool = True) -> Header:
    """Return what a header's cells say; a lone column is always a value, and so is the first
    unless `leading`."""
    named = [split_name_unit(cell) for cell in cells]
    lead = time_column(*named[0]) if leading and len(named) > 1 else None
    values = named if lead is None else named[1:]
    names = unique([name or f"value {i}" for i, (name, _) in enumerate(values, 1)])
    units = tuple(unit for _, unit in values)
    if lead is None:
        return Header(names, units)
    scale, iso = lead
    return Header(names, units, 0, scale, scale is None, iso)


def time_column(name: str, unit: str) -> tuple[float | None, bool] | None:
    """Return (seconds a unit or None, may be dates) if a column of that name is no value."""
    name, unit = name.lower(), unit.lower()
    if name in _INDICES and not unit:
        return None, False
    found = _TIME.fullmatch(name)
    unit = unit or (found and (found["unit"] or found["alone"])) or ""
    if name in _DATES:
        return _SCALES.get(unit, 1.0), unit not in _SCALES
    return (_SCALES[unit or "s"], not unit) if found and (unit or "s") in _SCALES else None


def time_scale(scale: float, guess: bool, first: float) -> float:
    """Return how many seconds a unit of a time column has, after its first value: where the unit
    is not told, a number too big for seconds since 1970 counts milli-, micro- or nanoseconds."""
    if guess:
        for small, least in ((1e-9, 1e17), (1e-6, 1e14), (1e-3, 1e11)):
            if first > least:
                return small
    return scale


def unique(names: list[str]) -> tuple[str, ...]:
    """Return the names with repeats numbered: x, x 2."""
    taken: dict[str, int] = {}
    for name in names:
        own, i = name, taken.get(name, 1)
        while own in taken:
            i += 1
            own = f"{name} {i}"
        taken[name] = i  # where to go on: a thousand columns of one name are not looked up anew
        taken.setdefault(own, 1)
    return tuple(taken)


def number(text: str) -> float | None:
    """Return the value of one cell, NaN where it is missing, None where it is no number."""
    text = text.strip(' \t"')
    if _NUMBER.fullmatch(text):
        value = float(int(text, 16)) if "x" in text or "X" in text else float(text)
        return value if math.isfinite(value) else math.nan
    return _WORDS.get(text.lower().lstrip("+-") if text[1:] else text)


def seconds(text: str) -> float:
    """Return Unix seconds of an ISO 8601 date and time, or of day.month.year and a time, UTC
    where it names no zone, else NaN."""
    text = text.strip(' \t"')
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, clock = found.groups()
        text = f"{year}-{month:0>2}-{day:0>2}T{clock or '00:00'}"
        text = text if text[12:13] != ":" else text.replace("T", "T0")
    elif text[4:5] == "/":
        text = text.replace("/", "-")
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def numbers(data: bytes, delimiter: bytes, columns: int) -> tuple[F64, list[tuple[int, str]]]:
    """Read lines of `columns` numbers, one row a line, empty lines included.

    delimiter  b",", b";" (then a decimal comma is taken), b"\\t", or b" " for any run of blanks
    Return values of shape (lines, columns), float64, NaN = missing, equal to Python's `float`
    bit for bit; and (row, text) of every line that does not fit, whose row is all NaN.
    """
    data = data.replace(b"\r\n", b"\n")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    if delimiter == b";":
        data = data.replace(b",", b".")
    values = np.full((data.count(b"\n"), columns), np.nan)
    bad: list[tuple[int, str]] = []
    row = 0
    for part in runs(data, lambda d, n: table(d, n, delimiter, columns)):
        if not isinstance(part, bytes):
            values[row : row + len(part)] = part
            row += len(part)
            continue
        text = part.decode("utf-8", "backslashreplace").rstrip("\n")
        cells = _row(text, delimiter.decode(), columns)
        if cells is None:
            bad.append((row, text))
        else:
            values[row] = cells
        row += 1
    return values, bad


def _row(text: str, delimiter: str, columns: int) -> list[float] | None:
    if not text.strip(" "):
        return None
    cells = text.split() if delimiter == " " else text.split(delimiter)
    if len(cells) == columns + 1 and not cells[-1].strip():
        cells.pop()
    found = [number(cell) for cell in cells]
    return (
        [x for x in found if x is not None] if None not in found and len(found) == columns else None
    )


def runs(data: bytes, fast: Fast) -> Iterator[F64 | bytes]:
    """Give complete lines in order: (n, columns) arrays of what `fast` took, odd lines as bytes."""
    for run, found in halved(data, fast):
        yield run if found is None else found


def halved(data: bytes, fast: Fast) -> Iterator[tuple[bytes, F64 | None]]:
    """Give complete lines in order: runs with the (n, columns) values that `fast` found in
    them, and each line that it could not take alone, with None."""
    todo = [data] if data else []
    while todo:
        run = todo.pop()
        lines = run.count(b"\n")
        found = fast(run, lines)
        if found is not None or lines == 1:
            yield run, found
        else:
            middle = run.find(b"\n", len(run) // 2, -1) + 1 or run.rfind(b"\n", 0, -1) + 1
            todo += [run[middle:], run[:middle]]


def table(data: bytes, lines: int, delimiter: bytes, columns: int) -> F64 | None:
    """Read lines of plain numbers at once; None if a single one is out of the ordinary."""
    if data.isspace() or data.translate(None, PLAIN + delimiter):
        return None
    found = _load(data, delimiter)
    if found is None and delimiter != b" ":  # an empty field, perhaps
        closed = data.count(delimiter + b"\n") == lines  # each line ends with a delimiter
        filled = _fill(data, delimiter)
        found = None if filled is data else _load(filled, delimiter)
        if found is not None and closed and found.shape[1] == columns + 1:
            found = np.ascontiguousarray(found[:, :columns])
    if found is None or found.shape != (lines, columns):
        return None
    found[~np.isfinite(found)] = np.nan
    return found


def _load(data: bytes, delimiter: bytes) -> F64 | None:
    """Return what numpy reads, which is Python's `float` of each field, or None."""
    separator = None if delimiter == b" " else delimiter.decode()
    try:
        found: F64 = np.loadtxt(io.BytesIO(data), delimiter=separator, comments=None, ndmin=2)
    except ValueError:
        return None
    return found


def _fill(data: bytes, delimiter: bytes) -> bytes:
    """Write nan into the empty fields of lines of more than one field."""
    twice, end, start = delimiter * 2, delimiter + b"\n", b"\n" + delimiter
    if twice in data or end in data or start in data or data.startswith(delimiter):
        filled = delimiter + b"nan" + delimiter
        data = data.replace(twice, filled).replace(twice, filled)
        data = data.replace(end, delimiter + b"nan\n").replace(start, b"\nnan" + delimiter)
        if data.startswith(delimiter):
            data = b"nan" + data
    return data
