"""The list of what was unusual, newest first; gaps of the link stand in it in grey."""

from __future__ import annotations

import time

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.stream import Alarm
from driftscope.gui import theme, words
from driftscope.gui.alarm_list import AlarmList, Entry, Index
from driftscope.gui.scale import reading
from driftscope.gui.session import Session
from driftscope.gui.widgets import label, set_text

Inks = tuple[QColor, QColor]
CARD_PX = 64
LIST_KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Return, Qt.Key.Key_Enter,
)  # fmt: skip
EMPTY = "Nothing unusual so far. Alarms appear here as they begin; a click goes back to one."


ASKED = (
    "How many alarms there were, and how many you ask for with the slider “False alarms”: a "
    "signal on which nothing is wrong gives about so many by mere chance."
)


class Card(QStyledItemDelegate):
    """Draw one entry: when, how long, where, how unusual."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, CARD_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        model = index.model()
        assert isinstance(model, AlarmList)
        entry = model.entry(index)
        alarm = isinstance(entry.what, Alarm)
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
        if isinstance(entry.what, Alarm):
            painter.setPen(colours.alarm_text)
            painter.setFont(theme.number_font(8))
            below = QRectF(box.left(), y + 13, 35, 18)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(entry.what.id))
        inner = box.adjusted(35, 8, -12, -8)
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


class Cards(QListView):
    """The entries one below the other. Only the keys that go through them are used: `passed` has
    all others, so that those of the plots go on working after a click."""

    passed = Signal(QKeyEvent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in LIST_KEYS:
            super().keyPressEvent(event)
        else:
            self.passed.emit(event)


class AlarmsPanel(QWidget):
    """List the alarms and gaps of every source. `chosen` gives the Entry to look at; `asked` comes
    when a menu is wanted for the one under the mouse, which is chosen then; `passed` has the keys
    that are not the list's."""

    chosen = Signal(object)
    passed = Signal(QKeyEvent)
    asked = Signal(QPoint)

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.as_panel(self)
        self.session = session
        self.model = AlarmList()
        self.counted = label(role="small")
        self.counted.setToolTip(ASKED)
        self.empty = label(EMPTY, "secondary", wrap=True)
        self.list = Cards()
        self.list.passed.connect(self.passed)
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
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._ask)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._choose(now))

    def refresh(self) -> None:
        """Take in what is new; cheap when nothing is."""
        model = self.model
        model.take(self.session.sources)
        none = model.rowCount() == 0
        self.empty.setVisible(none)
        self.list.setVisible(not none)
        set_text(self.counted, self._count())

    def chosen_entry(self) -> Entry | None:
        """Return the alarm that is chosen in the list, the newest if none is."""
        model = self.model
        chosen = [index for index in [self.list.currentIndex()] if index.isValid()]
        for index in chosen + [model.index(row) for row in range(model.rowCount())]:
            if isinstance(model.entry(index).what, Alarm):
                return model.entry(index)
        return None

    def _count(self) -> str:
        session = self.session
        if self.model.several:
            return f"{sum(len(each.alarms) for each in session.sources):,} so far"
        spec = session.params.spec("detector.one_in")
        asked = reading("detector.one_in", spec, session).number(
            session.params.get("detector.one_in")
        )
        if self.model.clock == "unix" and session.health.last_time_s > time.time() - words.DAY_S:
            today = (*time.localtime()[:3], 0, 0, 0, 0, 0, -1)
            return f"{self.model.since(time.mktime(today))} today · {asked} asked"
        return f"{len(session.alarms)} so far · {asked} asked"

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and self.window().focusWidget() is self.list:
            self.chosen.emit(self.model.entry(index))

    def _ask(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if index.isValid():
            self.list.setFocus()
            self.list.setCurrentIndex(index)
            self.asked.emit(self.list.viewport().mapToGlobal(place))
