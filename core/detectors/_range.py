"""The range rule: is this outside all that was seen?"""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.detectors._scores import (
    Judged,
    Score,
    Summary,
    widened_halves,
)
from driftscope.core.interfaces import State
from driftscope.core.stream import F64, Bools


class Range(Score):
    """Judge by what lies outside all that was seen: single values, and the decision's mean.

    After n decisions in which it was present a channel breaks a record with probability
    1 / (n + 1), whatever the distribution, on each side. The range spanned by m draws is exceeded
    by x ranges with probability m^-4x where tails are Gaussian and m^-2x where they are
    exponential, for many draws; so with an exponent k between, and e = (x - 0.05) ln m,

        P = ratio * rate * exp(-k e)    if x > 0.05, else 1;    rate = sum of m^-0.05k / (n + 1)

    over the sides of all ranges, m being rows for values and decisions for means. `ratio` is how
    many records this stream has broken against how many it should have. k starts at 3 and follows
    the e's seen: their maximum likelihood estimate, censored at the expected median so that a
    true anomaly weighs no more than any long excess. A level that stays is taken in by and by; one
    wild value is not.
    """

    FIRST, BEYOND, MOST = 10, 0.05, 1.0  # decisions; ranges; ranges
    EXPONENT, EXPONENT_PRIOR = 3.0, 20.0  # before the stream has shown its own; worth 20 records
    RECORDS_PRIOR = 3.0  # records expected and broken, before any were

    def __init__(self, channels: int) -> None:
        self._high = np.full(2 * channels, np.nan)
        self._low = np.full(2 * channels, np.nan)
        self._outside = np.zeros(2 * channels)  # decisions in a row
        self._decisions = np.zeros(2 * channels)  # in which there was anything
        self._draws = np.zeros(2 * channels)  # rows for values, decisions for means
        self._expected = self._observed = 0.0
        self._short = self._excess = 0.0

    def judge(self, rows: Summary) -> Judged:
        reach = self._reach(rows)
        beyond = np.minimum(self._beyond(reach), self.MOST)
        half = len(beyond) // 2
        excess = np.maximum(beyond - self.BEYOND, 0.0) * np.log(self._draws + 1)
        excess[self._decisions < self.FIRST] = 0.0
        score = float(excess.max(initial=0.0))
        rarity = 0.0
        if score:
            ratio = (self._observed + self.RECORDS_PRIOR) / (self._expected + self.RECORDS_PRIOR)
            rarity = self._exponent() * score / math.log(10) - math.log10(
                ratio * self._record_rate()
            )
        return Judged(score, max(0.0, rarity), np.maximum(excess[:half], excess[half:]), reach)

    def learn(self, rows: Summary, judged: Judged, weight: float, absorb: float) -> None:
        if (self._decisions >= self.FIRST).any():
            self._expected += min(1.0, self._record_rate())
            if judged.score:
                median = math.log(2) / self.EXPONENT
                self._observed += weight
                self._short += weight * (judged.score < median)
                self._excess += weight * min(judged.score, median)
        half = len(self._draws) // 2
        present = ~np.isnan(judged.measured[0])
        self._decisions += present
        self._draws[:half] += rows.count[:half]
        self._draws[half:] += present[half:]
        self._widen(judged.measured, absorb)

    def extend(self, channels: int) -> None:
        for name, fill in (
            ("_high", np.nan), ("_low", np.nan), ("_outside", 0.0), ("_decisions", 0.0),
            ("_draws", 0.0),
        ):  # fmt: skip
            setattr(self, name, widened_halves(getattr(self, name), channels, fill))

    def _exponent(self) -> float:
        """Return k, by what the stream has shown of its tails."""
        prior = self.EXPONENT_PRIOR
        return (prior + self._short) / (prior / self.EXPONENT + self._excess)

    def _record_rate(self) -> float:
        """Return how many ranges a decision should exceed by BEYOND or more."""
        least = -self._exponent() * self.BEYOND
        each = np.power(self._draws + 1, least) / (self._decisions + 1)
        return 2 * float(each.sum(where=self._decisions >= self.FIRST))

    def _reach(self, rows: Summary) -> F64:
        """Return (2, 2C) the highest, then lowest, of values, then means; NaN where none was."""
        half = len(rows.count) // 2
        count = rows.count[:half]
        mean = np.where(count > 0, rows.total[:half] / np.maximum(count, 1), np.nan)
        return np.concatenate((rows.high[:half], mean, rows.low[:half], mean)).reshape(2, -1)

    def _span(self) -> tuple[F64, Bools]:
        """Return (2C,) the width of each range, and where it is more than rounding."""
        least = 1e-12 + 1e-9 * np.abs(self._high)
        span = self._high - self._low
        return np.maximum(span, least), span > least

    def _beyond(self, reach: F64) -> F64:
        """Return (2C,) how many ranges outside each range; 0 inside it or where unknown."""
        outside = np.maximum(reach[0] - self._high, self._low - reach[1]) / self._span()[0]
        beyond: F64 = np.fmax(outside, 0.0)
        return beyond

    def _widen(self, reach: F64, part: float) -> None:
        """Take in `part` of what lies outside: at most one width, then two, four, ... in a row.

        A channel that never moved takes in its first movement at once.
        """
        (top, bottom), (span, moved) = reach, self._span()
        up, down = np.fmax(top - self._high, 0.0), np.fmax(self._low - bottom, 0.0)
        self._outside = np.where((up > 0) | (down > 0), self._outside + 1, 0.0)
        limit = np.where(moved, span * np.exp2(np.minimum(self._outside, 300.0)), np.inf)
        share = np.where(moved, part, 1.0)
        new = np.isnan(self._high)
        self._high = np.where(new, top, self._high + share * np.minimum(up, limit))
        self._low = np.where(new, bottom, self._low - share * np.minimum(down, limit))

    def state_dict(self) -> State:
        return {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in self.__dict__.items()
        }

    def load_state_dict(self, state: State) -> None:
        for name, value in state.items():
            setattr(self, name, value.copy() if isinstance(value, np.ndarray) else value)
