"""Break the learner in every way known, and say how soon it is well again; then at random.

Run: python benchmarks/guard.py [--rate 100] [--steps 0] [--seed 0]
A lane with default settings learns two channels of waves for 40 s. Then it is disturbed, and the
same lane without the disturbance goes on beside it. `well` is when, after the disturbance ended,
the mean error over the next second is first at most 1.5 times that of the undisturbed one (goal: 1
s); `told` how many sentences were said of it (goal: 1 where there is something to say); `ratio` the
error of the last 20 of 30 s after it over the undisturbed one's (goal: 1.1). Errors are of the
channels that were the same in both. Times are of the stream. A diverging net is one whose weights
were overwritten; what a learning rate, or samples, do is done through the lane.
--steps N then drives a lane at random (tests/rough.py): sliders, data, gaps, new channels, going
back, saving; it ends with an error at the first number that is not finite.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import torch
from rough import Rough
from streams import waves

from driftscope.core.arrays import F64
from driftscope.core.lane import Lane
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Event, Output, Result, StreamInfo

BEFORE_S, AFTER_S, LATE_S = 40.0, 30.0, 10.0
WELL = 1.5


@dataclass
class Case:
    """Say what is done for `lasts_s`: to the data (rows, C), or to the lane at its begin and end;
    `same` are the channels it leaves alone."""

    name: str
    lasts_s: float
    data: Callable[[F64], None] | None = None
    begin: Callable[[Lane], None] | None = None
    end: Callable[[Lane], None] | None = None
    same: tuple[int, ...] = (0, 1)
    added: bool = False


def turned(**settings: object) -> Callable[[Lane], None]:
    """Return what sets parameters of the learner."""

    def turn(lane: Lane) -> None:
        for name, value in settings.items():
            lane.params.set(f"learner.{name}", value)
        lane.turned()

    return turn


def weights(change: Callable[[torch.Tensor], object]) -> Callable[[Lane], None]:
    """Return what overwrites the net's weights, of every copy."""

    def overwrite(lane: Lane) -> None:
        with torch.no_grad():
            change(lane.learner.training.optimizer.weights)  # type: ignore[attr-defined]

    return overwrite


def put(value: float, channels: slice = slice(None), every: int = 1) -> Callable[[F64], None]:
    """Return what writes a value over rows of some channels."""

    def write(rows: F64) -> None:
        rows[::every, channels] = value

    return write


def alternating(rows: F64) -> None:
    rows[::2], rows[1::2] = 1e30, -1e30


SECOND = slice(1, 2)
BACK = turned(lr=1.0, lr_mode="safe")
CASES = (
    Case("nothing", 1.0),
    Case("learning rate 0 for 10 s", 10.0, begin=turned(lr=0.0), end=BACK),
    Case("learning rate 100 for 10 s", 10.0, begin=turned(lr=100.0), end=BACK),
    Case("absolute 100 for 10 s", 10.0, begin=turned(lr_mode="absolute", lr=100.0), end=BACK),
    Case("absolute 0 for 10 s", 10.0, begin=turned(lr_mode="absolute", lr=0.0), end=BACK),
    Case("one sample of 1e30", 0.01, data=put(1e30)),
    Case("+-1e30 for 1 s", 1.0, data=alternating),
    Case("one sample of 1e300", 0.01, data=put(1e300)),
    Case("infinite for 1 s", 1.0, data=put(np.inf)),
    Case("NaN for 1 s", 1.0, data=put(np.nan)),
    Case("NaN bursts for 10 s", 10.0, data=put(np.nan, every=3)),
    Case("one channel constant for 10 s", 10.0, data=put(3.0, SECOND), same=(0,)),
    Case("one channel dead for 10 s", 10.0, data=put(np.nan, SECOND), same=(0,)),
    Case("one channel of 1e30 for 10 s", 10.0, data=put(1e30, SECOND), same=(0,)),
    Case("a channel appears", 0.01, added=True),
    Case("weights not finite", 0.01, begin=weights(lambda w: w.fill_(float("nan")))),
    Case("weights times 1e6", 0.01, begin=weights(lambda w: w.mul_(1e6))),
    Case("weights times 1e30", 0.01, begin=weights(lambda w: w.mul_(1e30))),
)


