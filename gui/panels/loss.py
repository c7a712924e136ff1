"""How well it is learned: the error since the start, beside that of the plain baselines, and of
each part of the prediction."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QPushButton

from driftscope.core.loss_trace import LEARNER
from driftscope.core.stream import F64
from driftscope.gui import axes, draw, theme
from driftscope.gui.actions import Actions
from driftscope.gui.loss_curves import around, leading, smoothed
from driftscope.gui.loss_marks import draw_marks
from driftscope.gui.loss_words import (
    EACH_TIP,
    FORECAST,
    LEADS_TIP,
    before_words,
    leads_words,
    part_words,
    what_is_learned,
)
from driftscope.gui.plot import RIGHT_PX, Legend, Plot, PlotPanel
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Tick, set_text

POINTS, TICK_PX = 400, 110
FORMER_ALPHA = 150
FAR = 3.0
"""A part this many times above every other curve is drawn out of the plot."""
DASHES = ((1.0, 3.0), (3.0, 3.0), (6.0, 3.0), (11.0, 2.0))
"""Pens of the rates, the smallest first: the faster one learns, the longer its strokes."""
SKILL_PX, SKILL_ROOM_PX = 190, 11
REDRAW_EVERY_S = 0.1


class LossPanel(PlotPanel):
    """Show the loss falling, marks where something was turned, and the model before beside it."""

    def __init__(self, session: Watched) -> None:
        self.curves = LossPlot(session)
        super().__init__(FORECAST[0], self.curves, FORECAST[1])
        self.stop = QPushButton("stop comparing")
        self.stop.setToolTip(
            "Let go of the model before: it goes on learning beside the one in use, so that their "
            "losses can be compared, and takes as much time again."
        )
        self.stop.clicked.connect(self._stop)
        theme.set_role(self.stop, "flat")
        self.stop.setStyleSheet(f"padding: 2px {RIGHT_PX}px 2px 6px;")
        self.each = Tick("each rate")
        self.each.setToolTip(EACH_TIP)
        self.each.setAccessibleName("Loss of each learning rate")
        self.each.clicked.connect(self._show_each)
        for control in (self.each, self.stop):
            self.put_beside(control)
            control.hide()
        self.each.setFixedWidth(self.each.sizeHint().width() + RIGHT_PX)
        self.parts = Legend()
        """Which part has which line, on a line of its own: there is no room beside the title."""
        self.rows.insertWidget(1, self.parts)

    def refresh(self) -> None:
        self.call(*what_is_learned(self.curves.session))
        super().refresh()
        self.stop.setVisible(self.curves.compares())
        self.each.setVisible(self.curves.has_parts())
        self.each.setChecked(self.curves.each)
        leads = self.curves.leads
        set_text(self.note, leads_words(leads))
        self.note.setToolTip(LEADS_TIP if leads else "")
        items = [(self.curves.pen(k), name) for k, name in self.curves.named()]
        known = len(items) - self.curves.shown_parts
        self.legend.show_items(items[:known])
        self.parts.show_items(items[known:])
        self.parts.setVisible(len(items) > known)

    def picture_legend(self) -> Legend:
        whole = Legend()
        whole.show_items([(self.curves.pen(k), name) for k, name in self.curves.named()])
        return whole

    def offer(self, actions: Actions) -> None:
        """Add what can be done here."""
        actions.add(
            "Learning", "Stop comparing", self.curves.session.stop_comparing,
            tip="Let go of the model before, whose loss is shown beside that of the one in use",
            when=self.curves.compares,
        )  # fmt: skip
        actions.add(
            "Learning", "Loss of each learning rate", self._show_each, tip=EACH_TIP,
            on=lambda: self.curves.each, when=self.curves.has_parts,
        )  # fmt: skip

    def _stop(self) -> None:
        self.curves.session.stop_comparing()

    def _show_each(self) -> None:
        self.curves.each = not self.curves.each


class LossPlot(Plot):
    """Draw the mean losses of the whole run on a logarithmic axis."""

    bottom_px = 20

    def __init__(self, session: Watched) -> None:
        super().__init__(session, "Loss plot")
        self._held: tuple[float, tuple[str, ...], F64, F64] | None = None
        self._held_total: object = None
        self._parts: tuple[str, ...] = ()
        """The parts whose losses are held, and drawn."""
        self._taken_at_s = 0.0
        self.range = (0.03, 1.0)
        self._skill_place = 0
        self._former = ""
        self.each = False
        """True if the loss of each part is shown."""
        self.leads = ""
        """Which part has the lowest loss now, "" if there are none."""

    def named(self) -> list[tuple[int, str]]:
        """Return (number, name) of every curve."""
        if self._held is None:
            return list(enumerate((LEARNER, "last value", "running mean")))
        names, former = self._held[1], self._former
        known = len(names) - len(self._parts)
        told = [before_words(name) if name == former else name for name in names[:known]]
        return list(enumerate([*told, *map(part_words, names[known:])]))

    def compares(self) -> bool:
        """Say whether the model before goes on beside the one in use."""
        history = self.session.history
        return history is not None and bool(history.losses.former)

    def has_parts(self) -> bool:
        """Say whether the prediction is mixed from several parts."""
        history = self.session.history
        return history is not None and len(history.losses.parts) > 1

    @property
    def shown_parts(self) -> int:
        """Return how many of the last curves are those of parts."""
        return len(self._parts) if self._held is not None else 0

    def pen(self, k: int) -> QPen:
        """Return the pen of curve k: the learner's, the baselines', that of the model before,
        those of the parts."""
        colours = theme.current()
        if k == 0:
            return QPen(colours.prediction, 2)
        known = len(self._held[1]) - len(self._parts) if self._held is not None else 3
        if k >= known:
            return part_pen(self._parts, k - known)
        if self._former and k == known - 1:
            return draw.pen(draw.translucent(colours.prediction, FORMER_ALPHA))
        return draw.pen(colours.secondary) if k == 1 else draw.dashed(colours.secondary, 4, 3)

    def state(self) -> tuple[object, ...]:
        """Take the trace in now and then; not while the view is paused."""
        history, now_s = self.session.history, time.monotonic()
        total = (id(history), history.total + history.graded if history is not None else 0)
        turned = self.each != bool(self._parts) and self.has_parts()
        due = now_s - self._taken_at_s >= REDRAW_EVERY_S and not self.session.paused
        if turned or (total != self._held_total and (due or turned or history is None)):
            self._held_total, self._taken_at_s = total, now_s
            self._held = None
            if history is not None and len(history):
                losses = history.losses
                time_s, means = losses.means(POINTS)
                means, known = smoothed(means), len(losses.names)
                self.leads = leading(losses.parts, means[:, known:])
                self._parts = losses.parts if self.each else ()
                names = losses.names + self._parts
                self._held = (history.end_s, names, time_s, means[:, : len(names)])
                self._former = losses.former
        return self._held_total, len(self.session.marks)

    def draw(self, painter: QPainter, area: QRectF) -> int:
        history = self.session.history
        # behind a single row a gap may be marked at the same time
        if self._held is None or len(self._held[2]) < 2 or self._held[0] <= self._held[2][0]:
            sentence = "The loss stands here once the first predictions can be checked."
            return self.say(painter, area, sentence)
        end_s, _, time_s, means = self._held
        known = means.shape[1] - len(self._parts)
        top = FAR * np.max(means[:, :known], initial=0.0, where=np.isfinite(means[:, :known]))
        self.range = around(np.hstack([means[:, :known], np.minimum(means, top)]), self.range)
        texts = []
        painter.setPen(draw.pen(theme.current().grid))
        for value, text in axes.log_ticks(*self.range, max(2, int(area.height() / 24))):
            y = round(self._y(np.array(value), area).item()) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            texts.append((y, text))
        self.tick_labels(painter, texts)
        start_s = float(time_s[0])
        x = area.left() + (time_s - start_s) / (end_s - start_s) * area.width()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        for k in [*range(known, means.shape[1]), *reversed(range(known))]:  # the learner's on top
            painter.setPen(self.pen(k))
            draw.curve(painter, x, self._y(means[:, k], area))
        painter.setClipping(False)
        draw_marks(painter, area, self.session, start_s, end_s)
        self._draw_time(painter, area, end_s - start_s)
        self._draw_skill(painter, area, self._y(means[x > area.right() - SKILL_PX], area))
        return history.last_seq if history is not None else -1

    def _y(self, loss: F64, area: QRectF) -> F64:
        low, high = self.range
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.log(loss / low) / math.log(high / low)
        return area.bottom() - share * area.height()

    def _draw_time(self, painter: QPainter, area: QRectF, span_s: float) -> None:
        painter.setFont(theme.number_font(8))
        painter.setPen(theme.current().secondary)
        clock = self.session.info.clock if self.session.info else "elapsed"
        ticks = axes.time_ticks(span_s, 0.0, max(2, int(area.width() / TICK_PX)), clock)
        taken = area.left() + painter.fontMetrics().horizontalAdvance("start") + 12
        for offset_s, text in [*ticks, (-span_s, "start")]:
            wide = painter.fontMetrics().horizontalAdvance(text)
            x = area.right() + offset_s / span_s * area.width() - wide / 2
            x = min(x, self.width() - wide - 2)
            if text == "start":  # clear of the lowest value beside it
                x = area.left()
            if text == "start" or x > taken:
                painter.drawText(QRectF(x, area.bottom() + 5, wide + 2, 14), 0, text)
        painter.setFont(theme.text_font(8))

    def _draw_skill(self, painter: QPainter, area: QRectF, curves: F64) -> None:
        """Write the skill over the best baseline at the right, where the curves leave room.

        `curves` (m, K) are their heights in pixels where the words may stand.
        """
        recent, colours = self.session.health.recent, theme.current()
        skill = recent.skill()
        if not math.isfinite(skill):
            return
        baselines = recent.means()[1]
        best = min(baselines, key=lambda name: baselines[name])
        ink = colours.good_text if skill >= 0.005 else colours.fault_text
        painter.setFont(theme.text_font(9, bold=True))
        places = np.linspace(area.bottom() - 10, area.top() + 24, 8)
        known = curves[np.isfinite(curves)]
        room = np.abs(places[:, None] - known).min(axis=1, initial=1e3)
        if room[self._skill_place] < SKILL_ROOM_PX:
            wide_enough = np.flatnonzero(room >= 1.5 * SKILL_ROOM_PX)
            self._skill_place = int(wide_enough[0] if len(wide_enough) else room.argmax())
        at = QPointF(area.right(), places[self._skill_place] - 8)
        text = f"skill {skill:+.2f} over {best}"
        draw.caption(painter, at, text, ink, colours.panel, right=True, veil=255)
        painter.setFont(theme.text_font(8))


def part_pen(parts: tuple[str, ...], k: int) -> QPen:
    """Return the pen of part k: broken the less the faster it learns, dots and dashes for one that
    has no rate."""
    colours = theme.current()
    rates = [name for name in parts if name.endswith("x")]
    if parts[k] not in rates:
        return draw.pen(colours.part, Qt.PenStyle.DashDotDotLine)
    place = rates.index(parts[k]) * (len(DASHES) - 1) / max(len(rates) - 1, 1)
    return draw.dashed(colours.part, *DASHES[round(place)])
