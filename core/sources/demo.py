"""A machine to try everything on without hardware: its vibration, with a fault now and then."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import MAX_ROWS, Pacer, PlayParams
from driftscope.core.params import param
from driftscope.core.stream import F64, Block, Item, StreamInfo

CHUNK = 1024
"""Samples generated together. Noise is drawn by the chunk, so this is part of the signal."""

SHAFT_HZ, WANDER_HZ, LOAD_HZ = 3.1, 1 / 17, 1 / 11
REST_G = np.array([0.0, 0.0, 1.0])
# per order of the shaft's rotation: amplitude in g, and phase in turns, of x, y and z
ORDERS = {
    1: ((0.30, 0.26, 0.10), (0.00, 0.25, 0.10)),
    2: ((0.06, 0.10, 0.14), (0.30, 0.65, 0.95)),
    4: ((0.04, 0.02, 0.04), (0.15, 0.55, 0.40)),
}

FIRST_FAULT_S, FAULT_EVERY_S, FAULT_SPREAD_S = 40.0, 67.5, 22.5
FAULT_LASTS_S = (1.5, 4.0)
DEFECT_ORDER = 3.58  # how often in a turn of the shaft a ball passes the damage
RESONANCE_HZ, RING_S = 90.0, 0.012
IMPACT_G = np.array([0.35, 0.25, 0.55])
SUBTLE = 0.25  # share of a fault's time, and size of its impacts, before it is plain to see


@dataclass
class DemoParams(PlayParams):
    """Parameters of the demo machine; the same ones always give the same samples."""

    seed: int = param(
        1, low=0, high=2**31 - 1, live=False, label="Seed",
        help="Another machine: other noise, other times of its fault.",
    )  # fmt: skip
    rate_hz: float = param(
        1000.0, low=200.0, high=100_000.0, log=True, unit="Hz", live=False, label="Sample rate",
        help="How many samples a second the sensor gives.",
    )  # fmt: skip
    noise: float = param(
        0.015, low=0.0, high=1.0, unit="g", live=False, label="Noise",
        help="The sensor's own noise, as a standard deviation. It cannot be predicted.",
    )  # fmt: skip


class Vibration:
    """Compute the acceleration of a slow machine's bearing housing in x, y and z, in g.

    The shaft's speed and load wander. Now and then the bearing is damaged: impacts ring at a
    resonance, weakly in the first quarter of the fault. Sample i depends on i and the
    parameters only, so any part can be computed at any time.
    """

    def __init__(self, params: DemoParams) -> None:
        self._seed, self._rate_hz, self._noise_g = params.seed, params.rate_hz, params.noise
        self._rung: tuple[int, int, F64] = (-1, 0, np.empty((0, 3)))

    def chunk(self, number: int) -> F64:
        """Return samples number * CHUNK and on: ndarray of shape (CHUNK, 3), float64."""
        first = number * CHUNK
        time_s = np.arange(first, first + CHUNK) / self._rate_hz
        turns = _turns(time_s)
        load = 1 + 0.15 * np.sin(2 * np.pi * LOAD_HZ * time_s)[:, None]
        values = np.empty((CHUNK, 3))
        values[:] = REST_G
        for order, (amplitude_g, phase) in ORDERS.items():
            angle = 2 * np.pi * (order * turns[:, None] + np.array(phase))
            values += np.array(amplitude_g) * load * np.cos(angle)
        draw = np.random.default_rng([self._seed, 0, number])
        values += self._noise_g * draw.standard_normal((CHUNK, 3))
        for fault in {_slot(time_s[0]), _slot(time_s[-1])}:
            start, ringing = self._ringing(fault)
            low, high = max(first, start), min(first + CHUNK, start + len(ringing))
            if low < high:
                values[low - first : high - first] += ringing[low - start : high - start]
        return values

    def fault(self, number: int) -> tuple[float, float]:
        """Return (start_s, end_s) of a fault; one a slot keeps 45 to 90 s between two starts."""
        draw = np.random.default_rng([self._seed, 1, number])
        start_s = FIRST_FAULT_S + number * FAULT_EVERY_S + draw.uniform(0, FAULT_SPREAD_S)
        return start_s, start_s + draw.uniform(*FAULT_LASTS_S)

    def _ringing(self, number: int) -> tuple[int, F64]:
        """Return a fault's first sample and what it adds (m, 3); the last one asked is kept."""
        if number < 0:
            return 0, np.empty((0, 3))
        if self._rung[0] != number:
            self._rung = (number, *self._ring(number))
        return self._rung[1:]

    def _ring(self, number: int) -> tuple[int, F64]:
        start_s, end_s = self.fault(number)
        first, last = math.ceil(start_s * self._rate_hz), math.floor(end_s * self._rate_hz)
        time_s = np.arange(first, last) / self._rate_hz
        strikes = np.flatnonzero(np.diff(np.floor(DEFECT_ORDER * _turns(time_s)))) + 1
        rings = np.arange(math.ceil(6 * RING_S * self._rate_hz)) / self._rate_hz
        resonance_hz = min(RESONANCE_HZ, self._rate_hz / 6)
        ring = np.exp(-rings / RING_S) * np.sin(2 * np.pi * resonance_hz * rings)
        plain_s = start_s + SUBTLE * (end_s - start_s)
        size = np.random.default_rng([self._seed, 2, number]).uniform(0.8, 1.2, len(strikes))
        size *= np.where(time_s[strikes] < plain_s, SUBTLE, 1.0)
        struck = np.zeros(len(time_s))
        for strike, scale in zip(strikes, size, strict=True):
            part = struck[strike : strike + len(ring)]
            part += scale * ring[: len(part)]
        return first, struck[:, None] * IMPACT_G


