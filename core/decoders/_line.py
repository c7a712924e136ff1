"""Read one line of whatever a board prints: bare values, `label: value unit`, or a mixture.

This is the careful way, about 10 µs a line; it alone defines what a line means. `template` makes
the quick way for further lines of the same make, which must mean the same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from driftscope.core.decoders._parse import NUMBER, Fast, number, seconds, table
from driftscope.core.stream import F64

_UNIT = r"[A-Za-zµμΩ°%‰][A-Za-zµμΩ°%‰/·*^.-]{0,9}[0-9²³]?"
_SEPARATORS = re.compile(r"[,;\t]")
_ASSIGN = re.compile(r"\s*[:=]\s*")
_DATE = re.compile(r'"?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\s,;"]*)"?\s*(?:[,;\t]\s*|$)')
_VALUE_UNIT = re.compile(f"({NUMBER}|[nN][aA][nN])({_UNIT})", re.ASCII)
_UNIT_ALONE = re.compile(rf"[(\[]?({_UNIT})[)\]]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIGITS = rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_TOKEN = re.compile(rb"(?<![^\s,;:=(\[])" + _DIGITS + rb"(?![0-9.])(?!\s*[:=])")


@dataclass(slots=True)
class Line:
    """Hold what a line says, value by value: `labels` are None where there is none.

    `date_s` is the Unix time in front, `hexed` says that a value was written as 0x..,
    `open_end` that the line ends with a separator, which may be one more missing value, `filled`
    that something stands in at least one place.
    """

    values: list[float] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    date_s: float | None = None
    hexed: bool = False
    open_end: bool = False
    filled: bool = False

    @property
    def named(self) -> list[str]:
        return [label for label in self.labels if label is not None]

    @property
    def loose(self) -> int:
        """Return how many values have no label."""
        return self.labels.count(None)

    @property
    def weight(self) -> float:
        """Return how much evidence the line is: a boot loader prints a few `label:0x..` too."""
        return 0.25 if self.hexed and self.named else 1.0

    def add(self, word: str, label: str | None) -> bool:
        """Take `23.5` or `23.5C`; False if it is no value."""
        value, unit = number(word) if word else math.nan, ""
        if value is None:
            found = _VALUE_UNIT.fullmatch(word)
            if found is None:
                return False
            value, unit = number(found[1]), found[2]
        self.filled |= bool(word)
        self.hexed |= word[:3].lstrip("+-").lower().startswith("0x")
        self.values.append(math.nan if value is None else value)
        self.labels.append(label)
        self.units.append(unit)
        return True


def readable(raw: bytes) -> str | None:
    """Return a line's text, UTF-8 or else Latin-1; None if it holds control characters."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return None if _CONTROL.search(text) else text.strip(" ")


def cells(text: str) -> list[str]:
    """Split at commas, semicolons and tabs, or where there are none at blanks."""
    if not _SEPARATORS.search(text):
        return text.split()
    found = [cell.strip() for cell in _SEPARATORS.split(text)]
    return found if found[-1] else found[:-1]


def parse_line(text: str) -> Line | None:
    """Return what a line says, None if any part of it is no value."""
    line = Line()
    if date := _DATE.match(text):
        line.date_s = seconds(date[1])
        text = text[date.end() :]
        if not text:
            return None
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        text = text[1:-1]
    parts = _SEPARATORS.split(text)
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
        line.open_end = True
    if not all(_cell(part, line) for part in parts):
        return None
    return line if line.filled or not line.named else None


def _cell(cell: str, line: Line) -> bool:
    """Take in `1 2`, `label: 5 C`, `a:1 b:2`: between two signs stand a value and a label."""
    first, *rest = _ASSIGN.split(cell.strip())
    words = first.split()
    if not rest:
        return _values(words or [""], None, line) == []
    label_words = words
    while label_words and number(label_words[0]) is not None:
        line.add(label_words[0], None)
        label_words = label_words[1:]
    width = len(label_words)
    for i, part in enumerate(rest, 1):
        label = " ".join(label_words)
        if len(label) > 64 or not any(map(str.isalpha, label)) or label in line.labels:
            return False
        left = _values(part.split() or [""], label, line, width if i < len(rest) else 0)
        if left is None or bool(left) != (i < len(rest)):
            return False
        label_words = left
    return True


def _values(words: list[str], label: str | None, line: Line, width: int = 0) -> list[str] | None:
    """Take a value, further ones without a label, and a unit; return the words behind them.

    `width` is how many words the next label has if it is like the one before. None if the first
    word is no value.
    """
    if not line.add(words[0], label):
        return None
    words = words[1:]
    while words and line.add(words[0], None):
        words = words[1:]
    unit = _UNIT_ALONE.fullmatch(words[0]) if len(words) == width + 1 else None
    if unit and not line.units[-1]:
        line.units[-1] = unit[1]
        return words[1:]
    return words


def alike(raw: bytes, line: Line) -> Fast | None:
    """Return a quick reader of runs of lines like this one, None if there is none."""
    signs = {sign for sign in b",;\t" if sign in raw} or {32}
    plain = not (line.named or any(line.units) or line.date_s is not None or raw[:1] in b"([")
    if not plain or len(signs) > 1:
        return template(raw, line)
    delimiter, columns = bytes(signs), len(line.values)
    return lambda data, lines: table(data, lines, delimiter, columns)


def template(raw: bytes, line: Line) -> Fast | None:
    """Return a reader of runs of lines that differ from this one in their numbers only.

    None if it cannot be sure to find the same numbers as `parse_line`.
    """
    found = list(_TOKEN.finditer(raw))
    if line.hexed or line.date_s is not None or [float(m[0]) for m in found] != line.values:
        return None
    pieces, end = [], 0
    for token in found:
        pieces.append(_flexible(raw[end : token.start()], before_number=True))
        end = token.end()
    group = rb"(" + _DIGITS + rb"|[nN][aA][nN])"
    tail = _flexible(raw[end:].rstrip(b" \n"), before_number=False)
    pattern = re.compile(rb"^" + group.join([*pieces, tail]) + rb" *$", re.MULTILINE)
    columns = len(found)

    def fast(data: bytes, lines: int) -> F64 | None:
        rows = pattern.findall(data)
        if len(rows) != lines:
            return None
        flat = rows if columns == 1 else chain.from_iterable(rows)
        values = np.fromiter(map(float, flat), np.float64, lines * columns)
        values[~np.isfinite(values)] = np.nan
        return values.reshape(lines, columns)

    return fast


def _flexible(piece: bytes, before_number: bool) -> bytes:
    """Return a pattern of what stands between numbers, however many blanks there are."""
    blanks = b" +".join(re.escape(part) for part in re.split(rb" +", piece))
    aligned = before_number and piece.rstrip(b" ")[-1:] in (b"", b":", b"=", b",", b";", b"\t")
    if not aligned or (piece and not piece.strip(b" ")):
        return blanks
    return blanks.removesuffix(b" +") + b" *"
