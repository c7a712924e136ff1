"""Which stretch of time the plots show: one view, shared by the panels that follow it."""

from __future__ import annotations

import math

from driftscope.core.history import History
from driftscope.gui.cursor import Cursor

AHEAD_SHARE = (0.02, 0.25)
"""Room behind "now" for the forecast, as shares of the span: at least, at most."""
LOOK_S, LOOK_ROWS, FEWEST_ROWS = (2.0, 12.0), 4000, 300
"""A first span: LOOK_ROWS rows but within LOOK_S, and never fewer than FEWEST_ROWS."""


class TimeView:
    """Hold the span shown and where it ends; `end_s` is None while it follows the newest row.

    `now_s` is the newest row's time, or that at which the view was paused; times are NaN before
    the first row. `forecast_s` is how far the forecast reaches behind now. `cursor` is what is
    read there.
    """

    def __init__(self) -> None:
        self.now_s = math.nan
        self.span_s = LOOK_S[1]
        self.end_s: float | None = None
        self.first_s: float | None = None
        """The span to begin with; None to go by the rate."""
        self.forecast_s = 0.0
        self.paused = False
        self.cursor = Cursor()
        self._chosen = False
        self._history: History | None = None

    @property
    def unset(self) -> bool:
        """Return True before the first row was seen."""
        return math.isnan(self.now_s)

    @property
    def anchor_s(self) -> float:
        """Return the time the span ends at: now, or where one has gone back to."""
        return self.now_s if self.end_s is None else self.end_s

    @property
    def ahead_s(self) -> float:
        """Return how much is shown behind the anchor."""
        least, most = (share * self.span_s for share in AHEAD_SHARE)
        return min(max(1.15 * self.forecast_s, least), most)

    @property
    def lo_s(self) -> float:
        return self.anchor_s - self.span_s

    @property
    def hi_s(self) -> float:
        return self.anchor_s + self.ahead_s

    def update(self, history: History | None, paused: bool) -> None:
        """Move on to the newest row unless paused; called by every panel at each refresh."""
        if history is not self._history:
            self._history = history
            self.end_s, self._chosen, self.now_s = None, False, math.nan
            self.cursor.forget()
        if history is None or not len(history):
            return
        self.paused = paused and not self.unset
        if self.paused:
            return
        self.now_s = history.end_s
        period_s = history.period_s
        if not math.isnan(period_s):
            if not self._chosen:
                self.span_s = self.first_s or first_span_s(period_s)
                self._chosen = history.total >= FEWEST_ROWS
            if history.forecast is not None:
                self.forecast_s = period_s * len(history.forecast)

    def follow(self) -> None:
        """Go back to now, and stay there."""
        self.end_s = None

    def show(self, start_s: float, end_s: float) -> None:
        """Show an interval with as much again around it."""
        length_s = max(end_s - start_s, 0.0)
        if 2 * length_s > self.span_s:
            self._set_span(2 * length_s)
        self._move_to((start_s + end_s) / 2 + self.span_s / 2)

    def frame(self, lo_s: float, hi_s: float) -> None:
        """Show just what lies between two times."""
        shown_s = hi_s - lo_s
        least, most = AHEAD_SHARE
        span_s = shown_s - min(1.15 * self.forecast_s, shown_s)
        self._set_span(min(max(span_s, shown_s / (1 + most)), shown_s / (1 + least)))
        self._move_to(lo_s + self.span_s)

    def show_all(self) -> None:
        """Show all that is kept, up to now."""
        kept = self._history
        if kept is not None and len(kept) > 1:
            self._set_span(self.now_s - kept.start_s)
            self.follow()

    def bring(self, time_s: float) -> None:
        """Move so that a time is in sight, not at all if it is."""
        if not self.lo_s <= time_s <= self.hi_s:
            self._move_to(time_s + self.span_s / 2)

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Make the span `factor` times as long; `at_s` stays in place unless now is followed."""
        shown_s = self.hi_s - self.lo_s
        share = 1.0 if at_s is None else (at_s - self.lo_s) / shown_s
        self._set_span(self.span_s * factor)
        if self.end_s is not None and at_s is not None:
            self._move_to(at_s - share * (self.span_s + self.ahead_s) + self.span_s)

    def reset_span(self) -> None:
        """Go back to the span chosen for the stream's rate."""
        if self._history is not None and not math.isnan(self._history.period_s):
            self.span_s = first_span_s(self._history.period_s)

    def pan(self, by_s: float) -> None:
        """Move by so many seconds, into the past if negative; past now, follow again."""
        if not self.unset:
            self._move_to(self.anchor_s + by_s)

    def _set_span(self, span_s: float) -> None:
        kept = self._history
        if kept is None or len(kept) < 2:
            return
        longest_s = max(1.2 * (kept.end_s - kept.start_s), first_span_s(kept.period_s))
        self.span_s = min(max(span_s, 8 * kept.period_s), longest_s)
        self._chosen = True

    def _move_to(self, end_s: float) -> None:
        if self._history is not None and len(self._history):
            end_s = max(end_s, self._history.start_s + 0.1 * self.span_s)
        self.end_s = end_s if end_s < self.now_s else None


def first_span_s(period_s: float) -> float:
    """Return how much time to show at first for samples so far apart, in seconds."""
    span_s = max(min(max(LOOK_ROWS * period_s, LOOK_S[0]), LOOK_S[1]), FEWEST_ROWS * period_s)
    size = 10.0 ** math.floor(math.log10(span_s))
    return size * min(
        (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10), key=lambda m: abs(m * size - span_s)
    )
