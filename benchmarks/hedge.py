"""Loss of the default bank of learning rates, beside that of each of its rates alone.

Run: DRIFTSCOPE_DATA=... python benchmarks/hedge.py [--jobs 2] [--rows 4000] [--only WORD]
Every NAB file and an IMU log, test-then-train, with all else at its default; mean loss behind the
first 500 rows. "alone" is the same learner with `learner.rates` 1 and the slider at that multiple.
Without the data a seeded stand-in is judged.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import forecast
import numpy as np
import torch

from driftscope.core.arrays import F64
from driftscope.core.bank import SPREADS
from driftscope.core.clock import auto_step_rows
from driftscope.core.parts import make_learner
from driftscope.core.sections import LearnerParams, default_params
from driftscope.core.stream import Step, StreamInfo

RATES = SPREADS[LearnerParams().rates]
GOAL = 1.05


def loss_of(values: F64, rate_hz: float | None, **settings: Any) -> float:
    """Return the mean loss of a learner over values (n, C), one setting changed."""
    torch.set_num_threads(1)
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    params = default_params()
    for name, value in settings.items():
        params.set(f"learner.{name}", value)
    learner = make_learner(StreamInfo("bench", names, ("",) * len(names), rate_hz), params)
    rows, losses = auto_step_rows(rate_hz), []
    for seq in range(0, len(values) - rows + 1, rows):
        time_s = np.arange(seq, seq + rows) / (rate_hz or 1.0)
        step = Step("bench", seq, time_s, values[seq : seq + rows], rows)
        scored = learner.score(step)
        losses.append(scored.loss)
        learner.learn(step, scored)
    return float(np.nanmean(np.concatenate(losses)[forecast.FIRST :]))


def judge(path: str, rate_hz: float | None, most: int) -> tuple[str, float, list[float]]:
    """Return a file's name, the loss of the bank and that of each rate alone."""
    values = forecast.read(path, most) if path else forecast.stand_in(most)
    alone = [loss_of(values, rate_hz, rates=1, lr=rate) for rate in RATES]
    name = Path(path).name.partition(".")[0] if path else "seeded stand-in"
    return name, loss_of(values, rate_hz), alone


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--rows", type=int, default=4000, help="of each file, at most")
    parser.add_argument("--only", default="", help="files with this word in their names")
    options = parser.parse_args()
    rates = "".join(f"{f'{rate:g}x':>8}" for rate in RATES)
    print(f"{'mean loss of the model mlp':36} {'bank':>7}{rates}   bank / best alone")
    files = [each for each in forecast.found() if "ecg" not in each[0] and options.only in each[0]]
    ratios: dict[str, float] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        tasks = [pool.submit(judge, *each, options.rows) for each in files or [("", None)]]
        for task in tasks:
            name, bank, alone = task.result()
            ratios[name] = bank / min(alone)
            each = "".join(f"{loss:8.4f}" for loss in alone)
            print(f"{name:36} {bank:7.4f}{each}   {ratios[name]:.3f}", flush=True)
    worst = max(ratios, key=lambda name: ratios[name])
    near = sum(ratio <= GOAL for ratio in ratios.values())
    print(
        f"within 5 % of the best rate alone: {near} of {len(ratios)}; "
        f"worst {ratios[worst]:.3f} ({worst}); median {np.median(list(ratios.values())):.3f}"
    )


if __name__ == "__main__":
    main()
