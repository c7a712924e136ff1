"""Fit a line under points that are late, never early: what a clock is found by."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from driftscope.core.stream import F64

MOST = 64
"""Points kept; each stands for a bin of readings, of which it is the one that was least late."""
FEWEST = 4
"""Points, or readings, that may stand against all older ones."""
SHORTEST_S, LASTING_S = 0.02, 0.1
"""A bin, in y; and how long it takes until lateness is no longer that of one stretch held up."""
EXCUSE_S = 20e-6
"""Misfit that is no reason to forget anything."""
LOOK = 1 / 256
"""Weight of one reading in the jitter."""
Reading = tuple[float, float, float]
"""How high it lies above the slope through 0, x and y."""


class UnderLine:
    """Follow `y = line(x)` from readings whose y is the line's, plus a delay that is not negative.

    x counts samples, or is a device's own time, and y is when they arrived, in seconds: what is
    held up on its way arrives late and nothing arrives early, so the line lies under the points,
    as high as they let it. Of all such lines it is the one with the least sum of distances (the
    edge of the lower hull over the mean of x: Moon, Skelly and Towsley 1999), found in
    `MOST` points: the least late reading of each bin. Bins grow with the stretch, up to
    `longest_s` of y each; then the oldest is forgotten. Where the newest few bins agree with
    each other but not with the line, the rate has changed, and all before is forgotten at once.
    """

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self.slope = 0.0
        """Seconds a unit of x; 0 while it is unknown."""
        self.late_s = self.jitter_s = 0.0
        """How late readings are at the mean, and how far they scatter about that (RMS)."""
        self.readings = 0
        self.changed = False
        """True if the last reading showed that the slope is another now."""
        self.spread_s = 0.0
        """The same as a mean, with what is far out counting little."""
        self._variance = self._middle_s = self._usual_s = 0.0
        self._points: F64 = np.empty((2, MOST))
        self._lowest: Reading | None = None
        """Of the bin under way; of readings at its end that are unusually late, `_lowest_late`."""
        self._lowest_late: Reading | None = None
        self._late, self._late_since, self._bin_since = 0, 0.0, 0.0
        self.restart(0.0, 0.0)

    def restart(self, x: float, y: float) -> None:
        """Begin anew at a reading, keeping the slope."""
        self._zero = (x, y)
        self._anchor_x = self._anchor_y = 0.0
        self._points[:, 0] = 0.0
        self._kept = 1
        self._bin_s = SHORTEST_S
        self._empty_bin(0.0)
        self.readings = 0

    def at(self, x: float) -> float:
        """Return the line's y."""
        return self._zero[1] + self._anchor_y + self.slope * (x - self._zero[0] - self._anchor_x)

    @property
    def first_x(self) -> float:
        """Return the oldest reading's x that the line goes by."""
        return float(self._zero[0] + self._points[0, 0])

    @property
    def span_s(self) -> float:
        """Return how much of y the points cover."""
        return float(self._points[1, self._kept - 1] - self._points[1, 0])

    def add(self, x: float, y: float) -> float:
        """Take in a reading with a larger x; return how late it is by the line before. A negative
        one has pushed the line down."""
        late_s = y - self.at(x)
        self.readings += 1
        self.changed = False
        if self.slope > 0:
            self._scatter(late_s)
            self._anchor_y += min(late_s, 0.0)
        x, y = x - self._zero[0], y - self._zero[1]
        self._into_bin((y - self.slope * x, x, y), late_s > self._usual_s)
        return late_s

    def shift(self, by_s: float) -> None:
        """Let everything come so much later from here on; if negative, follow with the points the
        line that the last reading pushed down."""
        self._points[1, : self._kept] += by_s
        self._anchor_y += max(by_s, 0.0)
        self._empty_bin(float(self._points[1, self._kept - 1]))

    def state_dict(self) -> dict[str, Any]:
        return {**vars(self), "_points": self._points.copy()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._points = state["_points"].copy()

    def _scatter(self, late_s: float) -> None:
        weight = max(LOOK, 1 / (1 + self.readings))
        off_s = late_s - self.late_s
        self.late_s += weight * off_s
        self._variance += weight * ((1 - weight) * off_s * off_s - self._variance)
        self.jitter_s = math.sqrt(self._variance)
        if self.readings > 1 / LOOK:  # what is far out counts for no more than three times as much
            late_s = min(late_s, self._middle_s + 3 * self.spread_s)
        self._middle_s += weight * (late_s - self._middle_s)
        self.spread_s += weight * (abs(late_s - self._middle_s) - self.spread_s)

    def _into_bin(self, reading: Reading, unusual: bool) -> None:
        """Keep the lowest reading, that of the unusually late ones at the end apart: when these
        last they are a bin of their own."""
        y = reading[2]
        if not unusual:
            found = (self._lowest, self._lowest_late, reading)
            self._lowest = min(each for each in found if each is not None)
            self._lowest_late, self._late = None, 0
        elif self._lowest_late is None:
            self._lowest_late, self._late, self._late_since = reading, 1, y
        else:
            self._lowest_late, self._late = min(self._lowest_late, reading), self._late + 1
        lasts = self._late >= FEWEST and y - self._late_since >= LASTING_S
        if not lasts and y - self._bin_since < self._bin_s:
            return
        for each in (self._lowest, self._lowest_late):
            if each is not None:
                self._add_point(each)
        if not lasts:
            self._usual_s = self._middle_s + 6 * self.spread_s + EXCUSE_S
        self._empty_bin(y)

    def _empty_bin(self, y: float) -> None:
        self._bin_since = self._late_since = y
        self._late = 0
        self._lowest = self._lowest_late = None

    def _add_point(self, reading: Reading) -> None:
        if reading[1] <= self._points[0, self._kept - 1]:
            return
        if self._kept == MOST:
            self._make_room()
        self._points[:, self._kept] = reading[1:]
        self._kept += 1
        self._fit()

    def _make_room(self) -> None:
        """Let two bins become one, or forget the oldest if they are long enough."""
        x, y = self._points
        if self.span_s < 0.5 * self.longest_s * MOST:
            lower = (y - self.slope * x).reshape(-1, 2).argmin(axis=1)
            self._points[:, : MOST // 2] = self._points[:, np.arange(0, MOST, 2) + lower]
            self._kept, self._bin_s = MOST // 2, 2 * self._bin_s
        else:
            self._points[:, :-1] = self._points[:, 1:].copy()
            self._kept -= 1

    def _fit(self) -> None:
        x, y = self._points[:, : self._kept]
        slope, x0, y0 = _under(x, y)
        late = y - y0 - slope * (x - x0)
        excuse_s = 2 * min(float(np.median(late)), self.spread_s) + EXCUSE_S
        for few in (4, 8, 16, 32):
            if few >= self._kept or y[-1] - y[-few] < LASTING_S:
                continue
            other, x1, y1 = _under(x[-few:], y[-few:])
            own = y[-few:] - y1 - other * (x[-few:] - x1)
            if late[-few:].mean() > 4 * own.mean() + excuse_s:
                self._points[:, :few] = self._points[:, self._kept - few : self._kept].copy()
                self._kept, self._bin_s = few, max(SHORTEST_S, self._bin_s / 8)
                self.changed = True
                slope, x0, y0 = other, x1, y1
                break
        if slope > 0:
            self.slope, self._anchor_x, self._anchor_y = slope, x0, y0


def _under(x: F64, y: F64) -> tuple[float, float, float]:
    """Return slope and a point of the line under points (n,) that is highest at the mean of x:
    of all that join a point before it with one behind, the lowest there. x rises."""
    middle = x.mean()
    split = int(np.searchsorted(x, middle, "right"))
    left_x, left_y = x[:split, None], y[:split, None]
    slopes = (y[split:] - left_y) / (x[split:] - left_x)
    i, j = np.unravel_index(int((left_y + slopes * (middle - left_x)).argmin()), slopes.shape)
    return float(slopes[i, j]), float(x[i]), float(y[i])
