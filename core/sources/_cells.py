"""Cells of a table of text: how a line is split into them, and what one says."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable

from driftscope.core.decoders import _parse

SHOWN = 200
MOST_TEXTS = 1000
"""Texts of one column that are told apart; the rest is taken for one more."""


class LabelCells:
    """Read the cells of a column of labels: numbers as they are, of texts their numbers.

    What the first cells hold decides which. A cell that says that there is no value is NaN; but
    for "none", which may well be the name of a class.
    """

    def __init__(self) -> None:
        self.text: bool | None = None
        """True if they are text, None while no cell was filled."""
        self._numbers: dict[str, int] = {}

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts by number."""
        return tuple(self._numbers)

    def look(self, column: Iterable[str]) -> None:
        """Find out what they are from a few of them."""
        known = [cell for cell in column if not _says_nothing(cell)]
        if known and self.text is None:
            self.text = not all(map(is_number, known))

    def read(self, cell: str) -> float:
        """Return a cell's number; raise ValueError if it has none."""
        if _says_nothing(cell):
            return math.nan
        self.look([cell])
        if not self.text:
            return value(cell)
        found = self._numbers.get(cell.strip())
        if found is None:
            found = min(len(self._numbers), MOST_TEXTS)
            self._numbers[cell.strip() if found < MOST_TEXTS else "others"] = found
        return float(found)


def _says_nothing(cell: str) -> bool:
    return is_missing(cell) and cell.strip().lower() != "none"


def decoded(data: bytes) -> str:
    """Read bytes as UTF-8 if they are that, else as latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def cells(line: str, delimiter: str) -> list[str]:
    """Split a line; quotes around a cell are taken off. A delimiter " " is any white space."""
    if delimiter == " ":
        return line.split()
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return line.split(delimiter)


def value(text: str) -> float:
    """Return a cell's number, NaN if it says that there is none; raise ValueError if neither."""
    found = _parse.number(text.replace(",", "."))
    if found is None:
        raise ValueError(f"{text[:SHOWN]!r} is no number")
    return found


def is_missing(text: str) -> bool:
    """Say whether a cell says that there is no value: empty, nan, null, n/a."""
    found = _parse.number(text)
    return found is not None and math.isnan(found)


def is_number(text: str) -> bool:
    found = _parse.number(text.replace(",", "."))
    return found is not None and not math.isnan(found)
