"""Forecast error of the default learner on real files, beside plain baselines and AR(32).

Run: DRIFTSCOPE_DATA=... python benchmarks/forecast.py [--jobs 2] [--rows 15000] [--only WORD]
Every NAB file, an IMU log and an ECG, one by one from first row to last, each scored before it is
learned, with the defaults; mean absolute error behind the first 500 rows, in units of each
channel's spread, averaged over the channels. AR(32) is fitted with hindsight: by least squares on
all the rows it is judged on and those before, at the same horizon. Skill is 1 - error / best
baseline. Without the data a seeded stand-in is judged.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from driftscope.core.arrays import F64
from driftscope.core.clock import auto_horizon, auto_step_rows
from driftscope.core.parts import make_learner
from driftscope.core.sections import default_params
from driftscope.core.stream import Step, StreamInfo

FIRST, LAGS = 500, 32
CLEAR = 0.05
"""Skill that AR(32) must have for a share of it to mean anything."""


class Errors(NamedTuple):
    """Hold the mean absolute errors of one file, in spreads."""

    name: str
    ours: float
    last: float
    mean: float
    ar: float

    @property
    def best(self) -> float:
        return min(self.last, self.mean)


def found() -> list[tuple[str, float | None]]:
    """Return (path, rate in Hz) of every file, none without DRIFTSCOPE_DATA."""
    folder = os.environ.get("DRIFTSCOPE_DATA")
    if not folder:
        return []
    nab = sorted(Path(folder).glob("nab/data/*/*.csv"))
    others = (
        ("imu_xio/sensor_data.csv.gz", 100.0),
        ("ecg_mba/data/MBA_ECG805.csv.gz", 128.0),
    )
    there = [(Path(folder) / name, rate) for name, rate in others]
    return [(str(path), rate) for path, rate in (*there, *((path, 1 / 300) for path in nab))]


def read(path: str, most: int) -> F64:
    """Return the first `most` rows (n, C) of a file without its first column."""
    data = Path(path).read_bytes()
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    return np.array([row[1:] for row in csv.reader(text.splitlines()[1 : most + 1])], float)


def stand_in(rows: int) -> F64:
    """Return (rows, 2), a noisy swing of a slowly wandering size."""
    draw = np.random.default_rng(0)
    size = 1.0 + 0.01 * np.cumsum(draw.normal(size=(rows, 2)), 0)
    swing = size * np.sin(np.arange(rows)[:, None] / (9.0, 25.0))
    return swing + 0.1 * draw.normal(size=(rows, 2))


def autoregression(values: F64, horizon: int) -> F64:
    """Return (n, C), each channel predicted from its LAGS samples `horizon` rows before."""
    n = len(values)
    made = np.full(values.shape, np.nan)
    for c, channel in enumerate(values.T):
        past = np.lib.stride_tricks.sliding_window_view(channel[: n - horizon], LAGS)
        past = np.column_stack((past, np.ones(len(past))))
        target = channel[LAGS - 1 + horizon :]
        made[LAGS - 1 + horizon :, c] = past @ np.linalg.lstsq(past, target, rcond=None)[0]
    return made


def judge(name: str, values: F64, rate_hz: float | None) -> Errors:
    """Run the default learner over values (n, C), test-then-train."""
    torch.set_num_threads(1)
    n, rows, horizon = len(values), auto_step_rows(rate_hz), auto_horizon(rate_hz)
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    learner = make_learner(
        StreamInfo("bench", names, ("",) * len(names), rate_hz), default_params()
    )
    ours, mean = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for seq in range(0, n - rows + 1, rows):
        time_s = np.arange(seq, seq + rows) / (rate_hz or 1.0)
        step = Step("bench", seq, time_s, values[seq : seq + rows], rows)
        scored = learner.score(step)
        ours[seq : seq + rows] = scored.prediction
        learner.learn(step, scored)
    counts = np.arange(1, n + 1)
    for c, channel in enumerate(values.T):  # the same fading as the learner's running mean
        at = channel[0]
        for i in range(n - horizon):
            at += max(1e-3, 1 / counts[i]) * (channel[i] - at)
            mean[i + horizon, c] = at
    last = np.roll(values, horizon, 0)
    spread = values.std(0) + 1e-12

    def error(made: F64) -> float:
        return float(np.nanmean(np.abs(made - values)[FIRST:] / spread))

    return Errors(name, *map(error, (ours, last, mean, autoregression(values, horizon))))


def _of_file(path: str, rate_hz: float | None, most: int) -> Errors:
    return judge(Path(path).name.partition(".")[0], read(path, most), rate_hz)


def line(each: Errors) -> str:
    """Return a line that says how a file was forecast."""
    errors = "  ".join(f"{value:6.3f}" for value in each[1:])
    skill, other = 1 - each.ours / each.best, 1 - each.ar / each.best
    return f"{each.name:36} {errors}   {each.ours / each.best:5.3f}  {skill:+6.2f}  {other:+6.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--rows", type=int, default=15_000, help="of each file, at most")
    parser.add_argument("--only", default="", help="files with this word in their names")
    options = parser.parse_args()
    heads = "  ".join(f"{head:>6}" for head in ("ours", "last", "mean", "AR(32)"))
    model = default_params().learner.model
    print(f"{f'mean absolute error in spreads, {model}':36} {heads}   ratio   skill    AR's")
    files = [each for each in found() if options.only in each[0]]
    if not files:
        print(line(judge("seeded stand-in", stand_in(4000), None)))
        return
    all_ = []
    with ProcessPoolExecutor(options.jobs) as pool:
        tasks = [pool.submit(_of_file, path, rate, options.rows) for path, rate in files]
        for task in tasks:
            all_.append(task.result())
            print(line(all_[-1]), flush=True)
    ratios = [each.ours / each.best for each in all_]
    worst = int(np.argmax(ratios))
    print(f"worst ratio to the best baseline: {ratios[worst]:.3f} ({all_[worst].name}), goal 1.02")
    shares = [
        (1 - each.ours / each.best) / (1 - each.ar / each.best)
        for each in all_
        if 1 - each.ar / each.best > CLEAR
    ]
    print(
        f"median share of AR(32)'s skill: {np.median(shares):.2f} over {len(shares)} files where "
        f"that is above {CLEAR}, goal 0.8"
    )


if __name__ == "__main__":
    main()
