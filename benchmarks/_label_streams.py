"""Streams with classes, each as a table: Elec2, and those that River generates, with drift."""

from __future__ import annotations

import csv
import gzip
import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from river.datasets import synth

Table = tuple[NDArray[np.float64], NDArray[np.int64]]
Rows = Iterable[tuple[dict[object, float], int]]
PARTS = 4


def elec2(rows: int) -> Table:
    """Return the first rows of Elec2 (half an hour each) and their classes."""
    data = os.environ.get("DRIFTSCOPE_DATA")
    if not data:
        raise SystemExit("Elec2 is looked for where DRIFTSCOPE_DATA points; set that first.")
    with gzip.open(next(Path(data, "elec2").glob("elec2_rows_*.csv.gz")), "rt") as file:
        table = np.array([list(map(float, row)) for row in list(csv.reader(file))[1 : rows + 1]])
    return table[:, :-1], table[:, -1].astype(np.int64)


def sea(rows: int) -> Rows:
    """Three numbers of which two decide by their sum; what it is to exceed changes three times."""
    each = -(-rows // PARTS)
    parts = (synth.SEA(variant=v, noise=0.1, seed=v + 1).take(each) for v in range(PARTS))
    return itertools.chain(*parts)


def hyperplane(rows: int) -> Rows:
    """Ten numbers and a plane between the classes that turns all the time; 5 % noise."""
    return synth.Hyperplane(
        seed=1, n_features=10, n_drift_features=5, mag_change=0.001, noise_percentage=0.05
    ).take(rows)


def led(rows: int) -> Rows:
    """Seven segments of ten digits, 10 % wrong, among seventeen numbers that say nothing."""
    return synth.LEDDrift(
        seed=1, noise_percentage=0.1, irrelevant_features=True, n_drift_features=4
    ).take(rows)


def agrawal(rows: int) -> Rows:
    """Who gets a loan, by rules over nine columns; the rule changes three times."""
    each = -(-rows // PARTS)
    parts = (
        synth.Agrawal(classification_function=v, seed=v + 1, perturbation=0.05).take(each)
        for v in range(PARTS)
    )
    return itertools.chain(*parts)


def clouds(rows: int) -> Rows:
    """Four classes of twenty clouds in ten dimensions, half of which wander."""
    return synth.RandomRBFDrift(
        seed_model=1, seed_sample=2, n_classes=4, n_features=10, n_centroids=20,
        change_speed=1e-4, n_drift_centroids=10,
    ).take(rows)  # fmt: skip


GENERATED: dict[str, Callable[[int], Rows]] = {
    "SEA": sea, "hyperplane": hyperplane, "LED": led, "Agrawal": agrawal, "clouds": clouds,
}  # fmt: skip


def table(name: str, rows: int) -> Table:
    """Return a stream by its name: values (n, C) and classes (n,)."""
    if name == "Elec2":
        return elec2(rows)
    pairs = list(itertools.islice(GENERATED[name](rows), rows))
    values = np.array([[float(value) for value in x.values()] for x, _ in pairs])
    return values, np.array([int(y) for _, y in pairs])


def write(name: str, rows: int, path: Path) -> None:
    """Write a stream as a CSV file with a column `class`."""
    values, y = table(name, rows)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow([*(f"c{k}" for k in range(values.shape[1])), "class"])
        out.writerows(
            [*map(repr, row), int(label)] for row, label in zip(values.tolist(), y, strict=True)
        )
