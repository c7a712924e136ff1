"""The learned residual: is the prediction further off than it usually is?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from driftscope.core.arrays import widened
from driftscope.core.calibration import Calibrator
from driftscope.core.detectors._scores import Judged, Score, Summary
from driftscope.core.interfaces import State
from driftscope.core.stream import F64


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

    def learn(self, rows: Summary, judged: Judged, weight: float, absorb: float) -> None:
        if judged.score:
            self._calibrator.add(judged.score, weight)
        size = judged.measured
        present = ~np.isnan(size)
        first = self._seen == 0
        size = np.where(first, size, np.minimum(size, self.CUT * self._scale + 1e-12))
        rate = np.maximum(weight * self.RATE, 1 / (self._seen + 1))
        self._scale += np.where(present, rate * (size - self._scale), 0.0)
        self._seen += present

    def extend(self, channels: int) -> None:
        self._scale = widened(self._scale, channels, 0.0)
        self._seen = widened(self._seen, channels, 0.0)

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
