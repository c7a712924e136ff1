"""Where ticks stand and what they say, and ranges that hold still. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.stream import F64, Clock
from driftscope.gui import words

STEPS = (1.0, 2.0, 2.5, 5.0)
TIME_STEPS_S = (
    *(10.0**k * m for k in range(-6, 1) for m in (1, 2, 5)), 10, 15, 30, 60, 120, 300, 600, 900,
    1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000,
    31536000,
)  # fmt: skip
ROW_STEPS = tuple(m * 10.0**k for k in range(12) for m in (1, 2, 5))
LARGEST = 1e290


def number(value: float, step: float) -> str:
    """Return a tick's text, with the places that tell it from one a step away: '-0.5', '1,250'."""
    if abs(value) < step * 1e-6:
        value = 0.0
    places = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if places and step * 10 ** (places - 1) % 1 > 1e-6 and step * 10**places % 1 > 1e-6:
        places += 1  # 2.5 in a decade
    if places <= 5 and abs(value) < 1e7:
        return f"{value:,.{places}f}"
    return _short(f"{value:.3g}")


def _short(text: str) -> str:
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


@dataclass(frozen=True, slots=True)
class Range:
    """Hold a vertical range that begins and ends on a tick."""

    low: float
    high: float
    step: float

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most `most` (value, text): every tick, or ends and middle, or the ends.

        Where the whole number is too long to tell ticks apart, the upper ones say how much more.
        """
        count = round((self.high - self.low) / self.step)
        if most < 2:
            return []
        stride = next((s for s in range(1, count + 1) if not count % s and count // s < most), 1)
        values = [self.low + k * self.step for k in range(0, count + 1, stride)]
        texts = [number(value, self.step) for value in values]
        if len(set(texts)) < len(texts) or max(map(len, texts)) > 9:
            more = [f"+{number(value - self.low, self.step)}" for value in values[1:]]
            texts = [_short(f"{self.low:.5g}"), *more]
        return list(zip(values, texts, strict=True))


@dataclass(frozen=True, slots=True)
class FixedRange(Range):
    """Hold a range as someone set it: ticks lie within it, on round numbers."""

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most `most` (value, text) on round numbers, or the two ends."""
        height = self.high - self.low
        size = 10.0 ** math.floor(math.log10(height / max(most, 2)))
        for step in (size * part for part in (1, 2, 5, 10, 20, 50)):
            first = math.ceil(self.low / step - 1e-6)
            last = math.floor(self.high / step + 1e-6)
            if last - first < most:
                break
        values = [k * step for k in range(first, last + 1)]
        texts = [number(value, step) for value in values]
        if len(values) < 2 or len(set(texts)) < len(texts) or max(map(len, texts)) > 12:
            texts = [_short(f"{self.low:.5g}"), f"+{number(height, height / 10)}"]
            values = [self.low, self.high]
        return list(zip(values, texts, strict=True))


def fixed_range(low: float, high: float) -> Range:
    """Return just this range."""
    return FixedRange(low, high, (high - low) / 10)


def nice_range(low: float, high: float) -> Range:
    """Return the smallest range with at most five round steps that holds both values."""
    low, high = max(low, -LARGEST), min(high, LARGEST)
    height = high - low
    size = max(abs(low), abs(high))
    if height <= size * 1e-12 or height < 1 / LARGEST:
        height = 0.01 * size if size > 1 / LARGEST else 2.0
        low, high = low - height / 2, high + height / 2
    size = 10.0 ** math.floor(math.log10(height / 5))
    for scale in (size, size * 10):
        for part in STEPS:
            step = scale * part
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if last - first <= 5:
                return Range(first * step, max(last, first + 1) * step, step)
    raise AssertionError("unreachable: ten steps of a decade always hold it")