class Demo(Source):
    """Play a machine's vibration: first fault after 40 s, then one every 45 to 90 s."""

    scheme = "demo"
    Params = DemoParams

    def __init__(self, target: str, params: DemoParams) -> None:
        self.params = params
        self.name = f"demo: {target or 'vibration'}"
        self._target = target or "vibration"
        self._start()

    def _start(self) -> None:
        self._pacer = Pacer(self.params)
        self._machine = Vibration(self.params)
        self._rate_hz = self.params.rate_hz
        self._described = False
        self._seq = 0
        self._chunk = np.empty((0, 3))

    def open(self) -> None:
        """Start the machine from its first sample; raise SourceError if there is no such demo."""
        if self._target != "vibration":
            raise SourceError(f"There is no demo called {self._target!r}: try demo:vibration.")
        self._start()

    def read(self, limit: int = MAX_ROWS) -> list[Item]:
        """Return at most `limit` samples that are due, none after 100 ms; it never ends."""
        if not self._described:
            self._described = True
            return [StreamInfo("vibration", ("x", "y", "z"), ("g",) * 3, self._rate_hz)]
        at = self._seq % CHUNK
        if at == 0:
            self._chunk = self._machine.chunk(self._seq // CHUNK)
        time_s = np.arange(self._seq, self._seq + min(limit, CHUNK - at)) / self._rate_hz
        n = self._pacer.due(time_s)
        if not n:
            return []
        values = self._chunk[at : at + n]
        block = Block("vibration", self._seq, time_s[:n], values, time.monotonic())
        self._seq += n
        return [block]

    def close(self) -> None:
        """There is nothing to let go of."""

    def true_intervals(self, until_s: float) -> list[tuple[float, float]]:
        """Return (start_s, end_s) of every fault that begins before `until_s`."""
        found = [self._machine.fault(number) for number in range(_slot(until_s) + 1)]
        return [interval for interval in found if interval[0] < until_s]


def _turns(time_s: F64) -> F64:
    """Return how often the shaft has turned; its speed wanders by about 2 %."""
    wander = 0.02 * SHAFT_HZ / WANDER_HZ / (2 * np.pi)
    turns: F64 = SHAFT_HZ * time_s + wander * np.sin(2 * np.pi * WANDER_HZ * time_s)
    return turns


def _slot(time_s: float) -> int:
    """Return the number of the fault whose slot a time lies in, -1 before the first."""
    return math.floor((time_s - FIRST_FAULT_S) / FAULT_EVERY_S)


PLUGIN = Demo
