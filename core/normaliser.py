"""Running mean and scale of each channel, and the samples measured in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.stream import F32, F64

RATE = 1e-3
"""Weight of the newest sample once there are enough; before, every sample counts the same."""
CLIP = 6.0
"""What a model sees never lies further out than this many deviations."""
WINSOR = 8.0
"""The statistics take a sample in as no further out than this many deviations."""
QUIET = 1e-5
QUIET_ROWS = 256


class Normaliser:
    """Follow each channel's mean and variance, exponentially weighted.

    A sample's weight is max(RATE, 1 / samples so far), so the start is unbiased. Samples are
    winsorised before they are taken in: a single one of 1e30 moves the mean by WINSOR * RATE
    deviations; while a channel has no scale yet it takes what comes. A scale lost to rubbish in
    that moment is noticed by the channel moving, for QUIET_ROWS rows, by less than QUIET of it,
    and begun anew. Missing (NaN) samples are left out, channel by channel.
    """

    def __init__(self, channels: int) -> None:
        self.mean = np.zeros(channels)
        self.scale = np.ones(channels)
        self._var = np.zeros(channels)
        self._count = np.zeros(channels)
        self._quiet = np.zeros(channels)
        self._last = np.full(channels, np.nan)

    def extend(self, channels: int) -> None:
        """Make room for more channels: new ones start as all did."""
        fresh = Normaliser(channels)
        for name, kept in self.__dict__.items():
            getattr(fresh, name)[: len(kept)] = kept
        self.__dict__.update(fresh.__dict__)

    def normalise(self, values: F64) -> F32:
        """Return values (n, C) in deviations from the mean, within +-CLIP; missing is 0."""
        return clipped((values - self.mean) / self.scale)

    def scale_with(self, values: F64) -> F64:
        """Return (n, C) the scale each sample of `values` (n, C) would itself lead to.

        The variance that includes the sample bounds its deviation by 1 / sqrt(RATE), so that a
        channel at rest that starts to move is far out, but finite, whatever its unit.
        """
        weight = 1.0 / (np.minimum(self._count, 1.0 / RATE - 1.0) + 1.0)
        off = values - self.mean
        off *= off
        off *= weight
        off += self.scale * self.scale
        return np.sqrt(off, out=off)

    def update(self, values: F64, trust: float = 1.0) -> None:
        """Take in the rows `values` (n, C), all measured against the statistics before them; each
        counts for `trust` (0 to 1) of a row."""
        present = ~np.isnan(values)
        whole = bool(present.all())
        rows = np.float64(len(values)) if whole else present.sum(0, dtype=np.float64)
        worth = trust * rows
        off = values - self.mean
        if not whole:
            off[~present] = 0.0
        bound = np.where(self._var > 0.0, WINSOR * self.scale, np.inf)
        bounded(off, bound)
        count = np.minimum(self._count + worth, 1.0 / RATE)
        weight = np.minimum(worth / np.maximum(count, 1e-9), 1.0)  # 1: as many as are remembered
        shift = off.sum(0) / np.maximum(rows, 1.0)
        spread = off - shift
        spread *= spread
        if not whole:
            spread[~present] = 0.0
        # two groups of samples put together: Chan, Golub, LeVeque, 1983
        gained = spread.sum(0) / np.maximum(rows, 1.0)
        self._var = (1.0 - weight) * (self._var + weight * shift * shift) + weight * gained
        self.mean = self.mean + weight * shift
        self._count = count
        self._mend(values[-1])
        # far below what float64 resolves at this mean, a spread is rounding
        floor = np.abs(self.mean) * 1e-12 + 1e-100
        self.scale = np.maximum(np.sqrt(self._var), floor)

    def _mend(self, newest: F64) -> None:
        moved = np.abs(newest - self._last)
        hardly = (moved > 0.0) & (moved < QUIET * self.scale)
        self._quiet = np.where(moved >= QUIET * self.scale, 0.0, self._quiet + hardly)
        np.copyto(self._last, newest, where=~np.isnan(newest))
        lost = self._quiet >= QUIET_ROWS
        if lost.any():
            self.mean = np.where(lost, self._last, self.mean)
            for statistic in (self._var, self._count, self._quiet):
                statistic[lost] = 0.0

    def state_dict(self) -> dict[str, Any]:
        return {name: value.copy() for name, value in self.__dict__.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: np.array(value) for name, value in state.items()})


def bounded(z: F64, limit: float | F64) -> F64:
    """Return z within +-limit; it is overwritten, NaN stays."""
    np.minimum(z, limit, out=z)
    return np.maximum(z, -limit, out=z)


def clipped(z: F64) -> F32:
    """Return deviations z (n, C) within +-CLIP, 0 where they are NaN; z is overwritten."""
    bounded(z, CLIP)[np.isnan(z)] = 0.0
    return z.astype(np.float32)
