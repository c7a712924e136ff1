"""A greenhouse through the days, a minute each: now and then one of its sensors sticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.pacing import PlayParams
from driftscope.core.params import param
from driftscope.core.sources._played import CHUNK, Played, slow
from driftscope.core.stream import F64

DAY_S = 60.0
"""A day is played in a minute, beginning at midnight."""
OUTSIDE_C, DAILY_C, WEATHER_C = 14.0, 6.0, 2.5
SUN_C, CLOUD_S = 9.0, 4.0
"""How much the sun warms the air under the glass, and how long a cloud lasts."""
SOIL_C, SOIL_LATE = 17.0, 0.12  # the middle of the soil, and by what part of a day it is late
FIRST_FAULT_S, FAULT_EVERY_S, FAULT_SPREAD_S = 80.0, 75.0, 25.0
FAULT_LASTS_S = (8.0, 14.0)
RIGHT_AGAIN_S = 1.0
"""How long the jump back to the true value still counts as the fault."""


@dataclass
class TemperatureParams(PlayParams):
    """Parameters of the greenhouse; the same ones always give the same samples."""

    seed: int = param(
        1, low=0, high=2**31 - 1, live=False, label="Seed",
        help="Another summer: other weather, other times at which a sensor sticks.",
    )  # fmt: skip
    rate_hz: float = param(
        20.0, low=5.0, high=1000.0, log=True, unit="Hz", live=False, label="Sample rate",
        help="How many samples a second; a day takes 60 s.",
    )  # fmt: skip
    noise: float = param(
        0.06, low=0.0, high=5.0, unit="°C", live=False, label="Noise",
        help="The sensors' own noise, as a standard deviation. It cannot be predicted.",
    )  # fmt: skip


class Greenhouse:
    """Compute the temperatures outside, of the air inside and of the soil, in °C.

    Outside follows the day and the weather; inside the sun adds to that, less when a cloud
    passes; the soil follows late and little. While a sensor sticks it gives the last value it
    had, to the last digit.
    """

    def __init__(self, params: TemperatureParams) -> None:
        self._seed, self._rate_hz, self._noise_c = params.seed, params.rate_hz, params.noise

    def chunk(self, number: int) -> F64:
        """Return samples number * CHUNK and on: ndarray of shape (CHUNK, 3), float64."""
        first = number * CHUNK
        values = self._healthy(number)
        slots = (self._slot(first / self._rate_hz), self._slot((first + CHUNK) / self._rate_hz))
        for fault in range(max(slots[0], 0), slots[1] + 1):
            start_s, end_s = self.fault(fault)
            stuck = math.ceil(start_s * self._rate_hz)
            free = math.ceil((end_s - RIGHT_AGAIN_S) * self._rate_hz)
            low, high = max(first, stuck), min(first + CHUNK, free)
            if low < high:
                channel = self.stuck_channel(fault)
                kept = self._healthy(stuck // CHUNK)[stuck % CHUNK, channel]
                values[low - first : high - first, channel] = kept
        return values

    def fault(self, number: int) -> tuple[float, float]:
        """Return (start_s, end_s) of a fault: a sensor sticks in the morning or the evening, when
        there is something to miss, 35 to 115 s after the one before."""
        draw = np.random.default_rng([self._seed, 1, number])
        start_s = FIRST_FAULT_S + number * FAULT_EVERY_S + draw.uniform(0, FAULT_SPREAD_S)
        phase = start_s % (DAY_S / 2)  # noon and midnight, 0, are when least changes
        start_s += min(max(phase, 4.0), 16.0) - phase
        return start_s, start_s + draw.uniform(*FAULT_LASTS_S) + RIGHT_AGAIN_S

    def stuck_channel(self, number: int) -> int:
        """Return which sensor sticks: 0 outside or 1 inside."""
        return int(np.random.default_rng([self._seed, 2, number]).integers(2))

    def _healthy(self, number: int) -> F64:
        first = number * CHUNK
        days = np.arange(first, first + CHUNK) / self._rate_hz / DAY_S
        seed = self._seed
        height = -np.cos(2 * np.pi * days)  # of the sun, below the horizon when negative
        sun = np.maximum(height, 0.0) * (1 - 0.35 * _clouds(seed, days))
        weather = WEATHER_C * slow((seed, 3), days)
        outside = OUTSIDE_C + DAILY_C * -np.cos(2 * np.pi * (days - 0.04)) + weather
        soil = SOIL_C + 1.5 * -np.cos(2 * np.pi * (days - SOIL_LATE)) + 0.3 * weather
        values = np.stack([outside, outside + 3.0 + SUN_C * sun, soil], axis=1)
        draw = np.random.default_rng([seed, 0, number])
        noisy: F64 = values + self._noise_c * draw.standard_normal((CHUNK, 3))
        return noisy

    @staticmethod
    def _slot(time_s: float) -> int:
        return math.floor((time_s - FIRST_FAULT_S + DAY_S / 2) / FAULT_EVERY_S)


class Temperature(Played):
    """Play a greenhouse's days: a sensor sticks for the first time after 80 s, then about once
    every 75 s."""

    Params = TemperatureParams
    title = "a greenhouse through the days"
    story = (
        "A day passes in a minute. Now and then a sensor sticks at its value: look how the "
        "prediction goes on without it."
    )
    stream = "temperature"
    channels = ("outside", "inside", "soil")
    units = ("°C",) * 3
    params: TemperatureParams

    def scene(self) -> Greenhouse:
        return Greenhouse(self.params)


def _clouds(seed: int, days: F64) -> F64:
    """Return how much of the sun clouds take, 0 to 1."""
    found: F64 = 1 / (1 + np.exp(-2 * slow((seed, 4), days * DAY_S / CLOUD_S)))
    return found
