"""How fast the window's memory takes results in and gives lines back, and how long it pauses."""

from __future__ import annotations

import time

import numpy as np

from driftscope.core.history import History
from driftscope.core.stream import Result, StreamInfo

CHANNELS = 8
ROWS = 1_000_000
PIXELS = 900


def results(rows: int, block: int) -> list[Result]:
    """Return results to append again and again under new numbers."""
    rng = np.random.default_rng(0)
    made = []
    for seq in range(0, rows, block):
        values = rng.normal(size=(block, CHANNELS))
        nothing = np.zeros(block, bool)
        loss = rng.random(block)
        arrays = (values, values, values[:1], loss, {"last value": loss}, values, loss)
        made.append(Result("bench", seq, loss, *arrays, 4.0, nothing, nothing, True, 0.0))
    return made


def fill(history: History, block: int, rows: int) -> np.ndarray:
    """Append `rows` rows; return the seconds each append took."""
    made = results(64 * 64, block)
    took = []
    at = 0
    while at < rows:
        for result in made:
            for name, value in (("seq", at), ("time_s", (at + np.arange(block)) / 1000)):
                object.__setattr__(result, name, value)
            begun = time.perf_counter()
            history.append(result)
            took.append(time.perf_counter() - begun)
            at += block
    return np.array(took)


def main() -> None:
    info = StreamInfo("bench", tuple("abcdefgh"), ("",) * CHANNELS, 1000.0)
    print(f"history, {CHANNELS} channels")
    for block in (1, 8, 64):
        took = fill(History(info), block, 600_000 if block > 1 else 100_000)
        print(
            f"  append in blocks of {block:2}: {block * len(took) / took.sum():11,.0f} rows/s, "
            f"longest pause {1e3 * took.max():.1f} ms (budget 64 MiB, moved up when full)"
        )
    history = History(info, 256 * 2**20)
    fill(history, 64, ROWS)
    print(f"  lines of {len(history):,} rows at {PIXELS} pixels:")
    end_s = history.end_s
    for rows in (100, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, ROWS):
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            found = history.lines(end_s - rows / 1000, end_s, PIXELS)
            took.append(time.perf_counter() - begun)
        print(f"    {rows:9,} rows: {1e3 * np.median(took):6.2f} ms, {len(found.time_s):,} points")


if __name__ == "__main__":
    main()
