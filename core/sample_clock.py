"""Times for samples that come without one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from driftscope.core.clock import MIN_SPACING_S, ClockQuality
from driftscope.core.stream import F64
from driftscope.core.under_line import UnderLine

BIN_S = 0.25
"""The rate is that of the last 64 bins so long."""
PAUSE_S, JITTERS = 0.25, 4
"""A few samples later than that, and than so many times the jitter, were not held up: the device
had paused."""
LONGEST_LATE_S = (0.5, 2.0)
"""Later than that is a pause in any case: for samples that come singly, and several at once."""
AGAIN = 8
"""Within so many reads a pause may turn out not to have been one."""
CLOSE_IN_S = 0.25
"""How fast times close in on a clock that is seen better now."""


class ArrivalClock:
    """Give samples that came in one read times of their own: even, strictly rising, never late.

    The sample clock is the line under arrivals against the count of samples (`UnderLine`), so
    lumps and late reads leave no mark in it. A pause of the device is taken over at once.
    """

    def __init__(self) -> None:
        self._line = UnderLine(BIN_S)
        self._last_s: float | None = None
        self._count = 0
        self._per_read = 1.0
        self._paused_at = (-1, 0.0)
        self._paused_s = 0.0

    @property
    def quality(self) -> ClockQuality:
        line = self._line
        if line.readings < 16 or not line.slope:
            return ClockQuality()
        return ClockQuality(rate_hz=1 / line.slope, jitter_ms=1e3 * line.jitter_s)

    def stamp(self, n: int, arrival_s: float) -> F64:
        """Return (n,) times in seconds for n samples that arrived at `arrival_s`."""
        if n == 0:
            return np.empty(0)
        line, self._count = self._line, self._count + n
        before = np.arange(n - 1, -1, -1.0)
        if self._last_s is None:
            line.restart(self._count, arrival_s)
            self._last_s = arrival_s
            return arrival_s - (line.slope or MIN_SPACING_S) * before
        period_s = line.slope
        late_s = line.add(self._count, arrival_s)
        end_s, spacing_s = arrival_s, math.inf
        if period_s:
            behind_s = arrival_s - line.at(self._count)
            if behind_s > self._most_late_s() and n <= 2 * self._per_read:
                self._pause(behind_s, arrival_s)
                spacing_s = period_s
            else:
                self._resume(late_s)
                end_s = self._end_s(n, period_s, arrival_s)
        self._per_read += (n - self._per_read) / 32
        since_s = max(end_s - self._last_s, n * MIN_SPACING_S)
        times: F64 = self._last_s + since_s - min(spacing_s, since_s / n) * before
        self._last_s = float(times[-1])
        return times

    def gap(self) -> None:
        """Forget the sample before an interruption; the period stays known."""
        self._last_s = None

    def state_dict(self) -> dict[str, Any]:
        return {**vars(self), "_line": self._line.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        line = self._line
        vars(self).update(state)
        self._line = line
        line.load_state_dict(state["_line"])

    def _most_late_s(self) -> float:
        longest_s = LONGEST_LATE_S[self._per_read >= 2]
        return max(PAUSE_S, min(JITTERS * self._line.jitter_s, longest_s))

    def _pause(self, late_s: float, arrival_s: float) -> None:
        """Take over that nothing was sampled for a while. Where one pause follows another, the
        device has become slower."""
        line, (since, since_s) = self._line, self._paused_at
        self._paused_at = self._count, arrival_s
        if since >= line.first_x:
            line.slope = (arrival_s - since_s) / (self._count - since)
            line.restart(self._count, arrival_s)
            self._paused_s = 0.0
        else:
            line.shift(late_s)
            self._paused_s = late_s

    def _resume(self, late_s: float) -> None:
        """Take back a pause as far as samples come too early for it: they were held up."""
        if self._count - self._paused_at[0] > AGAIN * self._per_read:
            self._paused_s = 0.0
        elif late_s < 0 < self._paused_s:
            back_s = min(-late_s, self._paused_s)
            self._line.shift(-back_s)
            self._paused_s -= back_s

    def _end_s(self, n: int, period_s: float, arrival_s: float) -> float:
        """Return the time of the last of n samples: on the line, or a step towards it."""
        even_s = (self._last_s or 0.0) + n * period_s
        off_s = self._line.at(self._count) - even_s
        at_once = self._line.changed or off_s > PAUSE_S
        share = 1.0 if at_once else 1 - math.exp(-n * period_s / CLOSE_IN_S)
        return min(even_s + share * off_s, arrival_s)
