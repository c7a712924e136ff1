"""What stands in the table of readings: every value at the cursor, between A and B, of the view."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from driftscope.core.history import Row
from driftscope.core.rows import ALARM, UNSCORED
from driftscope.core.stream import F64, StreamInfo
from driftscope.gui import readings, words
from driftscope.gui.measure import Span, Tally

if TYPE_CHECKING:
    from driftscope.gui.lanes import Lanes

LONGEST_NAME = 28


@dataclass(slots=True)
class Table:
    """Hold the texts: `said` above the table, `columns` over its numbers, a row a channel.

    `rows` are (channel number, name with unit, a cell for each column).
    """

    said: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def add(self, columns: list[str], cells: list[list[str]]) -> None:
        """Add columns, and for each row its cells."""
        self.columns += columns
        for (_, _, taken), more in zip(self.rows, cells, strict=True):
            taken.extend(more)

    def text(self) -> str:
        """Return all of it as lines, cells apart by tabs."""
        lines = ["\t".join(["channel", *self.columns])] if self.rows else []
        lines += ["\t".join([name, *cells]) for _, name, cells in self.rows]
        return "\n".join([*self.said, *lines])


class Reader:
    """Fill a Table from what the lanes show and the cursor reads."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.cursor = lanes.view.cursor
        info = lanes.session.info
        self.info = info if info is not None else StreamInfo("", (), ())
        history = lanes.session.history
        self.period_s = history.period_s if history is not None else float("nan")

    def table(self, channels: list[int], of: Span | None, tally: Tally | None) -> Table:
        """Return what is to be told of channels; `tally` is of the stretch `of`."""
        found, unit_of = Table(), self.lanes.traces.unit
        for k in channels:
            unit = unit_of(self.info, k)
            name = words.shortened(self.info.channels[k], LONGEST_NAME)
            found.rows.append((k, name + (f" ({unit})" if unit else ""), []))
        if self.cursor.on:
            found.said.append(self.moment(self.cursor.row))
            found.add(["measured", "predicted"], [self._at_cursor(k) for k in channels])
        ends = self.cursor.ends()
        if ends is not None:
            found.said.append(self._apart(*ends))
            names = self._names()
            per = "per row" if self.info.clock == "rows" else "per s"
            change = [self._change(k, *ends) for k in channels]
            found.add([*names, f"{names[1]} − {names[0]}", per], change)
        elif self.cursor.marks:
            found.said.append(f"{next(iter(self.cursor.marks))} is set, the other mark is not")
        if tally is not None and of is not None:
            many = words.plural(tally.samples, "sample") + self._kept()
            if self.cursor.statistics or ends is None:
                found.said.append(f"in view: {many}")
            else:
                found.said[-1] += f" · {many}"
            at = {k: n for n, k in enumerate(of.channels)}
            figures = (tally.low, tally.high, tally.mean, tally.deviation)
            cells = [
                [self._number(k, f[at[k]], 1 if n > 1 else 0) for n, f in enumerate(figures)]
                if k in at else [""] * 4
                for k in channels
            ]  # fmt: skip
            found.add(["lowest", "highest", "mean", "deviation"], cells)
        return found

    def _kept(self) -> str:
        """Return that some of what is in view counts no longer, if so."""
        history, cursor = self.lanes.session.history, self.cursor
        begin_s = self.lanes.view.lo_s
        if not cursor.statistics:
            begin_s = min((row.time_s for row in cursor.marks.values()), default=math.inf)
        exact_s = history.exact_s if history is not None else math.nan
        old = history is not None and max(history.start_s, begin_s) < exact_s
        return " still kept one by one" if old else ""

    def brief(self, channel: int) -> str:
        """Return what is told beside the mouse: 'accel x 0.021 g · -3.214 s'."""
        row = self.cursor.row
        number = _of(row.values, channel) if row is not None else float("nan")
        name = words.shortened(self.info.channels[channel], LONGEST_NAME)
        unit = self.lanes.traces.unit(self.info, channel)
        parts = [name, self.value(channel, number), unit]
        return f"{' '.join(filter(None, parts))} · {self._ago()}"

    def _ago(self) -> str:
        """Return when what is read was, counted from now."""
        row, now_s = self.cursor.row, self.lanes.view.now_s
        time_s = row.time_s if row is not None else self.cursor.time_s
        return readings.ago(time_s - now_s, self.info.clock, self.period_s)

    def moment(self, row: Row | None) -> str:
        """Return when a sample was, and how unusual that moment."""
        clock = self.info.clock
        places = readings.time_places(self.period_s)
        time_s = row.time_s if row is not None else self.cursor.time_s
        parts = [readings.instant(time_s, clock, places)]
        parts.append(self._ago())
        if row is None:
            return " · ".join([*parts, self._nothing()])
        parts.append(f"sample {words.thousands(row.seq)}")
        parts.append(readings.unusual(row))
        if row.flags & ALARM:
            parts.append("alarm")
        return " · ".join(parts)

    def _nothing(self) -> str:
        """Return why nothing is read where the cursor stands."""
        history = self.lanes.session.history
        if history is not None and self.cursor.time_s < history.exact_s:
            return "too old: of these samples only the lowest and highest are kept"
        return "gap: nothing came"

    def value(self, channel: int, number: float) -> str:
        """Return a measured value in its channel's places."""
        return self._number(channel, number) if np.isfinite(number) else "missing"

    def _number(self, channel: int, number: float, finer: int = 0) -> str:
        """Return a number in its channel's places, some more if it was worked out."""
        history, span = self.lanes.session.history, self.lanes.ranges.of(channel)
        height = span.high - span.low if span is not None else float("nan")
        places = self.lanes.decimals.of(history, channel, height) if history is not None else 3
        return readings.value(float(number), places + finer)

    def _at_cursor(self, channel: int) -> list[str]:
        row = self.cursor.row
        if row is None:
            return [self._nothing().partition(":")[0], ""]
        measured, predicted = _of(row.values, channel), _of(row.prediction, channel)
        told = "not scored" if row.flags & UNSCORED else self._number(channel, predicted)
        return [self.value(channel, measured), told]

    def _names(self) -> list[str]:
        marks = self.cursor.marks
        return [name if name in marks else "cursor" for name in ("A", "B")]

    def _apart(self, a: Row, b: Row) -> str:
        """Return how far two samples are apart, as a time and as a frequency."""
        one, two = self._names()
        apart_s, clock = b.time_s - a.time_s, self.info.clock
        places = readings.time_places(self.period_s)
        parts = [readings.lapse(apart_s, clock, places)]
        if clock != "rows" and apart_s:
            parts.append(readings.frequency(apart_s))
        return f"{one} to {two}: {' · '.join(parts)}"

    def _change(self, channel: int, a: Row, b: Row) -> list[str]:
        one, two = _of(a.values, channel), _of(b.values, channel)
        apart_s = b.time_s - a.time_s
        rate = (two - one) / apart_s if apart_s else float("nan")
        size = abs(rate) * 10 if np.isfinite(rate) else 0.0
        return [
            self.value(channel, one), self.value(channel, two), self._number(channel, two - one),
            readings.value(rate, min(readings.fine_places(size) - 1, 6) if size else 0),
        ]  # fmt: skip


def _of(values: F64, channel: int) -> float:
    """Return a channel's value; one that came later has none."""
    return float(values[channel]) if channel < len(values) else float("nan")
