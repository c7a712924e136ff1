"""What was unusual, in order of time, for a list to draw."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from driftscope.core.history import Band
from driftscope.core.stream import Alarm, Clock, Event
from driftscope.gui import words
from driftscope.gui.sentence import channels, ended_s

Entry = Alarm | Event
Index = QModelIndex | QPersistentModelIndex
MANY = 50
DECIDED = (
    "It is decided once each time scale interval, at its end: an alarm begins up to that long "
    "after what caused it."
)


def began_s(entry: Entry) -> float:
    """Return when an entry begins, in seconds of the stream's clock."""
    return entry.start_s if isinstance(entry, Alarm) else entry.time_s


class AlarmList(QAbstractListModel):
    """Alarms and gaps by time, the newest in row 0. Taking in what is new costs what is new."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: Clock = "elapsed"
        self.bands: Sequence[Band] = ()
        self.now_s = 0.0
        self.interval_s = 0.0
        """How long one decision takes, in seconds; 0 while that is unknown."""
        self._entries: list[Entry] = []  # oldest first
        self._alarms: dict[int, Alarm] = {}
        self._seen = 0
        self._unended: list[Entry] = []
        self._gap_ends: dict[tuple[int, float], float] = {}
        self._last_mark: Event | None = None

    def take(self, alarms: dict[int, Alarm], marks: list[Event]) -> None:
        """Follow the session's alarms and marks."""
        if alarms is not self._alarms or len(alarms) < self._seen:
            self.beginResetModel()
            self._entries, self._alarms, self._seen = [], alarms, 0
            self._unended, self._gap_ends, self._last_mark = [], {}, None
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
        self._unended += [entry for entry in new if not self._has_ended(entry)]
        self._add(new)

    def entry(self, index: Index) -> Entry:
        return self._entries[len(self._entries) - 1 - index.row()]

    def ended_s(self, entry: Entry) -> float:
        """Return when an entry ends; a gap's end is known once samples come again."""
        if isinstance(entry, Alarm):
            return ended_s(entry, self.now_s)
        return self._gap_ends.get((entry.seq, entry.time_s), entry.time_s)

    def since(self, time_s: float) -> int:
        """Return how many alarms began at `time_s` or later."""
        first = bisect_right(self._entries, time_s, key=began_s)
        return sum(isinstance(entry, Alarm) for entry in self._entries[first:])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt declares it
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in self.words(self.entry(index)) if part)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(self.entry(index), Alarm):
            length = f" ({words.duration(self.interval_s)})" if self.interval_s else ""
            return DECIDED.replace("interval", f"interval{length}")
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
        """Bring up to date what had no end yet: it has grown, risen or ended since."""
        unended: list[Entry] = []
        for old in self._unended:
            entry = self._alarms[old.id] if isinstance(old, Alarm) else old
            place = bisect_left(self._entries, began_s(old), key=began_s)
            while self._entries[place] is not old:
                place += 1
            self._entries[place] = entry
            if not self._has_ended(entry):
                unended.append(entry)
            row = self.index(len(self._entries) - 1 - place)
            self.dataChanged.emit(row, row)
        self._unended = unended

    def _has_ended(self, entry: Entry) -> bool:
        """Say whether an entry's end is known; a gap's is once samples have come again."""
        if isinstance(entry, Alarm):
            return entry.end is not None
        for band in reversed(self.bands):
            if band.end_s < entry.time_s - 2e-3:
                break
            if band.kind == "gap" and band.start_s <= entry.time_s + 1e-3:
                self._gap_ends[entry.seq, entry.time_s] = band.end_s
                return True
        return False

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
