"""How well it is learned: the error since the start, beside that of the plain baselines."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QPushButton

from driftscope.core.errors import ParamError
from driftscope.core.loss_trace import LEARNER
from driftscope.core.stream import F64, Event
from driftscope.gui import axes, draw, scale, theme
from driftscope.gui.actions import Actions
from driftscope.gui.loss_curves import around, smoothed
from driftscope.gui.plot import RIGHT_PX, Plot, PlotPanel
from driftscope.gui.watched import Watched

POINTS, TICK_PX = 400, 110
FORMER_ALPHA = 150
SKILL_PX, SKILL_ROOM_PX = 190, 11
REDRAW_EVERY_S = 0.1
SKILL_TIP = "Skill is 1 - loss / best baseline over the last 1,000 {}: 1 is perfect, 0 no better."
FORECAST = (
    "Loss (error of the forecast, in units of the signal’s spread)",
    "Mean Huber loss of the forecast, in units of the signal's spread, since the start. "
    + SKILL_TIP.format("samples"),
)
PICTURES = (
    "Loss (error of the reconstruction, in units of the usual spread)",
    "How far the picture is from what the model expected to see: the mean Huber loss of its "
    "reconstruction, since the start. " + SKILL_TIP.format("pictures"),
)
CLASSES = (
    "Loss (cross entropy)",
    "How surprised the model was by each label, before it learned it: -log of the probability it "
    "had given to the right class. " + SKILL_TIP.format("pictures"),
)
"""Title and tooltip by what is learned."""


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
        theme.set_role(self.stop, "flat")
        self.stop.setStyleSheet(f"padding: 2px {RIGHT_PX}px 2px 6px;")
        self.stop.clicked.connect(self._stop)
        self.head_row.addWidget(self.stop)
        self.stop.hide()

    def refresh(self) -> None:
        self.call(*what_is_learned(self.curves.session))
        super().refresh()
        self.stop.setVisible(self.curves.compares())
        self.legend.show_items([(self.curves.pen(k), name) for k, name in self.curves.named()])

    def offer(self, actions: Actions) -> None:
        """Add what can be done here."""
        actions.add(
            "Learning", "Stop comparing", self.curves.session.stop_comparing,
            tip="Let go of the model before, whose loss is shown beside that of the one in use",
            when=self.curves.compares,
        )  # fmt: skip

    def _stop(self) -> None:
        self.curves.session.stop_comparing()


class LossPlot(Plot):
    """Draw the mean losses of the whole run on a logarithmic axis."""

    bottom_px = 20

    def __init__(self, session: Watched) -> None:
        super().__init__(session, "Loss plot")
        self._held: tuple[float, tuple[str, ...], F64, F64] | None = None
        self._held_total: object = None
        self._taken_at_s = 0.0
        self.range = (0.03, 1.0)
        self._skill_place = 0
        self._former = ""

    def named(self) -> list[tuple[int, str]]:
        """Return (number, name) of every curve."""
        if self._held is None:
            return list(enumerate((LEARNER, "last value", "running mean")))
        names, former = self._held[1], self._former
        told = [before_words(name) if name == former else name for name in names]
        return list(enumerate(told))

    def compares(self) -> bool:
        """Say whether the model before goes on beside the one in use."""
        history = self.session.history
        return history is not None and bool(history.losses.former)

    def pen(self, k: int) -> QPen:
        """Return the pen of curve k: the learner's, the baselines', that of the model before."""
        colours = theme.current()
        if k == 0:
            return QPen(colours.prediction, 2)
        if self._held is not None and self._former and k == len(self._held[1]) - 1:
            return draw.pen(draw.translucent(colours.prediction, FORMER_ALPHA))
        return draw.pen(colours.secondary) if k == 1 else draw.dashed(colours.secondary, 4, 3)

    def state(self) -> tuple[object, ...]:
        """Take the trace in now and then; not while the view is paused."""
        history, now_s = self.session.history, time.monotonic()
        total = (id(history), history.total + history.graded if history is not None else 0)
        due = now_s - self._taken_at_s >= REDRAW_EVERY_S and not self.session.paused
        if total != self._held_total and (due or history is None):
            self._held_total, self._taken_at_s = total, now_s
            self._held = None
            if history is not None and len(history):
                losses = history.losses
                time_s, means = losses.means(POINTS)
                self._held = (history.end_s, losses.names, time_s, smoothed(means))
                self._former = losses.former
        return self._held_total, len(self.session.marks)

    def draw(self, painter: QPainter, area: QRectF) -> int:
        history = self.session.history
        if self._held is None or len(self._held[2]) < 2:
            sentence = "The loss stands here once the first predictions can be checked."
            return self.say(painter, area, sentence)
        end_s, _, time_s, means = self._held
        self.range = around(means, self.range)
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
        for k in reversed(range(means.shape[1])):
            painter.setPen(self.pen(k))
            draw.curve(painter, x, self._y(means[:, k], area))
        painter.setClipping(False)
        self._draw_marks(painter, area, start_s, end_s)
        self._draw_time(painter, area, end_s - start_s)
        self._draw_skill(painter, area, self._y(means[x > area.right() - SKILL_PX], area))
        return history.last_seq if history is not None else -1

    def _y(self, loss: F64, area: QRectF) -> F64:
        low, high = self.range
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.log(loss / low) / math.log(high / low)
        return area.bottom() - share * area.height()

    def _draw_marks(self, painter: QPainter, area: QRectF, start_s: float, end_s: float) -> None:
        """Draw where something was turned, reset or restored, newest captions first."""
        colours = theme.current()
        captions: list[tuple[QPointF, str, QColor]] = []
        free = area.right()
        for mark in merged(self.session.marks, start_s, (end_s - start_s) / 40):
            x = area.left() + (mark.time_s - start_s) / (end_s - start_s) * area.width()
            if x > area.right():
                continue
            restored = mark.kind == "restored"
            painter.setPen(draw.dashed(colours.fault if restored else colours.secondary, 2, 3))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            text = self.caption(mark)
            wide = painter.fontMetrics().horizontalAdvance(text) + 8
            left = x + 4 if x + 4 + wide <= free else x - 4 - wide
            if left >= area.left() and left + wide <= free:
                ink = colours.fault_text if restored else colours.secondary
                captions.append((QPointF(left, area.top()), text, ink))
                free = left
            free = min(free, x)
        for at, text, ink in captions:  # over all lines
            draw.caption(painter, at, text, ink, colours.panel, veil=255)

    def caption(self, mark: Event) -> str:
        """Return what a mark says: 'learning rate x 1 → x 3.2', 'back 10 s', 'reset'."""
        if mark.kind != "param":
            return "restored" if mark.kind == "restored" else mark.data.get("mark") or "reset"
        name, old, new = mark.data["name"], mark.data["old"], mark.data["new"]
        try:
            spec = self.session.params.spec(name)
        except ParamError:  # it belonged to a model that is no longer there
            return f"{str(mark.data.get('label') or name).lower()} {old} → {new}"
        reading = scale.reading(name, spec, self.session)
        label = (spec.label or spec.name).lower()
        if spec.type is bool:
            return f"{label} {reading.text(new)}"
        if spec.type is str and not spec.options():  # a line of numbers tells nothing here
            return f"{label} changed" if new else f"{label} cleared"
        return f"{label} {reading.text(old)} → {reading.text(new)}"

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


def what_is_learned(session: Watched) -> tuple[str, str]:
    """Return the title and the tooltip that go with what the shown source's learner learns."""
    info = session.info
    if info is not None and info.classes:
        return CLASSES
    return PICTURES if info is not None and info.pictures else FORECAST


def before_words(former: str) -> str:
    """Return how the model before is called: 'GRU, before', 'MLP, hidden units 64, before'."""
    model, _, rest = former.partition(",")
    return f"{scale.option_name(model)}{f',{rest}' if rest else ''}, before"


def merged(marks: list[Event], start_s: float, close_s: float) -> list[Event]:
    """Return marks since `start_s`, newest first; one parameter's moves close together are one."""
    found: list[Event] = []
    for mark in reversed(marks):
        if mark.time_s < start_s:
            break
        told = mark.data.get("reset") or mark.data.get("mark")
        if mark.kind not in ("param", "restored") and not told:
            continue
        after = found[-1] if found else None
        if (
            after is not None
            and after.kind == mark.kind
            and after.data.get("name") == mark.data.get("name")
            and after.data.get("mark") == mark.data.get("mark")
            and after.time_s - mark.time_s < close_s
        ):
            both = {**after.data, "old": mark.data.get("old")}
            found[-1] = Event(mark.key, mark.seq, mark.time_s, mark.kind, both)
        else:
            found.append(mark)
    return found
