"""Which sample is being read in the plots, and the two marks between which is measured."""

from __future__ import annotations

import math
from typing import Literal

from driftscope.core.history import History, Row

Mark = Literal["A", "B"]
MARKS: tuple[Mark, ...] = ("A", "B")


class Cursor:
    """Hold the sample at the cursor and the marks A and B, shared by all plots. GUI thread only.

    `time_s` is where it stands, NaN for nowhere; `row` is the sample read there, None in a gap
    and where samples are kept no longer one by one. `on` says whether it stays when the mouse
    leaves; without it only what lies under the mouse is read. Marks keep their sample, also when
    the history has long forgotten it. `channel` is the number of the channel that is looked at.
    """

    def __init__(self) -> None:
        self.on = False
        self.statistics = False
        """Whether lowest, highest, mean and deviation of the view are wanted."""
        self.pointed_by: object = None
        """The plot over which the mouse is and whose place is read, if it was moved last."""
        self.forget()

    def forget(self) -> None:
        """Stand nowhere, with no marks: another stream is looked at."""
        self.time_s = math.nan
        self.row: Row | None = None
        self.marks: dict[Mark, Row] = {}
        self.channel: int | None = None

    def state(self) -> tuple[object, ...]:
        """Return what a plot with the cursor on it depends on."""
        marks = tuple((name, row.seq) for name, row in self.marks.items())
        return (self.on, self.seq, self.time_s if self.on else None, marks)

    @property
    def seq(self) -> int:
        """Return the number of the sample read; -1 if none is."""
        return self.row.seq if self.row is not None else -1

    def point(self, history: History, time_s: float) -> None:
        """Read the sample nearest to a time; none where nothing came, or it is no longer kept."""
        if not len(history):
            return
        if _nothing_came(history, time_s) or history.start_s <= time_s < history.exact_s:
            self.row, self.time_s = None, time_s
        else:
            self.read(history, history.rows.near(time_s))

    def read(self, history: History, seq: int) -> None:
        """Read one sample, if it is kept."""
        row = history.row(seq)
        if row is not None:
            self.row, self.time_s = row, row.time_s

    def step(self, history: History, by: int) -> None:
        """Go so many samples on, back if negative."""
        if self.row is not None:
            self.read(history, history.rows.beside(self.row.seq, by))
        elif math.isnan(self.time_s):
            self.read(history, history.last_seq)
        else:  # out of the gap
            before = history.seq_at(self.time_s)
            self.read(history, history.rows.beside(before, 1) if by > 0 else before)

    def leave(self) -> None:
        """Read nothing more, unless the cursor is on."""
        if not self.on:
            self.row, self.time_s = None, math.nan

    def mark(self, name: Mark) -> None:
        """Put a mark at the sample that is read."""
        if self.row is not None:
            self.marks[name] = self.row

    def ends(self) -> tuple[Row, Row] | None:
        """Return the samples that are compared: A and B, else the one mark and the cursor."""
        a, b = self.marks.get("A"), self.marks.get("B")
        if self.on and self.row is not None and (a is None) != (b is None):
            a, b = a or self.row, b or self.row
        return (a, b) if a is not None and b is not None else None


def _nothing_came(history: History, time_s: float) -> bool:
    """Say whether a time lies within a gap, or where results never arrived."""
    for band in reversed(history.bands):
        if band.kind != "unscored" and band.start_s < time_s < band.end_s:
            return True
        if band.end_s < time_s:
            break
    return False
