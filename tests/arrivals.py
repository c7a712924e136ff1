"""When samples taken at known times are read: held up, in lumps, late but never early."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from driftscope.core.sample_clock import ArrivalClock

Reads = list[tuple[int, float]]
"""How many samples came in each read, and when, in seconds."""


def steady(rate_hz: float, seconds: float, start_s: float = 1000.0) -> np.ndarray:
    """Return the times of evenly taken samples."""
    return start_s + (np.arange(round(rate_hz * seconds)) + 0.3) / rate_hz


def delays(random: np.random.Generator, n: int, usual_s: float = 0.001) -> np.ndarray:
    """Return what an operating system adds: mostly little, now and then 20 to 100 ms."""
    found = random.exponential(usual_s, n)
    stalled = random.random(n) < 0.005
    found[stalled] += random.uniform(0.02, 0.1, int(stalled.sum()))
    return found


def one_by_one(truth: np.ndarray, random: np.random.Generator, usual_s: float = 0.001) -> Reads:
    """Read each sample by itself."""
    late = np.maximum.accumulate(truth + delays(random, len(truth), usual_s))
    return [(1, float(at)) for at in late]


def in_lumps(truth: np.ndarray, random: np.random.Generator, every_s: float = 0.016) -> Reads:
    """Read what has come every so often, as from a USB adapter."""
    polls, counts = np.unique(np.floor(truth / every_s) + 1, return_counts=True)
    at = np.maximum.accumulate(polls * every_s + delays(random, len(polls), 0.0005))
    return list(zip(counts.tolist(), at.tolist(), strict=True))


def stamped(reads: Iterable[tuple[int, float]], clock: ArrivalClock | None = None) -> np.ndarray:
    """Return the times a clock gives to all samples."""
    clock = clock or ArrivalClock()
    return np.concatenate([clock.stamp(n, at) for n, at in reads])


def raw(reads: Reads) -> np.ndarray:
    """Return when each sample was read."""
    return np.concatenate([np.full(n, at) for n, at in reads])


def errors_ms(times: np.ndarray, truth: np.ndarray, settled_s: float = 3.0) -> np.ndarray:
    """Return how far times are from the truth, in ms, once the clock has been found."""
    return 1e3 * np.abs(times - truth)[truth > truth[0] + settled_s]
