"""Say what is read in a plot: values, times and how far apart, in places that hold still. No Qt."""

from __future__ import annotations

import math
import time

import numpy as np

from driftscope.core.history import History, Row
from driftscope.core.rows import UNSCORED
from driftscope.core.stream import F64, Clock
from driftscope.gui import words

MOST_PLACES = 9
FINE = 5_000
"""A value is told this many times finer than the range it is drawn in."""


def fine_places(height: float) -> int:
    """Return the decimal places in which values of a range so high can be told apart."""
    if not math.isfinite(height) or height <= 0:
        return 3
    return min(max(0, math.ceil(-math.log10(height / FINE))), MOST_PLACES)


def places(values: F64, height: float) -> int:
    """Return the decimal places that values have: what was sent as 0.021 is told as 0.021.

    Those that have endless ones are told as finely as `height`, that of their range, asks for.
    """
    most = fine_places(height)
    known = values[np.isfinite(values)]
    small = 1e-9 * max(1e-300, float(np.abs(known).max(initial=0.0)))
    with np.errstate(over="ignore", invalid="ignore"):
        for count in range(most):
            if not (np.abs(known - np.round(known, count)) > small).any():
                return count
    return most


def value(number: float, decimals: int) -> str:
    """Return a value in so many decimal places, in powers of ten where those do not serve."""
    if not math.isfinite(number):
        return words.UNKNOWN
    if abs(number) >= 1e8 or 0 < abs(number) < 0.5 * 10.0**-decimals:
        return f"{number:.4e}" if number else "0"
    return f"{number:,.{decimals}f}"


def time_places(period_s: float) -> int:
    """Return the decimal places of seconds in which samples so far apart have their own time."""
    if not math.isfinite(period_s) or period_s <= 0:
        return 3
    return min(max(0, math.ceil(-math.log10(period_s) - 0.1) + 1), 6)


def instant(time_s: float, clock: Clock, decimals: int) -> str:
    """Return a time of a stream: '0:12:07.4120', by a Unix clock '2026-11-21 14:32:07.412'."""
    if clock == "rows":
        return words.moment(time_s, clock)
    size = 10**decimals
    try:
        whole, part = divmod(round(abs(time_s) * size), size)
        rest = f".{part:0{decimals}d}" if decimals else ""
        if clock == "unix":
            return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(whole)) + rest
        sign = "-" if time_s < 0 else ""
        return f"{sign}{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{rest}"
    except (ValueError, OverflowError, OSError):  # a clock that went wild
        return words.UNKNOWN


def lapse(time_s: float, clock: Clock, decimals: int) -> str:
    """Return how far apart two times are: '1.2340 s', '-123 rows'."""
    if clock == "rows":
        return f"{time_s:,.0f} {'row' if abs(time_s) == 1 else 'rows'}"
    return f"{time_s:,.{decimals}f} s"


def ago(time_s: float, clock: Clock, period_s: float) -> str:
    """Return a time counted back from now, of samples so far apart: '-3.214 s', 'now'."""
    return "now" if not time_s else lapse(time_s, clock, time_places(period_s))


def unusual(row: Row) -> str:
    """Return how unusual a sample was: '1 in 310', 'not scored'."""
    return "not scored" if row.flags & UNSCORED else words.rarity(row.rarity)


def frequency(time_s: float) -> str:
    """Return how often something comes that takes so long, with four digits: '0.8104 Hz'."""
    rate_hz = 1 / abs(time_s) if time_s else math.inf
    if not math.isfinite(rate_hz):
        return words.UNKNOWN
    for size, unit in ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz"), (1e-6, "µHz")):
        if rate_hz >= size * 0.99995 or size == 1e-6:
            number = rate_hz / size
            whole = len(str(int(number)))
            return f"{number:,.{max(0, 4 - whole)}f} {unit}"
    raise AssertionError("unreachable")


class Decimals:
    """Remember the decimal places in which each channel is told, so that numbers hold still."""

    LOOKED_AT = 500

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, float, int, int]] = {}

    def of(self, history: History, channel: int, height: float) -> int:
        """Return the places for a channel that is drawn in a range of that height; NaN for one
        that is not on screen."""
        height = height if math.isfinite(height) else 0.0  # NaN would never be found again
        was, high, seen, count = self._kept.get(channel, (0, math.nan, 0, 0))
        same = was == id(history) and high == height
        if same and history.total < 2 * seen:
            return count
        rows = history.rows
        newest = rows.values[channel, max(0, rows.count - self.LOOKED_AT) : rows.count]
        found = max(places(newest, height), count if same else 0)
        self._kept[channel] = id(history), height, history.total, found
        return found
