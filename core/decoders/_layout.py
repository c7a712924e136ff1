"""Which value of a line belongs to which channel, and which lines belong to the stream at all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from driftscope.core.decoders._line import Line
from driftscope.core.decoders._parse import Header, unique
from driftscope.core.stream import F64, StreamInfo

MOST = 256
"""Channels a stream may have."""
APART = -1
"""Stands for a column that is no channel: the time, an index, what is beyond the 256."""


@dataclass
class Layout:
    """Hold the channels so far. They only ever grow, so a column keeps its place.

    `columns` gives the channel of each value without a label, `labels` of each with one.
    `time_scale` is seconds a unit of column 0, `dated` says that lines begin with a date;
    `heads` are the header's cells if there was one.
    """

    channels: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    time_scale: float | None = None
    dated: bool = False
    unix: bool = False
    heads: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def timed(self) -> bool:
        """True if the device sends the time along."""
        return self.dated or self.time_scale is not None

    def info(self, key: str) -> StreamInfo:
        return StreamInfo(
            key,
            tuple(self.channels),
            tuple(self.units),
            version=self.version,
            clock="elapsed" if self.timed and not self.unix else "unix",
        )

    def start(self, line: Line, named: tuple[Header, list[str]] | None) -> None:
        """Make the first channels, after a line and the header in front of it."""
        self.dated = line.date_s is not None
        self.unix = self.dated
        if named is not None:
            header, self.heads = named
            loose = [
                value
                for value, label in zip(line.values, line.labels, strict=True)
                if label is None
            ]
            if header.time_column is not None and not self.dated:
                self.columns.append(APART)
                self._clock(header, loose[0])
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
        return len(self.channels) >= MOST and APART in slots[1:]

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
        return unique([*(c for c in self.channels if c), name])[-1]

    def _clock(self, header: Header, first: float) -> None:
        """Decide what a time column counts: dates written as numbers are Unix time."""
        if header.time_scale is None:
            return
        self.time_scale = header.time_scale
        if header.iso:
            for scale, least in ((1e-9, 1e17), (1e-6, 1e14), (1e-3, 1e11)):
                if first > least:
                    self.time_scale = scale
                    break
        self.unix = first * self.time_scale > 5e8
