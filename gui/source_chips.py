"""The sources there are, a chip each: a click shows one, its cross lets it go."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from driftscope.gui import theme, words
from driftscope.gui.sentence import Phase, phase, state_words
from driftscope.gui.session import Session
from driftscope.gui.typed import masked
from driftscope.gui.watched import Connected

HEIGHT_PX = 28
WIDTH_PX = 520
"""How wide all chips are together, whatever they say: buttons that jump are missed."""
DOT_PX, CROSS_PX = 32, 26
FLOWS = ("warming up", "learning", "held", "frozen", "waiting")
FAULTY = ("stalled", "lost", "failed")
AWAY: dict[Phase, str] = {
    "connecting": "connecting", "loading": "loading", "stalled": "stalled", "lost": "link lost",
    "released": "released", "ended": "ended", "failed": "failed",
}  # fmt: skip


class Cross(QAbstractButton):
    """The small cross that lets a source go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(CROSS_PX, HEIGHT_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(colours.text if marked else colours.secondary, 1.6))
        at = QPointF(self.width() / 2 - 3, self.height() / 2)
        for side in (-1, 1):
            painter.drawLine(at + QPointF(-3.5, -3.5 * side), at + QPointF(3.5, 3.5 * side))


class Chip(QAbstractButton):
    """One source: a dot that is hollow where nothing flows, its words, and the cross."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self.setMinimumWidth(DOT_PX + CROSS_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cross = Cross(self)
        self.cross.clicked.connect(self.closed)
        self._look: tuple[object, ...] = ()
        self._colour = QColor()
        self._hollow = self._chosen = False

    def show_source(self, source: Connected, text: str, chosen: bool, several: bool) -> None:
        """Show how a source is; `chosen` is the one the window shows."""
        colours, now = theme.current(), phase(source)
        flows = now in FLOWS
        colour = colours.fault if now in FAULTY else colours.good if flows else colours.secondary
        look = (text, colour, flows, chosen, several)
        self.cross.setVisible(several)
        self.setToolTip(f"{text}\n{state_words(source)}\n{masked(source.address)}".strip())
        if look == self._look:
            return
        self._look = look
        self._colour, self._hollow, self._chosen = colour, not flows, chosen and several
        self.setText(text)
        self.setAccessibleName(f"Source {text}")
        self.cross.setAccessibleName(f"Close {source.source_name or source.address}")
        self.cross.setToolTip(
            "Close this source (Ctrl+W for the one shown). What was learned of it is forgotten."
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor if several else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT_PX)

    def resizeEvent(self, event: object) -> None:
        self.cross.move(self.width() - CROSS_PX, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.cross.isVisible():
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self.height() / 2
        edge = colours.prediction if self._chosen or self.hasFocus() else colours.background
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(colours.raised if self.underMouse() else colours.background)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), half - 1, half - 1)
        painter.setPen(QPen(self._colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush if self._hollow else self._colour)
        painter.drawEllipse(QPointF(17, half), 4.5, 4.5)
        painter.setPen(colours.text)
        room = self.rect().adjusted(DOT_PX, 0, -CROSS_PX if self.cross.isVisible() else -14, 0)
        shown = fitted(self.fontMetrics(), self.text(), room.width() + 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class SourceChips(QWidget):
    """A chip for each source of the session. `closed` gives the address of one to let go."""

    closed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.chips: list[Chip] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT_PX)

    def refresh(self) -> None:
        """Show what is connected."""
        sources = self.session.sources
        while len(self.chips) > len(sources):
            gone = self.chips.pop()
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.chips) < len(sources):
            self._add()
        several = len(sources) > 1
        for chip, source in zip(self.chips, sources, strict=True):
            text = short_words(source) if several else source_words(source)
            chip.show_source(source, text, source is self.session.shown, several)

    def _add(self) -> None:
        place, chip = len(self.chips), Chip()
        chip.clicked.connect(lambda: self.session.show(self._address(place)))
        chip.closed.connect(lambda: self.closed.emit(self._address(place)))
        self.chips.append(chip)
        self._row.addWidget(chip)

    def _address(self, place: int) -> str:
        return list(self.session.connections)[place] if self.session.connections else ""


def fitted(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return a source's words as far as there is room: its figures go first, then the link, which
    the dot shows as well, then the end of its name."""
    parts = text.split(" · ")
    while len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > width:
        del parts[1]
    return metrics.elidedText(" · ".join(parts), Qt.TextElideMode.ElideRight, width)


def short_words(source: Connected) -> str:
    """Return 'Arduino Uno (ttyACM0)', and the link if it is not live."""
    name = words.shortened(source.source_name or source.address, 48)
    away = AWAY.get(phase(source))
    return f"{name} · {away}" if away else name


def source_words(source: Connected) -> str:
    """Return 'Arduino Uno (ttyACM0) · 115200 · 3 channels · 1.00 kHz', and the link if not live."""
    now = phase(source)
    if now == "nothing":
        return "nothing connected"
    parts = [words.shortened(source.source_name or source.address, 48)]
    baud = getattr(source.params.sections.get("source"), "baud", None)
    if baud is not None:
        parts.append(str(baud))
    info = source.info
    if info is not None and now not in ("connecting", "failed"):
        if info.pictures:
            parts.append(f"{info.sample_shape[1]} × {info.sample_shape[0]}")
        else:
            parts.append(words.plural(len(info.channels), "channel"))
        health = source.health
        rate_hz = info.rate_hz or health.clock.rate_hz or health.rate_hz
        if rate_hz:
            parts.append(words.frame_rate(rate_hz) if info.pictures else words.rate(rate_hz))
    if now in AWAY:
        parts.append(AWAY[now])
    return " · ".join(parts)
