"""Which frequencies a plot shows, and where each stands: linear or logarithmic. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.stream import F64

FEWEST_BINS = 8
"""So many bins are seen at least."""


@dataclass
class FrequencyAxis:
    """Lay frequencies from left, 0, to right, 1. `first` is the lowest bin above 0, `last` the
    highest; `part` (low, high) is what is zoomed into, None for all."""

    first: float = 1.0
    last: float = 2.0
    log: bool = False
    part: tuple[float, float] | None = None

    def cover(self, first: float, last: float, log: bool) -> None:
        """Cover these frequencies; what is zoomed into stays as far as it is among them."""
        if (first, last, log) == (self.first, self.last, self.log):
            return
        self.first, self.last, self.log = first, last, log
        if self.part is not None:
            self._show(*(self._along(np.array(end)).item() for end in self.part))

    @property
    def ends(self) -> tuple[float, float]:
        """Return the lowest and the highest frequency seen."""
        return self.part or (self.first if self.log else 0.0, self.last)

    def place(self, frequency: F64) -> F64:
        """Return where frequencies stand, as shares of the axis."""
        low, high = self._along(np.array(self.ends))
        return np.asarray((self._along(frequency) - low) / (high - low))

    def at(self, share: float) -> float:
        """Return which frequency stands at a share of the axis."""
        low, high = self._along(np.array(self.ends)).tolist()
        return self._back(low + min(max(share, 0.0), 1.0) * (high - low))

    def zoom(self, factor: float, share: float) -> None:
        """See `factor` times as much; what stands at a share of the axis stays there."""
        low, high = self._along(np.array(self.ends)).tolist()
        fixed = low + share * (high - low)
        self._show(fixed - (fixed - low) * factor, fixed + (high - fixed) * factor)

    def move(self, by: float) -> None:
        """Move by a share of what is seen, to higher frequencies if positive."""
        low, high = self._along(np.array(self.ends)).tolist()
        first, last = self._whole()
        by = min(max(by * (high - low), first - low), last - high)
        self._show(low + by, high + by)

    def _show(self, low: float, high: float) -> None:
        """See from one place along the axis to another, or all if that is as much."""
        first, last = self._whole()
        low, high = max(low, first), min(high, last)
        wide = (last - first) * 1e-9
        if low <= first + wide and high >= last - wide:
            self.part = None
        elif self._back(high) - self._back(low) >= FEWEST_BINS * self.first:
            self.part = self._back(low), self._back(high)
        elif high <= low:
            self.part = None

    def _whole(self) -> tuple[float, float]:
        low, high = self._along(np.array([self.first if self.log else 0.0, self.last])).tolist()
        return low, high

    def _along(self, frequency: F64) -> F64:
        if not self.log:
            return frequency
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.maximum(frequency, self.first * 1e-3)))

    def _back(self, along: float) -> float:
        return math.exp(along) if self.log else along
