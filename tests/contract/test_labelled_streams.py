"""A stream with a column of labels, through the whole of the program."""

from __future__ import annotations

import copy
import gzip
from pathlib import Path

import numpy as np
import pytest
from labels import blobs, learner, runs, step
from streams import Kept, Listed, monitored

from driftscope.core.stream import Graded, Labels, Report


def with_labels(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.column_stack((values, y))


def graded(table: np.ndarray, cuts: tuple[int, ...] = (), **settings: object) -> Kept:
    """Run a table whose last column holds the labels."""
    source = Listed(table, cuts)
    last = f"c{table.shape[1] - 1}"
    monitor, kept = monitored(
        source, stream__label=last, stream__label_kind="class", learner__rates=1, **settings
    )
    monitor.run()
    return kept


def said(kept: Kept) -> dict[str, np.ndarray]:
    of = [item for item in kept.all if isinstance(item, Graded)]
    found = {
        name: np.concatenate([getattr(each, name) for each in of])
        for name in ("seq", "y", "predicted", "loss")
    }
    report = [item for item in kept.all if isinstance(item, Report)][-1]
    return found | {name: np.array(value) for name, value in report.figures.items()}


@pytest.mark.parametrize("rows", [1, 16])
@pytest.mark.parametrize("delay", [0, 5])
def test_whatever_the_blocks_the_same_is_said_and_learned(rows: int, delay: int) -> None:
    values, y = blobs(160)
    given = y.astype(float)
    given[::9] = np.nan
    table = with_labels(values, given)
    settings = dict(learner__step_rows=rows, stream__label_delay=delay)
    whole = said(graded(table, **settings))
    cut = said(graded(table, (1, 2, 30, 33, 97, 158), **settings))
    assert len(whole["seq"]) > 130
    for name in whole:
        assert np.array_equal(whole[name], cut[name], equal_nan=True), name


def test_of_a_row_nothing_is_said_with_its_own_label() -> None:
    values, y = blobs(160)
    other = y.copy()
    other[100:] = 2 - other[100:]
    one, two = (said(graded(with_labels(values, each))) for each in (y, other))
    assert np.array_equal(one["predicted"][:101], two["predicted"][:101])
    assert not np.array_equal(one["predicted"][101:], two["predicted"][101:])


def check_better_than_the_last_class(values: np.ndarray, y: np.ndarray, by: float) -> None:
    found = said(graded(with_labels(values, y)))
    assert found["overall_no_change_accuracy"] == pytest.approx(np.mean(y[1:] == y[:-1]), abs=2e-3)
    assert found["overall_accuracy"] > found["overall_no_change_accuracy"] + by


def test_elec2_is_said_better_than_by_the_last_class(data_dir: Path) -> None:
    with gzip.open(next((data_dir / "elec2").glob("elec2_rows_*.csv.gz")), "rt") as file:
        table = np.loadtxt(file, delimiter=",", skiprows=1, max_rows=800)
    check_better_than_the_last_class(table[:, :-1], table[:, -1].astype(int), 0.03)


def test_what_stays_and_depends_on_the_row_is_said_better_than_by_the_last_class() -> None:
    values, y = runs(500)
    values[:, 0] += 4.0 * y
    check_better_than_the_last_class(values, y, 0.0)


def test_driven_at_random_it_stays_finite_and_recovers() -> None:
    draw = np.random.default_rng(3)
    values, y = blobs(500)
    made = learner()
    for seq in range(500):
        now = step(values, y, seq)
        if draw.random() < 0.1:
            now.values[:] = draw.choice([np.nan, np.inf, 1e30, -1e30, 0.0])
        if draw.random() < 0.1:
            now.y[:] = draw.choice([-1, 5, 10**6])
        if draw.random() < 0.02:
            made.params.lr = float(draw.choice([1e-3, 1.0, 100.0]))
        if draw.random() < 0.01:
            made.gap()
        made.trust = float(draw.choice([0.0, 0.3, 1.0]))
        scored = made.score(step(values, None, seq))
        made.learn(now, scored)
        if draw.random() < 0.02:
            made.label(Labels("s", max(0, seq - 5), y[max(0, seq - 5) : seq]))
        if draw.random() < 0.01:
            made.load_state_dict(copy.deepcopy(made.state_dict()))
        made.take_reports()
    experts = made.labels.experts
    for array in (experts.nets.inner, experts.nets.outer, experts.of_all.covariance):
        assert np.isfinite(array).all()
    made.params.lr, made.trust = 1.0, 1.0
    fresh_values, fresh_y = blobs(250, seed=9)
    right = 0
    for seq in range(250):
        scored = made.score(step(fresh_values, None, seq))
        right += int(scored.extras["classes"].argmax() == fresh_y[seq]) if seq >= 150 else 0
        made.learn(step(fresh_values, fresh_y, seq), scored)
    assert right > 85
