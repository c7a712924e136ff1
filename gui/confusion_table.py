"""A matrix of true against said classes: the model, its cells, its headings."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from driftscope.core.reports import Report
from driftscope.gui import draw, theme, words
from driftscope.gui.grade_words import called, percent
from driftscope.gui.sample_list import NONE, Index

MOST_TINT = 150
SIZES_PT = (9.5, 8.0, 7.0, 6.0)
DONT_CLIP = Qt.TextFlag.TextDontClip
Counts = NDArray[np.int64]


class Confusion(QAbstractTableModel):
    """Give a report's matrix: a row for each true class, a column for each that was said."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: tuple[str, ...] = ()
        self.counts: Counts = np.zeros((0, 1), np.int64)
        self.columns = 1
        self._report: Report | None = None

    def take(self, report: Report | None, none: bool = True) -> bool:
        """Show a report's matrix, with a column for "none of these" if that may be said; return
        True if its classes are others now."""
        if report is self._report:
            return False
        self._report = report
        classes = report.classes if report is not None else ()
        counts = report.matrix if report is not None else np.zeros((0, 1), np.int64)
        columns = len(classes) + none
        if classes != self.classes or counts.shape != self.counts.shape or columns != self.columns:
            self.beginResetModel()
            self.classes, self.counts, self.columns = classes, counts, columns
            self.endResetModel()
            return True
        if not np.array_equal(counts, self.counts):
            self.counts = counts
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        return False

    def name(self, y: int) -> str:
        """Return what a class is called; the number behind the last one is none of these."""
        return called(self.classes[y]) if y < len(self.classes) else NONE

    def share(self, true: int, said: int) -> float:
        """Return which share of a true class was said to be another; 0 where there is none."""
        total = int(self.counts[true].sum())
        return int(self.counts[true, said]) / total if total else 0.0

    def said(self, true: int, said: int) -> str:
        """Return what a cell says: 'cup said to be bottle: 3 of 40 (8 %)'."""
        count, total = int(self.counts[true, said]), int(self.counts[true].sum())
        right = true == said
        text = f"{self.name(true)} {'told right' if right else f'said to be {self.name(said)}'}"
        share = f" of {words.thousands(total)} ({percent(count / total)})" if total else ""
        return f"{text}: {words.thousands(count)}{share}"

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.classes)

    def columnCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return self.columns if self.classes else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        true, said, roles = index.row(), index.column(), Qt.ItemDataRole
        if role == roles.DisplayRole:
            return words.thousands(int(self.counts[true, said]))
        if role in (roles.ToolTipRole, roles.AccessibleTextRole):
            return self.said(true, said)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        roles, name = Qt.ItemDataRole, self.name(section)
        if role == roles.DisplayRole:
            return name
        if role in (roles.ToolTipRole, roles.AccessibleTextRole):
            across = orientation == Qt.Orientation.Horizontal
            return f"Said: {name}" if across else f"True class: {name}"
        return None


class Cell(QStyledItemDelegate):
    """Draw a count on a tint as strong as its share of the row; the diagonal is framed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(8, 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, Confusion)
        true, said = index.row(), index.column()
        colours, count = theme.current(), int(model.counts[true, said])
        right = true == said
        painter.save()
        room = QRectF(option.rect).adjusted(0.5, 0.5, -1.5, -1.5)
        strength = round(MOST_TINT * model.share(true, said) ** 0.5)
        tint = draw.translucent(colours.good if right else colours.fault, strength)
        painter.fillRect(room, colours.grid)
        painter.fillRect(room, tint)
        if right:
            painter.setPen(QPen(colours.good, 1))
            painter.drawRect(room.adjusted(0, 0, -0.5, -0.5))
        if QStyle.StateFlag.State_Selected in option.state:
            painter.setPen(QPen(colours.prediction, 2))
            painter.drawRect(room.adjusted(0.5, 0.5, -1, -1))
        if count:
            painter.setPen(colours.text)
            self._write(painter, room, words.thousands(count), right)
        painter.restore()

    def _write(self, painter: QPainter, room: QRectF, text: str, bold: bool) -> None:
        """Write a number as large as fits, or not at all: the tip has it."""
        for points in SIZES_PT:
            font = theme.number_font(points)
            font.setBold(bold)
            painter.setFont(font)
            metrics = painter.fontMetrics()
            if (
                metrics.horizontalAdvance(text) <= room.width() - 1
                and metrics.capHeight() + 2 <= room.height()
            ):
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | DONT_CLIP, text)
                return


class Names(QHeaderView):
    """Write the names of classes; above a matrix they stand upright where room is short."""

    LONGEST_PX = 84

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setMinimumSectionSize(4)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setFont(theme.text_font(8))
        self.upright = False

    def needed_px(self) -> int:
        """Return how long the longest name is, up to a limit."""
        model = self.model()
        assert isinstance(model, Confusion)
        metrics = self.fontMetrics()
        across = self.orientation() == Qt.Orientation.Horizontal
        names = [model.name(y) for y in range(model.columns if across else len(model.classes))]
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return min(longest, self.LONGEST_PX) + 8

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        assert isinstance(model, Confusion)
        across = self.orientation() == Qt.Orientation.Horizontal
        side = rect.width() if across else rect.height()
        if section % self._every(side):  # narrower than a line of text: some names stand for all
            return
        room = QRectF(rect)
        painter.save()
        painter.setFont(self.font())
        painter.setPen(theme.current().secondary)
        if across and self.upright:
            painter.translate(room.left(), room.bottom())
            painter.rotate(-90)
            room = QRectF(4, 0, room.height() - 4, room.width())
            where = Qt.AlignmentFlag.AlignVCenter
        elif across:
            where = Qt.AlignmentFlag.AlignCenter
        else:
            room.adjust(0, 0, -6, 0)
            where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        mode = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(model.name(section), mode, int(room.width()))
        painter.drawText(room, where | DONT_CLIP, text)
        painter.restore()

    def _every(self, side: int) -> int:
        """Return how many sections there are to one name."""
        if self.orientation() == Qt.Orientation.Horizontal and not self.upright:
            return 1
        return max(math.ceil((self.fontMetrics().height() - 3) / max(side, 1)), 1)
