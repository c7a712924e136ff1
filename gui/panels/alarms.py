"""The list of what was unusual, newest first; gaps of the link stand in it in grey."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.health import Health
from driftscope.core.history import Band, History
from driftscope.core.params import ParamSet
from driftscope.core.stream import Alarm, Event, StreamInfo
from driftscope.gui import theme, words
from driftscope.gui.scale import reading
from driftscope.gui.sentence import channels
from driftscope.gui.widgets import label, set_text

Entry = Alarm | Event
Inks = tuple[QColor, QColor]
Index = QModelIndex | QPersistentModelIndex
CARD_PX = 64
MANY = 50
EMPTY = "Nothing unusual so far. Alarms appear here as they begin; a click shows one in the signal."


class Watched(Protocol):
    """What of a session the list shows."""

    info: StreamInfo | None
    history: History | None
    health: Health
    params: ParamSet
    alarms: dict[int, Alarm]
    marks: list[Event]


def began_s(entry: Entry) -> float:
    """Return when an entry begins, in seconds of the stream's clock."""
    return entry.start_s if isinstance(entry, Alarm) else entry.time_s


class AlarmList(QAbstractListModel):
    """Alarms and gaps by time, the newest in row 0. Taking in what is new costs what is new."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = "elapsed"
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
        length_s = self.ended_s(entry) - began_s(entry)
        lasted, when = words.duration(length_s), words.moment(began_s(entry), self.clock)
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


class Card(QStyledItemDelegate):
    """Draw one entry: when, how long, where, how unusual."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, CARD_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        model = index.model()
        assert isinstance(model, AlarmList)
        entry = model.entry(index)
        alarm = isinstance(entry, Alarm)
        when, lasted, where, rare = model.words(entry)
        box = QRectF(option.rect).adjusted(1, 1, -1, -5)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.alarm if chosen else colours.lines, 1.5 if chosen else 1))
        painter.setBrush(colours.grid if over or chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.RADIUS_PX, theme.RADIUS_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.alarm if alarm else colours.secondary)
        x, y = box.left() + 12, box.top() + 13
        painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + 11, y), QPointF(x + 5.5, y + 9)]))
        inner = box.adjusted(32, 8, -12, -8)
        first = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        second = first.translated(0, first.height())
        painter.setFont(theme.number_font(10))
        self._pair(painter, first, when, lasted, (colours.text, colours.secondary))
        painter.setFont(theme.text_font(10))
        ink = (colours.text, colours.alarm_text) if alarm else (colours.text, colours.secondary)
        self._pair(painter, second, where, rare, ink)
        painter.restore()

    def _pair(self, painter: QPainter, room: QRectF, left: str, right: str, ink: Inks) -> None:
        """Write two texts at both ends of a line; the left one gives way."""
        metrics = QFontMetricsF(painter.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink[1])
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, right)
        free = room.width() - metrics.horizontalAdvance(right) - 10
        painter.setPen(ink[0])
        painter.drawText(room, middle, metrics.elidedText(left, Qt.TextElideMode.ElideRight, free))


class AlarmsPanel(QWidget):
    """List the alarms and gaps of the session. `chosen` gives the interval to look at."""

    chosen = Signal(float, float)

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.session = session
        self.model = AlarmList()
        self.counted = label(role="small")
        self.empty = label(EMPTY, "secondary", wrap=True)
        self.list = QListView()
        self.list.setAccessibleName("Alarms, newest first")
        self.list.setModel(self.model)
        self.list.setItemDelegate(Card(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.addWidget(label("Alarms", "title"))
        head.addStretch()
        head.addWidget(self.counted)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 14, 8, 8)
        rows.setSpacing(10)
        rows.addLayout(head)
        rows.addWidget(self.empty)
        rows.addWidget(self.list, 1000)
        rows.addStretch()
        self.empty.setContentsMargins(8, 0, 8, 0)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._choose(now))

    def refresh(self) -> None:
        """Take in what is new; cheap when nothing is."""
        session, model = self.session, self.model
        model.clock = session.info.clock if session.info else "elapsed"
        model.bands = session.history.bands if session.history else ()
        model.take(session.alarms, session.marks)
        none = model.rowCount() == 0
        self.empty.setVisible(none)
        self.list.setVisible(not none)
        set_text(self.counted, self._count())

    def _count(self) -> str:
        session = self.session
        spec = session.params.spec("detector.one_in")
        asked = reading("detector.one_in", spec, session).number(
            session.params.get("detector.one_in")
        )
        if self.model.clock == "unix":
            today = (*time.localtime()[:3], 0, 0, 0, 0, 0, -1)
            return f"{self.model.since(time.mktime(today))} today · {asked} asked"
        return f"{len(session.alarms)} so far · {asked} asked"

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and self.list.hasFocus():
            entry = self.model.entry(index)
            self.chosen.emit(began_s(entry), self.model.ended_s(entry))
