"""Read runs of lines that are like ones read with care before: the same meaning, much sooner.

`plain_reader` and `Makes` are for lines of the plain kind; `_json` and `_teleplot` have their own.
Whatever such a reader is not sure of it gives back, and it is then read with care.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from driftscope.core.decoders._line import Line, with_points
from driftscope.core.decoders._parse import DATE, Fast, number, seconds, table
from driftscope.core.stream import F64

MOST_MAKES = 8
"""Makes of lines that are read quickly at a time."""
MOST_VALUES = 512
"""Values in all of them together."""

_DIGITS = rb"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_WORDS = rb"[-+]?(?i:0x[0-9a-f]{1,16}|nan|inf|true|false|null|none)"
_VALUE = _WORDS + rb"|" + _DIGITS
_TOKEN = re.compile(
    rb"(?<![^\s,;:=(\[])(?:" + _WORDS + rb"(?![\w.])|" + _DIGITS + rb"(?![0-9.]))(?!\s*[:=])"
)
_DATE = re.compile(rb'"?(' + DATE.encode() + rb")")
_DECIMAL = re.compile(rb"(?<![\w.,])([-+]?[0-9]+),([0-9]+)(?![0-9.,])")


@dataclass(frozen=True, slots=True)
class Make:
    """Hold how lines of one make look: `pattern` has a group for each value, and in front one for
    the date if there is `dated`; `slots` are the values' channels. With `commas`, those between
    digits are decimal ones."""

    pattern: bytes
    slots: tuple[int, ...]
    dated: bool
    commas: bool


class Makes:
    """Remember the makes of the lines that were taken lately, and read runs of them.

    `read` gives (lines, columns) values or None; `slots` are the columns' channels.
    """

    def __init__(self) -> None:
        self.slots: list[int] = []
        self.read: Fast | None = None
        self._makes: list[Make] = []
        self._plain: Fast | None = None

    def note(self, raw: bytes, line: Line, slots: list[int], dated: bool) -> None:
        """Read lines like this one quickly from now on; `dated` says that the first of the slots
        stands for the date in front of its values."""
        if dated and line.time is None:
            return
        make = make_of(raw, line, slots, dated)
        plain = plain_reader(raw, line)
        if plain is not None and plain(raw + b"\n", 1) is None:
            plain = None
        if make is None or make in self._makes:
            if make is not None and plain is None and self._plain is not None:
                self._read_both(self._plain)
            elif self.read is None and plain is not None:
                self.read, self.slots = plain, slots
            return
        kept = [old for old in self._makes if (old.dated, old.commas) == (make.dated, make.commas)]
        full = len(kept) >= MOST_MAKES or sum(len(old.slots) for old in kept) > MOST_VALUES
        alone = full or -1 in make.slots or any(-1 in old.slots for old in kept)
        self._makes = [make] if alone else [*kept, make]
        self._plain = plain if len(self._makes) == 1 else None
        if self._plain is not None:
            self.read, self.slots = self._plain, slots
        else:
            self._together()

    def _read_both(self, plain: Fast) -> None:
        """Read as a table, and where that fails by the pattern, as of lines with hex in them."""
        self._together()
        by_pattern = self.read
        assert by_pattern is not None

        def read(data: bytes, lines: int) -> F64 | None:
            found = plain(data, lines)
            return by_pattern(data, lines) if found is None else found

        self.read = read

    def _together(self) -> None:
        """Make one reader of all makes, whose columns are the channels of any of them."""
        makes = self._makes
        dated, commas = makes[0].dated, makes[0].commas
        order = list(makes[0].slots)
        if len(makes) > 1:
            order = sorted({slot for make in makes for slot in make.slots})
        self.slots = ([-1] if dated else []) + order
        groups = [make.slots for make in makes]
        columns = [[int(dated) + order.index(slot) for slot in slots] for slots in groups]
        if dated:
            columns = [[0, *each] for each in columns]
        if len(makes) == 1:
            columns = [list(range(len(self.slots)))]
        pattern = re.compile(
            rb"^(?:" + b"|".join(make.pattern for make in makes) + rb") *$", re.MULTILINE
        )
        where = np.array(list(chain.from_iterable(columns)))
        starts = [0, *np.cumsum([len(each) for each in columns]).tolist()]
        simple, width = len(makes) == 1, len(self.slots)

        def read(data: bytes, lines: int) -> F64 | None:
            if commas and b"," in data:
                data = _DECIMAL.sub(rb"\1.\2", data)
                if b"," in data:
                    return None
            rows = pattern.findall(data)
            if len(rows) != lines:
                return None
            flat = rows if len(where) == 1 else list(chain.from_iterable(rows))
            if dated:
                for start in starts[:-1]:
                    flat[start :: len(where)] = map(_date_s, flat[start :: len(where)])
            values = floats(flat).reshape(lines, len(where))
            if simple:
                return values
            found = np.full((lines, width), np.nan)
            for column, target in zip(values.T, where, strict=True):
                there = ~np.isnan(column)
                found[there, target] = column[there]
            return found

        self.read = read


def plain_reader(raw: bytes, line: Line) -> Fast | None:
    """Return a reader of lines of nothing but numbers between one sign, None if this is none."""
    signs = {sign for sign in b";\t" if sign in raw} or {sign for sign in b"," if sign in raw}
    signs = signs or {32}
    if line.named or any(line.units) or line.time is not None or line.bracketed:
        return None
    if len(signs) > 1 or line.hexed or (b"," in raw and not _commas(raw) and signs != {44}):
        return None
    delimiter, columns = bytes(signs), len(line.values)
    commas = columns > 1 and delimiter in (b";", b"\t")

    def read(data: bytes, lines: int) -> F64 | None:
        if commas and b"," in data:
            data = _DECIMAL.sub(rb"\1.\2", data)
        return table(data, lines, delimiter, columns)

    return read


def make_of(raw: bytes, line: Line, slots: list[int], dated: bool) -> Make | None:
    """Return the make of a line; None if it cannot be sure to find the same numbers in it as
    `parse_line`."""
    commas = _commas(raw)
    if b"," in raw and (b";" in raw or b"\t" in raw):
        if not commas:
            return None
        raw = _DECIMAL.sub(rb"\1.\2", raw)
    start, front = 0, b""
    if line.time is not None and (date := _DATE.match(raw)):
        start = date.end()
        group = rb"(" if dated else rb"(?:"
        front = re.escape(raw[: date.start(1)]) + group + DATE.encode() + rb")"
    if (line.time is not None or dated) and not front:
        return None
    found = list(_TOKEN.finditer(raw, start))
    values = floats([token[0] for token in found])
    if not np.array_equal(values, line.values, equal_nan=True):
        return None
    pattern, end = front, start
    for token in found:
        pattern += _flexible(raw[end : token.start()], before_number=True)
        end = token.end()
        narrow = raw[end : end + 1].strip(b" ,;\t)]") != b""  # a unit: words have none
        pattern += rb"(" + (_DIGITS + rb"|[nN][aA][nN]" if narrow else _VALUE) + rb")"
    pattern += _flexible(raw[end:].rstrip(b" \n"), before_number=False)
    return Make(pattern, tuple(slots[1:] if dated else slots), dated, commas)


def floats(flat: Sequence[bytes | float]) -> F64:
    """Return the values (n,) of what patterns found: NaN where there is nothing, or no number."""
    try:
        values = np.fromiter(map(float, flat), np.float64, len(flat))
    except ValueError:
        values = np.array([_float(each) for each in flat])
    values[~np.isfinite(values)] = np.nan
    return values


def _float(found: bytes | float) -> float:
    if found == b"":
        return np.nan
    try:
        return float(found)
    except ValueError:
        value = number(bytes(found).decode()) if isinstance(found, bytes) else None
        return np.nan if value is None else value


def _date_s(found: bytes) -> float:
    return seconds(found.decode()) if found else np.nan


def _commas(raw: bytes) -> bool:
    """Say whether commas in such a line are decimal ones."""
    if not (b";" in raw or b"\t" in raw):
        return False
    return "," not in with_points(raw.decode("latin-1"))


def _flexible(piece: bytes, before_number: bool) -> bytes:
    """Return a pattern of what stands between numbers, however many blanks there are."""
    blanks = b" +".join(re.escape(part) for part in re.split(rb" +", piece))
    aligned = before_number and piece.rstrip(b" ")[-1:] in (b"", b":", b"=", b",", b";", b"\t")
    if not aligned or (piece and not piece.strip(b" ")):
        return blanks
    return blanks.removesuffix(b" +") + b" *"
