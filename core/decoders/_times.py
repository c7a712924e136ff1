"""Make times that rise: from a device's own clock, or from arrival."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.clock import ClockQuality, believable
from driftscope.core.stream import F64
from driftscope.core.under_line import UnderLine

TICK_S = 1e-6
"""Least step between two samples: a double of Unix seconds resolves 0.24 µs."""
FIRST = 64
"""Samples from which the nominal period is taken."""
RESTART_S = 1.0
"""A device's clock that goes back by more has started anew."""
BIN_S, DRIFT_S, SURE = 15.0, 30.0, 200.0
"""Drift is that of the last 64 bins so long. It is told after so long, and once arrivals scatter by
no more than so many millionths of it: the line under them is far better than they are."""
IN_STEP_PPM = 20_000.0
"""A clock that is further out is none, or its unit is not what we take it for."""


def rising(times: F64, last_s: float | None) -> F64:
    """Return the times, moved up where one is not at least a little behind the one before."""
    before = -np.inf if last_s is None else last_s
    if len(times) and times[0] > before and (times[1:] > times[:-1]).all():
        return times
    ramp = TICK_S * np.arange(1, len(times) + 1)
    raised: F64 = np.maximum(np.maximum.accumulate(times - ramp), before) + ramp
    return raised


class DeviceClock:
    """Follow a time column. A time that does not rise, or that no clock can mean, becomes the one
    before plus the nominal period (the mean of the first 64 intervals); one that goes back by
    more than a second starts a new count there, as after a reset of the board. What happens to a
    sample depends on those before it only, never on block borders.
    """

    def __init__(self) -> None:
        self.last_s: float | None = None
        self._raw_s = 0.0
        self._first_s = 0.0
        self._count = 0
        self._period_s = 0.0
        self._offset_s = 0.0
        self._arrivals = UnderLine(BIN_S)
        self._compared = False
        self.restarts: list[int] = []
        """Rows of those stamped last before which the clock began anew."""

    @property
    def quality(self) -> ClockQuality:
        """Return its drift against our clock, and how unevenly what it sends arrives."""
        line = self._arrivals
        if line.readings < 16 or not line.slope:
            return ClockQuality()
        drift_ppm = 1e6 * (1 / line.slope - 1)
        if abs(drift_ppm) > IN_STEP_PPM:
            return ClockQuality()
        sure = line.span_s >= max(DRIFT_S, 1e6 * line.spread_s / SURE)
        return ClockQuality(None, drift_ppm if sure else None, 1e3 * line.jitter_s)

    def arrived(self, time_s: float, at_s: float) -> None:
        """Compare the newest time stamped with when it arrived, both in seconds."""
        if self._compared:
            self._arrivals.add(time_s, at_s)
        else:
            self._arrivals.slope = 1.0
            self._arrivals.restart(time_s, at_s)
        self._compared = True

    def stamp(self, raw: F64) -> tuple[F64, int]:
        """Return (n,) rising times in seconds, and how many had to be made up."""
        self.restarts = []
        if not len(raw):
            return raw, 0
        raw = believable(raw)
        times, repaired, at = raw + self._offset_s, 0, 0
        while at < len(raw):
            before = -np.inf if self.last_s is None else self.last_s
            rises = times[at:] > np.concatenate(([before], times[at:-1]))
            good = len(rises) if rises.all() else int(np.argmin(rises))
            if good:
                self._learn(raw, times, at, at + good)
                at += good
                continue
            repaired += 1
            made = (self.last_s or 0.0) + max(self._period(), TICK_S)
            if raw[at] < self._raw_s - RESTART_S:
                self.restarts.append(at)
                self._offset_s = made - raw[at]
                times[at:] = raw[at:] + self._offset_s
            times[at] = made
            self._learn(raw, times, at, at + 1)
            at += 1
        return times, repaired

    def gap(self) -> None:
        """Count the nominal period anew behind an interruption."""
        self._count = 0
        self._compared = False

    def state_dict(self) -> dict[str, Any]:
        return {**vars(self), "_arrivals": self._arrivals.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        arrivals = self._arrivals
        vars(self).update(state)
        self._arrivals = arrivals
        arrivals.load_state_dict(state["_arrivals"])

    def _period(self) -> float:
        if self._period_s or self._count < 2:
            return self._period_s
        return max(0.0, (self._raw_s - self._first_s) / (self._count - 1))

    def _learn(self, raw: F64, times: F64, start: int, stop: int) -> None:
        if self._count == 0:
            self._first_s, self._period_s = float(raw[start]), 0.0
        if self._count <= FIRST < self._count + stop - start:
            at = float(raw[start + FIRST - self._count])
            self._period_s = max(0.0, (at - self._first_s) / FIRST)
        self._count += stop - start
        told = raw[start:stop][~np.isnan(raw[start:stop])]
        if len(told):  # by the last time that was told a new start is known
            self._raw_s = float(told[-1])
        self.last_s = float(times[stop - 1])
