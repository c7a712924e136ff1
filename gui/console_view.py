"""The lines of the console, drawn as far as they are seen."""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip

from driftscope.core.console import Console, Line, Times
from driftscope.gui import theme

PAD_PX = 4
MARKS = {"in": " ", "out": "→", "link": "–", "left out": "⋮"}
REJECTED = "×"
KEYS = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -(10**9), Qt.Key.Key_End: 10**9,
}  # fmt: skip


class ConsoleView(QAbstractScrollArea):
    """Draw a Console's lines, select, copy and find among them. Follows the newest while its
    `following` is True: scrolling up ends that. GUI thread only."""

    followed = Signal(bool)
    """It follows from now on, or no longer."""

    def __init__(self) -> None:
        super().__init__()
        self.console = Console()
        self.times: Times = "no time"
        self.following = True
        self.found = ""
        """What is searched for, in small letters; where it stands is marked."""
        self.rejects: dict[str, str] = {}
        """Why lines were rejected, by their text."""
        self._from: int | None = None
        self._to: int | None = None
        """Numbers of the lines that the selection begins and ends with."""
        self._first: int | None = None
        """Number of the topmost line, while it does not follow."""
        self._longest_px = 0.0
        self.setFont(theme.number_font(9))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Console")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self._scrolled())
        self.verticalScrollBar().setAccessibleName("Scroll the console")
        self.horizontalScrollBar().setAccessibleName("Scroll the console sideways")

    @property
    def line_px(self) -> float:
        return QFontMetricsF(self.font()).lineSpacing() + 1

    def page(self) -> int:
        """Return how many whole lines have room."""
        return max(1, int(self.viewport().height() / self.line_px))

    def columns(self) -> int:
        """Return how many bytes of a hex dump have room in one line: 16, 8 or 4."""
        room = self.viewport().width() - 2 * PAD_PX - self._left_px()
        letters = room / QFontMetricsF(self.font()).horizontalAdvance("0")
        return next((n for n in (16, 8) if 7 + 4 * n <= letters), 4)

    def refresh(self) -> None:
        """Show the lines as they are now."""
        bar, lines = self.verticalScrollBar(), self.console.shown
        bar.blockSignals(True)
        bar.setPageStep(self.page())
        bar.setRange(0, max(0, len(lines) - self.page()))
        if self.following:
            bar.setValue(bar.maximum())
        elif self._first is not None:
            bar.setValue(self._row(self._first))
        bar.blockSignals(False)
        self.viewport().update()

    def follow(self) -> None:
        """Go to the newest line and stay with it."""
        self._first = None
        if not self.following:
            self.following = True
            self.followed.emit(True)
        self.refresh()

    def selected(self) -> list[Line]:
        """Return the lines that are selected."""
        if self._from is None or self._to is None:
            return []
        low, high = sorted((self._from, self._to))
        return [line for line in self.console.shown if low <= line.number <= high]

    def select(self, number: int | None, extend: bool = False) -> None:
        """Select the line of a number, alone or with all that lie between; none with None."""
        if not extend or self._from is None:
            self._from = number
        self._to = number
        lines = self.selected()
        self.setAccessibleDescription(self.console.text(lines[-1]) if len(lines) == 1 else "")
        self.viewport().update()

    def copy(self) -> int:
        """Copy the selected lines as text; return how many there are."""
        lines = self.selected()
        if lines:
            text = self.console.written(lines, self.times)
            QApplication.clipboard().setText(text if len(lines) > 1 else text.rstrip("\n"))
        return len(lines)

    def search(self, by: int) -> int | None:
        """Go to the next (1) or the one before (-1) of the lines that hold what is searched for;
        return its number, None if there is none."""
        lines, text = self.console.shown, self.console.text
        if not self.found or not lines:
            return None
        at = self._row(self._to) if self._to is not None else len(lines) if by < 0 else -1
        for step in range(1, len(lines) + 1):
            row = (at + by * step) % len(lines)
            if self.found in text(lines[row]).casefold():
                self.select(lines[row].number)
                self._reveal(row)
                return lines[row].number
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        lines, top = self.console.shown, self.verticalScrollBar().value()
        chosen = sorted((self._from, self._to)) if None not in (self._from, self._to) else None  # type: ignore[type-var]  # neither is None
        metrics, left = QFontMetricsF(self.font()), self._left_px()
        for at, line in enumerate(lines[top : top + self.page() + 1]):
            y = at * self.line_px
            if chosen is not None and chosen[0] <= line.number <= chosen[1]:  # type: ignore[operator]  # as above
                ground = QColor(theme.current().prediction)
                ground.setAlpha(70)
                painter.fillRect(QRectF(0, y, self.viewport().width(), self.line_px), ground)
            self._draw(painter, metrics, line, y, left)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.LeftButton:
            self.select(self._number_at(event.position().toPoint()), extend)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.select(self._number_at(event.position().toPoint()), True)

    def wheelEvent(self, event: object) -> None:
        super().wheelEvent(event)  # type: ignore[arg-type]  # it is the event Qt gave
        self._scrolled()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lines = self.console.shown
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and lines:
            self._from, self._to = lines[0].number, lines[-1].number
            self.viewport().update()
        elif event.key() == Qt.Key.Key_Escape and self._to is not None:
            self.select(None)
        elif lines and (by := self._step(event.key())):
            at = len(lines) if self._to is None else self._row(self._to)
            row = min(max(at + by, 0), len(lines) - 1)
            self.select(
                lines[row].number, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
            self._reveal(row)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._hint(event.pos()), self)
            return True
        return super().viewportEvent(event)  # type: ignore[arg-type]  # it is the event Qt gave

    def _hint(self, place: QPoint) -> str:
        """Return why the line at a place was rejected, or all of one about the link."""
        number, console = self._number_at(place), self.console
        line = next((line for line in console.shown if line.number == number), None)
        if line is None or line.kind in ("out", "left out"):
            return ""
        if line.kind == "link":
            return console.text(line)
        why = self.rejects.get(console.text(line)[:200])
        return f"Rejected: {why}" if why else ""

    def _draw(
        self, painter: QPainter, metrics: QFontMetricsF, line: Line, y: float, left: float
    ) -> None:
        colours = theme.current()
        base = y + metrics.ascent()
        text = self.console.text(line)
        rejected = line.kind == "in" and text[:200] in self.rejects
        mark, ink = MARKS[line.kind], colours.text
        if rejected:
            mark, ink = REJECTED, colours.alarm_text
        elif line.kind in ("link", "left out"):
            ink = colours.secondary
        x = PAD_PX - float(self.horizontalScrollBar().value())
        if time := self.console.time(line, self.times):
            painter.setPen(colours.secondary)
            painter.drawText(QPointF(x, base), time)
        painter.setPen(ink)
        x += left
        painter.drawText(QPointF(x - 2 * metrics.horizontalAdvance("0"), base), mark)
        if self.found:
            self._mark(painter, metrics, text, x, y)
        painter.setPen(ink)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.drawText(QPointF(x, base), text)
        self._widen(left + metrics.horizontalAdvance(text))

    def _mark(
        self, painter: QPainter, metrics: QFontMetricsF, text: str, x: float, y: float
    ) -> None:
        """Draw a frame around each place that holds what is searched for."""
        folded, at = text.casefold(), 0
        painter.setPen(theme.current().prediction_text)
        while (at := folded.find(self.found, at)) >= 0:
            before = metrics.horizontalAdvance(text[:at])
            wide = metrics.horizontalAdvance(text[at : at + len(self.found)])
            painter.drawRect(QRectF(x + before - 1, y, wide + 1, self.line_px - 2))
            at += len(self.found)

    def _widen(self, needed_px: float) -> None:
        """Let the line be scrolled to its end."""
        needed_px += 2 * PAD_PX
        if needed_px > self._longest_px:
            self._longest_px = needed_px
            width = self.viewport().width()
            self.horizontalScrollBar().setPageStep(width)
            self.horizontalScrollBar().setRange(0, max(0, int(needed_px - width)))

    def narrow(self) -> None:
        """Forget how long lines were: others are shown."""
        self._longest_px = 0.0
        self.horizontalScrollBar().setRange(0, 0)

    def _left_px(self) -> float:
        """Return where the text begins: behind the time and a mark."""
        letters = {"no time": 2, "time of day": 14, "seconds": 13}[self.times]
        return letters * QFontMetricsF(self.font()).horizontalAdvance("0")

    def _step(self, key: int) -> int:
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        return KEYS.get(Qt.Key(key), 0) or pages.get(Qt.Key(key), 0) * max(1, self.page() - 1)

    def _row(self, number: int) -> int:
        """Return where a line stands, or the next one that is shown."""
        return bisect_left(self.console.shown, number, key=lambda line: line.number)

    def _number_at(self, place: QPoint) -> int | None:
        lines = self.console.shown
        row = self.verticalScrollBar().value() + int(max(place.y(), 0) / self.line_px)
        return lines[min(row, len(lines) - 1)].number if lines else None

    def _reveal(self, row: int) -> None:
        bar = self.verticalScrollBar()
        if row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + self.page():
            bar.setValue(row - self.page() + 1)
        self._scrolled()

    def _scrolled(self) -> None:
        """Follow if the end is in sight, else stay with the topmost line."""
        bar, lines = self.verticalScrollBar(), self.console.shown
        at = bar.sliderPosition()
        following = at >= bar.maximum()
        self._first = None if following or not lines else lines[min(at, len(lines) - 1)].number
        if following != self.following:
            self.following = following
            self.followed.emit(following)
        self.viewport().update()
