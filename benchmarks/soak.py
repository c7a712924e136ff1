"""A day of stream through the whole pipeline: does the memory grow?

A generated source of 1 kHz x 8 channels, 24 h (86.4 million samples) at max speed with batches
of 64, MLP, no window. Prints the resident memory after the first simulated hour against the
last, and samples a second. `--hours 2` makes it shorter.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import psutil

from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Item, Output, Result, StreamInfo

RATE_HZ, CHANNELS, ROWS = 1000, 8, 4096


class Generated(Source):
    """Give sums of sines with noise, and a spike now and then, for `hours` of stream."""

    scheme = "generated"

    def __init__(self, hours: float) -> None:
        self.name, self.params = "generated", Params()
        self._left = int(hours * 3600 * RATE_HZ)
        self._seq = 0
        self._random = np.random.default_rng(0)
        self._described = False

    def open(self) -> None:
        """Nothing to open."""

    def read(self) -> Sequence[Item] | None:
        if self._left <= 0:
            return None
        n = min(ROWS, self._left)
        time_s = (self._seq + np.arange(n)) / RATE_HZ
        phase = np.outer(time_s, 2 * np.pi * np.arange(1, CHANNELS + 1))
        values = np.sin(phase) + 0.1 * self._random.standard_normal((n, CHANNELS))
        if self._random.random() < 0.01:
            values[n // 2] += 20
        items: list[Item] = [Block("generated", self._seq, time_s, values, time.monotonic())]
        if not self._described:
            names = tuple(f"ch {i + 1}" for i in range(CHANNELS))
            items.insert(0, StreamInfo("generated", names, ("",) * CHANNELS, float(RATE_HZ)))
            self._described = True
        self._seq += n
        self._left -= n
        return items

    def close(self) -> None:
        """Nothing to close."""


class MemoryByHour(Sink):
    """Note the resident memory at the end of each simulated hour."""

    name = "the memory log"

    def __init__(self) -> None:
        self.mb: list[float] = []
        self._next = 3600 * RATE_HZ

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and item.seq + len(item) >= self._next:
            self._next += 3600 * RATE_HZ
            self.mb.append(psutil.Process().memory_info().rss / 1e6)
            print(f"hour {len(self.mb):2}: {self.mb[-1]:8.1f} MB", flush=True)

    def close(self) -> None:
        """Keep the figures."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    hours = parser.parse_args().hours
    memory = MemoryByHour()
    params = default_params()
    params.set("learner.step_rows", 64)
    monitor = Monitor({"generated": (Generated(hours), params)}, [memory])
    begun_s = time.monotonic()
    monitor.run()
    took_s = time.monotonic() - begun_s
    health = monitor.health
    print(
        f"{health.samples:,} samples in {took_s:,.0f} s: {health.samples / took_s:,.0f} samples/s, "
        f"{health.updates:,} updates, skipped {health.skipped_updates}, alarms {health.alarms}"
    )
    if len(memory.mb) > 1:
        grown = memory.mb[-1] - memory.mb[0]
        print(
            f"memory after the first hour {memory.mb[0]:.1f} MB, after the last "
            f"{memory.mb[-1]:.1f} MB: {grown:+.1f} MB (asked: 5 MB or less)"
        )


if __name__ == "__main__":
    main()
