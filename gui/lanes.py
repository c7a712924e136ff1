"""The signal's plot: channels one below the other, with predictions, alarms and forecast."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QPushButton, QScrollBar

from driftscope.core.history import Lines
from driftscope.core.stream import F64, StreamInfo
from driftscope.gui import alarm_marks, axes, draw, theme, words
from driftscope.gui.time_plot import TimePlot
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched

THINNEST_PX, LANE_GAP_PX = 30, 16
SCALE_EVERY_S = 0.25
FORGOTTEN_PX = 120
"""Room enough to say that what stood there is no longer kept."""


class Lanes(TimePlot):
    """Draw the channels one below the other, each in its own range."""

    top_px, bottom_px = 6, 20

    def __init__(self, session: Watched, view: TimeView, traces: Traces) -> None:
        super().__init__(session, view, "Signal plot")
        self.traces = traces
        self.ranges: dict[int, axes.CalmRange] = {}
        self._scaled: tuple[object, ...] = ()
        self._scaled_at_s = 0.0
        self._forecast: F64 | None = None
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.valueChanged.connect(lambda _: self.refresh())
        self.back = QPushButton("Back to now", self)
        self.back.setToolTip("The view has gone back in time. The keys Home and End do this too.")
        self.back.clicked.connect(self.follow_live)
        self.back.hide()

    def channels(self) -> list[int]:
        """Return the numbers of the channels that have a lane now."""
        chosen, fit = self._all(), self._fit()
        first = min(self._scroll.value(), max(0, len(chosen) - fit))
        return chosen[first : first + fit]

    def note(self) -> str:
        """Return which channels are on screen, if not all are."""
        info = self.session.info
        shown = self.channels()
        if info is None or len(shown) == len(info.channels) or not shown:
            return ""
        if len(self._all()) == len(shown):
            return f"{len(shown)} of {len(info.channels)} channels"
        return f"{len(shown)} of {len(info.channels)} channels, scroll for more"

    def state(self) -> tuple[object, ...]:
        state = super().state()
        history, view = self.session.history, self.view
        if not view.paused:
            self._forecast = history.forecast if history is not None else None
        many, fit = len(self._all()), self._fit()
        self._scroll.setVisible(many > fit)
        self._scroll.setRange(0, max(0, many - fit))
        self._scroll.setPageStep(fit)
        self.back.setVisible(view.end_s is not None)
        return (*state, tuple(self.channels()), id(self._forecast))

    def draw(self, painter: QPainter, area: QRectF) -> int:
        history, info, view = self.session.history, self.session.info, self.view
        if history is None or info is None or view.unset:
            return self.say(painter, area, "Nothing comes in yet. Connect a device or the demo.")
        channels = self.channels()
        if not channels:
            return self.say(painter, area, "No channel is ticked.")
        hi_s = min(view.hi_s, view.now_s)
        lines = history.lines(view.lo_s, hi_s, int(area.width()), channels)
        self._scale(lines, channels)
        spaces = self._spaces(area, len(channels))
        for channel, space in zip(channels, spaces, strict=True):
            self._draw_grid(painter, space, self.ranges[channel].range)
        self.draw_bands(painter, area)
        self._draw_forgotten(painter, area)
        painter.setClipRect(area)
        captions = self._shade_alarms(painter, channels, spaces, info)
        x = self.places(lines.time_s)
        for k, (channel, space) in enumerate(zip(channels, spaces, strict=True)):
            painter.setClipRect(space.adjusted(0, -1, 0, 1))
            self._draw_lane(
                painter, space, channel, (x, lines.values[:, k], lines.prediction[:, k])
            )
        painter.setClipping(False)
        self.draw_time(painter, area, texts=True)
        names = [self._name(painter, spaces[k], info, channels[k]) for k in range(len(channels))]
        alarm_marks.write(painter, area, captions, names)
        if view.paused:
            self._draw_paused(painter, area)
        return lines.last_seq

    def _all(self) -> list[int]:
        info = self.session.info
        return [k for plot in self.traces.plots(info) for k in plot] if info is not None else []

    def _fit(self) -> int:
        return max(1, int(self.area().height() // THINNEST_PX))

    def _spaces(self, area: QRectF, lanes: int) -> list[QRectF]:
        height = area.height() / lanes
        gap = min(LANE_GAP_PX, height / 6)
        return [
            QRectF(area.left(), area.top() + k * height + gap / 2, area.width(), height - gap)
            for k in range(lanes)
        ]

    def _scale(self, lines: Lines, channels: list[int]) -> None:
        """Bring each lane's range up to date, from time to time, or at once after a move."""
        now_s = time.monotonic()
        view = self.view
        moved = (view.span_s, view.end_s, self.session.info, tuple(channels))
        if moved != self._scaled:
            self.ranges = {k: r for k, r in self.ranges.items() if view.end_s is None}
        elif now_s - self._scaled_at_s < SCALE_EVERY_S:
            return
        self._scaled, self._scaled_at_s = moved, now_s
        for k, channel in enumerate(channels):
            limits = axes.robust_limits(lines.values[:, k])
            calm = self.ranges.setdefault(channel, axes.CalmRange())
            if limits is not None:
                calm.update(*limits, now_s)

    def _draw_grid(self, painter: QPainter, space: QRectF, span: axes.Range | None) -> None:
        if span is None:
            return
        painter.setPen(draw.pen(theme.current().grid))
        most = 6 if space.height() > 90 else 3 if space.height() > 44 else 2
        texts = []
        for value, text in span.ticks(most):
            y = round(_y(np.array(value), space, span).item()) + 0.5
            painter.drawLine(QPointF(space.left(), y), QPointF(space.right(), y))
            if space.height() < 40:
                y = min(max(y, space.top() + 5), space.bottom() - 5)
            texts.append((y, text))
        self.tick_labels(painter, texts)

    def _draw_lane(
        self, painter: QPainter, space: QRectF, channel: int, curves: tuple[F64, F64, F64]
    ) -> None:
        span = self.ranges[channel].range
        if span is None:
            return
        colours = theme.current()
        x, measured, predicted = curves
        painter.setPen(draw.pen(colours.text))
        draw.curve(painter, x, _y(measured, space, span))
        painter.setPen(draw.pen(colours.prediction))
        draw.curve(painter, x, _y(predicted, space, span))
        history = self.session.history
        if self._forecast is None or history is None or channel >= self._forecast.shape[1]:
            return
        ahead = self._forecast[:, channel]
        ahead_s = self.view.now_s + history.period_s * np.arange(1.0, len(ahead) + 1)
        painter.setPen(draw.dashed(colours.prediction, 2, 2))
        draw.curve(painter, self.places(ahead_s), _y(ahead, space, span))

    def _shade_alarms(
        self, painter: QPainter, channels: list[int], spaces: list[QRectF], info: StreamInfo
    ) -> list[alarm_marks.Caption]:
        """Shade alarms in the lanes of the channels responsible; return what to write there."""
        captions = []
        for alarm, left, right in self.alarms_in_view():
            blamed = alarm_marks.blamed(alarm)
            lanes = [
                space
                for k, space in zip(channels, spaces, strict=True)
                if not blamed or info.channels[k] in blamed
            ]
            for space in lanes:
                shade = QRectF(left, space.top(), right - left, space.height())
                alarm_marks.shade(painter, shade, still_open=alarm.end is None)
            if lanes:
                text = f"alarm {alarm.id} · {words.rarity(alarm.rarity)}"
                captions.append(alarm_marks.Caption(left, lanes[0].top(), text))
        return captions

    def _name(self, painter: QPainter, space: QRectF, info: StreamInfo, channel: int) -> QRectF:
        """Write a channel's name and unit in its lane's corner; return the patch they take."""
        unit = info.units[channel]
        text = words.shortened(info.channels[channel], 40) + (f" ({unit})" if unit else "")
        at = QPointF(space.left() + 6, space.top() + (14 if space.height() > 60 else 0))
        colours = theme.current()
        return draw.caption(painter, at, text, colours.secondary, colours.panel)

    def _draw_forgotten(self, painter: QPainter, area: QRectF) -> None:
        """Say why nothing stands where the view has gone back behind what is kept."""
        history, info = self.session.history, self.session.info
        if history is None or info is None or history.total == len(history):
            return
        right = min(self.place(history.start_s), area.right())
        if right - area.left() > FORGOTTEN_PX:
            kept = words.stretch(history.end_s - history.start_s, info.clock)
            painter.fillRect(area.adjusted(0, 0, right - area.right(), 0), theme.current().panel)
            room = area.adjusted(12, 0, right - area.right() - 12, 0)
            self.say(painter, room, f"This is no longer kept: the last {kept} are.")
            painter.setFont(theme.text_font(8))

    def _draw_paused(self, painter: QPainter, area: QRectF) -> None:
        colours = theme.current()
        strip = QRectF(area.left(), area.top() - 4, area.width(), 22)
        painter.fillRect(strip, draw.translucent(colours.raised, 235))
        painter.setFont(theme.text_font(9.5))
        painter.setPen(colours.text)
        painter.drawText(
            strip, Qt.AlignmentFlag.AlignCenter, "the view is paused; learning goes on"
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            down = event.angleDelta().y() or event.angleDelta().x()
            self._scroll.setValue(self._scroll.value() - (1 if down > 0 else -1))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lanes = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -self._fit(),
                 Qt.Key.Key_PageDown: self._fit()}  # fmt: skip
        if event.key() in lanes:
            self._scroll.setValue(self._scroll.value() + lanes[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        area = self.area()
        self._scroll.setGeometry(self.width() - 11, int(area.top()), 10, int(area.height()))
        size = self.back.sizeHint()
        self.back.setGeometry(
            int(area.right()) - size.width() - 8, int(area.bottom()) - size.height() - 8,
            size.width(), size.height(),
        )  # fmt: skip
        self.refresh()


def _y(values: F64, space: QRectF, span: axes.Range) -> F64:
    """Return where values stand in a lane, in pixels."""
    with np.errstate(over="ignore", invalid="ignore"):
        shares = (values - span.low) / (span.high - span.low)
        return space.bottom() - shares * space.height()
