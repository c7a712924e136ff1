"""The newest rows of one gap-free piece of a stream, and what was forecast at each of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.stream import F64, Bools, Step

SLACK_ROWS = 512
"""Room for new rows behind the past, or as many as the past has: moving it then costs little."""
PREDICTION, LAST, MEAN, SHRUNK, CLOSED, ECHO, NETS = range(7)
"""The places of forecasts; behind NETS, one for each net."""
LARGEST = 1e100
"""Samples beyond this count as missing, like those that are not finite: their squares overflow."""


class Past:
    """Keep `behind` rows before the open step in plain arrays, so that windows are slices.

    held       (rows, C) float64: the samples, the last present one where one is missing;
               NaN before a channel's first
    forecasts  (rows, F, C) float64, physical units, made at that row for h samples later: the
               prediction, then what it is mixed from
    Row `end` is the first of the open step; `rows` counts those before it since the last gap.
    """

    def __init__(self, channels: int, behind: int, forecasts: int) -> None:
        self.behind = behind
        rows = behind + max(SLACK_ROWS, behind)
        self.held = np.empty((rows, channels))
        self.forecasts = np.empty((rows, forecasts, channels))
        self.clear()

    def clear(self) -> None:
        """Forget everything, as at a gap."""
        self.held[: self.behind] = np.nan
        self.forecasts[: self.behind] = np.nan
        self.end = self.behind
        self.rows = 0

    def open(self, step: Step) -> F64:
        """Write the step behind the past, not yet part of it; return its samples (B, C)."""
        if self.end + step.rows > len(self.held):
            self._make_room(step.rows)
        held = self.held[self.end : self.end + step.rows]
        held[:] = step.values
        usable = np.abs(held) < LARGEST
        if usable.all():
            return held
        samples = np.where(usable, held, np.nan)
        known = np.vstack((self.held[self.end - 1], samples))
        newest = np.where(np.isnan(known), 0, np.arange(len(known))[:, None])
        held[:] = np.take_along_axis(known, np.maximum.accumulate(newest), 0)[1:]
        return samples

    def whole(self, rows: int, needed: int) -> Bools:
        """Return (rows,) which rows of the open step have `needed` rows up to and with them."""
        return np.arange(self.rows + 1, self.rows + rows + 1) >= needed

    def close(self, n: int) -> None:
        """Take the first n rows of the open step into the past."""
        self.end += n
        self.rows += n

    def resized(self, behind: int, forecasts: int) -> Past:
        """Return a past with room for `behind` rows: these samples, no forecasts yet."""
        made = Past(self.held.shape[1], behind, forecasts)
        n = min(behind, self.behind)
        made.held[behind - n : behind] = self.held[self.end - n : self.end]
        made.rows = min(self.rows, n)
        return made

    def extended(self, channels: int) -> Past:
        """Return this past with room for more channels, of which nothing is known."""
        made = Past(channels, self.behind, self.forecasts.shape[1])
        kept, old = slice(self.end - self.behind, self.end), self.held.shape[1]
        made.held[: self.behind, :old] = self.held[kept]
        made.forecasts[: self.behind, :, :old] = self.forecasts[kept]
        made.rows = self.rows
        return made

    def _make_room(self, rows: int) -> None:
        """Move what is kept to the arrays' beginning; larger ones if a step is that long."""
        kept = slice(self.end - self.behind, self.end)
        longest = max(len(self.held), self.behind + rows)
        held, forecasts = self.held, self.forecasts
        if longest > len(held):
            self.held = np.empty((longest, *held.shape[1:]))
            self.forecasts = np.empty((longest, *forecasts.shape[1:]))
        self.held[: self.behind] = held[kept]
        self.forecasts[: self.behind] = forecasts[kept]
        self.end = self.behind

    def state_dict(self) -> dict[str, Any]:
        kept = slice(self.end - self.behind, self.end)
        return {
            "held": self.held[kept].copy(),
            "forecasts": self.forecasts[kept].copy(),
            "rows": self.rows,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.clear()
        self.held[: self.behind] = state["held"]
        self.forecasts[: self.behind] = state["forecasts"]
        self.rows = int(state["rows"])
