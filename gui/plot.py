"""What the plot panels have in common: frame, legend, time axis, bands, mouse and keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from driftscope.core.history import BandKind
from driftscope.gui import draw, theme
from driftscope.gui.watched import Watched

BESIDE_PX = 12
LEFT_PX, RIGHT_PX = 84, 14
"""Margins of every plot, so that all begin and end one above the other."""
BAND_WORDS: dict[BandKind, str] = {
    "gap": "gap, not learned", "unscored": "not scored", "hole": "not shown",
}  # fmt: skip


class Plot(QWidget):
    """Draw the session's numbers whenever there are new ones; a subclass says how.

    `after_paint` is called at the end of each paintEvent with the number of the newest sample
    that is now on screen, -1 if there is none.
    """

    top_px = bottom_px = 8

    def __init__(self, session: Watched, name: str) -> None:
        super().__init__()
        self.session = session
        self.drawn_seq = -1
        self.after_paint: list[Callable[[int], object]] = []
        self._failure: Exception | None = None
        self._drawn: object = None
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 60)

    def state(self) -> tuple[object, ...]:
        """Return all that what is drawn depends on; while it stays the same nothing is redrawn."""
        raise NotImplementedError

    def draw(self, painter: QPainter, area: QRectF) -> int:
        """Draw the plot; return the number of the newest sample drawn."""
        raise NotImplementedError

    def area(self) -> QRectF:
        """Return where curves are drawn, in pixels."""
        return QRectF(self.rect()).adjusted(LEFT_PX, self.top_px, -RIGHT_PX, -self.bottom_px)

    def refresh(self) -> None:
        """Redraw if anything changed since the last time."""
        if self._failure is not None:
            raise self._failure
        state = (*self.state(), theme.current())
        if state != self._drawn:
            self._drawn = state
            self.update()

    def paint(self, painter: QPainter) -> int:
        """Draw all that stands within the widget's borders, on the screen or elsewhere; return
        the number of the newest sample drawn."""
        painter.fillRect(self.rect(), theme.current().panel)
        painter.setFont(theme.text_font(8))
        return self.draw(painter, self.area())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self.drawn_seq = self.paint(painter)
        except Exception as error:  # one that leaves a paintEvent ends the program
            self._failure = error
        painter.end()
        for tell in self.after_paint:
            tell(self.drawn_seq)

    def sizeHint(self) -> QSize:
        return QSize(600, 160)

    def tick_labels(self, painter: QPainter, ticks: list[tuple[float, str]]) -> None:
        """Write the texts of (y in pixels, text) left of the plot."""
        painter.setFont(theme.number_font(8))
        painter.setPen(theme.current().secondary)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for y, text in ticks:
            painter.drawText(QRectF(0, y - 8, LEFT_PX - 6, 16), right, text)
        painter.setFont(theme.text_font(8))

    def say(self, painter: QPainter, area: QRectF, sentence: str) -> int:
        """Write the one sentence of an empty plot."""
        painter.setFont(theme.text_font(10))
        painter.setPen(theme.current().secondary)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, sentence)
        return -1

    def band(self, painter: QPainter, area: QRectF, kind: BandKind) -> None:
        """Draw a stretch in which nothing came (empty) or was not looked at (hatched)."""
        colours = theme.current()
        if area.width() < 1:
            area.setWidth(1)
        if kind != "unscored":
            painter.fillRect(area, colours.background)
        if kind != "gap":
            draw.hatch(painter, area, colours.lines)
        ground = colours.background if kind == "gap" else colours.panel
        draw.words_in(painter, area, BAND_WORDS[kind], colours.secondary, ground)


class Legend(QWidget):
    """Show which line is which: a list of (pen, words)."""

    STROKE_PX, GAP_PX = 26, 20

    def __init__(self) -> None:
        super().__init__()
        self._items: list[tuple[QPen, str]] = []
        self.setFont(theme.text_font(8.5))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(20)

    def needed_px(self) -> float:
        """Return how wide it must be to show all."""
        metrics = QFontMetricsF(self.font())
        each = self.STROKE_PX + self.GAP_PX + 6
        return sum(metrics.horizontalAdvance(words) + each for _, words in self._items)

    def show_items(self, items: list[tuple[QPen, str]]) -> None:
        """Show these lines; nothing is painted while they stay the same."""
        if items != self._items:
            self._items = items
            self.setAccessibleName(", ".join(words for _, words in items))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint(QPainter(self), self.width())

    def paint(self, painter: QPainter, width: float) -> None:
        """Draw the lines with their words up to the right end of so much room; where it is short
        the last ones are left out."""
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        items, room = [], width - RIGHT_PX + self.GAP_PX
        for line, words in self._items:
            wide = metrics.horizontalAdvance(words)
            room -= self.STROKE_PX + 6 + wide + self.GAP_PX
            if room < 0:
                room += self.STROKE_PX + 6 + wide + self.GAP_PX
                break
            items.append((line, words, wide))
        x, y = room, self.height() / 2
        for line, words, wide in items:
            stroke = QPen(line)
            stroke.setWidth(2)
            painter.setPen(stroke)
            painter.drawLine(QPointF(x, y), QPointF(x + self.STROKE_PX, y))
            x += self.STROKE_PX + 6
            painter.setPen(theme.current().secondary)
            painter.drawText(QPointF(x, y + metrics.capHeight() / 2), words)
            x += wide + self.GAP_PX


class PlotPanel(QWidget):
    """Frame a plot: its title, a note beside it, the legend at the right, the plot below."""

    def __init__(self, title: str, plot: Plot, tip: str = "") -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName(title)
        self.plot = plot
        self._title = title
        self.title = QLabel(title)
        self.title.setMinimumWidth(1)
        theme.set_role(self.title, "title")
        self.title.setToolTip(tip)
        self.note = QLabel()
        theme.set_role(self.note, "small")
        self.legend = Legend()
        self.beside: list[QWidget] = [self.note]
        """What stands beside title and legend, while it is visible."""
        self._heading = heading = QHBoxLayout()
        heading.setContentsMargins(14, 0, 0, 0)
        heading.setSpacing(BESIDE_PX)
        heading.addWidget(self.title)
        heading.addWidget(self.note)
        heading.addWidget(self.legend, 1)
        self.rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 10, 0, 6)
        rows.setSpacing(2)
        rows.addLayout(heading)
        rows.addWidget(plot, 1)

    def put_beside(self, control: QWidget) -> None:
        """Put what one turns at the right of the legend."""
        self._heading.addWidget(control)
        self.beside.append(control)

    @property
    def after_paint(self) -> list[Callable[[int], object]]:
        """Return what is called when the plot has been painted, with its newest sample."""
        return self.plot.after_paint

    @property
    def drawn_seq(self) -> int:
        """Return the number of the newest sample on screen, -1 if there is none."""
        return self.plot.drawn_seq

    def picture_title(self) -> str:
        """Return the title that stands over a picture of the plot."""
        return self._title

    def picture_legend(self) -> Legend:
        """Return the legend that goes with a picture of the plot."""
        return self.legend

    def call(self, title: str, tip: str) -> None:
        """Give the panel another title; what stands in brackets gives way where room is short."""
        if (title, tip) != (self._title, self.title.toolTip()):
            self._title = title
            self.setAccessibleName(title)
            self.title.setToolTip(tip)

    def refresh(self) -> None:
        """Bring everything up to date; called by the one display timer."""
        self.plot.refresh()
        full_px = QFontMetricsF(self.title.font()).horizontalAdvance(self._title)
        beside_px = sum(
            each.sizeHint().width() + BESIDE_PX for each in self.beside if each.isVisible()
        )
        fits = full_px + 60 + beside_px + self.legend.needed_px() <= self.width()
        self.title.setText(self._title if fits else self._title.partition(" (")[0])
