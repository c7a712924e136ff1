"""The newest rows of one gap-free piece of a stream, and what was forecast at each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from driftscope.core.stream import F64, Bools, Step

SLACK_ROWS = 512
PREDICTION, LAST, MEAN, CORRECTION = range(4)
LARGEST = 1e100
"""Samples beyond this count as missing, like those that are not finite: their squares overflow."""


class Past:
    """Keep `behind` rows before the open step in plain arrays, so that windows are slices.

    samples    (rows, C) float64, NaN = missing
    forecasts  (rows, 4, C) float64, made at that row for h samples later: prediction, last
               value and running mean in physical units, the net's correction in normalised ones
    Row `end` is the first of the open step; `rows` counts those before it since the last gap.
    """

    def __init__(self, channels: int, behind: int) -> None:
        self.behind = behind
        self.samples = np.empty((behind + SLACK_ROWS, channels))
        self.forecasts = np.empty((behind + SLACK_ROWS, 4, channels))
        self.clear()

    def clear(self) -> None:
        """Forget everything, as at a gap."""
        self.samples[: self.behind] = np.nan
        self.forecasts[: self.behind] = np.nan
        self.newest = np.full(self.samples.shape[1], np.nan)
        self.end = self.behind
        self.rows = 0

    def open(self, step: Step) -> F64:
        """Write the step behind the past, not yet part of it; return its rows (B, C)."""
        if self.end + step.rows > len(self.samples):
            self._make_room(step.rows)
        rows = self.samples[self.end : self.end + step.rows]
        rows[:] = step.values
        usable = np.abs(rows) < LARGEST
        if not usable.all():
            rows[~usable] = np.nan
        return rows

    def filled(self, rows: F64) -> F64:
        """Return the open step's rows with the last present value wherever one is missing."""
        missing = np.isnan(rows)
        if not missing.any():
            return rows
        known = np.vstack((self.newest, rows))
        at = np.where(np.isnan(known), 0, np.arange(len(known))[:, None])
        return np.take_along_axis(known, np.maximum.accumulate(at), 0)[1:]

    def whole(self, rows: int, needed: int) -> Bools:
        """Return (rows,) which rows of the open step have `needed` rows up to and with them."""
        return np.arange(self.rows + 1, self.rows + rows + 1) >= needed

    def close(self, n: int) -> None:
        """Take the first n rows of the open step into the past."""
        rows = self.samples[self.end : self.end + n]
        if n:
            self.newest = self.filled(rows)[-1].copy()
        self.end += n
        self.rows += n

    def resized(self, behind: int) -> Past:
        """Return a past with room for `behind` rows: these samples, no forecasts."""
        made = Past(self.samples.shape[1], behind)
        n = min(behind, self.behind)
        made.samples[behind - n : behind] = self.samples[self.end - n : self.end]
        made.newest = self.newest
        made.rows = min(self.rows, n)
        return made

    def _make_room(self, rows: int) -> None:
        """Move what is kept to the arrays' beginning; larger ones if a step is that long."""
        kept = slice(self.end - self.behind, self.end)
        longest = max(len(self.samples), self.behind + rows)
        samples, forecasts = self.samples, self.forecasts
        if longest > len(samples):
            self.samples = np.empty((longest, *samples.shape[1:]))
            self.forecasts = np.empty((longest, *forecasts.shape[1:]))
        self.samples[: self.behind] = samples[kept]
        self.forecasts[: self.behind] = forecasts[kept]
        self.end = self.behind

    def state_dict(self) -> dict[str, Any]:
        kept = slice(self.end - self.behind, self.end)
        return {
            "samples": self.samples[kept].copy(),
            "forecasts": self.forecasts[kept].copy(),
            "newest": self.newest.copy(),
            "rows": self.rows,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.clear()
        self.samples[: self.behind] = state["samples"]
        self.forecasts[: self.behind] = state["forecasts"]
        self.newest = np.array(state["newest"])
        self.rows = int(state["rows"])
