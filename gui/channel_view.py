"""The list of channels on screen: drawn, ticked and dragged, and where to drop to part them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView

from driftscope.core.stream import F64
from driftscope.gui import theme
from driftscope.gui.channel_list import ChannelList, packed, unpacked
from driftscope.gui.channel_rows import MORE_PX, ROW_PX, TICK_PX, ChannelRows
from driftscope.gui.traces import Traces

KEYS = Qt.Key
OWN_KEYS = [
    QKeyCombination(held, key)
    for key in (KEYS.Key_Space, KEYS.Key_Return, KEYS.Key_Enter, KEYS.Key_Home, KEYS.Key_End)
    for held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
]
MOST_ROWS = 8
"""So many rows are seen at least; where there is room, all are."""


class ChannelView(QListView):
    """Show a ChannelList; several may be chosen, and dragged into another one's plot."""

    asked = Signal(QPoint)
    """What else can be done with the chosen channels is asked for, at this place of the screen."""
    dragging = Signal(bool)
    """Channels that share a plot are being dragged, or no longer."""

    def __init__(self, channels: ChannelList) -> None:
        super().__init__()
        self.channels = channels
        self.rows = ChannelRows(channels)
        self.strip = Strip(channels.traces)
        self._pressed: tuple[int, str] | None = None
        self.setModel(channels)
        channels.modelReset.connect(self.updateGeometry)
        self.setItemDelegate(self.rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Channels with what they measure now")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)

    def chosen(self) -> list[str]:
        """Return the names of the chosen channels, in the list's order."""
        found = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return [self.channels.name(index) for index in found]

    def begin(self) -> None:
        """Take the keys, from the first row on."""
        if not self.chosen() and self.channels.rowCount():
            self.setCurrentIndex(self.channels.index(0))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_values(self, values: F64, old: bool) -> None:
        """Show what each channel measures now; `old` says that it is not of now."""
        if old == self.rows.old and np.array_equal(values, self.channels.values, equal_nan=True):
            return
        self.channels.values, self.rows.old = values, old
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW_PX * max(1, self.channels.rowCount()) + 2)

    def minimumSizeHint(self) -> QSize:
        there = self.channels.rowCount()
        return QSize(120, ROW_PX * max(1, min(there, MOST_ROWS)) + 2)

    def event(self, event: QEvent) -> bool:
        """Keep the keys one moves and ticks by, of which the window has shortcuts too."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.keyCombination() in OWN_KEYS:
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.chosen():
            names = self.chosen()
            look = self.channels.traces.look
            hide = not all(look(name).hidden for name in names)
            self.channels.traces.change_all(names, hidden=hide)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self._more(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._more(self.currentIndex())
        elif self.indexAt(event.pos()).isValid():
            self.asked.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._part_at(event)
        if self._pressed is None:
            super().mousePressEvent(event)
            return
        row, part = self._pressed
        index, flags = self.channels.index(row), self.selectionModel().SelectionFlag
        stays = part == "tick" or self.selectionModel().isSelected(index)
        how = flags.NoUpdate if stays else flags.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, how)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif pressed == self._part_at(event):
            self._do(self.channels.index(pressed[0]), pressed[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _part_at(self, event: QMouseEvent) -> tuple[int, str] | None:
        """Return the row and whether its tick or its button lies there; None if neither does."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return None
        room = self.visualRect(index)
        if place.x() < room.left() + TICK_PX:
            return index.row(), "tick"
        return (index.row(), "more") if place.x() > room.right() - MORE_PX else None

    def _do(self, index: QModelIndex, part: str) -> None:
        if part == "more":
            self._more(index)
            return
        name = self.channels.name(index)
        traces = self.channels.traces
        traces.change(name, hidden=not traces.look(name).hidden)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the chosen channels; where they share a plot, a place to part them appears."""
        names = self.chosen()
        if not names:
            return
        drag = QDrag(self)
        drag.setMimeData(packed(names))
        shared = any(len(plot) > 1 for k, plot in self._plots() if k in set(names))
        self.dragging.emit(shared)
        drag.exec(Qt.DropAction.CopyAction)
        self.dragging.emit(False)

    def _plots(self) -> list[tuple[str, list[int]]]:
        info = self.channels.info
        named = self.channels.plots.items()
        return [(info.channels[k], plot) for k, plot in named] if info is not None else []

    def _more(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        flags = self.selectionModel().SelectionFlag
        if not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
        room = self.visualRect(index)
        self.asked.emit(self.viewport().mapToGlobal(room.bottomRight() - QPoint(MORE_PX, 0)))


class Strip(QLabel):
    """Where channels are dropped to have plots of their own; seen while they are dragged."""

    def __init__(self, traces: Traces) -> None:
        super().__init__("Drop here: a plot of its own")
        self.traces = traces
        self.setAccessibleName("Drop channels here to give each a plot of its own")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAcceptDrops(True)
        self.setFixedHeight(ROW_PX)
        theme.set_role(self, "pill")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpacked(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.traces.change_all(unpacked(event.mimeData()), plot="")
        event.acceptProposedAction()
