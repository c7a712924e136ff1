"""Say numbers the way people read them: one place for every figure on screen. No Qt in here."""

from __future__ import annotations

import math
import time

from driftscope.core.stream import Clock

DAY_S = 86_400.0
UNKNOWN = "–"
JOINERS = "\u200c\u200d"
"""They say how signs beside them are written, as of an emoji made of several."""
RAREST = 9
"""Decimal places of 1 in 1 billion: nothing rarer can be told apart by what was seen."""


def thousands(number: float) -> str:
    """Return a whole number with its thousands separated: '43,200'."""
    return f"{round(number):,}" if math.isfinite(number) else UNKNOWN


def rounded(number: float, digits: int = 2) -> str:
    """Return a number cut to a few significant digits, never in powers of ten: '310,000', '0.6'."""
    if not math.isfinite(number):
        return UNKNOWN
    if number == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(number)))
    number = round(number, decimals)
    if abs(number) >= 10 ** (digits - 1):
        return f"{number:,.0f}"
    return f"{number:.{decimals}f}".rstrip("0").rstrip(".")


def one_in(count: float) -> str:
    """Return how unusual something is: '1 in 310,000', '1 in 2.4M', 'under 1 in 1 billion'."""
    if not count >= 1:
        return "1 in 1"
    if count > 1.0005 * 10**RAREST:
        return "under 1 in 1 billion"
    for size, letter in ((1e9, "B"), (1e6, "M")):
        if count >= size * 0.9995:
            return f"1 in {rounded(count / size)}{letter}"
    return f"1 in {rounded(count)}"


def rarity(log10_one_in: float) -> str:
    """Return a rarity, -log10 of the tail probability, as '1 in N'."""
    if not math.isfinite(log10_one_in):
        return UNKNOWN
    return one_in(10.0 ** min(max(log10_one_in, 0.0), 300.0))


def duration(seconds: float) -> str:
    """Return a length of time: '40 ms', '1.2 s', '3 min', '2 h 5 min', '3 d 4 h'."""
    if not math.isfinite(seconds):
        return UNKNOWN
    seconds = max(seconds, 0.0)
    if seconds == 0:
        return "0 s"
    if seconds < 0.0995:
        return f"{rounded(seconds * 1e3)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def milliseconds(value_ms: float) -> str:
    """Return a short time in milliseconds: '0.6 ms', '24 ms'."""
    if not math.isfinite(value_ms):
        return UNKNOWN
    return f"{value_ms:.1f} ms" if value_ms < 9.95 else f"{value_ms:,.0f} ms"


def rate(rate_hz: float | None) -> str:
    """Return a sampling rate: '1.00 kHz', '50.0 Hz', 'one every 5 min'."""
    if not rate_hz or not math.isfinite(rate_hz):
        return "rate unknown"
    if rate_hz < 0.1:
        return f"one every {duration(1 / rate_hz)}"
    for size, unit in ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz")):
        if rate_hz >= size * 0.9995 or size == 1.0:
            number = rate_hz / size
            return f"{number:.{2 if number < 9.995 else 1 if number < 99.95 else 0}f} {unit}"
    raise AssertionError("unreachable")


def frame_rate(rate_hz: float | None) -> str:
    """Return how often a picture comes: '30 pictures/s', '0.5 pictures/s', 'one every 5 min'."""
    if not rate_hz or not math.isfinite(rate_hz):
        return "rate unknown"
    if rate_hz < 0.1:
        return f"one every {duration(1 / rate_hz)}"
    return f"{rounded(rate_hz, 3)} pictures/s"


def measurement(value: float) -> str:
    """Return a measured value in a steady number of places: '0.021', '-113.4', '1.20e+30'."""
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size and (size >= 1e6 or size < 5e-4):
        return f"{value:.2e}"
    decimals = 3 if size < 10 else 2 if size < 100 else 1
    return f"{value:,.{decimals}f}"


def per_day(times: float) -> str:
    """Return how often something happens: '2 a day', '360 an hour', 'one in 12 days'."""
    if not times > 0 or not math.isfinite(times):
        return UNKNOWN
    if times >= 2_400:
        return f"{rounded(times / 24)} an hour"
    if times >= 0.095:
        return f"{rounded(times)} a day"
    days = 1 / times
    return f"one in {rounded(days)} days" if days < 730 else f"one in {rounded(days / 365)} years"


def so_far(count: int, stream_s: float) -> str:
    """Return how often something happened: 'none', '3 in 12 min', after two days '1.4 a day'."""
    if not count:
        return f"none in {duration(stream_s)}"
    if stream_s >= 2 * DAY_S:
        return per_day(count * DAY_S / stream_s)
    return f"{thousands(count)} in {duration(stream_s)}"


def time_of_day(unix_s: float) -> str:
    """Return the local time of day to the millisecond: '14:32:07.412'."""
    whole, thousandths = divmod(round(unix_s * 1000), 1000)
    try:
        return time.strftime("%H:%M:%S", time.localtime(whole)) + f".{thousandths:03d}"
    except (ValueError, OverflowError, OSError):  # a clock that went wild
        return UNKNOWN


def elapsed(seconds: float) -> str:
    """Return a time since the start as h:mm:ss.mmm: '0:12:07.412'."""
    sign = "-" if seconds < 0 else ""
    whole, thousandths = divmod(round(abs(seconds) * 1000), 1000)
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def moment(seconds: float, clock: Clock, now_s: float | None = None) -> str:
    """Return a time of a stream by its StreamInfo's clock, with the date if it is not today's.

    `now_s` stands for the Unix time now, in tests.
    """
    if clock == "rows":
        return f"row {thousands(seconds)}"
    if clock == "elapsed":
        return elapsed(seconds)
    day = _day(seconds)
    today = _day(time.time() if now_s is None else now_s)
    return time_of_day(seconds) if day == today else f"{day} {time_of_day(seconds)[:8]}"


def stretch(seconds: float, clock: Clock) -> str:
    """Return how long something took by its StreamInfo's clock: '1.2 s', '19 rows'."""
    return f"{thousands(seconds)} rows" if clock == "rows" else duration(seconds)


def _day(unix_s: float) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.localtime(unix_s))
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def megabytes(count: float) -> str:
    """Return a number of bytes: '412 MB'."""
    return f"{count / 1e6:,.0f} MB"


def plural(count: int, word: str) -> str:
    """Return '1 line', '3 lines', '12,000 lines'."""
    return f"{thousands(count)} {word}{'' if count == 1 else 's'}"


def shortened(text: str, length: int) -> str:
    """Return a text of at most `length` characters on one line, unprintable ones replaced."""
    line = "".join(c if c.isprintable() or c in JOINERS else "·" for c in text.strip())
    return line if len(line) <= length else line[: length - 1] + "…"
