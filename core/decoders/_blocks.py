"""Blocks of samples with their times: from the device's own clock, or from arrival."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from driftscope.core.clock import ClockQuality
from driftscope.core.decoders._times import DeviceClock, rising
from driftscope.core.sample_clock import ArrivalClock
from driftscope.core.stream import F64, Block, Event, Item
from driftscope.core.wire import Chunk

RESTARTED = "The device's clock began anew: it was reset, or plugged in again."
At = tuple[float, float]
"""When bytes arrived: Unix seconds and the steady clock's."""


class Blocks:
    """Gather rows that arrived together into a Block. `at` is when what is put now arrived.

    Rows have the device's own time (`put` with `raw_s`) or none of them has.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.at: At = (0.0, 0.0)
        self.seq = 0
        self.last_s: float | None = None
        self._arrival = ArrivalClock()
        self._device = DeviceClock()
        self._anchor_s: float | None = None
        self.clear()

    def clear(self) -> None:
        """Drop what is not a block yet, and the count of times made up."""
        self._values: list[F64] = []
        self._raw_s: list[F64] = []
        self.repaired = 0

    def arrive(self, chunk: Chunk, by_arrival: bool) -> None:
        """Note when a chunk arrived; `by_arrival` says that samples get their times of it."""
        if self._anchor_s is None:
            # from here on steady time only: setting the wall clock must not make times jump
            self._anchor_s = chunk.wall_s - chunk.steady_s
            if self.last_s is not None and by_arrival:
                self._anchor_s = max(self._anchor_s, self.last_s - chunk.steady_s)
        self.at = (chunk.steady_s + self._anchor_s, chunk.steady_s)

    def put(self, values: F64, raw_s: F64 | None = None) -> None:
        """Add rows (n, C), and what the device says of their times (n,)."""
        self._values.append(values)
        if raw_s is not None:
            self._raw_s.append(raw_s)

    def take(self) -> list[Item]:
        """Return the block of what was put since the last one, none if that is nothing; with a
        gap's Event wherever the device's clock began anew: the device did, too."""
        if not self._values:
            return []
        values = self._values[0] if len(self._values) == 1 else np.concatenate(self._values)
        if self._raw_s:
            times, repaired = self._device.stamp(np.concatenate(self._raw_s))
            self.repaired += repaired
            self._device.arrived(float(times[-1]), self.at[0])
        else:
            times = rising(self._arrival.stamp(len(values), self.at[0]), self.last_s)
        items: list[Item] = []
        cuts = self._device.restarts if self._raw_s else []
        for start, stop in pairwise((0, *cuts, len(values))):
            if start in cuts:
                gap = {"reason": RESTARTED}
                items.append(Event(self.key, self.seq, self.last_s or 0.0, "gap", gap))
            if stop > start:
                part = slice(start, stop)
                items.append(Block(self.key, self.seq, times[part], values[part], self.at[1]))
                self.seq += stop - start
                self.last_s = float(times[stop - 1])
        self._values, self._raw_s = [], []
        return items

    def quality(self, timed: bool) -> ClockQuality:
        """Return how well the times are known; `timed` says that the device sends them."""
        return self._device.quality if timed else self._arrival.quality

    def gap(self) -> None:
        """Take note of an interruption."""
        self._arrival.gap()
        self._device.gap()
        self._anchor_s = None

    def state_dict(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("at", "seq", "last_s", "_anchor_s")}
        arrival, device = self._arrival.state_dict(), self._device.state_dict()
        return {"own": own, "arrival": arrival, "device": device}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        vars(self).update(state["own"])
        self._arrival.load_state_dict(state["arrival"])
        self._device.load_state_dict(state["device"])
        self.clear()