def robust_limits(values: F64) -> tuple[float, float] | None:
    """Return the lowest and highest of some values, leaving out the absurd; None if all miss.

    Absurd is what lies more than four times the spread of the middle 96 % beyond it.
    """
    known = np.sort(values[np.isfinite(values)])
    if not len(known):
        return None
    low, high = known[len(known) // 50], known[-1 - len(known) // 50]
    room = 4 * (high - low) if high > low else np.inf
    with np.errstate(over="ignore"):
        sane = known[(known >= low - room) & (known <= high + room)]
    return float(sane[0]), float(sane[-1])


class CalmRange:
    """Follow a signal's range without dancing: widen at once, narrow after a while."""

    HOLD_S = 3.0

    def __init__(self) -> None:
        self.range: Range | None = None
        self._too_wide_since_s: float | None = None

    def update(self, low: float, high: float, now_s: float) -> Range:
        """Take in what is visible now, at `now_s` of any steady clock; return the range."""
        wanted, held = nice_range(low, high), self.range
        if held is None:
            self.range = wanted
        elif low < held.low or high > held.high:
            margin = 0.1 * (high - low)
            self.range = nice_range(
                low - margin if low < held.low else low,
                high + margin if high > held.high else high,
            )
        elif wanted.high - wanted.low <= 0.65 * (held.high - held.low):
            self._too_wide_since_s = self._too_wide_since_s or now_s
            if now_s - self._too_wide_since_s < self.HOLD_S:
                return held
            self.range = wanted
        self._too_wide_since_s = None
        return self.range or wanted


def time_ticks(
    before_s: float, after_s: float, most: int, clock: Clock = "elapsed"
) -> list[tuple[float, str]]:
    """Return (offset, text) of at most about `most` ticks from -before_s to -after_s, counted
    back from now in what the stream's clock counts: '-3 s', '-20 ms', '-500 rows', 'now'."""
    span_s = before_s - after_s
    steps = ROW_STEPS if clock == "rows" else TIME_STEPS_S
    step = next((s for s in steps if span_s / s <= most), 0.0)
    if not step:  # longer than anything foreseen
        step = steps[-1] * math.ceil(span_s / steps[-1] / most)
    unit, size = ("rows", 1.0) if clock == "rows" else _time_unit(step, before_s)
    found = []
    for k in range(math.ceil(after_s / step - 1e-9), math.floor(before_s / step + 1e-9) + 1):
        text = f"-{number(k * step / size, step / size)} {unit}" if k else "now"
        found.append((-k * step, text))
    return found


def _time_unit(step_s: float, largest_s: float) -> tuple[str, float]:
    if largest_s < 1:
        return "ms", 1e-3
    if step_s < 30 or largest_s <= 180:
        return "s", 1.0
    if step_s < 1800 or largest_s <= 7200:
        return "min", 60.0
    return ("h", 3600.0) if step_s < 86400 else ("d", 86400.0)


def log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return (value, text) at 1 and 3 of each decade between two positive values, or less."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    values = [m * 10.0**k for k in range(first, last + 1) for m in (1, 3)]
    values = [v for v in values if low * 0.999 <= v <= high * 1.001]
    if len(values) > most:
        decades = [v for v in values if f"{v:e}"[0] == "1"]
        values = decades[:: -(-len(decades) // max(most, 1))]
    return [(v, f"{v:,.4f}".rstrip("0").rstrip(".") if 1e-4 <= v < 1e6 else _short(f"{v:.0e}"))
            for v in values]  # fmt: skip


def rarity_ticks(top: float, most: int) -> list[tuple[float, str]]:
    """Return (rarity, text) from 0 to `top`: '1', '1 in 100', '1 in 10,000', '1 in 1M'.

    What is rarer than words say has no ticks.
    """
    top = min(top, words.RAREST)
    stride = next((s for s in (2, 3, 4, 6) if top / s <= most), 9)
    found = [
        (float(rarity), words.rarity(rarity)) for rarity in range(stride, int(top) + 1, stride)
    ]
    return [(0.0, "1"), *found]
