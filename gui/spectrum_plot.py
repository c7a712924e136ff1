"""Amplitude or power density against frequency, with peaks named and what is under the mouse."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from driftscope.core.spectrum import Peak, Spectrum, peak_at
from driftscope.core.stream import F64
from driftscope.gui import axes, draw, frequencies, theme
from driftscope.gui.frequency_axis import FrequencyAxis
from driftscope.gui.plot import Plot
from driftscope.gui.shown_spectrum import Shown, ShownSpectrum
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched

TICK_PX, SNAP_PX, ZOOM = 90, 7, 1.25
MOST_DB, ROOM_DB = 140.0, 6.0
"""How far down a logarithmic axis goes at most, and the room above the highest peak."""


class SpectrumPlot(Plot):
    """Draw the spectrum of the stretch of time that `view` shows, as `shown.choices` say."""

    top_px, bottom_px = 8, 20

    def __init__(self, session: Watched, view: TimeView, traces: Traces) -> None:
        super().__init__(session, "Spectrum plot")
        self.shown = ShownSpectrum(session, view, traces)
        self.traces = traces
        self.hovered: float | None = None
        """The frequency that is read, None if none is."""
        self.axis = FrequencyAxis()
        self._range = axes.CalmRange()
        self._scaled: object = None
        self._dragged_px: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setToolTip(
            "The mouse, or the keys Left and Right, read a frequency; Escape reads none. The wheel "
            "or + and - zoom, dragging moves, 0 or a double click shows all frequencies. It is "
            "worked out of the stretch of time that the signal shows."
        )

    def state(self) -> tuple[object, ...]:
        self.shown.update(time.monotonic())
        if self.shown.now is not None:
            made, log = self.shown.now.measured, self.shown.choices.log_frequency
            self.axis.cover(made.step, float(made.frequency[-1]), log)
        return id(self.shown.now), self.hovered, self.shown.sentence, self.axis.part

    def draw(self, painter: QPainter, area: QRectF) -> int:
        now = self.shown.now
        if now is None:
            return self.say(painter, area, self.shown.sentence)
        self._rescale(now)
        self._draw_grid(painter, area, now)
        painter.setClipRect(area.adjusted(0, -1, 0, 1))
        if now.predicted is not None:
            painter.setPen(draw.pen(theme.current().prediction))
            self._curve(painter, area, now.predicted, 0)
        for place in reversed(range(len(now.channels))):
            painter.setPen(self.pen(place))
            self._curve(painter, area, now.measured, place)
        painter.setClipping(False)
        at = QPointF(area.right() - 4, area.top())
        caption, colours = self.shown.caption(), theme.current()
        patch = draw.caption(painter, at, caption, colours.secondary, colours.panel, right=True)
        self._name_peaks(painter, area, now, [patch])
        if self.hovered is not None:
            self._read(painter, area, now, self.hovered)
        return now.last_seq

    def pen(self, place: int) -> QPen:
        """Return the pen of a channel by its place among those that are drawn."""
        now = self.shown.now
        if now is None:
            return draw.pen(theme.current().text)
        colour, dashed = self.traces.colour(now.names[place], place)
        return draw.dashed(colour, 4, 3) if dashed else draw.pen(colour)

    def across(self, frequency: F64, area: QRectF) -> F64:
        """Return where frequencies stand, in pixels."""
        return np.asarray(area.left() + self.axis.place(frequency) * area.width())

    def frequency_at(self, x: float) -> float:
        """Return which frequency stands at a pixel."""
        return self.axis.at(self._share(x))

    def _share(self, x: float) -> float:
        area = self.area()
        return min(max((x - area.left()) / area.width(), 0.0), 1.0)

    def _top(self, area: QRectF, found: Spectrum, place: int, peak: Peak) -> QPointF:
        """Return where a peak ends: an amplitude between two bins, at its own height."""
        height = self.shown.value(found, place, peak)
        x, y = self.across(np.array(peak.frequency), area), self._y(np.array(height), area)
        return QPointF(x.item(), max(y.item(), area.top()))

    def _rescale(self, now: Shown) -> None:
        choices = self.shown.choices
        scaled = (choices, now.names, now.history, self.axis.part)
        if scaled != self._scaled:
            self._scaled, self._range = scaled, axes.CalmRange()
        low, high = self.axis.ends
        frequency = now.measured.frequency
        seen = (frequency >= max(low, now.measured.step)) & (frequency <= high)
        heights = np.concatenate(
            [self.shown.heights(now.measured, k)[seen] for k in range(len(now.names))]
        )
        known = heights[np.isfinite(heights)]
        if not len(known):
            return
        high = float(known.max())
        low = 0.0
        if choices.scale != "linear":
            low = max(float(np.quantile(known, 0.01)), high - MOST_DB)
            high += ROOM_DB
        self._range.update(
            low, max(high, low + 1e-300) * (1.1 if low == 0 else 1), time.monotonic()
        )

    def _y(self, heights: F64, area: QRectF) -> F64:
        span = self._range.range
        if span is None:
            return np.full(np.shape(heights), np.nan)
        with np.errstate(invalid="ignore", over="ignore"):
            shares = (heights - span.low) / (span.high - span.low)
        return area.bottom() - np.maximum(shares, -0.1) * area.height()

    def _curve(self, painter: QPainter, area: QRectF, found: Spectrum, place: int) -> None:
        """Draw a spectrum; where it is known how high it rises between two bins, up to there."""
        now, shown = self.shown.now, self.shown
        first = 1 if shown.choices.log_frequency else 0
        frequency, heights = found.frequency[first:], shown.heights(found, place)[first:]
        if now is not None and not shown.choices.density:
            tops = [peak_at(found, place, peak.bin) for k, peak in now.peaks if k == place]
            between = np.array([top.frequency for top in tops])
            at = np.searchsorted(frequency, between)
            frequency = np.insert(frequency, at, between)
            heights = np.insert(heights, at, [shown.value(found, place, top) for top in tops])
        draw.curve(painter, *thinned(self.across(frequency, area), self._y(heights, area)))

    def _draw_grid(self, painter: QPainter, area: QRectF, now: Shown) -> None:
        colours, span = theme.current(), self._range.range
        painter.setPen(draw.pen(colours.grid))
        most = max(2, int(area.width() / TICK_PX))
        marks = frequencies.ticks(
            *self.axis.ends, most, highest=self.axis.last, rated=now.rated, log=self.axis.log
        )
        below = []
        for frequency, text in marks:
            x = round(self.across(np.array(frequency), area).item()) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            below.append((x, text))
        heights = self._ticks(max(2, int(area.height() / 26))) if span is not None else []
        texts = []
        for value, text in heights:
            y = round(self._y(np.array(value), area).item()) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            texts.append((y, text))
        self.tick_labels(painter, texts)
        painter.setFont(theme.number_font(8))
        painter.setPen(colours.secondary)
        for x, text in below:
            wide = painter.fontMetrics().horizontalAdvance(text) + 2
            left = min(max(x - wide / 2, area.left() - wide / 2), self.width() - wide - 2)
            painter.drawText(QRectF(left, area.bottom() + 3, wide, 14), 0, text)
        painter.setFont(theme.text_font(8))

    def _ticks(self, most: int) -> list[tuple[float, str]]:
        span, choices = self._range.range, self.shown.choices
        assert span is not None
        if choices.scale != "log":
            return span.ticks(most)
        size = 10.0 if choices.density else 20.0
        low, high = (10.0 ** (end / size) for end in (span.low, span.high))
        return [(size * math.log10(v), text) for v, text in axes.log_ticks(low, high, most)]

    def _name_peaks(self, painter: QPainter, area: QRectF, now: Shown, taken: list[QRectF]) -> None:
        """Write frequency and height beside the strongest peaks, where nothing stands yet."""
        colours = theme.current()
        low, high = self.axis.ends
        for place, peak in now.peaks:
            if not low <= peak.frequency <= high:
                continue
            at = self._top(area, now.measured, place, peak)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.pen(place).color())
            painter.drawEllipse(at, 2.5, 2.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            text = (
                f"{now.frequency(peak.frequency)}  {self.shown.height(now.measured, place, peak)}"
            )
            metrics = painter.fontMetrics()
            room = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height() + 1)
            room.moveTopLeft(QPointF(at.x() + 5, max(at.y() - 16, area.top())))
            if room.right() > area.right():
                room.moveRight(at.x() - 5)
            if not any(room.intersects(other) for other in taken):
                draw.caption(painter, room.topLeft(), text, colours.text, colours.panel)
                taken.append(room)

    def _read(self, painter: QPainter, area: QRectF, now: Shown, wanted: float) -> None:
        """Draw a line at the frequency that is read, and what stands there."""
        colours = theme.current()
        near = self._near(area, now, wanted)
        k = near.bin if near else now.bin(wanted)
        frequency = near.frequency if near else float(now.measured.frequency[k])
        x = round(self.across(np.array(frequency), area).item()) + 0.5
        painter.setPen(draw.pen(colours.secondary))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        told = "  ·  ".join(self.shown.read(frequency, k, at_peak=near is not None))
        painter.setFont(theme.number_font(8))
        at = QPointF(area.right() - 4, area.top())
        draw.caption(painter, at, told, colours.text, colours.raised, right=True, veil=255)
        painter.setFont(theme.text_font(8))
        self.setAccessibleDescription(told)

    def _near(self, area: QRectF, now: Shown, wanted: float) -> Peak | None:
        """Return the peak that is meant by a frequency a few pixels beside it."""
        x = self.across(np.array(wanted), area).item()
        for _, peak in now.peaks:
            if abs(self.across(np.array(peak.frequency), area).item() - x) <= SNAP_PX:
                return peak
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        self.axis.zoom(ZOOM**-turns, self._share(event.position().x()))
        event.accept()
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_px = event.position().x()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_px = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.axis.part = None
        self.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._dragged_px is not None:
            self.axis.move((self._dragged_px - at.x()) / self.area().width())
            self._dragged_px = at.x()
        self.hovered = self.frequency_at(at.x()) if self.area().contains(at) else None
        self.refresh()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered = None
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        now, way = (
            self.shown.now,
            (event.key() == Qt.Key.Key_Right) - (event.key() == Qt.Key.Key_Left),
        )
        if event.key() == Qt.Key.Key_Escape and self.hovered is not None:
            self.hovered = None
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            closer = event.key() != Qt.Key.Key_Minus
            at = self.axis.place(np.array(self.hovered or 0.0)).item()
            self.axis.zoom(1 / ZOOM if closer else ZOOM, min(max(at, 0.0), 1.0))
        elif event.key() == Qt.Key.Key_0:
            self.axis.part = None
        elif way and now is not None:
            strongest = now.peaks[0][1].bin if now.peaks else len(now.measured.frequency) // 2
            fast = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            step = now.measured.step
            k = strongest if self.hovered is None else round(self.hovered / step) + way * fast
            self.hovered = now.bin(k * step) * step
        else:
            super().keyPressEvent(event)
            return
        self.refresh()


def thinned(x: F64, y: F64) -> tuple[F64, F64]:
    """Return points (m,) with those that share a pixel column drawn as its lowest and highest."""
    column = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    if len(starts) > len(x) / 2:
        return x, y
    pairs = np.stack([np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)], axis=1)
    return np.repeat(x[starts], 2), pairs.ravel()
