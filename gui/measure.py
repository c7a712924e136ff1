"""Lowest, highest, mean and deviation of a stretch of samples, worked out a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from driftscope.core.history import History
from driftscope.core.stream import F64

PIECE = 200_000
"""Values taken in at once: a millisecond or two."""
EVERY_S = 0.25
"""A stretch that moves on with the signal is worked out anew no more often than this."""


@dataclass(frozen=True, slots=True)
class Span:
    """Say what is asked for: the samples from one number to another, of some channels."""

    first: int
    last: int
    channels: tuple[int, ...]


class Tally:
    """Take in values piece by piece; the figures are (C,) each, of those that are not missing.

    The parts' means and squares are put together as T. Chan, G. Golub and R. LeVeque, "Updating
    formulae and a pairwise algorithm for computing sample variances", 1979, say.
    """

    def __init__(self, channels: int) -> None:
        self.samples = 0
        self.count = np.zeros(channels)
        self.low = np.full(channels, np.nan)
        self.high = np.full(channels, np.nan)
        self.mean = np.zeros(channels)
        self._squares = np.zeros(channels)

    def add(self, values: F64) -> None:
        """Take in values (C, n)."""
        self.samples += values.shape[1]
        values = np.where(np.isfinite(values), values, np.nan)
        known = np.isfinite(values)
        count = known.sum(axis=1)
        self.low = np.fmin(self.low, np.fmin.reduce(values, axis=1, initial=np.nan))
        self.high = np.fmax(self.high, np.fmax.reduce(values, axis=1, initial=np.nan))
        with np.errstate(over="ignore", invalid="ignore"):
            mean = np.nansum(values, axis=1) / np.maximum(count, 1)
            squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
            total = np.maximum(self.count + count, 1)
            apart = mean - self.mean
            self._squares += squares + apart**2 * self.count * count / total
            self.mean = self.mean + apart * count / total
        self.count = self.count + count

    @property
    def deviation(self) -> F64:
        """Return the standard deviation, of the values as they are: NaN where there are none."""
        with np.errstate(invalid="ignore"):
            found: F64 = np.sqrt(self._squares / np.where(self.count > 0, self.count, np.nan))
        return found


class Statistics:
    """Work out the Tally of a stretch, PIECE values a frame, and hold the last one finished.

    Every kept sample of the stretch counts, however many there are. GUI thread only.
    """

    def __init__(self) -> None:
        self.of: Span | None = None
        self.tally: Tally | None = None
        self._doing: tuple[Span, Tally, int] | None = None
        self._begun_s = -np.inf

    def forget(self) -> None:
        """Hold nothing."""
        self.of, self.tally, self._doing = None, None, None

    def work(self, history: History, wanted: Span, now_s: float) -> None:
        """Go on with what is wanted; `now_s` is of any steady clock."""
        other = self.of is None or wanted.channels != self.of.channels
        if self._doing is None and wanted != self.of:
            if not other and now_s - self._begun_s < EVERY_S:
                return
            self._begun_s = now_s
            self._doing = wanted, Tally(len(wanted.channels)), wanted.first
        elif self._doing is not None and self._doing[0].channels != wanted.channels:
            self._doing = wanted, Tally(len(wanted.channels)), wanted.first
        if self._doing is None:
            return
        asked, tally, begin = self._doing
        there = history.rows.numbered(begin, asked.last)
        rows = max(1, PIECE // max(1, len(asked.channels)))
        tally.add(there.values[list(asked.channels), :rows])
        if len(there) > rows:
            self._doing = asked, tally, int(there.seq[rows])
        else:
            self.of, self.tally, self._doing = asked, tally, None
