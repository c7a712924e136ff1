"""How much of each frequency is in a stretch of samples: spectra averaged as Welch did, by Hann."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftscope.core.stream import F64

WINDOWS = tuple(2**k for k in range(8, 17))
"""Lengths in samples one may choose from."""
FEWEST_ROWS, LONGEST_AUTO = 16, 16_384
UNEVEN = 0.25
"""Intervals that vary by more than this share of the usual one blur what stands above."""
FILLED = 0.1
"""A channel that misses more than this share of its samples has no spectrum."""
CLEAR, AROUND, APART = 4.0, 24, 4
"""A peak is so many times as high as what usually stands within AROUND bins on either side, and
APART bins from a higher one."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold samples as pieces without a gap, and what is to be known of their times.

    `pieces` are (n, C), with missing values filled in; `missing` (C,) is the share of them that
    was, and a channel that misses too many is NaN throughout. `rate_hz` is NaN if unknown.
    `jitter` is the spread of the intervals as a share of the usual one.
    """

    pieces: tuple[F64, ...]
    missing: F64
    rate_hz: float
    jitter: float

    @property
    def longest(self) -> int:
        """Return the rows of the longest piece."""
        return max(map(len, self.pieces), default=0)

    @property
    def uneven(self) -> bool:
        return self.jitter > UNEVEN


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Hold one-sided spectra of C channels.

    `frequency` (m,) is in Hz, or in cycles a sample where there is no rate. `power` (C, m) is the
    mean of |FFT|² over `averaged` windows of `rows` samples, each weighted by Hann and without
    its mean; `rate_hz` is 1 where there is none.
    """

    frequency: F64
    power: F64
    rows: int
    averaged: int
    rate_hz: float

    @property
    def step(self) -> float:
        """Return how far one bin lies from the next."""
        return self.rate_hz / self.rows

    @property
    def amplitude(self) -> F64:
        """Return (C, m): a sine of amplitude A on a bin reads A there."""
        return np.sqrt(self.power) * self._sides() * (2 / self.rows)

    @property
    def density(self) -> F64:
        """Return (C, m), unit²/Hz: its sum times `step` is the mean square of the samples."""
        return self.power * self._sides() / (self.rate_hz * 0.375 * self.rows)

    def _sides(self) -> F64:
        """Return (m,) what counts for the negative frequencies too: 2, or 1 at either end."""
        sides = np.full(len(self.frequency), 2.0)
        sides[0] = 1.0
        if self.rows % 2 == 0:
            sides[-1] = 1.0
        return sides


@dataclass(frozen=True, slots=True)
class Peak:
    """Hold a peak between bins: the frequency and the amplitude of the sine that makes it."""

    frequency: float
    amplitude: float
    bin: int


def stretch(time_s: F64, values: F64, breaks: Sequence[int] = (), rated: bool = True) -> Stretch:
    """Return samples (n, C) taken at times (n,), in pieces that begin anew at each of `breaks`.

    Without `rated` the times only count rows, and there is no rate.
    """
    n = len(time_s)
    borders = [0, *(k for k in sorted(breaks) if 0 < k < n), n]
    spans = [slice(a, b) for a, b in itertools.pairwise(borders) if b > a]
    known = np.isfinite(values)
    missing = 1 - known.mean(axis=0) if n else np.ones(values.shape[1])
    intervals = np.concatenate([np.diff(time_s[span]) for span in spans] or [np.empty(0)])
    rate_hz, jitter = math.nan, 0.0
    if rated and len(intervals) and intervals.sum() > 0:
        rate_hz = len(intervals) / float(intervals.sum())
        jitter = float(intervals.std()) * rate_hz
    pieces = tuple(_filled(values[span], known[span], missing) for span in spans)
    return Stretch(pieces, missing, rate_hz, jitter)


