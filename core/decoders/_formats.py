"""The formats of text that can be asked for by name, and what of a line each of them takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from driftscope.core.decoders._json import parse_object
from driftscope.core.decoders._layout import Layout
from driftscope.core.decoders._line import Line, parse_line, readable
from driftscope.core.decoders._names import LONGEST_NAME
from driftscope.core.decoders._rejects import CONSOLE
from driftscope.core.decoders._teleplot import parse_points
from driftscope.core.params import Params, param

FORMATS = {
    "auto": "Automatic",
    "numbers": "Bare numbers",
    "csv": "CSV with a header",
    "arduino": "Arduino plotter",
    "teleplot": "Teleplot",
    "json": "JSON lines",
    "tuples": "Printed tuples",
}
"""What each format is called."""
WHOLE = ("json", "teleplot")
"""Formats no half of whose lines could be taken for one."""
NO_HEADER = (*WHOLE, "numbers", "tuples")
_LONG_NAME = re.compile(rf"(?:^|[,;\t])[^,;\t:=]{{{LONGEST_NAME + 1},}}[:=]\s*[-+.\d]")


@dataclass
class TextParams(Params):
    """How lines of text are read."""

    format: str = param(
        "auto", choices=tuple(FORMATS), live=False, label="Text format",
        help="auto tells by itself. numbers: bare values, no header. csv: values under a header, "
        "even of one column. arduino: label:value or values; a time column is a channel. "
        "teleplot: >name:value. json: one object a line. tuples: (1, 2, 3), as MicroPython "
        "prints them.",
    )  # fmt: skip
    time_field: str = param(
        "", live=False, label="Time field of JSON",
        help="Name of the field that holds the device's own time, such as t or meta/ms: a date, "
        "or a number of seconds, ms or µs since its start or since 1970. Empty: the time of "
        "arrival.",
    )  # fmt: skip


def parse_as(raw: bytes, mode: str, time_field: str) -> Line | None:
    """Return what a line says in a format, None if it is none of that format."""
    text = readable(raw)
    if not text:
        return None
    sign = text.lstrip()[:1]
    if sign == "{":
        return parse_object(text, time_field) if mode in ("auto", "json") else None
    if sign == ">":
        return parse_points(text) if mode in ("auto", "teleplot") else None
    line = parse_line(text) if mode not in WHOLE else None
    if line is None or (line.named and mode in ("numbers", "csv")):
        return None
    return line if line.bracketed or mode != "tuples" else None


def refused(raw: bytes, mode: str, layout: Layout) -> tuple[str, str]:
    """Return (kind, reason) of a line that is no sample at all."""
    if "teleplot" in (mode, layout.kind):
        return CONSOLE, "text for the console"
    if "json" in (mode, layout.kind):
        return "json", "not a JSON object"
    if mode == "tuples":
        return "tuples", "not a printed tuple"
    if _LONG_NAME.search(raw.decode(errors="replace")):
        return "names", f"a name of more than {LONGEST_NAME} characters"
    return "words", "not only numbers"


def recognised(layout: Layout) -> str:
    """Return which format a stream turned out to be, "" before its first sample."""
    if not layout.channels:
        return ""
    if layout.kind != "plain":
        return layout.kind
    if layout.heads:
        return "csv"
    if layout.labels:
        return "arduino"
    return "tuples" if layout.bracketed else "numbers"
