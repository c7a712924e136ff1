"""Count false drifts on streams that never change, and the rows until a real one is found.

Run: python benchmarks/drift.py [--rows 100000] [--model mlp]
Each stream goes through a lane with default settings, in steps of 16 rows and decisions of 19. The
change, in the middle of a second run over half the rows, is one of the prediction's difficulty: the
noise grows by half, or the signal's periods change. Where that is judged rare enough for an alarm
the detectors of drift wait, so `found` may be "-" with an alarm beside it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from driftscope.core.arrays import F64
from driftscope.core.lane import Lane
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Alarm, Block, Event, StreamInfo

BLOCK_ROWS = 1024


def white(random: np.random.Generator, n: int) -> F64:
    return random.standard_normal((n, 1))


def heavy(random: np.random.Generator, n: int) -> F64:
    return random.standard_t(3, (n, 1))


def autoregressive(random: np.random.Generator, n: int) -> F64:
    values = random.standard_normal((n, 1))
    for i in range(1, n):
        values[i] += 0.95 * values[i - 1]
    return values


def waves(random: np.random.Generator, n: int, stretch: float = 1.0) -> F64:
    t = np.arange(n)[:, None] * stretch
    return np.sin(t / 5) + 0.5 * np.sin(t / 13.7) + 0.2 * random.standard_normal((n, 1))


def bursts(random: np.random.Generator, n: int) -> F64:
    """Noise that is louder for a while, every day of 288 rows: a rhythm is no drift."""
    loud = 1 + (np.arange(n)[:, None] % 288 < 96)
    return loud * random.standard_normal((n, 1))


STREAMS: dict[str, Callable[[np.random.Generator, int], F64]] = {
    "white noise": white, "Student t, 3": heavy, "AR(1), 0.95": autoregressive,
    "waves in noise": waves, "noise with a rhythm": bursts,
}  # fmt: skip


def drifts(values: F64, model: str) -> tuple[list[int], list[int]]:
    """Return where drifts, and where alarms, were told on these rows (n, C)."""
    params = default_params()
    params.set("learner.model", model)
    params.set("learner.step_rows", 16)
    lane = Lane(StreamInfo("s", ("a",), ("",), None, clock="rows"), params, live=False)
    found, alarms = [], []
    for at in range(0, len(values), BLOCK_ROWS):
        rows = values[at : at + BLOCK_ROWS]
        times = np.arange(at, at + len(rows), dtype=np.float64)
        for item in lane.take(Block("s", at, times, rows, 0.0)):
            if isinstance(item, Event) and item.kind == "drift":
                found.append(item.seq)
            elif isinstance(item, Alarm) and item.end is None:
                alarms.append(item.start)
    return found, alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--model", default="mlp")
    options = parser.parse_args()
    prepare_thread()
    random = np.random.default_rng(0)
    print(f"{options.model}; false drifts on {options.rows:,} rows that never change")
    for name, make in STREAMS.items():
        found, _ = drifts(make(random, options.rows), options.model)
        print(f"  {name:22} {len(found):3}   {found[:8]}")
    half, at = options.rows // 2, options.rows // 4
    louder = waves(random, half)
    louder[at:] += 0.25 * random.standard_normal((half - at, 1))
    other = np.concatenate([waves(random, at), waves(random, half - at, 1.7)])
    print(f"real ones at row {at:,}: rows until found, number in the next {half - at:,} rows")
    for name, values in (("half as much noise again", louder), ("other periods", other)):
        found, alarms = drifts(values, options.model)
        later = [row - at for row in found if row >= at]
        alarmed = [row - at for row in alarms if row >= at]
        print(
            f"  {name:26} {later[0] if later else '-'}, {len(later)}; "
            f"first alarm after {alarmed[0] if alarmed else '-'}"
        )


if __name__ == "__main__":
    main()
