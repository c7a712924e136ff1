"""The signal's plot: lanes one below the other, with predictions, alarms and forecast."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QPushButton, QScrollBar

from driftscope.core.lines import Lines
from driftscope.core.stream import F64, StreamInfo
from driftscope.gui import alarm_marks, axes, draw, lane_names, pointing, theme, words
from driftscope.gui.drags import Drag, MoveValues
from driftscope.gui.lane import Lane, spaced
from driftscope.gui.plot import LEFT_PX
from driftscope.gui.ranges import Ranges
from driftscope.gui.readings import Decimals
from driftscope.gui.time_plot import ZOOM, TimePlot
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.value_zoom import ValueZoom
from driftscope.gui.watched import Watched

THINNEST_PX = 30
COARSE_PX, COARSE_GROUP_PX, PAUSED_PX = 120, 3, 26
"""Room enough to say that only extremes are left there, and how wide their groups are when that
can be seen."""


class Lanes(TimePlot):
    """Draw the plots that `traces` names one below the other: one channel each, or several."""

    top_px, bottom_px = 6, 20

    def __init__(self, session: Watched, view: TimeView, traces: Traces) -> None:
        super().__init__(session, view, "Signal plot")
        self.traces = traces
        self.ranges = Ranges(traces)
        self.values = ValueZoom(self)
        self.decimals = Decimals()
        self._looks = 0
        self._forecast: F64 | None = None
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.setAccessibleName("Scroll the channels")
        self._scroll.valueChanged.connect(lambda _: self.refresh())
        self.back = QPushButton("Back to now", self)
        self.back.setToolTip("The view has gone back in time. The keys Home and End do this too.")
        self.back.clicked.connect(self.follow_live)
        self.back.hide()
        traces.changed.connect(self._looks_changed)

    def plots(self) -> list[list[int]]:
        """Return the numbers of the channels of every lane on screen."""
        chosen, fit = self.all_plots(), self._fit()
        first = min(self._scroll.value(), max(0, len(chosen) - fit))
        return chosen[first : first + fit]

    def channels(self) -> list[int]:
        """Return the numbers of the channels on screen."""
        return [k for plot in self.plots() for k in plot]

    def area(self) -> QRectF:
        """Return where curves are drawn: below the band of a paused view, which hides none."""
        return super().area().adjusted(0, PAUSED_PX if self.view.paused else 0, 0, 0)

    def lanes(self) -> list[Lane]:
        """Return the lanes on screen."""
        return spaced(self.plots(), self.area())

    def lane_at(self, y: float) -> Lane | None:
        """Return the lane at a height, in pixels, or the nearest."""
        return min(self.lanes(), key=lambda lane: abs(lane.space.center().y() - y), default=None)

    def first(self, lane: Lane) -> int:
        """Return the channel of a lane that is looked at: that whose axis and prediction stand."""
        chosen = self.view.cursor.channel
        return chosen if chosen in lane.channels else lane.channels[0]

    def axis(self, lane: Lane) -> axes.Range | None:
        """Return the range that stands at a lane's axis."""
        return self.ranges.of(self.first(lane))

    def note(self) -> str:
        """Return which channels are on screen, if not all are."""
        info = self.session.info
        shown, all_plots = self.channels(), self.all_plots()
        if info is None or len(shown) == len(info.channels) or not shown:
            return ""
        if len(all_plots) == len(self.plots()):
            return f"{len(shown)} of {len(info.channels)} channels"
        return f"{len(shown)} of {len(info.channels)} channels, scroll for more"

    def state(self) -> tuple[object, ...]:
        state = super().state()
        history, view = self.session.history, self.view
        if not view.paused:
            self._forecast = history.forecast if history is not None else None
        many, fit = len(self.all_plots()), self._fit()
        self._scroll.setVisible(many > fit)
        self._scroll.setRange(0, max(0, many - fit))
        self._scroll.setPageStep(fit)
        self.back.setVisible(view.end_s is not None)
        first = min(self._scroll.value(), max(0, many - fit))
        return (*state, self._looks, first, view.cursor.channel, id(self._forecast))

    def draw(self, painter: QPainter, area: QRectF) -> int:
        history, info, view = self.session.history, self.session.info, self.view
        if history is None or info is None or view.unset:
            return self.say(painter, area, "Nothing comes in yet. Connect a device or the demo.")
        lanes = self.lanes()
        if not lanes:
            return self.say(painter, area, "No channel is ticked.")
        channels = [k for lane in lanes for k in lane.channels]
        hi_s = min(view.hi_s, view.now_s)
        lines = history.lines(view.lo_s, hi_s, int(area.width()), channels)
        self.ranges.update(lines, [lane.channels for lane in lanes], info, view)
        for lane in lanes:
            self._draw_grid(painter, lane)
        self.draw_bands(painter, area)
        self._draw_coarse(painter, area)
        painter.setClipRect(area)
        captions = alarm_marks.in_lanes(painter, self.alarms_in_view(), lanes, info)
        x, column = self.places(lines.time_s), 0
        for lane in lanes:
            painter.setClipRect(lane.space.adjusted(0, -1, 0, 1))
            self._draw_curves(painter, lane, info, lines, (x, column))
            column += len(lane.channels)
        painter.setClipping(False)
        self.draw_time(painter, area, texts=True)
        names = [self._write_names(painter, lane, info) for lane in lanes]
        alarm_marks.write(painter, area, captions, names)
        if view.paused:
            self._draw_paused(painter, area)
        self.draw_reading(painter, area)
        pointing.draw_read(painter, area, self, lanes)
        return lines.last_seq

    def all_plots(self) -> list[list[int]]:
        """Return the numbers of the channels of every lane, also of those scrolled away."""
        info = self.session.info
        return self.traces.plots(info) if info is not None else []

    def _fit(self) -> int:
        return max(1, int(self.area().height() // THINNEST_PX))

    def _looks_changed(self) -> None:
        self._looks += 1
        self.refresh()

    def _draw_grid(self, painter: QPainter, lane: Lane) -> None:
        span, space = self.axis(lane), lane.space
        if span is None:
            return
        painter.setPen(draw.pen(theme.current().grid))
        most = 6 if space.height() > 90 else 3 if space.height() > 44 else 2
        texts = []
        for value, text in span.ticks(most):
            y = round(lane.y(np.array(value), span).item()) + 0.5
            painter.drawLine(QPointF(space.left(), y), QPointF(space.right(), y))
            texts.append((lane.clear(y), text))
        self.tick_labels(painter, texts)

    def pen(self, lane: Lane, channel: int) -> QPen:
        """Return the pen of a lane's channel."""
        name = self.session.info.channels[channel] if self.session.info else ""
        colour, broken = self.traces.colour(name, lane.channels.index(channel))
        return draw.dashed(colour, 5, 2) if broken else draw.pen(colour)

    def _draw_curves(
        self, painter: QPainter, lane: Lane, info: StreamInfo, lines: Lines, at: tuple[F64, int]
    ) -> None:
        """Draw a lane's channels, from a column of `lines` on, and the first one's prediction."""
        x, column = at
        first = self.first(lane)
        for n, channel in enumerate(lane.channels):
            span = self.ranges.of(channel)
            if span is None:
                continue
            painter.setPen(self.pen(lane, channel))
            draw.curve(painter, x, lane.y(lines.values[:, column + n], span))
        span = self.ranges.of(first)
        if span is None:
            return
        colours, history = theme.current(), self.session.history
        predicted = lines.prediction[:, column + lane.channels.index(first)]
        painter.setPen(draw.pen(colours.prediction))
        draw.curve(painter, x, lane.y(predicted, span))
        if self._forecast is None or history is None or first >= self._forecast.shape[1]:
            return
        ahead = self._forecast[:, first]
        ahead_s = self.view.now_s + history.period_s * np.arange(1.0, len(ahead) + 1)
        painter.setPen(draw.dashed(colours.prediction, 2, 2))
        draw.curve(painter, self.places(ahead_s), lane.y(ahead, span))

    def _write_names(self, painter: QPainter, lane: Lane, info: StreamInfo) -> QRectF:
        """Write the lane's channels and units in its corner; return the patch they take."""
        names = []
        for k in lane.channels:
            unit = self.traces.unit(info, k)
            names.append((info.channels[k] + (f" ({unit})" if unit else ""), self.pen(lane, k)))
        first, shared = lane.channels.index(self.first(lane)), self.ranges.shared(lane.channels)
        return lane_names.write(painter, lane.space, names, first, shared)

    def _draw_coarse(self, painter: QPainter, area: QRectF) -> None:
        """Say where not every sample is left to be drawn, if that can be seen."""
        history, info = self.session.history, self.session.info
        if history is None or info is None or not history.group_s:
            return
        right = min(self.place(history.exact_s), area.right())
        wide_px = self.place(self.view.lo_s + history.group_s) - area.left()
        if right - area.left() > COARSE_PX and wide_px >= COARSE_GROUP_PX:
            each = words.stretch(history.group_s, info.clock)
            text = f"of this only the lowest and highest of each {each} are left"
            at = QPointF(area.left() + 6, area.bottom() - painter.fontMetrics().height() - 4)
            colours = theme.current()
            draw.caption(painter, at, text, colours.secondary, colours.panel)

    def _draw_paused(self, painter: QPainter, area: QRectF) -> None:
        colours = theme.current()
        strip = QRectF(area.left(), area.top() - PAUSED_PX, area.width(), PAUSED_PX - 4)
        painter.fillRect(strip, draw.translucent(colours.raised, 235))
        painter.setFont(theme.text_font(9.5))
        painter.setPen(colours.text)
        painter.drawText(
            strip, Qt.AlignmentFlag.AlignCenter, "the view is paused; learning goes on"
        )

    def point(self, at: QPointF) -> None:
        lane, history = self.lane_at(at.y()), self.session.history
        if lane is not None and history is not None and not self.view.unset:
            pointing.read(self, history, lane, self.ranges, at)

    def boxed(self, at: QPointF) -> QRectF:
        lane = self.lane_at(at.y())
        return lane.space if lane is not None else self.area()

    def zoom_values(self, box: QRectF) -> None:
        self.values.frame(box)

    def drag(self, event: QMouseEvent) -> Drag | None:
        at = event.position()
        if at.x() < LEFT_PX and event.button() == Qt.MouseButton.LeftButton:
            return MoveValues(self, at)
        return super().drag(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        held, at = event.modifiers(), event.position()
        turned = event.angleDelta().y() or event.angleDelta().x()
        lane = self.lane_at(at.y())
        if held & Qt.KeyboardModifier.ShiftModifier:
            self._scroll.setValue(self._scroll.value() - (1 if turned > 0 else -1))
        elif lane and (held & Qt.KeyboardModifier.ControlModifier or at.x() < LEFT_PX):
            self.values.zoom(lane, ZOOM ** (-turned / 120), at.y())
        else:
            super().wheelEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() < LEFT_PX:
            self.values.automatic(self.lane_at(event.position().y()))
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lanes = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -self._fit(),
                 Qt.Key.Key_PageDown: self._fit()}  # fmt: skip
        if event.key() not in lanes:
            super().keyPressEvent(event)
        elif self.view.cursor.on:
            self._look_at(lanes[Qt.Key(event.key())])
        else:
            self._scroll.setValue(self._scroll.value() + lanes[Qt.Key(event.key())])

    def _look_at(self, by: int) -> None:
        """Look at the channel that comes so many behind, and scroll it into sight."""
        plots, cursor = self.all_plots(), self.view.cursor
        lane_of = {k: n for n, plot in enumerate(plots) for k in plot}
        order = list(lane_of)
        if not order:
            return
        at = order.index(cursor.channel) + by if cursor.channel in lane_of else 0
        cursor.channel = order[min(max(at, 0), len(order) - 1)]
        cursor.pointed_by = None
        n, first, fit = lane_of[cursor.channel], self._scroll.value(), self._fit()
        self._scroll.setValue(min(max(first, n - fit + 1), n))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        area = self.area()
        self._scroll.setGeometry(self.width() - 11, int(area.top()), 10, int(area.height()))
        size = self.back.sizeHint()
        self.back.setGeometry(
            int(area.right()) - size.width() - 8, int(area.bottom()) - size.height() - 8,
            size.width(), size.height(),
        )  # fmt: skip
        self.refresh()
