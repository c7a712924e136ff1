"""Teleplot's lines: `>name:value`, with an own time, a unit, flags, or several points at once."""

from __future__ import annotations

import math
import re

import numpy as np

from driftscope.core.decoders._line import Line, has_control, read_value
from driftscope.core.decoders._names import shown_name
from driftscope.core.decoders._parse import Fast, number
from driftscope.core.stream import F64

_LINE = re.compile(r">([^:;|§>]+):([^|§]*)(?:§([^|]*))?(?:\|(.*))?")
_RUN = re.compile(r"^>([^:;|§>\n]+):([^|§\n]*)(?:§([^|\n]*))?(?:\|([^\n]*))?$", re.MULTILINE)
_PLAIN = frozenset("0123456789+-.eEnaNiIfF ")
"""Characters of numbers that Python's `float` reads as we do."""
MOST_KNOWN = 1024
"""Names with units and flags that are remembered: somebody may count in the flags."""


def parse_points(text: str) -> Line | None:
    """Return what a line says, None if it holds no number: then it is text.

    With the flag `xy` a point is a pair, whose parts are called `name/x` and `name/y`. Other
    flags tell how to draw it, and mean nothing here.
    """
    found = _LINE.fullmatch(text)
    if found is None or not (name := found[1].strip()):
        return None
    flags = (found[4] or "").split(",")
    labels = [f"{name}/x", f"{name}/y"] if "xy" in flags else [name]
    unit = shown_name(found[3] or "")
    line = Line(kind="teleplot", labels=list(labels), units=[unit] * len(labels))
    rows: list[list[float]] = []
    times: list[float] = []
    for point in filter(str.strip, found[2].split(";")):
        fields = [field.strip() for field in point.split(":")]
        at = fields.pop(-1 if len(labels) > 1 else 0) if len(fields) > len(labels) else "nan"
        values = [read_value(field) for field in fields]
        time = number(at)
        if time is None or len(values) != len(labels) or "t" in flags:
            return None
        rows.append([value[0] for value in values if value is not None])
        if len(rows[-1]) < len(labels):
            return None
        times.append(time)
        line.units = [
            own or (value or ("", ""))[1] for own, value in zip(line.units, values, strict=True)
        ]
        line.filled |= any(fields)
    if not line.filled:
        return None
    line.values, line.more = rows[0], rows[1:]
    line.more_times = times[1:]
    line.time = None if math.isnan(times[0]) else times[0]
    return line


def points_of(line: Line, slots: list[int]) -> F64:
    """Return the points (n, 5) of a line, as Rows takes them."""
    times = [math.nan if line.time is None else line.time, *line.more_times]
    rows = [line.values, *line.more]
    return np.array(
        [
            [slot, row[at], time, place, len(rows)]
            for at, slot in enumerate(slots)
            for place, (row, time) in enumerate(zip(rows, times, strict=True))
        ]
    )


def point_reader(channels: dict[str, int], units: list[str]) -> Fast:
    """Return a quick reader of lines whose names are known `channels`; it gives their points,
    (n, 5) as Rows takes them."""
    known: dict[tuple[str, ...], tuple[int, ...]] = {}

    def places(name: str, unit: str, drawn: str) -> tuple[int, ...]:
        name, unit, flags = name.strip(), shown_name(unit), drawn.rstrip(" ").split(",")
        labels = (f"{name}/x", f"{name}/y") if "xy" in flags else (name,)
        slots = tuple(channels[label] for label in labels)
        if "t" in flags or any(unit not in ("", units[slot]) for slot in slots):
            raise KeyError(unit)
        return slots

    def read(data: bytes, lines: int) -> F64 | None:
        try:
            text = data.decode()
            found = _RUN.findall(text)
            if len(found) != lines or has_control(text):
                return None
            names, bodies, of_units, flags = zip(*found, strict=True)
            told = list(zip(names, of_units, flags, strict=True))
            if len(known) > MOST_KNOWN:
                known.clear()
            for each in set(told) - known.keys():
                known[each] = places(*each)
            slots = [known[each] for each in told]
            points = _simple(bodies, slots)
            if points is None:
                points = np.array(
                    [p for each in zip(bodies, slots, strict=True) for p in _points(*each)]
                )
        except (ValueError, KeyError):
            return None
        points[~np.isfinite(points)] = np.nan
        return points

    return read


def _simple(bodies: tuple[str, ...], slots: list[tuple[int, ...]]) -> F64 | None:
    """Return the points of lines with nothing but a number each, None if there are others."""
    if not _PLAIN.issuperset("".join(bodies)) or any(len(each) > 1 for each in slots):
        return None
    points = np.zeros((len(bodies), 5))
    points[:, 0] = [slot for (slot,) in slots]
    points[:, 1] = list(map(float, bodies))
    points[:, 2] = np.nan
    points[:, 4] = 1
    return points


def _points(body: str, slots: tuple[int, ...]) -> list[tuple[float, ...]]:
    """Return the points of one line; raise ValueError if it is to be looked at with care."""
    told = [point.split(":") for point in body.split(";") if point.strip()]
    if not told:
        raise ValueError(body)
    made: list[tuple[float, ...]] = []
    for at, slot in enumerate(slots):
        for place, fields in enumerate(told):
            time, own = math.nan, fields
            if len(fields) == len(slots) + 1:
                time = _number(fields[-1 if len(slots) > 1 else 0])
                own = fields[:-1] if len(slots) > 1 else fields[1:]
            if len(own) != len(slots):
                raise ValueError(body)
            made.append((slot, _number(own[at]), time, place, len(told)))
    return made


def _number(text: str) -> float:
    if text and _PLAIN.issuperset(text):
        return float(text)
    found = number(text) if text.strip() else None
    if found is None:
        raise ValueError(text)
    return found
