"""How unusual each moment is: rarity against the alarm's threshold."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from driftscope.core.stream import F64
from driftscope.gui import axes, draw, pointing, readings, theme, words
from driftscope.gui.plot import PlotPanel
from driftscope.gui.time_plot import TimePlot
from driftscope.gui.time_view import TimeView
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import set_text

LEAST_TOP, MOST_TOP = 6.0, 10.0
EMPTY = "Here stands how unusual each moment is, once something is connected (Ctrl+O)."
EXTRAPOLATED = "not yet calibrated to this rate"
TIP = (
    "How rarely a normal stream looks like this: 1 in 10,000 is once in ten thousand decisions. "
    "Above the broken line an alarm begins. What touches the upper edge is still rarer."
)


class ScorePanel(PlotPanel):
    """Show rarity over the time of `view`, which should be the signal panel's."""

    def __init__(self, session: Watched, view: TimeView | None = None) -> None:
        super().__init__("How unusual", RarityPlot(session, view or TimeView()), TIP)
        self.session = session

    def refresh(self) -> None:
        super().refresh()
        colours = theme.current()
        self.legend.show_items([
            (draw.pen(colours.alarm), "1 in N"),
            (draw.dashed(colours.fault, 5, 3), "alarm above"),
        ])  # fmt: skip
        self._show_note()

    def _show_note(self) -> None:
        """Say while the promise of so many alarms still rests on extrapolation."""
        history = self.session.history
        told = history is not None and math.isfinite(history.threshold) and not history.calibrated
        set_text(self.note, EXTRAPOLATED if told else "")
        if told:
            self.note.setToolTip(self.missing())

    def missing(self) -> str:
        """Return why the rarity is not calibrated yet, and for about how much longer."""
        session, health = self.session, self.session.health
        needed = 10 * float(session.params.get("detector.one_in"))
        rate_hz = (session.info and session.info.rate_hz) or health.rate_hz
        text = (
            "Rarer than what was seen so far: the rate is extrapolated until "
            f"{words.thousands(needed)} decisions were seen"
        )
        if not rate_hz or not health.decision_rows:
            return f"{text}."
        left_s = needed * health.decision_rows / rate_hz - health.stream_s
        return f"{text}, in about {words.duration(max(left_s, 1.0))}."


class RarityPlot(TimePlot):
    """Draw rarity upwards, one alarm in N as it is read."""

    def __init__(self, session: Watched, view: TimeView) -> None:
        super().__init__(session, view, "How unusual plot")
        self._top = LEAST_TOP

    def refresh(self) -> None:
        self.bottom_px = 20 if self._has_times() else 8
        super().refresh()

    def _has_times(self) -> bool:
        """Say whether the times stand below: under a picture, which has none to share."""
        return self.session.info is not None and self.session.info.pictures

    def draw(self, painter: QPainter, area: QRectF) -> int:
        history, view, colours = self.session.history, self.view, theme.current()
        if history is None or view.unset:
            return self.say(painter, area, EMPTY)
        lines = history.lines(view.lo_s, min(view.hi_s, view.now_s), int(area.width()), [])
        self._rescale(lines.rarity, history.threshold)
        texts = []
        painter.setPen(draw.pen(colours.grid))
        for rarity, text in axes.rarity_ticks(self._top, max(2, int(area.height() / 22))):
            y = round(self._y(np.array(rarity), area).item()) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            texts.append((y, text))
        self.tick_labels(painter, texts)
        self.draw_bands(painter, area)
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        for _, left, right in self.alarms_in_view():
            shade = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(shade, draw.translucent(colours.alarm, 46))
        painter.setPen(draw.pen(colours.alarm))
        draw.curve(painter, self.places(lines.time_s), self._y(lines.rarity, area))
        if math.isfinite(history.threshold):
            y = round(self._y(np.array(history.threshold), area).item()) + 0.5
            painter.setPen(draw.dashed(colours.fault, 5, 3))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setClipping(False)
        self.draw_time(painter, area, texts=self._has_times())
        self.draw_reading(painter, area)
        self._draw_read(painter, area)
        return lines.last_seq

    def _draw_read(self, painter: QPainter, area: QRectF) -> None:
        """Mark the moment that is read; under the mouse tell how unusual it was."""
        view, row = self.view, self.view.cursor.row
        if row is None or not (view.cursor.on or self.hovered):
            return
        at = QPointF(self.place(row.time_s), self._y(np.array(row.rarity), area).item())
        if not area.left() <= at.x() <= area.right():
            return
        if math.isfinite(row.rarity):
            pointing.dot(painter, at, theme.current().alarm)
        else:
            at.setY(area.center().y())
        if self.hovered:
            clock = self.session.info.clock if self.session.info else "elapsed"
            period_s = self.session.history.period_s if self.session.history else math.nan
            ago = readings.ago(row.time_s - view.now_s, clock, period_s)
            painter.setFont(theme.number_font(8))
            pointing.tell(painter, area, at, f"{readings.unusual(row)} · {ago}")
            painter.setFont(theme.text_font(8))

    def _rescale(self, rarity: F64, threshold: float) -> None:
        """Make room at once for what is higher, take it back when two decades stay empty."""
        highest = float(np.fmax.reduce(rarity, initial=0.0))
        needed = max(LEAST_TOP, highest * 1.05, threshold + 1 if threshold < 300 else 0.0)
        if needed > self._top or needed < self._top - 3:
            self._top = min(MOST_TOP, 2 * math.ceil(needed / 2))

    def _y(self, rarity: F64, area: QRectF) -> F64:
        return area.bottom() - np.minimum(rarity / self._top, 1.0) * area.height()
