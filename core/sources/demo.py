"""A machine to try everything on without hardware: its vibration, with a fault now and then."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Device
from driftscope.core.pacing import PlayParams
from driftscope.core.params import param
from driftscope.core.sources._ecg import Ecg
from driftscope.core.sources._played import CHUNK, Played
from driftscope.core.sources._stress import Stress
from driftscope.core.sources._temperature import Temperature
from driftscope.core.stream import F64

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


class Demo(Played):
    """Play a machine's vibration: first fault after 40 s, then one every 45 to 90 s.

    Further demos have classes of their own; `of_target` says which.
    """

    Params = DemoParams
    title = "a machine's vibration"
    story = (
        "A slow machine whose bearing is damaged for some seconds about once a minute: look how "
        "its impacts break the prediction."
    )
    stream = "vibration"
    channels = ("x", "y", "z")
    units = ("g",) * 3
    params: DemoParams

    def __init__(self, target: str, params: DemoParams) -> None:
        self._target = target or "vibration"
        super().__init__(target, params)
        self.name = f"demo: {self._target}"

    @classmethod
    def of_target(cls, target: str) -> type[Device]:
        """Return the class that plays a demo; of an unknown one the class that says so."""
        return demos().get(target, cls)

    def open(self) -> None:
        """Start from the first sample; raise SourceError if there is no such demo."""
        if self._target != "vibration":
            known = ", ".join(f"demo:{name}" for name in demos())
            raise SourceError(f"There is no demo called {self._target!r}: there are {known}.")
        super().open()

    def scene(self) -> Vibration:
        return Vibration(self.params)


def demos() -> dict[str, type[Played | Stress]]:
    """Return the demos there are, by their names; each has a `title` and a `story`."""
    return {"vibration": Demo, "temperature": Temperature, "ecg": Ecg, "stress": Stress}


def address_of(demo: str) -> str:
    """Return the address of a demo; the first is what `demo:` alone means."""
    return "demo:" if demo == "vibration" else f"demo:{demo}"


def _turns(time_s: F64) -> F64:
    """Return how often the shaft has turned; its speed wanders by about 2 %."""
    wander = 0.02 * SHAFT_HZ / WANDER_HZ / (2 * np.pi)
    turns: F64 = SHAFT_HZ * time_s + wander * np.sin(2 * np.pi * WANDER_HZ * time_s)
    return turns


def _slot(time_s: float) -> int:
    """Return the number of the fault whose slot a time lies in, -1 before the first."""
    return math.floor((time_s - FIRST_FAULT_S) / FAULT_EVERY_S)


PLUGIN = Demo