def auto_window(rows: int) -> int:
    """Return a length that so many rows hold several times, so that noise averages out."""
    half = min(max(rows // 2, WINDOWS[0]), LONGEST_AUTO)
    return largest_window(min(half, rows))


def largest_window(rows: int) -> int:
    """Return the longest power of two that fits into so many rows; 0 if they are too few."""
    return 1 << (rows.bit_length() - 1) if rows >= FEWEST_ROWS else 0


def spectrum(found: Stretch, rows: int) -> Spectrum | None:
    """Return the spectra of windows of `rows` samples that overlap by half; None if none fits.

    P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE
    Trans. Audio Electroacoust. AU-15 (1967). Windows lie at the end of each piece: the newest
    samples always count.
    """
    if rows < FEWEST_ROWS or found.longest < rows:
        return None
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(rows) / rows)
    hop = rows // 2
    power = np.zeros((len(found.missing), rows // 2 + 1))
    count = 0
    for piece in found.pieces:
        first = (len(piece) - rows) % hop
        for start in range(first, len(piece) - rows + 1, hop):
            part = piece[start : start + rows].T
            with np.errstate(over="ignore", invalid="ignore"):  # absurd values give no spectrum
                part = (part - part.mean(axis=1, keepdims=True)) * hann
                transformed = np.fft.rfft(part)
                power += transformed.real**2 + transformed.imag**2
            count += 1
    rate_hz = found.rate_hz if math.isfinite(found.rate_hz) else 1.0
    frequency: F64 = np.linspace(0.0, rows // 2 * rate_hz / rows, rows // 2 + 1)
    return Spectrum(frequency, power / count, rows, count, rate_hz)


def peaks(found: Spectrum, channel: int, most: int = 5) -> list[Peak]:
    """Return the strongest peaks that stand clear of what is around them, the highest first.

    A sine between two bins is found exactly in absence of noise: T. Grandke, "Interpolation
    algorithms for discrete Fourier transforms of weighted signals", IEEE Trans. Instrum. Meas.
    IM-32 (1983), for the Hann window.
    """
    height = np.sqrt(found.power[channel])
    inner = height[1:-1]
    tops = np.flatnonzero((inner > height[:-2]) & (inner >= height[2:])) + 1
    tops = tops[tops >= 2]  # the mean was taken away; what it leaves is no peak
    tops = tops[np.argsort(height[tops], kind="stable")[::-1]]
    kept: list[Peak] = []
    for k in tops[: 20 * most].tolist():
        around = height[max(k - AROUND, 1) : k + AROUND + 1]
        clear = height[k] > CLEAR * np.median(around) and height[k] > 1e-6 * height[tops[0]]
        if clear and all(abs(k - other.bin) >= APART for other in kept):
            kept.append(peak_at(found, channel, k))
            if len(kept) == most:
                break
    return kept


def peak_at(found: Spectrum, channel: int, k: int) -> Peak:
    """Return the sine that gives bin k and its higher neighbour their heights."""
    height = np.sqrt(found.power[channel, max(k - 1, 0) : k + 2])
    here = min(k, 1)
    beside = {
        side: float(height[here + side]) for side in (-1, 1) if 0 <= here + side < len(height)
    }
    side = max(beside, key=lambda side: beside[side])
    ratio = beside[side] / float(height[here]) if height[here] > 0 else 0.0
    off = min(max((2 * ratio - 1) / (ratio + 1), 0.0), 0.5)
    lost = math.sin(math.pi * off) / (math.pi * off) / (1 - off**2) if off > 1e-9 else 1.0
    amplitude = 4 / found.rows * float(height[here]) / lost
    return Peak((k + side * off) * found.step, amplitude, k)


def _filled(
    values: F64, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], missing: F64
) -> F64:
    """Return samples (n, C) with missing ones on a straight line between their neighbours."""
    if known.all():
        return values
    filled = values.copy()
    rows = np.arange(len(values))
    for c in np.flatnonzero(~known.all(axis=0)):
        there = known[:, c]
        if missing[c] > FILLED or not there.any():
            filled[:, c] = np.nan
        else:
            filled[~there, c] = np.interp(rows[~there], rows[there], values[there, c])
    return filled
