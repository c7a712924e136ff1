"""Rows of a log that wait for what their labels say."""

from __future__ import annotations

import math

from driftscope.core.stream import Graded, StreamInfo
from driftscope.core.table import line_of


class Ungraded:
    """Hold lines of a stream with labels until their step was learned: by then it is known what
    was said of each row, and what it was, unless its label comes later."""

    def __init__(self) -> None:
        self._lines: dict[int, str] = {}
        self._said: dict[int, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, seq: int, text: str) -> None:
        """Hold lines from row `seq` on."""
        self._lines |= dict(enumerate(text.splitlines(), seq))

    def grade(self, graded: Graded) -> None:
        """Note what rows were and what was said of them; of rows that are gone it is left out."""
        told = zip(graded.seq.tolist(), graded.y.tolist(), graded.predicted.tolist(), strict=True)
        self._said |= {seq: (y, said) for seq, y, said in told if seq in self._lines}

    def text(self, info: StreamInfo) -> str:
        """Return the lines with a cell for the label and one for what was said; hold none."""
        none = math.nan, math.nan
        text = "".join(
            line + "," + line_of([_cell(each, info) for each in self._said.get(seq, none)])
            for seq, line in self._lines.items()
        )
        self._lines, self._said = {}, {}
        return text


def label_header(header: str, info: StreamInfo) -> str:
    """Return the line above a stream's rows, with columns for its label if it has one."""
    if info.label is None:
        return header
    unit = f" ({info.label.unit})" if info.label.unit else ""
    names = [f"{info.label.name}{unit}", f"{info.label.name} predicted{unit}"]
    return header.rstrip("\n") + "," + line_of(names)


def _cell(told: float, info: StreamInfo) -> str:
    """Return a class's name or a value, "" where it is not known."""
    assert info.label is not None
    if info.label.kind == "value":
        return "" if math.isnan(told) else repr(told)
    known = 0 <= told < len(info.classes)  # NaN is neither
    return info.classes[int(told)] if known else ""
