"""What followed the moments of a channel's past that were most like now."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from driftscope.core.normaliser import bounded
from driftscope.core.stream import F64

REACH = 4096
"""How many rows back a moment may lie; fewer for many channels, so that time stays bounded."""
MOST, LEAST = 2**14, 512
"""Numbers compared at once in all channels together; rows back that each has at least."""
EVERY = 4
"""Likeness is followed every so many rows, or once a step: rows between tell much the same."""
KEEP = 0.75
"""How much of the likeness so far counts at the next such row: "now" is about 16 rows."""
ALIKE = 16
"""So many moments say what follows, the closer ones more."""
SEARCHED = 1
"""So many channels are searched for moments at a time, the others with the following rows."""
FEWEST = 16 * ALIKE
"""Moments there must be to choose from; before, the shrunk last value is said."""
FAR = 6.0
"""No single row makes two moments more unlike than this many deviations do."""


class Echo:
    """Predict h samples ahead as each channel went on after the moments most like now.

    Nearest neighbours among all windows of the past, without any window kept: how unlike now and
    the rows a lag ago are is a sum of squared differences that fades, one number for each lag,

        unlike[lag] = KEEP * unlike[lag] + (x[i] - x[i - lag])^2

    and the best lags stay the best while the stream moves on. What is said is the shrunk last
    value and, on top, what came on top of it then. Rows that were not to be learned are compared,
    but never said. Time and memory grow with REACH alone, for few channels.
    """

    def __init__(self, channels: int, horizon: int) -> None:
        self.horizon = horizon
        self._reach = min(REACH, max(MOST // channels, LEAST))
        self._behind = self._reach + horizon
        self._size = 2 * self._behind
        self._lags = np.zeros((channels, ALIKE), np.int64)
        self._worth = np.zeros((channels, ALIKE))
        self.forget()

    def forget(self) -> None:
        """Drop the past, as at a gap."""
        channels = len(self._lags)
        self._seen = np.full((channels, self._size), np.nan)
        self._came = self._seen.copy()  # the same, NaN where it was not to be learned
        self._unlike = np.zeros((channels, self._reach))
        self._worth[:] = 0.0
        self._rest = np.zeros((0, channels))
        self._searched = np.zeros(channels)
        self._end, self._rows, self._next = self._behind, 0, 0

    def extended(self, channels: int) -> Echo:
        """Return this with room for more channels, of which nothing is known."""
        made, old = Echo(channels, self.horizon), len(self._lags)
        for name in ("_seen", "_came"):
            kept = getattr(self, name)[:, self._end - made._behind : self._end]
            getattr(made, name)[:old, : made._behind] = kept
        made._unlike[:old] = self._unlike[:, self._reach - made._reach :]
        made._lags[:old] = self._lags
        made._worth[:old] = self._worth * (self._lags <= made._behind)
        made._rows, made._next = self._rows, self._next
        made._rest = np.zeros((0, channels))
        return made

    def predict(self, now: F64, last: F64) -> F64:
        """Return (n, C), said at rows `now` (n, C), those behind what was taken in, all in
        deviations from the mean. `last` (C,) is how far the last value counts."""
        made: F64 = now * last
        known = self._rest[: len(now)]
        made[: len(known)] += known
        return made

    def learn(self, held: F64, samples: F64, learned: bool, units: tuple[F64, F64, F64]) -> None:
        """Take rows (n, C) in: what is known of them, and the samples, NaN where missing; what is
        not to be `learned` is not said again. `units` are `last`, mean and scale (C,)."""
        n = len(held)
        if self._end + n >= self._size:
            self._make_room(n)
        to = slice(self._end, self._end + n)
        self._seen[:, to] = held.T
        self._came[:, to] = samples.T if learned else np.nan
        at = self._end + self._next
        self._end += n
        self._rows += n
        self._next -= n
        if self._next >= 0:
            self._rest = self._rest[n:]
            return
        self._next += max(EVERY, n)
        self._follow(at, units[2])
        self._search()
        self._say(max(EVERY, n), *units)

    def _follow(self, at: int, scale: F64) -> None:
        """Compare the row at this place with those each lag, horizon + 1 and more, before."""
        off = self._seen[:, at - self._behind : at - self.horizon] - self._seen[:, at : at + 1]
        off *= off
        most = (FAR * scale)[:, None]
        most *= most
        np.fmin(off, most, out=off)
        self._unlike *= KEEP
        self._unlike += off

    def _search(self) -> None:
        """Choose the moments most like now, of the channels that have waited longest."""
        there = min(self._rows - self.horizon, self._reach)
        if there < FEWEST:
            return
        due = np.argsort(self._searched, kind="stable")[:SEARCHED]
        self._searched[due] = self._rows
        for c in due:
            unlike = self._unlike[c, self._reach - there :]
            best = np.argpartition(unlike, ALIKE)[:ALIKE]
            best.sort()
            near = unlike[best]
            self._lags[c] = self.horizon + there - best
            self._worth[c] = np.exp(-near / (np.median(near) + 1e-30))

    def _say(self, rows: int, last: F64, mean: F64, scale: F64) -> None:
        """Look up what came on top of the shrunk last value after the chosen moments, for each of
        the following rows."""
        source = np.arange(self._end, self._end + rows)[:, None, None] - self._lags
        source = np.minimum(source, self._end)  # where nothing is yet
        each = np.arange(len(self._lags))[:, None]
        target = np.minimum(source + self.horizon, self._end)
        both = np.stack((self._seen[each, source], self._came[each, target]))
        both -= mean[:, None]
        both /= scale[:, None]
        bounded(both, FAR)
        rest = both[1] - last[:, None] * both[0]
        worth = np.where(np.isnan(rest), 0.0, self._worth)
        rest[worth == 0.0] = 0.0
        worth /= np.maximum(worth.sum(2, keepdims=True), 1e-30)
        mean_rest = (worth * rest).sum(2)
        # what the moments disagree on is shrunk (James and Stein, 1961): of chance little is said
        doubt = (worth * worth).sum(2) * (worth * (rest - mean_rest[:, :, None]) ** 2).sum(2)
        squared = mean_rest * mean_rest
        self._rest = mean_rest * np.maximum(1.0 - doubt / np.maximum(squared, 1e-30), 0.0)

    def _make_room(self, n: int) -> None:
        """Move what may be looked back at to the beginning; make more room if a step is longer."""
        kept = self._behind
        self._size = max(self._size, kept + n + 1)
        for name in ("_seen", "_came"):
            old = getattr(self, name)
            new = np.full((len(old), self._size), np.nan)
            new[:, :kept] = old[:, self._end - kept : self._end]
            setattr(self, name, new)
        self._end = kept

    def state_dict(self) -> dict[str, Any]:
        return {name: copy.copy(value) for name, value in self.__dict__.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: copy.copy(value) for name, value in state.items()})
