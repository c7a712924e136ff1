"""JSON lines: one object a line, whose numbers are values named by the way to them."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np

from driftscope.core.decoders._line import Line, has_control, read_value
from driftscope.core.decoders._parse import Fast, number, seconds
from driftscope.core.stream import F64

DEEPEST = 16
"""Levels of an object that are looked into."""
MOST_LEAVES = 1024
"""Values of an object that are looked at."""
LONGEST_KEY = 256
"""Characters that keys are told apart by."""
_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "NaN", "inf": "Infinity"}
_PYTHON = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"?)|\b(True|False|None|nan|inf)\b')
"""A text without an end goes to the line's: else each quote in it would be looked for anew."""
_NUMBERS = {int, float}
_LEFT_OUT = -1


class _UnsureError(Exception):
    """An object is to be looked at with care."""


def parse_object(text: str, time_field: str = "") -> Line | None:
    """Return what an object says, None if it is none or names no value at all.

    Texts that are numbers count as such, other texts are left out; null is a missing value.
    Objects as Python prints them are taken too.
    """
    try:
        found = _loaded(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    line = Line(kind="json")
    told: dict[str, tuple[float, str]] = {}
    for name, value in zip(*_leaves(found), strict=True):
        if name == time_field:
            line.time, line.dated = time_of(value)
        elif (read := _value(value)) is not None:
            told[name] = read
            line.filled |= value is not None
    line.labels = list(told)
    line.values = [value for value, _ in told.values()]
    line.units = [unit for _, unit in told.values()]
    return line if told else None


def object_reader(
    channels: dict[str, int], width: int, time_field: str, dated: bool | None
) -> Fast:
    """Return a quick reader of objects all of whose numbers are known `channels` of `width`.

    Its first column is their time; `dated` says that this is a date, None that none is wanted.
    """
    shape: tuple[str, ...] = ()
    places: list[int | None] = []

    def row_of(text: str) -> list[float]:
        nonlocal shape, places
        found = _loaded(text)
        if type(found) is not dict:
            raise _UnsureError
        names, values = tuple(found), list(found.values())
        kinds = set(map(type, values))
        if not kinds.isdisjoint((dict, list)) or len(names) > MOST_LEAVES:
            found_names, values = _leaves(found)
            names = tuple(found_names)
            kinds = set(map(type, values))
        if names != shape:
            shape, places = names, [_place(name, channels, time_field, dated) for name in names]
        if places == straight and kinds <= _NUMBERS:
            return [math.nan, *values]
        row, told = [math.nan] * (1 + width), False
        for place, value in zip(places, values, strict=True):
            if place == 0:
                time, is_date = time_of(value)
                row[0] = math.nan if time is None or is_date != dated else time
            elif (read := _value(value)) is not None and place != _LEFT_OUT:
                if place is None or read[1]:
                    raise _UnsureError
                row[place], told = read[0], True
        if not told:
            raise _UnsureError
        return row

    straight = list(range(1, 1 + width))

    def read(data: bytes, lines: int) -> F64 | None:
        try:
            text = data.decode()
            if has_control(text):
                return None
            rows = np.array([row_of(each) for each in text.split("\n")[:-1]], np.float64)
        except (ValueError, RecursionError, OverflowError, _UnsureError):
            return None
        rows[~np.isfinite(rows)] = np.nan
        return rows

    return read


def time_of(value: Any) -> tuple[float | None, bool]:
    """Return the time that a field tells, and whether it is a date: then in Unix seconds."""
    if isinstance(value, str):
        found = number(value)
        return (seconds(value), True) if found is None else (found, False)
    return (None, False) if value is None else (_number(value), False)


def _place(name: str, channels: dict[str, int], time_field: str, dated: bool | None) -> int | None:
    """Return the column of a name, None if it has none yet."""
    if name == time_field:
        return _LEFT_OUT if dated is None else 0
    slot = channels.get(name)
    return None if slot is None else 1 + slot


def _loaded(text: str) -> Any:
    if '"' in text:
        try:
            return json.loads(text)
        except ValueError:
            pass
    elif "'" in text:
        text = text.replace("'", '"')
    return json.loads(_PYTHON.sub(lambda m: m[1] or _WORDS[m[2]], text))


def _leaves(found: dict[str, Any]) -> tuple[list[str], list[Any]]:
    """Return names, `a/b` or `a/0`, and values of all that is no object or array itself."""
    names: list[str] = []
    values: list[Any] = []
    _walk(found, "", DEEPEST, names, values)
    return names, values


def _walk(found: Any, before: str, levels: int, names: list[str], values: list[Any]) -> None:
    for name, value in found.items() if isinstance(found, dict) else enumerate(found):
        way = f"{before}{name[:LONGEST_KEY] if isinstance(name, str) else name}"
        if len(names) == MOST_LEAVES:
            return
        if isinstance(value, dict | list):
            if levels:
                _walk(value, f"{way}/", levels - 1, names, values)
        else:
            names.append(way)
            values.append(value)


def _value(value: Any) -> tuple[float, str] | None:
    """Return a value and its unit; None if it is a mere text."""
    if isinstance(value, str):
        return read_value(value.strip())
    return _number(value), ""


def _number(value: float | None) -> float:
    """Return a number, NaN where there is none or it is beyond all numbers."""
    try:
        found = math.nan if value is None else float(value)
    except OverflowError:
        return math.nan
    return found if math.isfinite(found) else math.nan
