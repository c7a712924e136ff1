"""What was unusual, in order of time, for a list to draw."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from driftscope.core.history import Band
from driftscope.core.stream import Alarm, Clock, Event
from driftscope.gui import words
from driftscope.gui.sentence import channels

Entry = Alarm | Event
Index = QModelIndex | QPersistentModelIndex
MANY = 50


def began_s(entry: Entry) -> float:
    """Return when an entry begins, in seconds of the stream's clock."""
    return entry.start_s if isinstance(entry, Alarm) else entry.time_s


class AlarmList(QAbstractListModel):
    """Alarms and gaps by time, the newest in row 0. Taking in what is new costs what is new."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: Clock = "elapsed"
        self.bands: Sequence[Band] = ()
        self._entries: list[Entry] = []  # oldest first
        self._alarms: dict[int, Alarm] = {}
        self._seen = 0
        self._open: set[int] = set()
        self._last_mark: Event | None = None

    def take(self, alarms: dict[int, Alarm], marks: list[Event]) -> None:
        """Follow the session's alarms and marks."""
        if alarms is not self._alarms or len(alarms) < self._seen:
            self.beginResetModel()
            self._entries, self._alarms, self._seen = [], alarms, 0
            self._open, self._last_mark = set(), None
            self.endResetModel()
        new: list[Entry] = list(islice(alarms.values(), self._seen, None))
        self._seen += len(new)
        for mark in reversed(marks):
            if mark is self._last_mark:
                break
            if mark.kind == "gap":
                new.append(mark)
        self._last_mark = marks[-1] if marks else None
        self._renew()
        self._add(new)
        self._open.update(e.id for e in new if isinstance(e, Alarm) and e.end is None)

    def entry(self, index: Index) -> Entry:
        return self._entries[len(self._entries) - 1 - index.row()]

    def ended_s(self, entry: Entry) -> float:
        """Return when an entry ends; a gap's end is known once samples come again."""
        if isinstance(entry, Alarm):
            return entry.end_s
        for band in reversed(self.bands):
            if band.kind == "gap" and band.start_s <= entry.time_s + 1e-3 <= band.end_s + 2e-3:
                return band.end_s
        return entry.time_s

    def since(self, time_s: float) -> int:
        """Return how many alarms began at `time_s` or later."""
        first = bisect_right(self._entries, time_s, key=began_s)
        return sum(isinstance(entry, Alarm) for entry in self._entries[first:])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt declares it
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in self.words(self.entry(index)) if part)
        return None

    def words(self, entry: Entry) -> tuple[str, str, str, str]:
        """Return when, how long, where and how unusual."""
        length_s = self.ended_s(entry) - began_s(entry) + (self.clock == "rows")
        lasted, when = words.stretch(length_s, self.clock), words.moment(began_s(entry), self.clock)
        if isinstance(entry, Event):
            return when, lasted if length_s > 0 else "", "link gap", "not learned"
        lasted = f"now, {lasted}" if entry.end is None else lasted
        return when, lasted, channels(entry), words.rarity(entry.rarity)

    def _renew(self) -> None:
        """Take the newer state of alarms that were going on."""
        for number in list(self._open):
            alarm = self._alarms[number]
            if alarm.end is not None:
                self._open.discard(number)
            for place in range(len(self._entries) - 1, -1, -1):
                old = self._entries[place]
                if isinstance(old, Alarm) and old.id == number:
                    if old is not alarm:
                        self._entries[place] = alarm
                        row = self.index(len(self._entries) - 1 - place)
                        self.dataChanged.emit(row, row)
                    break

    def _add(self, new: list[Entry]) -> None:
        if len(new) > MANY:
            self.beginResetModel()
            self._entries = sorted([*self._entries, *new], key=began_s)
            self.endResetModel()
            return
        for entry in sorted(new, key=began_s):
            place = bisect_right(self._entries, began_s(entry), key=began_s)
            row = len(self._entries) - place
            self.beginInsertRows(QModelIndex(), row, row)
            self._entries.insert(place, entry)
            self.endInsertRows()
