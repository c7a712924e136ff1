"""A table of text: what its first lines tell of it, and how its lines become rows.

A file is given more credit than a wire: columns of text are left out, the first column may be
dates, cells may be quoted, a comma within a cell is a decimal comma.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftscope.core.clock import LARGEST_S, believable
from driftscope.core.decoders import _parse
from driftscope.core.sources._cells import (
    SHOWN,
    LabelCells,
    cells,
    decoded,
    is_missing,
    is_number,
    value,
)
from driftscope.core.stream import F64

DELIMITERS = ("\t", ";", ",", " ")
MAX_CHANNELS = 256
EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
"""A time without a unit that is at least this big is a count since 1970 of this many seconds."""
UNIX_S = (5e8, 4.2e9)
"""Seconds that are taken for a date (1985 to 2103) rather than for time gone by."""


@dataclass(frozen=True, slots=True)
class Table:
    """Describe how a line becomes a row; `taken` are the numbers of the cells that are channels.

    header_lines  lines in front of the first row
    time          what the first cell is: a date, a number (of `scale_s` seconds), or no time
    texts         names of the columns of text that are left out
    label         the cell that holds the label, -1 for none; `labels` reads it
    """

    delimiter: str
    columns: int
    header_lines: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    taken: tuple[int, ...]
    time: Literal["none", "date", "number"]
    scale_s: float
    clock: Literal["unix", "elapsed"]
    notes: tuple[str, ...]
    texts: tuple[str, ...]
    label: int
    labels: LabelCells

    def parse(self, data: bytes) -> tuple[F64, F64, list[tuple[int, str, str]]]:
        """Read whole lines, one row a line.

        Return time_s (n,), NaN where there is none, values (n, C), and (row, text, reason) of
        every bad line, whose row is all NaN; where only its label is bad the rest stays.
        """
        rows = np.full((data.count(b"\n"), 1 + len(self.taken)), np.nan)
        bad: list[tuple[int, str, str]] = []
        at = 0
        for run, found in _parse.halved(data, self._fast):
            if found is not None:
                rows[at : at + len(found)] = found
                at += len(found)
                continue
            line = decoded(run.rstrip(b"\n"))
            try:
                rows[at], odd = self._row(line)
            except ValueError as error:
                odd = str(error)
            if odd:
                bad.append((at, line[:SHOWN].rstrip(), odd))
            at += 1
        return believable(rows[:, 0] * self.scale_s), np.ascontiguousarray(rows[:, 1:]), bad

    def _fast(self, data: bytes, lines: int) -> F64 | None:
        """Read lines at once: ndarray of shape (lines, 1 + C); None if one of them is odd."""
        wanted = (0, *self.taken) if self.time == "number" else self.taken
        first: F64 | None = np.full(lines, np.nan)
        found: F64 | None = None
        plain = self.label < 0 or self.labels.text is False
        if self.delimiter != " " and self.time != "date" and plain:
            found = self._numbers(data, lines, self.delimiter, self.columns)
        if found is not None:
            found = found[:, wanted]
        else:
            split = [self._cells(line) for line in decoded(data[:-1]).split("\n")]
            if any(len(row) != self.columns for row in split):
                return None
            if self.time == "date":
                first = dates_s([row[0] for row in split])
            if not plain:
                for row in split:
                    try:
                        row[self.label] = repr(self.labels.read(row[self.label]))
                    except ValueError:
                        return None
            text = "\n".join([";".join([row[i] for i in wanted]) for row in split]) + "\n"
            found = self._numbers(text.encode(), lines, ";", len(wanted))
        if found is None or first is None:
            return None
        return found if self.time == "number" else np.column_stack([first, found])

    @staticmethod
    def _numbers(data: bytes, lines: int, delimiter: str, columns: int) -> F64 | None:
        """Read lines of nothing but numbers, a comma in a cell being a decimal comma."""
        if delimiter != ",":
            data = data.replace(b",", b".")
        return _parse.table(data, lines, delimiter.encode(), columns)

    def _cells(self, line: str) -> list[str]:
        row = cells(line, self.delimiter)
        if len(row) == self.columns + 1 and not row[-1].strip():
            row.pop()
        return row

    def _row(self, line: str) -> tuple[list[float], str]:
        """Read one odd line; return its numbers and what is wrong with its label. Raise ValueError
        that says what is wrong with the rest."""
        if not line.strip():
            raise ValueError("a blank line")
        row = self._cells(line)
        if len(row) != self.columns:
            raise ValueError(f"{len(row)} cells where {self.columns} were expected")
        time = math.nan
        if self.time == "number":
            time = value(row[0])
        elif self.time == "date" and not is_missing(row[0]):
            time = _parse.seconds(row[0].replace("/", "-"))
            if math.isnan(time):
                raise ValueError(f"{row[0]!r} is no date")
        label, odd = math.nan, ""
        if self.label >= 0:
            try:
                label = self.labels.read(row[self.label])
            except ValueError as error:
                odd = f"as a label {error}"
        return [time, *(label if i == self.label else value(row[i]) for i in self.taken)], odd


def recognise(lines: list[str], label: str = "") -> Table | None:
    """Recognise a table by its first lines; None if no line holds a number. The column `label`
    is kept even if it holds text."""
    delimiter = _delimiter([line for line in lines if line.strip()])
    rows = [cells(line, delimiter) for line in lines]
    counts = Counter(len(row) for row in rows if any(map(is_number, row)))
    if not counts:
        return None
    columns = counts.most_common(1)[0][0]
    first = next(i for i, row in enumerate(rows) if _is_data(row, columns))
    data = [row for row in rows[first:] if len(row) == columns]
    header = rows[first - 1] if first else []
    if not any(cell.strip() for cell in header) or abs(len(header) - columns) > 1:
        header = []
    named = header[:columns] + [""] * (columns - len(header))

    told = _parse.parse_header(named) if header else None
    leads = told is not None and told.time_column == 0
    time, scale_s, first_s = _time([row[0] for row in data], told)
    names: list[str] = []
    units: list[str] = []
    taken: list[int] = []
    notes: list[str] = []
    texts: list[str] = []
    labelled, labels = -1, LabelCells()
    for at in range(1 if leads or time == "date" else 0, columns):
        name, unit = _parse.split_name_unit(named[at])
        column = [row[at] for row in data if not is_missing(row[at])]
        if not column and not name:
            continue
        name = name or f"value {len(names) + 1}"
        if name == label and labelled < 0:
            labelled = at
            labels.look([row[at] for row in data])
        elif column and not any(map(is_number, column)):
            texts.append(name)
            notes.append(
                f"Column {name!r} holds text, such as {column[0]!r}: it is no channel, but can be "
                "learned as a label (stream.label)."
            )
            continue
        names.append(name)
        units.append(unit)
        taken.append(at)
    if len(taken) > MAX_CHANNELS:
        notes.append(f"Of {len(taken)} channels the first {MAX_CHANNELS} are taken.")
    if leads and time == "none" and told is not None and not told.is_index:
        notes.append(f"Column {named[0]!r} tells no time that can be read: rows are counted.")
    dated = time == "date" or UNIX_S[0] <= first_s < UNIX_S[1]
    return Table(
        delimiter, columns, first, _parse.unique(names[:MAX_CHANNELS]),
        tuple(units[:MAX_CHANNELS]), tuple(taken[:MAX_CHANNELS]), time, scale_s,
        "unix" if dated else "elapsed", tuple(notes), tuple(texts), labelled, labels,
    )  # fmt: skip


def dates_s(column: list[str]) -> F64 | None:
    """Return Unix seconds (n,) of ISO 8601 dates, NaN where empty; None if one is odd."""
    joined = " ".join(column)
    if joined.count("-") == 2 * len(column) and not any(mark in joined for mark in "Zz+,"):
        try:
            found = np.array([cell.strip() for cell in column], dtype="datetime64[us]")
        except ValueError:
            return None
        return found.astype(np.int64) / 1e6
    return _dates_s(column)


def _dates_s(column: Iterable[str]) -> F64 | None:
    found = np.array([_parse.seconds(cell.replace("/", "-")) for cell in column])
    odd = [cell for cell, at in zip(column, found, strict=True) if np.isnan(at)]
    return found if all(map(is_missing, odd)) else None


def _is_data(row: list[str], columns: int) -> bool:
    """Tell a row from a header: one number in a full row, or numbers and nothing else."""
    told = [is_number(cell) for cell in row]
    return any(told) if len(row) == columns else all(told)


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that splits most lines into the same number of cells."""
    best, most = ",", 0
    for delimiter in DELIMITERS:
        rows = [cells(line, delimiter) for line in lines]
        if delimiter == " ":
            if most:
                break
            rows = [row for row in rows if all(map(is_number, row))]
        counts = Counter(len(row) for row in rows if len(row) > 1)
        agree = counts.most_common(1)[0][1] if counts else 0
        if agree > most:
            best, most = delimiter, agree
    return best


def _time(
    column: list[str], header: _parse.Header | None
) -> tuple[Literal["none", "date", "number"], float, float]:
    """Return what the first column tells, its unit in seconds, and the first time in seconds."""
    told = [cell for cell in column if not is_missing(cell)]
    dates = [cell for cell in told if not is_number(cell)]
    read_s = [_parse.seconds(cell.replace("/", "-")) for cell in dates]
    dated_s = [time_s for time_s in read_s if not math.isnan(time_s)]
    if len(dated_s) > len(told) / 2:
        return "date", 1.0, dated_s[0]
    first = next((value(cell) for cell in told if is_number(cell)), math.nan)
    if header is None or header.time_scale is None or math.isnan(first):
        return "none", 1.0, math.nan
    scale_s = header.time_scale
    if scale_s == 1.0:
        scale_s = next((scale for above, scale in EPOCHS if abs(first) >= above), 1.0)
    if abs(first * scale_s) > LARGEST_S:
        return "none", 1.0, math.nan
    return "number", scale_s, first * scale_s
