"""As many samples a second as asked for, to find out what this computer keeps up with."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from driftscope.core.interfaces import Source
from driftscope.core.keeping_up import KeepingUp
from driftscope.core.pacing import TICK_S, WAIT_S, block_rows
from driftscope.core.params import Params, param
from driftscope.core.stream import F64, Block, Event, Item, StreamInfo

MOST_CHANNELS = 64
TABLE_ROWS = 16_384
"""Rows made beforehand and given out again and again: making them must cost nothing."""
LATE_S = 0.25
"""What is not given out for longer is not made up for: it then gives less than asked for."""
BLOCKS = 16
"""So many in one read at most."""


@dataclass
class StressParams(Params):
    """How much is given out; both may be turned while it runs.

    At most 400,000 a second: a faster live rate counts as made up (`core/clock.py`).
    """

    rows_per_s: float = param(
        10_000.0, low=1.0, high=400_000.0, log=True, unit="samples/s", label="Samples a second",
        help="How many samples a second are given out, whether they can be taken in or not.",
    )  # fmt: skip
    channels: int = param(
        4, low=1, high=MOST_CHANNELS, log=True, label="Channels",
        help="How many values each sample has. Those taken away are missing from then on.",
    )  # fmt: skip


class Stress(Source):
    """Give out waves with noise by the clock, as a device does that waits for nobody.

    Every few seconds a "note" says what is kept up with. Turn the rate up: learning is skipped
    first, then whole steps go unscored, in the end samples are lost; all of it counted.
    """

    scheme = "demo"
    live = True
    Params = StressParams
    title = "as many samples as you ask for"
    story = (
        "Turn its samples a second up and read below what this computer keeps up with: learning "
        "is left out first, then judging, and every bit of it is counted."
    )
    stream: ClassVar[str] = "stress"

    def __init__(self, target: str, params: StressParams) -> None:
        self.params = params
        self.name = "demo: stress"
        self._table: F64 = np.empty((0, MOST_CHANNELS))
        self._start()

    def _start(self) -> None:
        self._channels = self._version = 0
        self._seq = self.start
        self._time_s = self._owed = 0.0
        self._last_s = time.monotonic()
        self._keeping_up = KeepingUp()

    def open(self) -> None:
        """Begin with the first sample."""
        if not len(self._table):
            self._table = _waves()
        self._start()

    def read(self) -> list[Item]:
        """Return the samples that are due, none after 100 ms."""
        items: list[Item] = []
        if self.params.channels > self._channels:
            items.append(self._describe())
        rate_hz = float(self.params.rows_per_s)
        now_s = self._wait(rate_hz)
        self._owed = min(self._owed + (now_s - self._last_s) * rate_hz, LATE_S * rate_hz + 1)
        self._last_s = now_s
        for _ in range(BLOCKS):
            at = self._seq % TABLE_ROWS
            n = min(int(self._owed), block_rows(self._channels), TABLE_ROWS - at)
            if not n:
                break
            time_s = self._time_s + np.arange(n) / rate_hz
            values = self._table[at : at + n, : self._channels].copy()
            values[:, self.params.channels :] = math.nan
            items.append(Block(self.stream, self._seq, time_s, values, now_s))
            self._seq, self._owed = self._seq + n, self._owed - n
            self._time_s += n / rate_hz
        if self.health is not None:
            asked = rate_hz, int(self.params.channels)
            if text := self._keeping_up.text(self.health, asked, now_s):
                note = {"message": text}
                items.append(Event(self.stream, self._seq, self._time_s, "note", note))
        return items

    def close(self) -> None:
        """There is nothing to let go of."""

    def _describe(self) -> StreamInfo:
        self._channels = int(self.params.channels)
        self._version += 1
        names = tuple(f"wave {k + 1}" for k in range(self._channels))
        units = ("",) * self._channels
        return StreamInfo(self.stream, names, units, version=self._version)

    def _wait(self, rate_hz: float) -> float:
        """Wait until a sample is due and 10 ms are over, but never beyond 100 ms."""
        due_s = self._last_s + max(TICK_S, (1 - self._owed) / rate_hz)
        wait_s = min(due_s - time.monotonic(), WAIT_S)
        if wait_s > 0:
            time.sleep(wait_s)
        return time.monotonic()


def _waves() -> F64:
    """Return TABLE_ROWS of MOST_CHANNELS waves with noise; the first row fits behind the last."""
    random = np.random.default_rng(0)
    turns = np.arange(TABLE_ROWS)[:, None] / TABLE_ROWS
    times = 64 + 7 * np.arange(MOST_CHANNELS)
    waves = np.sin(2 * np.pi * times * turns) + 0.4 * np.sin(2 * np.pi * 3 * times * turns)
    noisy: F64 = waves + 0.05 * random.standard_normal(waves.shape)
    return noisy
