"""Classify streams row by row, each row said before it is learned, beside River's classifiers.

Run: python benchmarks/elec2.py [--rows 20000] [--generated 5000] [--streams SEA LED] [--jobs 2]
Ours is the whole pipeline with default settings, from a CSV file through the Monitor, with the
Forecaster underneath. River's run on the same rows, each in a process of its own, raw and behind
its StandardScaler; the better one is shown. kappa-T is 0 for saying the last class again. Then
come, of Elec2, our experts one by one (the nets do not know of each other, so each is as it would
be alone), and last streams that River generates, on whose rows the ones before tell nothing.

Not blind: that a row is seen beside running means was chosen knowing how Elec2's class is defined
(price above its mean of 24 hours), and seeing what it brings on these rows: 2 to 3 points.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from _label_streams import GENERATED, table, write
from numpy.typing import NDArray
from river import ensemble, forest, linear_model, preprocessing, tree

from driftscope.core import address
from driftscope.core.interfaces import Sink
from driftscope.core.labelled.learner import LabelLearner
from driftscope.core.monitor import Monitor
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Graded, Label, Output, Step, StreamInfo

BLOCK = 5000
Right = NDArray[np.bool_]
RIVER = {
    "ALMA": linear_model.ALMAClassifier,
    "ARF": lambda: forest.ARFClassifier(seed=1),
    "Leveraging Bagging": lambda: ensemble.LeveragingBaggingClassifier(
        tree.HoeffdingTreeClassifier(), seed=1
    ),
    "HAT": lambda: tree.HoeffdingAdaptiveTreeClassifier(seed=1),
}


class Grades(Sink):
    """Keep which rows were right."""

    name = "the benchmark"

    def __init__(self) -> None:
        self.right: list[Right] = []

    def write(self, item: Output) -> None:
        if isinstance(item, Graded):
            self.right.append(item.predicted == item.y)

    def close(self) -> None:
        """Nothing to let go of."""


def ours(name: str, rows: int) -> tuple[Right, float]:
    """Run the program's own pipeline; return which rows were right, and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.csv"
        write(name, rows, path)
        device = address.make(address.parse(f"csv:{path}"))
        params = default_params(device.params)
        params.set("source.speed", "max")
        params.set("stream.label", "class")
        params.set("stream.label_kind", "class")
        grades = Grades()
        begun_s = time.perf_counter()
        Monitor({"source": (device, params)}, [grades]).run()
        taken_s = time.perf_counter() - begun_s
    return np.concatenate(grades.right), taken_s


def rivers(model: str, scaled: bool, name: str, rows: int) -> tuple[Right, float]:
    """Run one of River's classifiers in the same way."""
    values, y = table(name, rows)
    made = RIVER[model]()
    if scaled:
        made = preprocessing.StandardScaler() | made
    right = np.zeros(len(y), bool)
    begun_s = time.perf_counter()
    for row, (x, label) in enumerate(zip(values.tolist(), y.tolist(), strict=True)):
        named = {f"c{k}": value for k, value in enumerate(x)}
        said = made.predict_one(named)
        right[row] = said is not None and int(said) == label
        made.learn_one(named, label)
    return right, time.perf_counter() - begun_s


def experts(rows: int) -> dict[str, float]:
    """Return the accuracy of each of our experts on Elec2."""
    prepare_thread()
    values, y = table("Elec2", rows)
    names = tuple(f"c{k}" for k in range(values.shape[1]))
    info = StreamInfo("s", names, ("",) * len(names), clock="rows", label=Label("class"))
    learner = make_learner(info, default_params())
    assert isinstance(learner, LabelLearner)
    right = np.zeros(0)
    for row, label in enumerate(y):
        at = slice(row, row + 1)
        step = Step("s", row, np.array([float(row)]), values[at], 1, y[at], np.zeros(1, bool))
        scored = learner.score(step)
        opened = learner.labels.opened
        assert opened is not None
        hits = opened.each[0].argmax(1) == label
        right = right + hits if row else hits.astype(float)
        learner.learn(step, scored)
        learner.take_reports()
    return dict(zip(learner.labels.experts.names, right / rows, strict=True))


def kappa_t(right: float, same: float) -> float:
    return (right - same) / (1.0 - same)


def show(name: str, right: Right, same: float, seconds: float | None) -> None:
    """Print one line."""
    mean = float(right.mean())
    blocks = " ".join(
        f"{100 * right[k : k + BLOCK].mean():5.1f}" for k in range(0, len(right), BLOCK)
    )
    taken = "" if seconds is None else f"{seconds:6.0f} s"
    print(
        f"{name:28} {100 * mean:6.2f} % {kappa_t(mean, same):+7.3f} {taken:8}  {blocks}", flush=True
    )


def compare(pool: ProcessPoolExecutor, name: str, rows: int) -> None:
    """Run everybody on one stream and print a line each."""
    _, y = table(name, rows)
    unchanged = np.append(False, y[1:] == y[:-1])
    counts = np.zeros((len(y) + 1, int(y.max()) + 1))
    counts[np.arange(1, len(y) + 1), y] = 1
    majority = counts.cumsum(0)[:-1].argmax(1) == y
    same = float(unchanged.mean())
    print(
        f"\n{name}, {len(y):,} rows, {counts.shape[1]} classes; "
        f"on the right by blocks of {BLOCK:,} rows"
    )
    print(f"{'':28} accuracy kappa-T")
    mine = pool.submit(ours, name, rows)
    theirs = {
        model: [
            (pool.submit(rivers, model, scaled, name, rows), scaled) for scaled in (False, True)
        ]
        for model in RIVER
        if model != "ALMA" or counts.shape[1] == 2
    }
    show("Driftscope", *_swapped(mine.result(), same))
    for model, ran in theirs.items():
        (right, taken_s), scaled = max(
            ((future.result(), scaled) for future, scaled in ran),
            key=lambda each: each[0][0].mean(),
        )
        show(f"River {model}{', scaled' if scaled else ''}", right, same, taken_s)
    show("no change", unchanged, same, None)
    show("majority class", majority, same, None)


def _swapped(ran: tuple[Right, float], same: float) -> tuple[Right, float, float]:
    return ran[0], same, ran[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000, help="of Elec2")
    parser.add_argument("--generated", type=int, default=5000, help="of each other stream; 0: none")
    parser.add_argument("--streams", nargs="*", default=["Elec2", *GENERATED], help="only these")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    options = parser.parse_args()
    model = default_params().learner.model
    print(f"Driftscope: plain, closed-form and net experts, mixed; beside the forecaster {model}")
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        if "Elec2" in options.streams:
            compare(pool, "Elec2", options.rows)
            show_alone(pool.submit(experts, options.rows).result())
        for name in GENERATED:
            if name in options.streams and options.generated:
                compare(pool, name, options.generated)


def show_alone(alone: dict[str, float]) -> None:
    """Print how well each of our experts does by itself."""
    print('\nOur experts on Elec2, each alone (%; the slider at 1; "row" sees the row only)')
    print("  ".join(f"{name} {100 * value:.2f}" for name, value in alone.items()))
    best, name = max((value, name) for name, value in alone.items() if name[0].isdigit())
    print(f"best fixed rate: {name} with {100 * best:.2f} %", flush=True)


if __name__ == "__main__":
    main()
