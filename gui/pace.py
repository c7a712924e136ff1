"""How often a frame is drawn, and how long a sample takes to be seen in one."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque

import numpy as np

FAST_MS, PICTURES_MS, SLOW_MS, LATE_MS = 16, 30, 33, 45
DEAR_S, CHEAP_S = 0.012, 0.009
"""What a frame may cost before fewer are drawn, and how little until there are more again."""
LOOK_S, MANY = 0.25, 10
"""Work left out more often than so many times in a look means that time is really short."""
LATE_S = 1.0
"""How long fewer frames are drawn then."""


class Pace:
    """Measure frames, and say when the next one is due. GUI thread only.

    `frames_per_s` are those really painted, `latency_ms` is the median and the 99th percentile
    of the time from a sample's arrival to the paint that shows it.
    """

    def __init__(self) -> None:
        self.frames_per_s = 0.0
        self._costs: deque[float] = deque(maxlen=9)
        self._spent_s = time.thread_time()
        self._dear = False
        self._frames: deque[float] = deque(maxlen=120)
        self._late_until_s = 0.0
        self.forget()

    def forget(self) -> None:
        """Start with another source."""
        self.latency_ms = (math.nan, math.nan)
        self._latencies: deque[float] = deque(maxlen=300)
        self._arrived_s = math.nan
        self._left_out = 0
        self._looked_s = 0.0

    def arrived(self, steady_s: float) -> None:
        """Note when the newest sample arrived that the next paint will show."""
        self._arrived_s = steady_s

    def painted(self, paused: bool) -> None:
        """Note that the signal has just been painted."""
        now_s = time.monotonic()
        self._frames.append(now_s)
        if not paused and math.isfinite(self._arrived_s):
            self._latencies.append(1e3 * (now_s - self._arrived_s))
            self._arrived_s = math.nan

    def next_ms(self, left_out: int, pictures: bool = False) -> int:
        """Return how long to wait between frames; called once in each. `left_out` counts the work
        that was not done for lack of time. With `pictures` more than 30 a second would mostly
        draw what is there already."""
        now_s = time.monotonic()
        self._weigh()
        self.frames_per_s = float(sum(now_s - at < 1.0 for at in self._frames))
        if now_s - self._looked_s >= LOOK_S:
            if self._latencies:
                p50, p99 = np.percentile(list(self._latencies), [50, 99])
                self.latency_ms = (float(p50), float(p99))
            if left_out - self._left_out > MANY:
                self._late_until_s = now_s + LATE_S
            self._left_out, self._looked_s = left_out, now_s
        if now_s < self._late_until_s:
            return LATE_MS
        if self._dear:
            return SLOW_MS
        return PICTURES_MS if pictures else FAST_MS

    def _weigh(self) -> None:
        """Take in what the last frame cost this thread, its painting included, which comes after
        the timer's own turn. Time spent waiting for others is not counted."""
        spent_s = time.thread_time()
        self._costs.append(spent_s - self._spent_s)
        self._spent_s = spent_s
        usual_s = statistics.median(self._costs)
        self._dear = usual_s > (CHEAP_S if self._dear else DEAR_S)
