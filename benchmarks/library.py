"""What the library costs: iterating, batches, rows as dicts beside River's own models, memory.

Run: python benchmarks/library.py [--seconds 1]
Iterating is a loop over the demo's blocks, beside the same signal computed and put into arrays by
numpy alone. A DataLoader is fed windows of 16 rows in batches of 64, beside one over a numpy array
that is in memory already. River's models and ours learn the same rows of 8 features one by one,
`score_one` or `predict_one` first as River's evaluations do. One torch thread; medians of turns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from river import anomaly, linear_model, preprocessing, tree
from torch.utils.data import DataLoader, IterableDataset

from driftscope.core import as_dataset, open_source, results
from driftscope.core.river import AnomalyDetector, Classifier, Regressor
from driftscope.core.sources.demo import DemoParams, Vibration

MEMORY = """
import psutil
from itertools import islice
from driftscope.core import as_dataset, open_source, results
def used_mb(): return psutil.Process().memory_info().rss / 2**20
made = iter({what})
for _ in islice(made, {warm}): pass
before = most = used_mb()
for _ in range(20):
    for _ in islice(made, {more} // 20): pass
    most = max(most, used_mb())
print(f"{{most - before:.1f}} {{most:.0f}}")
"""
STREAMS = {
    "blocks": ('open_source("demo:")', 300, 10_000),
    "batches of 64": ('as_dataset("demo:", 64, window=16, horizon=8)', 3000, 60_000),
    "results": ('results("demo:", {"learner.step_rows": 64})', 600, 6000),
}
IMPORT = (
    "import time; t = time.perf_counter(); import driftscope.core{}; print(time.perf_counter() - t)"
)


def rate(once: Callable[[], int], seconds: float) -> float:
    """Return rows a second: the median of turns, of which the first is left out."""
    once()
    found, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until or len(found) < 3:
        a = time.perf_counter()
        rows = once()
        found.append(rows / (time.perf_counter() - a))
    return median(found)


def said(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def iterating(seconds: float) -> None:
    blocks, chunks = open_source("demo:"), count()
    scene = Vibration(DemoParams())

    def ours() -> int:
        return sum(len(block.values) for block in islice(blocks, 100))

    def bare() -> int:
        rows = 0
        for number in islice(chunks, 100):
            values = scene.chunk(number)
            time_s = np.arange(number * 1024, (number + 1) * 1024) / 1000.0
            rows += len(time_s) + 0 * len(values)
        return rows

    print("iterating, million rows/s    driftscope   numpy alone   ratio")
    one, two = rate(ours, seconds), rate(bare, seconds)
    print(
        f"the demo, 3 channels           {one / 1e6:8.2f}      {two / 1e6:8.2f}    {one / two:.2f}"
    )

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        table = np.random.default_rng(0).standard_normal((20_000, 8))
        np.savetxt(path, table, fmt="%.6f", delimiter=",", header=",".join("abcdefgh"), comments="")
        one = rate(lambda: sum(map(len, open_source(path))), seconds)
        two = rate(lambda: len(np.loadtxt(path, delimiter=",", skiprows=1)), seconds)
    print(
        f"a CSV file, 8 columns          {one / 1e6:8.2f}      {two / 1e6:8.2f}    {one / two:.2f}"
    )


class Windows(IterableDataset[Any]):
    """The same windows and targets of an array, by indexing alone."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = torch.from_numpy(table.astype(np.float32))

    def __iter__(self) -> Iterator[Any]:
        windows = self.table.unfold(0, 16, 1).transpose(1, 2)
        for a in range(0, len(self.table) - 24 - 64, 64):
            yield windows[a : a + 64].contiguous(), self.table[a + 23 : a + 87]


def batches(seconds: float) -> None:
    table = np.random.default_rng(0).standard_normal((40_000, 8))

    def over(data: Any) -> Callable[[], int]:
        return lambda: sum(len(y) for _, y in DataLoader(data, batch_size=None))

    one = rate(over(as_dataset(table, 64, window=16, horizon=8)), seconds)
    two = rate(over(Windows(table)), seconds)
    print("windows of 16 rows, 8 channels, through a DataLoader, rows/s")
    print(f"as_dataset {one:,.0f}, an array in memory alone {two:,.0f}: ratio {one / two:.2f}")


def one_by_one(seconds: float) -> None:
    draw = np.random.default_rng(0)
    values = np.sin(np.arange(200)[:, None] / np.arange(5, 13)) + 0.1 * draw.normal(size=(200, 8))
    rows = [dict(zip("abcdefgh", row, strict=True)) for row in values.tolist()]
    models = {
        "Driftscope AnomalyDetector, mlp": AnomalyDetector(),
        "Driftscope AnomalyDetector, linear": AnomalyDetector("linear"),
        "River HalfSpaceTrees (25 trees)": anomaly.HalfSpaceTrees(n_trees=25, seed=0),
        "River LocalOutlierFactor": anomaly.LocalOutlierFactor(),
        "River OneClassSVM": anomaly.OneClassSVM(),
        "Driftscope Classifier": Classifier(),
        "River HoeffdingAdaptiveTree": tree.HoeffdingAdaptiveTreeClassifier(seed=0),
        "River ALMA": preprocessing.StandardScaler() | linear_model.ALMAClassifier(),
        "Driftscope Regressor": Regressor(),
        "River LinearRegression": preprocessing.StandardScaler() | linear_model.LinearRegression(),
    }
    print("8 features, asked and then taught row by row, rows/s")
    for name, model in models.items():

        def once(model: Any = model) -> int:
            for x in rows:
                if hasattr(model, "score_one") and not hasattr(model, "predict_proba_one"):
                    model.score_one(x)
                    model.learn_one(x)
                else:
                    value = "Regress" in type(model).__name__ or "LinearRegression" in str(model)
                    model.predict_one(x)
                    model.learn_one(x, x["a"] if value else x["a"] > 0)
            return len(rows)

        print(f"  {name:36} {rate(once, seconds):9,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure")
    options = parser.parse_args()
    torch.set_num_threads(1)
    spent = [median(float(said(IMPORT.format(part))) for _ in range(5)) for part in ("", ".blocks")]
    print(
        f"import driftscope.core: {1e3 * spent[0]:.1f} ms, with open_source {1e3 * spent[1]:.0f} ms"
    )
    for name, (what, warm, more) in STREAMS.items():
        grown, peak = said(MEMORY.format(what=what, warm=warm, more=more)).split()
        print(f"memory over {more:,} {name} of an endless stream: +{grown} MB, at most {peak} MB")
    iterating(options.seconds)
    batches(options.seconds)
    signal = np.random.default_rng(0).standard_normal((6400, 8))
    made = rate(lambda: sum(map(len, results(signal, {"learner.step_rows": 64}))), options.seconds)
    print(f"results, scored and learned in steps of 64, 8 channels: {made:,.0f} rows/s")
    one_by_one(options.seconds)


if __name__ == "__main__":
    main()