def error_of(case: Case | None, rate_hz: float) -> tuple[F64, list[str]]:
    """Return the error of each row (n, 2), |prediction - value|, and what was said."""
    first, last = round(BEFORE_S * rate_hz), 0
    last = first + (max(1, round(case.lasts_s * rate_hz)) if case else 0)
    rows = first + round((AFTER_S + 10.0) * rate_hz)
    values = waves(rows, 3)
    clean = values.copy()
    if case and case.data:
        case.data(values[first:last, :2])
    lane = Lane(StreamInfo("s", ("a", "b"), ("", ""), rate_hz), default_params(), live=False)
    out: list[Output] = []

    def feed(start: int, stop: int, channels: int) -> None:
        for at in range(start, stop, 50):
            part = slice(at, min(stop, at + 50))
            times = np.arange(part.start, part.stop) / rate_hz
            cut = np.ascontiguousarray(values[part, :channels])
            out.extend(lane.take(Block("s", at, times, cut, 0.0)))

    feed(0, first, 2)
    said = len(out)
    if case and case.added:
        info = StreamInfo("s", ("a", "b", "c"), ("", "", ""), rate_hz, version=2)
        out.extend(lane.extend(info))
    if case and case.begin:
        case.begin(lane)
    channels = 3 if case and case.added else 2
    feed(first, last, channels)
    if case and case.end:
        case.end(lane)
    feed(last, rows, channels)
    predicted = np.concatenate([r.prediction[:, :2] for r in out if isinstance(r, Result)])
    events = [item for item in out[said:] if isinstance(item, Event)]
    told = [str(e.data.get("reason") or e.data.get("message")) for e in events]
    return np.abs(predicted - clean[:, :2]), told


def report(case: Case, undisturbed: F64, rate_hz: float) -> None:
    """Run a case and print its line."""
    errors, told = error_of(case, rate_hz)
    same = list(case.same)
    end = round((BEFORE_S + case.lasts_s) * rate_hz)
    second = round(rate_hz)
    ours, theirs = errors[:, same].mean(1), undisturbed[:, same].mean(1)
    well_s = float("inf")
    for at in range(end, len(ours) - second):
        if np.isnan(ours[at : at + second]).any():
            continue
        if ours[at : at + second].mean() <= WELL * theirs[at : at + second].mean():
            well_s = (at - end) / rate_hz
            break
    late = slice(end + round(LATE_S * rate_hz), None)
    ratio = float(np.nanmean(ours[late]) / np.nanmean(theirs[late]))
    print(f"{case.name:30} {well_s:6.2f} s {len(told):5} {ratio:7.3f}  {'; '.join(told)[:70]}")


def at_random(steps: int, seed: int) -> None:
    """Drive lanes at random, 10,000 steps each, and say how many steps went well."""
    begun_s, done, rows = time.perf_counter(), 0, 0
    while done < steps:
        rough = Rough(seed, "mlp")
        for _ in range(min(10_000, steps - done)):
            rough.step()
        done, rows, seed = done + rough.steps, rows + rough.row, seed + 1
        minutes = (time.perf_counter() - begun_s) / 60
        print(f"{done:,} steps, {rows:,} rows, {minutes:.1f} min: every number finite", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=100.0, help="samples a second")
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--steps", type=int, default=0, help="steps at random")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    prepare_thread()
    print(f"mlp, default settings, two channels of waves at {options.rate:g} Hz")
    print(f"{'disturbance':30}     well  told   ratio")
    undisturbed, _ = error_of(None, options.rate)
    for case in CASES:
        if options.only in case.name:
            report(case, undisturbed, options.rate)
    at_random(options.steps, options.seed)


if __name__ == "__main__":
    main()
