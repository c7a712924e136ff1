"""What a decision is judged by. One more score is one more small class here."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftscope.core.calibration import Calibrator
from driftscope.core.interfaces import State
from driftscope.core.stream import F64, Bools

HUGE = 1e100
"""Values and errors are cut here, so that sums and squares of ranges stay finite."""
SUSPECT, DISTRUST = 2.0, 0.1
"""Behind a decision rarer than 1 in 100, a decision counts only a tenth for what is usual."""
ABSORB = 0.05
"""How much of what lies outside the range is taken in per decision while it is judged rare."""
RARE = 3.0


@dataclass(slots=True)
class Summary:
    """Hold what is kept of a decision's rows: C columns of values, then C of errors.

    `high` and `low` (2C,) are NaN where nothing was present, `total` (2C,) the sum and `count`
    (2C,) the number of what was.
    """

    rows: int
    high: F64
    low: F64
    total: F64
    count: F64

    @classmethod
    def of(cls, values: F64, error: F64) -> Summary:
        """Summarise n rows: values and normalised errors, (n, C) each."""
        both = np.concatenate((values, error), axis=1)
        np.clip(both, -HUGE, HUGE, out=both)
        present = ~np.isnan(both)
        return cls(
            len(both),
            np.fmax.reduce(both, axis=0),
            np.fmin.reduce(both, axis=0),
            np.add.reduce(both, axis=0, where=present),
            np.add.reduce(present, axis=0, dtype=np.float64),
        )

    def joined(self, later: Summary) -> Summary:
        """Return the summary of these rows and the later ones."""
        return Summary(
            self.rows + later.rows,
            np.fmax(self.high, later.high),
            np.fmin(self.low, later.low),
            self.total + later.total,
            self.count + later.count,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold what one score says: a rarity, and how far each channel is out in any unit (C,).

    `measured` is what the score goes by, kept so that `learn` need not measure it again.
    """

    score: float
    rarity: float
    channels: F64
    measured: F64


class Score(ABC):
    """Judge decisions by one property. `judge` is pure; `learn` takes the same decision in.

    `learn` is told this decision's rarity by all scores together, and the one before's.
    """

    @abstractmethod
    def judge(self, rows: Summary) -> Judged: ...

    @abstractmethod
    def learn(self, rows: Summary, judged: Judged, rarity: float, before: float) -> None: ...

    @abstractmethod
    def state_dict(self) -> State: ...

    @abstractmethod
    def load_state_dict(self, state: State) -> None: ...


class Residual(Score):
    """Judge the prediction error: how far over its own running scale, in the worst channel.

    `peak` takes a decision's largest error, which finds points; `drift` the size of its mean
    error, which finds shifts. The worst channel's score is calibrated as a maximum, so the
    promise holds however the channels depend on each other.
    """

    FIRST, RATE = 4, 0.005  # decisions before a scale is trusted; how fast it follows
    LEAST = 1e-3  # deviations; a smaller error is no news even where all errors are smaller
    CUT = 4.0  # an outlier moves the scale no more than this many scales would

    def __init__(self, channels: int, statistic: Literal["peak", "drift"]) -> None:
        self._statistic = statistic
        self._calibrator = Calibrator()
        self._scale = np.zeros(channels)
        self._seen = np.zeros(channels)

    def judge(self, rows: Summary) -> Judged:
        size = self._size(rows)
        known = (self._seen >= self.FIRST) & ~np.isnan(size)
        channels = np.where(known, size / np.maximum(self._scale, self.LEAST), 0.0)
        score = float(channels.max(initial=0.0))
        return Judged(score, self._calibrator.rarity(score) if score else 0.0, channels, size)

    def learn(self, rows: Summary, judged: Judged, rarity: float, before: float) -> None:
        weight = DISTRUST if before > SUSPECT else 1.0
        if judged.score:
            self._calibrator.add(judged.score, weight)
        size = judged.measured
        present = ~np.isnan(size)
        first = self._seen == 0
        size = np.where(first, size, np.minimum(size, self.CUT * self._scale + 1e-12))
        rate = np.maximum(weight * self.RATE, 1 / (self._seen + 1))
        self._scale += np.where(present, rate * (size - self._scale), 0.0)
        self._seen += present

    def _size(self, rows: Summary) -> F64:
        """Return (C,) how large the error is; NaN where there is none."""
        half = len(rows.count) // 2
        if self._statistic == "peak":
            return np.fmax(rows.high[half:], -rows.low[half:])
        count = rows.count[half:]
        size = np.abs(rows.total[half:]) / np.sqrt(np.maximum(count, 1) * rows.rows)
        return np.where(count > 0, size, np.nan)

    def state_dict(self) -> State:
        return dict(
            scale=self._scale.copy(), seen=self._seen.copy(),
            calibrator=self._calibrator.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self._scale, self._seen = state["scale"].copy(), state["seen"].copy()
        self._calibrator.load_state_dict(state["calibrator"])


class Range(Score):
    """Judge by what lies outside all that was seen: single values, and the decision's mean.

    After n decisions the next one breaks a record with probability 1 / (n + 1), whatever the
    distribution, on each side of each channel. The range spanned by m draws is exceeded by x
    ranges with probability m^-4x where tails are Gaussian and m^-2x where they are exponential,
    for many draws; so with an exponent k between, and e = (x - 0.05) ln m,

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
        self._decisions = self._rows = 0
        self._expected = self._observed = 0.0
        self._short = self._excess = 0.0

    def judge(self, rows: Summary) -> Judged:
        reach = self._reach(rows)
        beyond = np.minimum(self._beyond(reach), self.MOST)
        half = len(beyond) // 2
        excess = np.maximum(beyond - self.BEYOND, 0.0)
        excess[:half] *= math.log(self._rows + 1)
        excess[half:] *= math.log(self._decisions + 1)
        score = float(excess.max(initial=0.0))
        rarity = 0.0
        if score and self._decisions >= self.FIRST:
            ratio = (self._observed + self.RECORDS_PRIOR) / (self._expected + self.RECORDS_PRIOR)
            rarity = self._exponent() * score / math.log(10) - math.log10(
                ratio * self._record_rate()
            )
        return Judged(score, max(0.0, rarity), np.maximum(excess[:half], excess[half:]), reach)

    def learn(self, rows: Summary, judged: Judged, rarity: float, before: float) -> None:
        if self._decisions >= self.FIRST:
            self._expected += min(1.0, self._record_rate())
            if judged.score:
                weight = DISTRUST if before > SUSPECT else 1.0
                median = math.log(2) / self.EXPONENT
                self._observed += weight
                self._short += weight * (judged.score < median)
                self._excess += weight * min(judged.score, median)
        self._decisions += 1
        self._rows += rows.rows
        self._widen(judged.measured, ABSORB if rarity > RARE else 1.0)

    def _exponent(self) -> float:
        """Return k, by what the stream has shown of its tails."""
        prior = self.EXPONENT_PRIOR
        return (prior + self._short) / (prior / self.EXPONENT + self._excess)

    def _record_rate(self) -> float:
        """Return how many ranges a decision should exceed by BEYOND or more."""
        least = -self._exponent() * self.BEYOND
        each = math.pow(self._rows + 1, least) + math.pow(self._decisions + 1, least)
        return len(self._high) / (self._decisions + 1) * each

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
