"""An hour of 1280x720 at 30 pictures a second, as fast as it goes: does the memory grow?

Generated pictures through the whole pipeline (model "cells"), no window; 108,000 of them take
about half an hour. Prints the resident memory after the first simulated tenth against the last
(asked: less than 20 MB), and pictures a second. `--hours 0.1` makes it shorter.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import _frames
import numpy as np
import psutil

from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params
from driftscope.core.sections import default_params
from driftscope.core.sinks.outbox import Outbox
from driftscope.core.stream import Block, Item, Output, Result, StreamInfo

SCENES = 64
PARTS = 10


class Scene(Source):
    """Give a few pictures over and over, each with other noise and now and then a strange box."""

    scheme = "generated"
    pictures = True

    def __init__(self, hours: float) -> None:
        self.name, self.params = "generated pictures", Params()
        self.count = int(hours * 3600 * _frames.RATE_HZ)
        self._seq = 0
        self._random = np.random.default_rng(0)
        self._scenes = [np.ascontiguousarray(p[..., ::-1]) for p in _frames.synthetic(SCENES)]

    def open(self) -> None:
        """Nothing to open."""

    def read(self) -> Sequence[Item] | None:
        if self._seq >= self.count:
            return None
        items: list[Item] = []
        if self._seq == 0:
            shape = (_frames.HEIGHT, _frames.WIDTH, 3)
            items.append(
                StreamInfo("s", ("picture",), ("",), _frames.RATE_HZ, sample_shape=shape,
                           dtype="uint8")
            )  # fmt: skip
        picture = np.roll(self._scenes[self._seq % SCENES], self._random.integers(-2, 3), axis=1)
        if self._seq % 3000 > 2900:
            picture[200:320, 500:620] = self._random.integers(0, 255, 3)
        time_s = np.array([self._seq / _frames.RATE_HZ])
        items.append(Block("s", self._seq, time_s, picture[None], time.monotonic()))
        self._seq += 1
        return items

    def close(self) -> None:
        """Nothing to close."""


class Memory(Sink):
    """Note the resident memory after each tenth of the run."""

    name = "the memory log"

    def __init__(self, count: int, outbox: Outbox) -> None:
        self.mb: list[float] = []
        self._every = count // PARTS
        self._outbox = outbox

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and item.seq % 30 == 0:  # as a window would
            self._outbox.drain()
            self._outbox.take_pictures()
        if isinstance(item, Result) and (item.seq + 1) % self._every == 0:
            self.mb.append(psutil.Process().memory_info().rss / 1e6)
            print(f"{item.seq + 1:8,} pictures: {self.mb[-1]:8.1f} MB", flush=True)

    def close(self) -> None:
        """Keep the figures."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    scene = Scene(parser.parse_args().hours)
    outbox = Outbox()
    memory = Memory(scene.count, outbox)
    params = default_params(scene.params, pictures=True)
    monitor = Monitor({"generated": (scene, params)}, [outbox, memory])
    begun_s = time.monotonic()
    monitor.run()
    took_s = time.monotonic() - begun_s
    health = monitor.health
    print(
        f"{health.samples:,} pictures in {took_s:,.0f} s: {health.samples / took_s:.0f}/s, "
        f"{health.updates:,} updates, {health.alarms} alarms"
    )
    print(
        f"memory after the first tenth {memory.mb[0]:.1f} MB, after the last {memory.mb[-1]:.1f} "
        f"MB: {memory.mb[-1] - memory.mb[0]:+.1f} MB (asked: less than 20)"
    )


if __name__ == "__main__":
    main()
