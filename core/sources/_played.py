"""A demo that is computed sample by sample, with faults now and then, and played."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from typing import Any, ClassVar, Protocol

import numpy as np

from driftscope.core.interfaces import Source
from driftscope.core.pacing import MAX_ROWS, Pacer
from driftscope.core.stream import F64, Block, Item, StreamInfo

CHUNK = 1024
"""Samples generated together. Noise is drawn by the chunk, so this is part of the signal."""


class Scene(Protocol):
    """What is played: sample i depends on i and the parameters only, so any part can be computed
    at any time."""

    def chunk(self, number: int) -> F64:
        """Return samples number * CHUNK and on: ndarray of shape (CHUNK, C), float64."""

    def fault(self, number: int) -> tuple[float, float]:
        """Return (start_s, end_s) of a fault; they follow one another."""


class Played(Source):
    """Play a scene at its own pace; it never ends. Starts from its first sample on opening."""

    scheme = "demo"
    seeks = True
    title: ClassVar[str]
    """What it is, in a few words."""
    story: ClassVar[str]
    """What happens and what to look for, in a sentence."""
    stream: ClassVar[str]
    """Its target, and the name of its stream."""
    channels: ClassVar[tuple[str, ...]]
    units: ClassVar[tuple[str, ...]]
    _described: bool
    _seq: int
    _chunk: F64

    def __init__(self, target: str, params: Any) -> None:
        self.params = params
        self.name = f"demo: {self.stream}"
        self._start()

    @abstractmethod
    def scene(self) -> Scene:
        """Make what is played, by the parameters as they are now."""

    def open(self) -> None:
        self._start()

    def read(self, limit: int = MAX_ROWS) -> list[Item]:
        """Return at most `limit` samples that are due, none after 100 ms."""
        if not self._described:
            self._described = True
            return [StreamInfo(self.stream, self.channels, self.units, self._rate_hz)]
        at = self._seq % CHUNK
        if at == 0 or not len(self._chunk):
            self._chunk = self._scene.chunk(self._seq // CHUNK)
        time_s = np.arange(self._seq, self._seq + min(limit, CHUNK - at)) / self._rate_hz
        n = self._pacer.due(time_s)
        if not n:
            return []
        block = Block(
            self.stream, self._seq, time_s[:n], self._chunk[at : at + n], time.monotonic()
        )
        self._seq += n
        return [block]

    def close(self) -> None:
        """There is nothing to let go of."""

    def true_intervals(self, until_s: float) -> list[tuple[float, float]]:
        """Return (start_s, end_s) of every fault that begins before `until_s`."""
        found: list[tuple[float, float]] = []
        while (fault := self._scene.fault(len(found)))[0] < until_s:
            found.append(fault)
        return found

    def _start(self) -> None:
        self._pacer = Pacer(self.params)
        self._scene = self.scene()
        self._rate_hz: float = self.params.rate_hz
        self._described = False
        self._seq = self.start
        self.passed_s = (self.start - 1) / self._rate_hz if self.start else None
        self._chunk = np.empty((0, len(self.channels)))


def slow(seed: tuple[int, ...], at: F64) -> F64:
    """Return smooth noise about 0 with standard deviation about 0.7, at places (n,) of which whole
    numbers are apart by as much as it remembers: cosines between random values there."""
    first = math.floor(float(at.min()))
    count = math.floor(float(at.max())) - first + 2
    knots = np.array(
        [np.random.default_rng([*seed, first + k + 2**20]).standard_normal() for k in range(count)]
    )
    place = np.floor(at).astype(int) - first
    share = (1 - np.cos(np.pi * (at - np.floor(at)))) / 2
    found: F64 = knots[place] * (1 - share) + knots[place + 1] * share
    return found
