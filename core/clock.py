"""Time: when each sample was taken, how fast they come, and what follows from the rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.stream import F64

FIRST_ESTIMATE = 64
"""Samples after which the rate of an undeclared stream is estimated for the first time."""

MIN_SPACING_S = 1e-6
"""The least time between two samples: what a float of seconds since 1970 can tell apart."""

LARGEST_S = 1e12
"""No time lies further from 0 than this, 32,000 years; beyond, seconds lose their microseconds."""

MADE_UP_HZ, UNPACED_HZ = 0.5 / MIN_SPACING_S, 20_000.0
"""Above these an estimate is none: of a live device, and of what waits for us."""


@dataclass(frozen=True, slots=True)
class ClockQuality:
    """Say how well the times of a stream are known; what is unknown is None.

    `jitter_ms` is how far reads scatter about an even clock (RMS). `rate_hz` is the samples a
    second where their times are reconstructed from arrival. `drift_ppm` is there where the device
    sends its own time: how fast its clock runs against ours, 0 in step, positive if it gains.
    """

    rate_hz: float | None = None
    drift_ppm: float | None = None
    jitter_ms: float | None = None


def believable(time_s: F64) -> F64:
    """Return times (n,) with NaN in place of those no clock can mean."""
    wild = np.abs(time_s) > LARGEST_S
    return np.where(wild, np.nan, time_s) if wild.any() else time_s


def auto_step_rows(rate_hz: float | None) -> int:
    """Return the power of two from 1 to 64 whose step lasts at most 10 ms."""
    if not rate_hz or rate_hz < 200:
        return 1
    return int(min(64, 2 ** math.floor(math.log2(rate_hz * 0.010))))


def auto_horizon(rate_hz: float | None) -> int:
    """Return how many samples ahead to predict: 50 ms of them, or 8 if that is fewer."""
    return 8 if not rate_hz or rate_hz < 160 else round(rate_hz * 0.050)


def auto_decision_rows(rate_hz: float | None) -> int:
    """Return how many samples one alarm decision covers: one second of them, at least 19."""
    return max(19, round(rate_hz)) if rate_hz else 19


class RateEstimate:
    """Estimate a stream's rate from its own time stamps, so that replaying gives the same.

    Looked at after 64 samples and after every doubling; `rate_hz` changes only when the new
    figure differs by more than a fifth, so that what hangs on it does not flutter. Samples of a
    live device's first read have times made up, so no rate comes of these alone; what waits for
    us and is faster than any program prints on purpose has no rate of its own.
    """

    def __init__(
        self, declared_hz: float | None = None, estimate: bool = True, live: bool = True
    ) -> None:
        self.rate_hz = declared_hz
        self._live = live
        self._declared = declared_hz is not None or not estimate
        self._count = 0
        self._first_s = 0.0
        self._look_at = FIRST_ESTIMATE

    def update(self, time_s: F64) -> bool:
        """Take in the next time stamps, never past a look; return True if the rate changed."""
        if self._declared or not len(time_s):
            return False
        if self._count == 0:
            self._first_s = float(time_s[0])
        self._count += len(time_s)
        if self._count < self._look_at:
            return False
        self._look_at *= 2
        elapsed_s = float(time_s[-1]) - self._first_s
        found = (self._count - 1) / elapsed_s if elapsed_s > 0 else None
        if found and found > (MADE_UP_HZ if self._live else UNPACED_HZ):
            self._declared = not self._live
            return False
        if found is None or (self.rate_hz and abs(found / self.rate_hz - 1) < 0.2):
            return False
        self.rate_hz = found
        return True

    def gap(self) -> None:
        """Count anew behind an interruption, keeping the rate known so far."""
        self._count, self._look_at = 0, FIRST_ESTIMATE

    def state_dict(self) -> dict[str, float | int | bool | None]:
        return dict(self.__dict__)

    def load_state_dict(self, state: dict[str, float | int | bool | None]) -> None:
        self.__dict__.update(state)
