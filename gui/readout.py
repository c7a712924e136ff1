"""The table of readings below the signal: it takes room of its own, and so covers no curve."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from driftscope.gui import draw, theme
from driftscope.gui.lanes import Lanes
from driftscope.gui.measure import Span, Statistics
from driftscope.gui.plot import RIGHT_PX
from driftscope.gui.reading_table import Reader, Table

ROW_PX, LEFT_PX, GAP_PX = 16, 14, 16
NAME_PX, CELL_PX = (90.0, 200.0), 70.0
MOST_SHARE = 0.45
"""How much of the height that plots and table share the table may take."""
FEW_ROWS, PLOT_PX = 4, 85
"""So many rows are shown also where they take more, if the plot keeps this height."""
GIVEN_UP = ("A", "B", "cursor", "predicted", "per s", "per row")
"""Columns left out first where there is no room, in this order."""


class Readout(QWidget):
    """Show the readings of the lanes; hidden while nothing is read. GUI thread only."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__()
        self.lanes = lanes
        self.table = Table()
        self.statistics = Statistics()
        self._history: object = None
        self._left_out = 0
        self._names: list[str] = []
        self._name_px = NAME_PX[0]
        self.setAccessibleName("Readings")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def refresh(self) -> None:
        """Read anew what the cursor and the marks stand at."""
        cursor, session = self.lanes.view.cursor, self.lanes.session
        wanted = cursor.on or bool(cursor.marks) or cursor.statistics
        if session.history is not self._history:
            self._history = session.history
            self.statistics.forget()
        if not wanted or session.history is None or session.info is None or self.lanes.view.unset:
            self.setVisible(False)
            return
        span = self._span()
        if span is None:
            self.statistics.forget()
        else:
            self.statistics.work(session.history, span, time.monotonic())
        table = Reader(self.lanes).table(
            self._channels(), self.statistics.of, self.statistics.tally
        )
        if table != self.table or not self.isVisible():
            self.table = table
            self.setAccessibleDescription(table.text())
            self._take_room()
            self.setVisible(True)
            self.update()

    def copy(self) -> None:
        """Put all readings on the clipboard, cells apart by tabs."""
        QGuiApplication.clipboard().setText(self.table.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._take_room()

    def sizeHint(self) -> QSize:
        return QSize(300, 60)

    def _channels(self) -> list[int]:
        return [k for plot in self.lanes.all_plots() for k in plot]

    def _span(self) -> Span | None:
        """Return the stretch whose statistics are wanted: the view's, or that from A to B."""
        cursor, view = self.lanes.view.cursor, self.lanes.view
        history, channels = self.lanes.session.history, tuple(self._channels())
        if history is None:
            return None
        if cursor.statistics:
            shown = history.rows.between(view.lo_s, min(view.hi_s, view.now_s))
            return Span(int(shown.seq[0]), int(shown.seq[-1]), channels) if len(shown) else None
        if len(cursor.marks) < 2:
            return None
        first, last = sorted(row.seq for row in cursor.marks.values())
        return Span(first, last, channels)

    def _take_room(self) -> None:
        """Be as high as all rows need, but leave most of the room to the plot."""
        self._measure_names()
        frame = self.parentWidget()
        height = (frame.height() if frame is not None else 0) - self.lanes.y()
        above = len(self._lines()) + bool(self.table.rows)
        few = (above + FEW_ROWS) * ROW_PX + 10
        most = max(int(height * MOST_SHARE), min(few, height - PLOT_PX), 4 * ROW_PX)
        fit = max(1, (most - 10) // ROW_PX - above)
        blocks = self._blocks()
        rows = min(-(-len(self.table.rows) // blocks), fit)
        self._left_out = max(0, len(self.table.rows) - rows * blocks)
        if self._left_out:
            above = len(self._lines()) + 1
        wanted = (above + rows) * ROW_PX + 10
        if wanted != self.height():
            self.setFixedHeight(wanted)

    def shown(self) -> list[tuple[int, str, list[str]]]:
        """Return the rows there is room for: those around the channel that is looked at."""
        rows, many = self.table.rows, len(self.table.rows) - self._left_out
        looked_at = self.lanes.view.cursor.channel
        place = next((n for n, row in enumerate(rows) if row[0] == looked_at), 0)
        first = min(max(0, place - many // 2), self._left_out)
        return rows[first : first + many]

    def _room_px(self) -> float:
        return self.width() - LEFT_PX - RIGHT_PX

    def _columns(self) -> list[int]:
        """Return the numbers of the columns that there is room for."""
        kept = list(range(len(self.table.columns)))
        for name in GIVEN_UP:
            if self._name_px + CELL_PX * len(kept) <= self._room_px():
                break
            kept = [n for n in kept if self.table.columns[n] != name]
        return kept

    def _measure_names(self) -> None:
        """Make the first column as wide as the longest name, within reason."""
        names = [name for _, name, _ in self.table.rows]
        if names != self._names:
            self._names = names
            metrics = QFontMetricsF(theme.text_font(8.5))
            widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
            self._name_px = min(max(widest + 8, NAME_PX[0]), NAME_PX[1])

    def _blocks(self) -> int:
        """Return how many tables fit side by side."""
        one = self._name_px + CELL_PX * len(self._columns()) + GAP_PX
        wanted = -(-len(self.table.rows) // 3)
        return max(1, min(int((self._room_px() + GAP_PX) / one), wanted))

    def _lines(self) -> list[str]:
        """Return what is said above the table, on as few lines as it takes."""
        metrics = QFontMetricsF(theme.number_font(8.5))
        lines: list[str] = []
        said = list(self.table.said)
        if self._left_out:
            shown = len(self.table.rows) - self._left_out
            said.append(f"{shown} of {len(self.table.rows)} channels, those near the mouse")
        for text in said:
            joined = f"{lines[-1]}    {text}" if lines else text
            if lines and metrics.horizontalAdvance(joined) <= self._room_px():
                lines[-1] = joined
            else:
                lines.append(text)
        return lines

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), theme.current()
        painter.fillRect(self.rect(), colours.panel)
        painter.setPen(draw.pen(colours.lines))
        painter.drawLine(LEFT_PX, 2, self.width() - RIGHT_PX, 2)
        y = 6.0
        painter.setFont(theme.number_font(8.5))
        painter.setPen(colours.text)
        for line in self._lines():
            painter.drawText(QRectF(LEFT_PX, y, self._room_px(), ROW_PX), _LEFT, line)
            y += ROW_PX
        if not self.table.columns:
            return
        rows, blocks, columns = self.shown(), self._blocks(), self._columns()
        per_block = max(1, -(-len(rows) // blocks))
        wide = self._name_px + CELL_PX * len(columns)
        for block in range(-(-len(rows) // per_block)):
            part = rows[block * per_block : (block + 1) * per_block]
            self._draw_block(painter, LEFT_PX + block * (wide + GAP_PX), y, part, columns)

    def _draw_block(
        self, painter: QPainter, x: float, y: float,
        rows: list[tuple[int, str, list[str]]], columns: list[int],
    ) -> None:  # fmt: skip
        """Draw some rows under the names of the columns."""
        colours, name_px = theme.current(), self._name_px
        looked_at = self.lanes.view.cursor.channel
        texts, numbers = theme.text_font(8.5), theme.number_font(8.5)
        painter.setFont(theme.text_font(8))
        painter.setPen(colours.secondary)
        for place, n in enumerate(columns):
            painter.drawText(self._cell(x, y, place), _RIGHT, self.table.columns[n])
        metrics = QFontMetricsF(texts)
        for k, name, cells in rows:
            y += ROW_PX
            if k == looked_at and len(self.table.rows) > 1:
                strip = QRectF(x - 4, y, name_px + CELL_PX * len(columns) + 8, ROW_PX)
                painter.fillRect(strip, colours.raised)
            painter.setFont(texts)
            painter.setPen(colours.secondary if k != looked_at else colours.text)
            fits = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_px - 4)
            painter.drawText(QRectF(x, y, name_px, ROW_PX), _LEFT, fits)
            painter.setFont(numbers)
            for place, n in enumerate(columns):
                known = self.table.columns[n] == "predicted"
                painter.setPen(colours.prediction_text if known else colours.text)
                painter.drawText(self._cell(x, y, place), _RIGHT, cells[n])

    def _cell(self, x: float, y: float, place: int) -> QRectF:
        return QRectF(x + self._name_px + place * CELL_PX, y, CELL_PX - 2, ROW_PX)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
