"""Playing: how fast a source that could go at any speed gives its samples out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from driftscope.core.errors import ParamError
from driftscope.core.params import Params, param
from driftscope.core.stream import F64

MAX_ROWS = 4096
MAX_BYTES = 256_000
TICK_S = 0.010
"""How long samples are gathered before they go out together."""
WAIT_S = 0.100
"""The longest a read may wait: a source must come back to be closed."""
CATCH_UP_S = 0.25
"""How much lateness is made good by playing faster; what is above moves the playing clock."""


def parse_speed(value: object) -> float:
    """Return a speed as a factor of real speed, infinite for "max"; raise ParamError."""
    text = str(value).strip().lower()
    if text == "max":
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if 0 < speed < math.inf:
        return speed
    raise ParamError(f"speed must be max or a number above 0, such as 1 or 10, not {value!r}.")


def speed_text(value: str) -> str:
    """Return a speed as it is kept, in small letters; raise ParamError."""
    parse_speed(value)
    return value.strip().lower()


@dataclass
class PlayParams(Params):
    """Parameters of a source that is played: a file, a generator."""

    speed: str = param(
        "1", read=speed_text, label="Speed",
        help="How fast it is played: 1 is real speed, 10 ten times as fast, max as fast as the "
        "learning goes. Results never depend on it.",
    )  # fmt: skip


def block_rows(channels: int) -> int:
    """Return how many rows of float64 one block may hold: 4096, or as many as fill 256 kB."""
    return max(1, min(MAX_ROWS, MAX_BYTES // (8 * (channels + 1))))


class Pacer:
    """Tell how many samples are due, by their own times and the steady clock.

    The first sample is due at once. A consumer that is late finds what is due and loses
    nothing; lateness beyond a quarter of a second is not made good by a burst. `params.speed`
    may be turned at any time. `clock` and `sleep` are for tests. Reader thread only.
    """

    def __init__(
        self,
        params: PlayParams,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._params = params
        self._clock = clock
        self._sleep = sleep
        self._speed = 0.0
        self._steady_s = 0.0
        self._stream_s = 0.0
        self._out_s = -math.inf

    def due(self, time_s: F64) -> int:
        """Return how many of the next samples, taken at `time_s` (n,), may go out now.

        Wait until the first one may, and until 10 ms have gone by since the last call that
        let some go, but never beyond 100 ms: then return 0.
        """
        if not len(time_s):
            return 0
        speed = parse_speed(self._params.speed)
        now_s = self._clock()
        self._follow(speed, now_s, float(time_s[0]))
        if math.isinf(speed):
            return len(time_s)
        first_s = self._steady_s + (float(time_s[0]) - self._stream_s) / speed
        if now_s - first_s > CATCH_UP_S:
            self._steady_s += now_s - first_s - CATCH_UP_S
        if now_s - first_s <= TICK_S:
            wait_s = min(max(first_s, self._out_s + TICK_S) - now_s, WAIT_S)
            if wait_s > 0:
                self._sleep(wait_s)
                now_s = self._clock()
        due_s = self._stream_s + (now_s - self._steady_s) * speed
        count = int(np.searchsorted(time_s, due_s, side="right"))
        if count:
            self._out_s = now_s
        return count

    def _follow(self, speed: float, now_s: float, first_s: float) -> None:
        """Start with the first sample; go on from where it is when the speed is turned."""
        if speed == self._speed:
            return
        playing = 0 < self._speed < math.inf
        played_s = (now_s - self._steady_s) * self._speed if playing else 0.0
        self._stream_s = self._stream_s + played_s if playing else first_s
        self._steady_s = now_s
        self._speed = speed
