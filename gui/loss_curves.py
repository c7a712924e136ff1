"""The shape of the loss plot: curves smoothed for the eye, an axis that holds them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from driftscope.core.stream import F64

SMOOTH_POINTS = 5
MOST_DECADES, CLEAR = 5, 1.3
"""The axis narrows when all curves stay clear of its end by this factor."""


def around(means: F64, held: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of an axis that holds curves (m, K) between a 1 or 3 of some decade and
    another; those held so far stay as long as they fit."""
    known = means[np.isfinite(means) & (means > 0)]
    if not len(known):
        return held
    high = float(known.max())
    low = max(float(known.min()), high * 10**-MOST_DECADES)
    held_low, held_high = held
    wider = (one_or_three_below(low), one_or_three_above(high))
    narrower = (one_or_three_below(low / CLEAR), one_or_three_above(high * CLEAR))
    if wider[0] < held_low or narrower[0] > held_low:
        held_low = wider[0]
    if wider[1] > held_high or narrower[1] < held_high:
        held_high = wider[1]
    return held_low, max(held_high, 3 * held_low)


def smoothed(means: F64) -> F64:
    """Return curves (m, K) averaged over a few neighbours, so that the eye finds their course; a
    row of NaN, where there was a gap, is not crossed."""
    reach = min(SMOOTH_POINTS, len(means) // 10)
    known = np.isfinite(means)
    sums = np.cumsum(np.vstack([np.zeros(means.shape[1]), np.where(known, means, 0.0)]), axis=0)
    counts = np.cumsum(np.vstack([np.zeros(means.shape[1]), known]), axis=0)
    middle, count = np.arange(len(means)), len(means)
    gap = ~known.any(axis=1)
    begun = np.maximum.accumulate(np.where(gap, middle, -1)) + 1
    ended = np.minimum.accumulate(np.where(gap, middle, count)[::-1])[::-1]
    starts = np.minimum(np.maximum(middle - reach, begun), middle)
    ends = np.maximum(np.minimum(middle + reach + 1, ended), middle)
    many = counts[ends] - counts[starts]
    return np.where(known, (sums[ends] - sums[starts]) / np.maximum(many, 1), np.nan)


def leading(names: Sequence[str], means: F64) -> str:
    """Return whose curve of (m, K) ends lowest, "" if none is known."""
    known = np.flatnonzero(np.isfinite(means).any(axis=1))
    if len(names) < 2 or not len(known):
        return ""
    return names[int(np.nanargmin(means[known[-1]]))]


def one_or_three_below(value: float) -> float:
    """Return the next 1 or 3 of a decade at or below a positive value."""
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return 3 * decade if 3 * decade <= value * 1.0001 else decade


def one_or_three_above(value: float) -> float:
    """Return the next 1 or 3 of a decade at or above a positive value."""
    below = one_or_three_below(value)
    if below >= value * 0.9999:
        return below
    return below * 3 if f"{below:e}"[0] == "1" else below / 3 * 10
