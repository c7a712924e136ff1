"""What was unusual in every source, in order of time, for a list to draw."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from driftscope.core.stream import Alarm, Clock, Event
from driftscope.gui import words
from driftscope.gui.connection import Connection
from driftscope.gui.sentence import ended_s, where

Index = QModelIndex | QPersistentModelIndex
MANY = 50
NAME_CHARS = 24
DECIDED = (
    "It is decided once each time scale interval, at its end: an alarm begins up to that long "
    "after what caused it."
)


@dataclass(slots=True, eq=False)
class Entry:
    """Hold an alarm or a gap of one source. `at_s` is when it began, by the list's clock;
    `gap_end_s` when a gap ended, by its stream's, once samples have come again."""

    source: Connection
    what: Alarm | Event
    at_s: float
    gap_end_s: float | None = None

    @property
    def began_s(self) -> float:
        """Return when it began, in seconds of its stream's clock."""
        return self.what.start_s if isinstance(self.what, Alarm) else self.what.time_s


@dataclass(slots=True)
class Followed:
    """Remember how much of a source stands in the list."""

    source: Connection
    alarms: dict[int, Alarm]
    seen: int = 0
    last_mark: Event | None = None

    def starts_anew(self) -> bool:
        """Say whether the source's alarms are others now than those that were taken in."""
        return self.alarms is not self.source.alarms or len(self.alarms) < self.seen

    def new(self) -> list[Alarm | Event]:
        """Return the alarms and gaps that came since the last call."""
        found: list[Alarm | Event] = list(islice(self.alarms.values(), self.seen, None))
        self.seen += len(found)
        marks = self.source.marks
        for mark in reversed(marks):
            if mark is self.last_mark:
                break
            if mark.kind == "gap":
                found.append(mark)
        self.last_mark = marks[-1] if marks else None
        return found


class AlarmList(QAbstractListModel):
    """Alarms and gaps by time, the newest in row 0. Taking in what is new costs what is new.

    Of one source times are its stream's own; those of several stand on the one clock they share.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock: Clock = "elapsed"
        self._sources: list[Followed] = []
        self._entries: list[Entry] = []  # oldest first
        self._unended: list[Entry] = []

    @property
    def several(self) -> bool:
        """Say whether it must be told which source an entry belongs to."""
        return len(self._sources) > 1

    def take(self, sources: Sequence[Connection]) -> None:
        """Follow the alarms and marks of these sources."""
        info = sources[0].info if sources else None
        self.clock = "unix" if len(sources) > 1 else info.clock if info else "elapsed"
        same = [each.source for each in self._sources] == list(sources)
        if not same or any(each.starts_anew() for each in self._sources):
            self.beginResetModel()
            self._sources = [Followed(source, source.alarms) for source in sources]
            self._entries, self._unended = [], []
            self.endResetModel()
        self._renew()
        new = [self._entry(each.source, what) for each in self._sources for what in each.new()]
        self._unended += [entry for entry in new if not self._has_ended(entry)]
        self._add(new)

    def entry(self, index: Index) -> Entry:
        return self._entries[len(self._entries) - 1 - index.row()]

    def ended_s(self, entry: Entry) -> float:
        """Return when an entry ends, as far as that is known, by its stream's clock."""
        if isinstance(entry.what, Alarm):
            return ended_s(entry.what, entry.source.health.last_time_s)
        return entry.began_s if entry.gap_end_s is None else entry.gap_end_s

    def since(self, time_s: float) -> int:
        """Return how many alarms began at `time_s` of the list's clock or later."""
        first = bisect_right(self._entries, time_s, key=attrgetter("at_s"))
        return sum(isinstance(entry.what, Alarm) for entry in self._entries[first:])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt declares it
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in self.words(self.entry(index)) if part)
        entry = self.entry(index)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(entry.what, Alarm):
            interval_s = entry.source.decision_s()
            length = f" ({words.duration(interval_s)})" if interval_s else ""
            return DECIDED.replace("interval", f"interval{length}")
        return None

    def words(self, entry: Entry) -> tuple[str, str, str, str]:
        """Return when, how long, where and how unusual."""
        what, info = entry.what, entry.source.info
        clock = info.clock if info else "elapsed"
        length_s = self.ended_s(entry) - entry.began_s + (clock == "rows")
        lasted, when = words.stretch(length_s, clock), words.moment(entry.at_s, self.clock)
        name = words.shortened(entry.source.source_name, NAME_CHARS) if self.several else ""
        if isinstance(what, Event):
            told = f"{name} · link gap" if name else "link gap"
            return when, lasted if length_s > 0 else "", told, "not learned"
        lasted = f"now, {lasted}" if what.end is None else lasted
        place = where(what, info)
        if name:
            place = name if info and info.pictures else f"{name} · {place}"
        return when, lasted, place, words.rarity(what.rarity)

    def _entry(self, source: Connection, what: Alarm | Event) -> Entry:
        made = Entry(source, what, 0.0)
        made.at_s = source.unix_s(made.began_s) if self.several else made.began_s
        return made

    def _renew(self) -> None:
        """Bring up to date what had no end yet: it has grown, risen or ended since."""
        unended: list[Entry] = []
        for entry in self._unended:
            if isinstance(entry.what, Alarm):
                entry.what = entry.source.alarms[entry.what.id]
            place = bisect_left(self._entries, entry.at_s, key=attrgetter("at_s"))
            while self._entries[place] is not entry:
                place += 1
            if not self._has_ended(entry):
                unended.append(entry)
            row = self.index(len(self._entries) - 1 - place)
            self.dataChanged.emit(row, row)
        self._unended = unended

    def _has_ended(self, entry: Entry) -> bool:
        """Say whether an entry's end is known; a gap's is once samples have come again."""
        what = entry.what
        if isinstance(what, Alarm):
            return what.end is not None
        history = entry.source.history
        for band in reversed(history.bands if history is not None else ()):
            if band.end_s < what.time_s - 2e-3:
                break
            if band.kind == "gap" and band.start_s <= what.time_s + 1e-3:
                entry.gap_end_s = band.end_s
                return True
        return False

    def _add(self, new: list[Entry]) -> None:
        if len(new) > MANY:
            self.beginResetModel()
            self._entries = sorted([*self._entries, *new], key=attrgetter("at_s"))
            self.endResetModel()
            return
        for entry in sorted(new, key=attrgetter("at_s")):
            place = bisect_right(self._entries, entry.at_s, key=attrgetter("at_s"))
            row = len(self._entries) - place
            self.beginInsertRows(QModelIndex(), row, row)
            self._entries.insert(place, entry)
            self.endInsertRows()
