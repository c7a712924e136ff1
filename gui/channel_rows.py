"""A row of the list of channels: tick, colour, name, unit, value and a button for the rest."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from driftscope.gui import draw, theme, words
from driftscope.gui.channel_list import ChannelList, Index
from driftscope.gui.widgets import paint_tick

ROW_PX = 24
TICK_PX, SWATCH_PX, VALUE_PX, UNIT_PX, MORE_PX = 24, 18, 74, 52, 16


class ChannelRows(QStyledItemDelegate):
    """Draw the rows of a ChannelList."""

    def __init__(self, channels: ChannelList) -> None:
        super().__init__()
        self.channels = channels
        self.old = False
        """Whether the values are not those of now."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        channels, colours = self.channels, theme.current()
        info, k = channels.info, channels.channel(index)
        if info is None:
            return
        room, state = QRect(option.rect), option.state
        hidden = channels.traces.look(info.channels[k]).hidden
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, colours.raised)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        paint_tick(painter, QRectF(room), checked=not hidden, focused=focused)
        left = room.left() + TICK_PX + self._paint_colour(painter, room, k)
        self._paint_more(painter, room, bool(state & QStyle.StateFlag.State_MouseOver) or focused)
        right = room.right() - MORE_PX
        painter.setFont(theme.number_font(9))
        painter.setPen(colours.secondary if self.old or hidden else colours.text)
        _write(painter, _part(room, right - VALUE_PX, VALUE_PX), channels.value(k), at_right=True)
        right -= VALUE_PX + 6
        painter.setFont(theme.text_font(9))
        painter.setPen(colours.secondary)
        unit = channels.traces.unit(info, k)
        wide = min(UNIT_PX, round(QFontMetricsF(painter.font()).horizontalAdvance(unit[:20])) + 2)
        _write(painter, _part(room, right - wide, wide), unit)
        right -= wide + (6 if unit else 0)
        painter.setFont(theme.text_font(10))
        painter.setPen(colours.secondary if hidden else colours.text)
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        _write(painter, _part(room, left, right - left), name)
        painter.restore()

    def _paint_colour(self, painter: QPainter, room: QRect, k: int) -> int:
        """Draw in which colour a channel is overlaid, or was chosen to be; return how wide."""
        channels = self.channels
        info, plot = channels.info, channels.plots.get(k, [])
        if info is None or (len(plot) < 2 and not channels.traces.look(info.channels[k]).colour):
            return 0
        place = plot.index(k) if k in plot else 0
        colour, dashed = channels.traces.colour(info.channels[k], place)
        pen = draw.dashed(colour, 2, 1.5) if dashed else draw.pen(colour)
        pen.setWidth(2)
        painter.setPen(pen)
        left, y = room.left() + TICK_PX - 2, room.center().y() + 1
        painter.drawLine(left, y, left + SWATCH_PX - 6, y)
        return SWATCH_PX

    def _paint_more(self, painter: QPainter, room: QRect, strong: bool) -> None:
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QPen(colours.text if strong else colours.secondary, 2.2)
        dot.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(dot)
        x, y = room.right() - 5.0, room.center().y() + 0.5
        for dy in (-5, 0, 5):
            painter.drawPoint(QPointF(x, y + dy))


def _part(room: QRect, left: int, wide: int) -> QRect:
    return QRect(left, room.top(), wide, room.height())


def _write(painter: QPainter, room: QRect, text: str, at_right: bool = False) -> None:
    """Write a text of any length, and in any direction, into a place."""
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    where = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    mode = Qt.TextElideMode.ElideRight
    shown = painter.fontMetrics().elidedText(words.shortened(text, 200), mode, room.width())
    painter.drawText(room, where, shown)
