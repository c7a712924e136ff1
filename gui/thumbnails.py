"""Samples as small pictures under the names of their classes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from driftscope.core.reports import Sample
from driftscope.gui import draw, theme, words
from driftscope.gui.sample_list import Heading, Index, SampleList

CELL_PX, HEADING_PX, EDGE_PX = 88, 28, 3
WRONG = "wrong"


class Thumbnail(QStyledItemDelegate):
    """Draw a heading, or a sample: outlined if it is told wrong, with a word if it is a test."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        assert isinstance(model, SampleList)
        entry, room = model.entry(index), self._view.viewport().width()
        if isinstance(entry, Heading):
            return QSize(max(room - 2, CELL_PX), HEADING_PX)
        wide = (room - 2) // max(room // CELL_PX, 1)
        return QSize(wide, min(round(wide / model.aspect_of(entry)) + 1, wide + EDGE_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, SampleList)
        entry, room = model.entry(index), QRectF(option.rect)
        painter.save()
        if isinstance(entry, Heading):
            self._heading(painter, room, entry)
        else:
            state = option.state
            self._sample(painter, room, entry, model, QStyle.StateFlag.State_Selected in state)
        painter.restore()

    def _heading(self, painter: QPainter, room: QRectF, heading: Heading) -> None:
        colours, low = theme.current(), Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.text_font(9, bold=True))
        painter.setPen(colours.text)
        count = words.thousands(heading.count)
        metrics = painter.fontMetrics()
        free = int(room.width()) - metrics.horizontalAdvance(count) - 24
        name = metrics.elidedText(heading.name, Qt.TextElideMode.ElideRight, free)
        painter.drawText(room.adjusted(EDGE_PX, 0, 0, 0), low, name)
        painter.setPen(colours.secondary)
        painter.setFont(theme.text_font(9))
        beside = room.adjusted(EDGE_PX + metrics.horizontalAdvance(name) + 8, 0, 0, 0)
        painter.drawText(beside, low, count)

    def _sample(
        self, painter: QPainter, room: QRectF, sample: Sample, model: SampleList, chosen: bool
    ) -> None:
        colours = theme.current()
        box = room.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        image = model.image(sample)
        shape = QSizeF(model.aspect_of(sample), 1.0)
        size = shape.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(box.topLeft(), size)
        place.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
        wrong = sample.predicted >= 0 and sample.predicted != sample.y
        badges = [WRONG] if wrong else []
        if sample.test:
            badges.append("test")
        self._badges(painter, place, badges)
        if wrong:
            painter.setPen(QPen(colours.fault, 2))
            painter.drawRect(place.adjusted(1, 1, -1, -1))
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.prediction, 2))
            painter.setBrush(draw.translucent(colours.prediction, 60))
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 4, 4)

    def _badges(self, painter: QPainter, place: QRectF, badges: list[str]) -> None:
        """Write words one above the other in the lower left corner of a picture."""
        painter.setFont(theme.text_font(7))
        metrics = painter.fontMetrics()
        for k, word in enumerate(badges):
            patch = QRectF(0, 0, metrics.horizontalAdvance(word) + 6, metrics.height())
            patch.moveBottomLeft(place.bottomLeft())
            patch.translate(2, -2 - k * metrics.height())
            painter.fillRect(patch, draw.translucent(theme.DARK.background, 225))
            painter.setPen(theme.DARK.fault_text if word == WRONG else theme.DARK.text)
            painter.drawText(patch, Qt.AlignmentFlag.AlignCenter, word)


class Thumbnails(QListView):
    """Show a SampleList; the keys that change samples are left to who owns it."""

    def __init__(self, model: SampleList) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(Thumbnail(self))
        self.setAccessibleName("Samples, by class")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setSpacing(0)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def chosen(self) -> tuple[int, ...]:
        """Return the ids of the samples that are selected, in rising order."""
        model = self.model()
        assert isinstance(model, SampleList)
        entries = [model.entry(index) for index in self.selectedIndexes()]
        return tuple(sorted(each.id for each in entries if isinstance(each, Sample)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.text().strip() and event.text().isprintable() and not command:
            event.ignore()  # no search by typing: a digit is a class
        else:
            super().keyPressEvent(event)
