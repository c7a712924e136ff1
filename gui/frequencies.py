"""Frequencies as they are written and where their ticks stand. No Qt in here."""

from __future__ import annotations

import math

from driftscope.gui import axes, words

UNITS = (
    ("µHz", 1e-6, 5e-4), ("mHz", 1e-3, 0.5), ("Hz", 1.0, 5e3), ("kHz", 1e3, 5e6),
    ("MHz", 1e6, math.inf),
)  # fmt: skip
"""Name, size, and the frequency in Hz from which on the next one serves."""
PER_SAMPLE = "cycles/sample"


def unit(highest: float, rated: bool) -> tuple[str, float]:
    """Return the unit for an axis that ends at `highest` Hz, and how much it is.

    Not `rated`, frequencies are in cycles a sample.
    """
    if not rated:
        return PER_SAMPLE, 1.0
    return next((name, size) for name, size, end in UNITS if highest < end)


def text(frequency: float, step: float, highest: float, rated: bool) -> str:
    """Return a frequency to a tenth of a step, in the unit of an axis that ends at `highest`:
    '50.12 Hz', '0.1250 cycles/sample'."""
    name, size = unit(highest, rated)
    places = max(0, math.ceil(-math.log10(step / size) + 0.7)) if step > 0 else 0
    return f"{frequency / size:,.{min(places, 6)}f} {name}"


def period(frequency: float, rated: bool) -> str:
    """Return how long one cycle takes: '20 ms', '1 h 5 min', '8.0 samples'; "" at 0."""
    if frequency <= 0:
        return ""
    return words.duration(1 / frequency) if rated else f"{1 / frequency:,.1f} samples"


def ticks(
    low: float, high: float, most: int, *, highest: float, rated: bool, log: bool
) -> list[tuple[float, str]]:
    """Return (frequency, text) of at most about `most` ticks between two frequencies, in the unit
    of an axis that ends at `highest`, which the last one names."""
    name, size = unit(highest, rated)
    if log:
        found = [(v * size, t) for v, t in axes.log_ticks(low / size, high / size, most)]
    else:
        step = next(
            s * 10.0**k
            for k in range(-9, 9)
            for s in (1.0, 2.0, 2.5, 5.0)
            if (high - low) / size / (s * 10.0**k) <= most + 1e-9
        )
        first, last = math.ceil(low / size / step - 1e-9), math.floor(high / size / step + 1e-9)
        found = [(k * step * size, axes.number(k * step, step)) for k in range(first, last + 1)]
    return [*found[:-1], (found[-1][0], f"{found[-1][1]} {name}")] if found else []
