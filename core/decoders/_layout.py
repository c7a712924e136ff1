"""Which value of a line belongs to which channel, and which lines belong to the stream at all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from driftscope.core.decoders._line import Kind, Line
from driftscope.core.decoders._names import shown_name
from driftscope.core.decoders._parse import Header, time_column, time_scale, unique
from driftscope.core.stream import F64, StreamInfo

MOST = 256
"""Channels a stream may have."""
APART = -1
"""Stands for a column that is no channel: the time, an index, what is beyond the 256."""
SETTLED = 5
"""Lines in a row that must say something new of the stream before it is believed."""
MOST_UNITS = 8
"""Times that a channel's unit may change."""


@dataclass
class Layout:
    """Hold the channels so far. They only ever grow, so a column keeps its place.

    `columns` gives the channel of each value without a label, `labels` of each with one.
    `time_scale` is seconds a unit of the time that lines tell, None if they tell none; `dated`
    says that it is a date. `heads` are the header's cells if there was one, `bracketed` says that
    lines are printed tuples. `changing` holds units that are not believed yet; `news` are
    sentences worth telling.
    """

    kind: Kind = "plain"
    bracketed: bool = False
    channels: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    time_scale: float | None = None
    dated: bool = False
    unix: bool = False
    heads: list[str] = field(default_factory=list)
    version: int = 0
    changing: dict[int, tuple[str, int]] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    news: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def timed(self) -> bool:
        """True if the device sends the time along."""
        return self.time_scale is not None

    @property
    def time_in_front(self) -> bool:
        """True if that time stands before the values and is none of their columns."""
        return self.timed and self.columns[:1] != [APART]

    def info(self, key: str) -> StreamInfo:
        return StreamInfo(
            key,
            tuple(self.channels),
            tuple(self.units),
            version=self.version,
            clock="elapsed" if self.timed and not self.unix else "unix",
        )

    def start(
        self, line: Line, named: tuple[Header, list[str]] | None, time_field: str = ""
    ) -> None:
        """Make the first channels, after a line and the header in front of it."""
        self.kind, self.bracketed = line.kind, line.bracketed
        if line.time is not None:
            self.dated = self.unix = line.dated
            self._clock(line, time_field.rpartition("/")[2])
        if named is not None:
            header, self.heads = named
            if header.time_column is not None and line.time is None:
                self.columns.append(APART)
                if header.time_scale is not None:
                    first = line.values[line.labels.index(None)]
                    self.time_scale = time_scale(header.time_scale, header.iso, first)
                    self.unix = first * self.time_scale > 5e8
            for name, unit in zip(header.names, header.units, strict=True):
                self.columns.append(self._channel(name, unit))
        self.extend(line)

    def extend(self, line: Line) -> None:
        """Make a channel for what has none yet."""
        before, loose = len(self.channels), 0
        for label, unit in zip(line.labels, line.units, strict=True):
            if label is not None:
                if label not in self.labels and len(self.channels) < MOST:
                    self.labels[label] = self._channel(label, unit)
                continue
            loose += 1
            if loose > self.width:
                self.columns.append(self._channel(f"value {loose}", unit))
        self.version += len(self.channels) > before

    def fits_units(self, line: Line) -> bool:
        """Take note of a line's units; False if one without a label has another than is known.

        One that five lines in a row give to a channel, in place of another, is believed.
        """
        if not any(line.units):
            return True
        fits, loose = True, iter(self.columns)
        for label, unit in zip(line.labels, line.units, strict=True):
            slot = next(loose, APART) if label is None else self.labels.get(label, APART)
            if slot == APART or not unit or self.changed.get(slot, 0) >= MOST_UNITS:
                continue
            known = self.units[slot]
            if unit == known:
                self.changing.pop(slot, None)
                continue
            before, times = self.changing.get(slot, ("", 0))
            times = times + 1 if unit == before else 1
            self.changing[slot] = (unit, times)
            if times >= SETTLED:
                self._change_unit(slot, known, unit)
            elif label is None:
                fits = False
        return fits

    def knows_units(self, line: Line) -> bool:
        """Say whether a line tells no unit but those that are known."""
        if not any(line.units):
            return True
        slots = self.slots(line)
        return all(
            unit in ("", self.units[slot]) or slot == APART
            for slot, unit in zip(slots, line.units, strict=True)
        )

    def _change_unit(self, slot: int, before: str, unit: str) -> None:
        del self.changing[slot]
        self.changed[slot] = times = self.changed.get(slot, 0) + 1
        self.units[slot] = unit
        self.version += 1
        name = self.channels[slot]
        if before and times == 1:
            self.news.append(
                f"{name} comes in {unit} now, no longer in {before}: its values are taken as "
                "they are."
            )
        elif times == MOST_UNITS:
            self.news.append(f"{name} changes its unit again and again: {unit} stays from now on.")

    def narrow(self, width: int) -> None:
        """Take it that lines now have fewer values without a label."""
        del self.columns[width:]

    def rename(self, header: Header, cells: list[str]) -> None:
        """Name the columns after a header that came late.

        Only columns without a name are named: text that merely looks like a header must not
        rename a stream. The way time is told stays as it is.
        """
        if self.heads or self.width != len(cells):
            return
        names, units = header.names, header.units
        if header.time_column is not None:
            names, units = (cells[0], *names), ("", *units)
        for column, name, unit in zip(self.columns, names, units, strict=True):
            if column != APART:
                self.channels[column] = ""
                self.channels[column] = self._own(name)
                self.units[column] = unit or self.units[column]
        self.heads = cells
        self.version += 1

    def slots(self, line: Line) -> list[int]:
        """Return the channel of each of a line's values."""
        loose = iter(self.columns)
        named = self.labels.get
        return [next(loose) if x is None else named(x, APART) for x in line.labels]

    def overflows(self, slots: list[int]) -> bool:
        """Say whether some of these values are left out because there are too many channels."""
        rest = slots if self.kind == "teleplot" else slots[1:]
        return len(self.channels) >= MOST and APART in rest

    def rows(self, found: F64, slots: list[int]) -> F64:
        """Put values (n, m) into their channels, (n, C); absent ones are NaN."""
        if slots == list(range(len(self.channels))):
            return found
        rows = np.full((len(found), len(self.channels)), np.nan)
        kept = [i for i, slot in enumerate(slots) if slot != APART]
        rows[:, [slots[i] for i in kept]] = found[:, kept]
        return rows

    def _channel(self, name: str, unit: str) -> int:
        if len(self.channels) >= MOST:
            return APART
        self.channels.append(self._own(name))
        self.units.append(unit)
        return len(self.channels) - 1

    def _own(self, name: str) -> str:
        return unique([*(c for c in self.channels if c), shown_name(name) or "value"])[-1]

    def _clock(self, line: Line, name: str) -> None:
        """Decide what a line's own time counts: Teleplot's milliseconds, dates seconds, and a
        field of JSON what its name or its size says."""
        assert line.time is not None
        told = time_column(name.lower(), "") or (1.0, True)
        self.time_scale = 1.0
        if line.kind == "teleplot":
            self.time_scale = 1e-3
        elif not line.dated:
            self.time_scale = time_scale(told[0] or 1.0, told[1], line.time)
        self.unix = self.dated or line.time * self.time_scale > 5e8
