"""How soon, and how well, each model learns: skill over the best plain baseline.

Run: python benchmarks/models.py [--models mlp,gru] [--optimizer adam] [--rows 20000]
Every model at its defaults (B auto, horizon auto) on the demo at 1 kHz, and, if DRIFTSCOPE_DATA
names a folder of public recordings, on one ECG (250 Hz), two servers of ASD and two valves of
SKAB (no rate). Prints the skill of the first rows (the second second at 1 kHz and 250 Hz, else
the second 100 rows), of the last half, and of all, and the time a step takes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from driftscope.core import registry
from driftscope.core.arrays import F64
from driftscope.core.clock import auto_step_rows
from driftscope.core.learner import Forecaster
from driftscope.core.sections import LearnerParams
from driftscope.core.sources.demo import CHUNK, DemoParams, Vibration
from driftscope.core.stream import Step, StreamInfo

FILES = (
    ("ecg_mba/data/MBA_ECG805.csv.gz", 250.0),
    ("asd/data/omi-1.csv.gz", None),
    ("asd/data/omi-5.csv.gz", None),
    ("skab/data/valve1/4.csv", None),
    ("skab/data/other/13.csv", None),
)


def streams(rows: int) -> Iterator[tuple[str, F64, float | None]]:
    """Give (name, values (n, C), rate in Hz or None) of each stream."""
    machine = Vibration(DemoParams())
    yield "demo", np.concatenate([machine.chunk(k) for k in range(rows // CHUNK)]), 1000.0
    folder = os.environ.get("DRIFTSCOPE_DATA")
    for name, rate_hz in FILES if folder else ():
        path = Path(str(folder)) / name
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        head, *lines = text.decode().splitlines()
        marks = ";" if ";" in head else ","
        cells = [row[1:] for row in csv.reader(lines, delimiter=marks)]
        yield path.name.partition(".")[0], np.array(cells[:rows], float), rate_hz


def run(model: str, optimizer: str, values: F64, rate_hz: float | None) -> tuple[F64, F64, float]:
    """Return loss (n,), those of the baselines (n, K), and the mean time a step takes in ms."""
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    info = StreamInfo("bench", names, ("",) * len(names), rate_hz)
    params = LearnerParams(model=model, optimizer=optimizer)
    learner = Forecaster(info, params, registry.load("models", model).Params())
    rows = auto_step_rows(rate_hz)
    losses, baselines = [], []
    began_s = time.perf_counter()
    for seq in range(0, len(values) - rows + 1, rows):
        time_s = np.arange(seq, seq + rows) / (rate_hz or 1.0)
        step = Step("bench", seq, time_s, values[seq : seq + rows], rows)
        scored = learner.score(step)
        losses.append(scored.loss)
        baselines.append(np.stack(list(scored.baseline_loss.values()), 1))
        learner.learn(step, scored)
    step_ms = 1e3 * (time.perf_counter() - began_s) / len(losses)
    return np.concatenate(losses), np.concatenate(baselines), step_ms


def skill(loss: F64, baselines: F64, rows: slice) -> float:
    """Return 1 - loss / best baseline over some rows."""
    return float(1 - np.nanmean(loss[rows]) / np.nanmin(np.nanmean(baselines[rows], 0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(registry.names("models")))
    parser.add_argument("--optimizer", default="adam")
    parser.add_argument("--rows", type=int, default=20_000, help="of each stream, at most")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("stream      model      first    half     all   ms a step")
    for name, values, rate_hz in streams(options.rows):
        for model in options.models.split(","):
            loss, baselines, step_ms = run(model, options.optimizer, values, rate_hz)
            second = int(rate_hz or 100)
            parts = (slice(second, 2 * second), slice(len(loss) // 2, None), slice(None))
            figures = "  ".join(f"{skill(loss, baselines, part):+6.2f}" for part in parts)
            print(f"{name:11} {model:9} {figures}   {step_ms:6.2f}", flush=True)


if __name__ == "__main__":
    main()
