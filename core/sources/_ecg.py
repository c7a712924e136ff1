"""A beat like that of a heart: no two intervals the same, now and then one early or missing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.pacing import PlayParams
from driftscope.core.params import param
from driftscope.core.sources._played import CHUNK, Played, slow
from driftscope.core.stream import F64

BEAT_S = 0.75
BREATH_S, BREATHED, WANDERED = 4.1, 0.035, 0.03
"""A breath, and by what part of a beat it, and slow wandering, shift when beats come."""
BASELINE_MV = 0.01
"""How much the breath moves the baseline."""
# place after the beat in s, width in s, height in mV in leads I and II
WAVES = {
    "P": (-0.17, 0.022, 0.10, 0.14), "Q": (-0.028, 0.008, -0.08, -0.10),
    "R": (0.0, 0.011, 0.75, 1.10), "S": (0.030, 0.009, -0.15, -0.24),
    "T": (0.26, 0.045, 0.35, 0.48),
}  # fmt: skip
EARLY = {"R": (0.0, 0.034, 0.95, 1.75), "T": (0.27, 0.060, -0.40, -0.60)}
"""The waves of an early beat, which starts in the chamber itself: no P, broad, T turned over."""
EARLY_BY = 0.36
"""By what part of the interval an early beat comes too soon."""
FIRST_FAULT_S, FAULT_EVERY_S, FAULT_SPREAD_S = 40.0, 52.0, 25.0
AROUND_S = (0.25, 0.50)
"""How long before and after a beat its waves begin and end."""


@dataclass
class EcgParams(PlayParams):
    """Parameters of the beat; the same ones always give the same samples."""

    seed: int = param(
        1, low=0, high=2**31 - 1, live=False, label="Seed",
        help="Another heart: other intervals, other times of an odd beat.",
    )  # fmt: skip
    rate_hz: float = param(
        250.0, low=100.0, high=2000.0, log=True, unit="Hz", live=False, label="Sample rate",
        help="How many samples a second.",
    )  # fmt: skip
    noise: float = param(
        0.012, low=0.0, high=1.0, unit="mV", live=False, label="Noise",
        help="The electrodes' own noise, as a standard deviation. It cannot be predicted.",
    )  # fmt: skip


class Heart:
    """Compute two leads in mV: beats of five waves each on a baseline that breathes.

    Beat k comes at k BEAT_S, shifted by the breath and by slow wandering, so intervals vary by
    some percent, and so does its height. Of odd beats one kind is missing, a pause; the other
    comes early, broad and high.
    """

    def __init__(self, params: EcgParams) -> None:
        self._seed, self._rate_hz, self._noise_mv = params.seed, params.rate_hz, params.noise

    def chunk(self, number: int) -> F64:
        """Return samples number * CHUNK and on: ndarray of shape (CHUNK, 2), float64."""
        first = number * CHUNK
        time_s = np.arange(first, first + CHUNK) / self._rate_hz
        values = np.random.default_rng([self._seed, 0, number]).standard_normal((CHUNK, 2))
        values *= self._noise_mv
        values += BASELINE_MV * np.sin(2 * np.pi * time_s / BREATH_S)[:, None]
        last = math.ceil((time_s[-1] + 1.0) / BEAT_S) + 1
        beats = np.arange(math.floor((time_s[0] - 1.0) / BEAT_S) - 1, last + 1)
        odd = {self.odd_beat(k): self.missed(k) for k in self._slots(time_s[0], time_s[-1])}
        size = 1 + 0.06 * slow((self._seed, 5), beats / 3)
        for beat, at_s, high in zip(beats.tolist(), self.beat_s(beats), size, strict=True):
            early = odd.get(beat) is False
            waves = EARLY if early else {} if beat in odd else WAVES
            came_s = at_s - EARLY_BY * BEAT_S * early
            for place_s, width_s, *height_mv in waves.values():
                bell = np.exp(-(((time_s - came_s - place_s) / width_s) ** 2) / 2)
                values += high * bell[:, None] * np.array(height_mv)
        return values

    def beat_s(self, beats: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> F64:
        """Return when beats come (n,), as if none was odd."""
        at_s = beats * BEAT_S
        breathed = BREATHED * np.sin(2 * np.pi * at_s / BREATH_S)
        found: F64 = at_s + BEAT_S * (breathed + WANDERED * slow((self._seed, 4), beats / 7))
        return found

    def odd_beat(self, fault: int) -> int:
        """Return the number of a fault's beat."""
        draw = np.random.default_rng([self._seed, 1, fault])
        at_s = FIRST_FAULT_S + fault * FAULT_EVERY_S + draw.uniform(0, FAULT_SPREAD_S)
        return math.ceil(at_s / BEAT_S)

    def missed(self, fault: int) -> bool:
        """Say whether a fault's beat is missing; else it is early. They take turns, by a draw."""
        first = np.random.default_rng([self._seed, 2]).integers(2)
        return bool((fault + first) % 2)

    def fault(self, number: int) -> tuple[float, float]:
        """Return (start_s, end_s) of a fault, from its first wave to the next beat's first."""
        beat = self.odd_beat(number)
        at_s, next_s = self.beat_s(np.array([beat, beat + 1]))
        if not self.missed(number):
            at_s -= EARLY_BY * BEAT_S - 0.1
        return float(at_s) - AROUND_S[0], float(next_s) - AROUND_S[0]

    @staticmethod
    def _slots(start_s: float, end_s: float) -> range:
        """Return the faults whose beats may reach into a stretch."""
        first = math.floor((start_s - 2 - FIRST_FAULT_S - FAULT_SPREAD_S) / FAULT_EVERY_S)
        last = math.floor((end_s + 2 - FIRST_FAULT_S) / FAULT_EVERY_S)
        return range(max(first, 0), last + 1)


class Ecg(Played):
    """Play a beat: an odd one for the first time after 40 s, then one every 27 to 77 s."""

    Params = EcgParams
    title = "a beat like that of a heart"
    story = (
        "Every beat is a little different, and that is learned. Now and then one is missed or "
        "comes too early: look for the alarm at it."
    )
    stream = "ecg"
    channels = ("lead I", "lead II")
    units = ("mV", "mV")
    params: EcgParams

    def scene(self) -> Heart:
        return Heart(self.params)
