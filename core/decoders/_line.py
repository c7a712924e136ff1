"""Read one line of whatever a board prints: bare values, `label: value unit`, or a mixture.

This is the careful way, about 10 µs a line; it alone defines what a line means. `_quick` makes
the quick way for further lines of the same make, which must mean the same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Literal

from driftscope.core.decoders._names import LONGEST_NAME, can_name
from driftscope.core.decoders._parse import DATE, NUMBER, number, seconds

Kind = Literal["plain", "json", "teleplot"]

_UNIT = r"[A-Za-zµμΩ°%‰℃℉][A-Za-zµμΩ°%‰℃℉/·*^.-]{0,9}[0-9²³]?"
_SEPARATORS = re.compile(r"[,;\t]")
_ASSIGN = re.compile(r"[:=]")
_DATE = re.compile(rf'"?({DATE})"?\s*(?:[,;\t]\s*|\s|$)')
_VALUE_UNIT = re.compile(f"({NUMBER}|[nN][aA][nN])({_UNIT})", re.ASCII)
_UNIT_ALONE = re.compile(rf"[(\[]?({_UNIT})[)\]]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DECIMAL = re.compile(r"(?<![\w.,])([-+]?[0-9]+),([0-9]+)(?![0-9.,])")


@dataclass(slots=True)
class Line:
    """Hold what a line says, value by value: `labels` are None where there is none.

    `time` is the time that the line tells beside its values: Unix seconds if `dated`, else in a
    unit still to be told. `hexed` says that a value was written as 0x.., `open_end` that the line
    ends with a separator, which may be one more missing value, `filled` that something stands in
    at least one place. Further points of the same names are in `more`, their times in
    `more_times`.
    """

    values: list[float] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    kind: Kind = "plain"
    bracketed: bool = False
    time: float | None = None
    dated: bool = False
    hexed: bool = False
    open_end: bool = False
    filled: bool = False
    more: list[list[float]] = field(default_factory=list)
    more_times: list[float] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        return [label for label in self.labels if label is not None]

    @property
    def loose(self) -> int:
        """Return how many values have no label."""
        return self.labels.count(None)

    @property
    def whole(self) -> bool:
        """True if no half of such a line could be taken for one."""
        return self.kind != "plain"

    @property
    def weight(self) -> float:
        """Return how much evidence the line is: a boot loader prints a few `label:0x..` too."""
        return 0.25 if self.hexed and self.named and not self.whole else 1.0

    def add(self, word: str, label: str | None) -> bool:
        """Take `23.5` or `23.5C`; False if it is no value."""
        found = read_value(word)
        if found is None:
            return False
        self.filled |= bool(word)
        self.hexed |= word[:3].lstrip("+-").lower().startswith("0x")
        self.values.append(found[0])
        self.labels.append(label)
        self.units.append(found[1])
        return True


def read_value(word: str) -> tuple[float, str] | None:
    """Return the value and unit of `23.5` or `23.5C`, NaN of ""; None if it is no value."""
    value = number(word) if word else math.nan
    if value is not None:
        return value, ""
    found = _VALUE_UNIT.fullmatch(word)
    if found is None:
        return None
    value = number(found[1])
    return (math.nan if value is None else value), found[2]


def readable(raw: bytes) -> str | None:
    """Return a line's text, UTF-8 or else Latin-1; None if it holds control characters."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return None if has_control(text) else text.strip(" ")


def has_control(text: str) -> bool:
    """Say whether there are characters in it that no text has, the end of a line apart."""
    return _CONTROL.search(text) is not None


def cells(text: str) -> list[str]:
    """Split at commas, semicolons and tabs, or where there are none at blanks."""
    if not _SEPARATORS.search(text):
        return text.split()
    found = [cell.strip() for cell in _SEPARATORS.split(text)]
    return found if found[-1] else found[:-1]


def with_points(text: str) -> str:
    """Write decimal commas as points: there are such if semicolons or tabs separate the values
    and every comma stands between two digits."""
    if "," not in text or not (";" in text or "\t" in text):
        return text
    pointed = _DECIMAL.sub(r"\1.\2", text)
    return text if "," in pointed else pointed


def parse_line(text: str) -> Line | None:
    """Return what a line says, None if any part of it is no value."""
    line, text = Line(), with_points(text)
    if date := _DATE.match(text):
        line.time, line.dated = seconds(date[1]), True
        text = text[date.end() :]
        if not text:
            return None
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        text, line.bracketed = text[1:-1], True
    parts = _SEPARATORS.split(text)
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
        line.open_end = True
    if not all(_cell(part, line) for part in parts):
        return None
    names = line.named
    if len(set(names)) < len(names) or (names and not line.filled):
        return None
    return line


def _cell(cell: str, line: Line) -> bool:
    """Take in `1 2`, `label: 5 C`, `a:1 b:2`: between two signs stand a value and a label."""
    first, *rest = _ASSIGN.split(cell)
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
        if len(label) > LONGEST_NAME or not can_name(label):
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
