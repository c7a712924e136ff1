"""What every learner of labels must do: nothing of a row's label is known when it is said."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from labels import blobs, learner, run, said, slope, step

KINDS = ("class", "value")


def data(kind: str, rows: int = 240) -> tuple[np.ndarray, np.ndarray]:
    return blobs(rows) if kind == "class" else slope(rows)


@pytest.mark.parametrize("rows", [1, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_the_future_never_changes_the_past(kind: str, rows: int) -> None:
    values, y = data(kind)
    other = y.copy()
    other[160:] = other[160:][::-1] + 1
    changed = values.copy()
    changed[168:] += 5.0
    one = said(run(learner(kind=kind), values, y, rows)[0])[2]
    two = said(run(learner(kind=kind), changed, other, rows)[0])[2]
    assert np.array_equal(one[:160], two[:160], equal_nan=True)
    assert np.array_equal(one[160 : 160 + rows], two[160 : 160 + rows], equal_nan=True)
    assert not np.array_equal(one[176:], two[176:], equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_saying_changes_nothing(kind: str) -> None:
    values, y = data(kind)
    one, two = learner(kind=kind), learner(kind=kind)
    for seq in range(0, 240, 8):
        for n in (1, 5, 8):
            part = step(values, None, seq, 8)
            filled = np.where(np.arange(8)[:, None] < n, part.values, 0.0)
            one.score(type(part)(part.key, seq, part.time_s, filled, n))
        now = step(values, y, seq, 8)
        one.learn(now, one.score(step(values, None, seq, 8)))
        two.learn(now, two.score(step(values, None, seq, 8)))
        for a, b in zip(one.take_reports(), two.take_reports(), strict=True):
            if hasattr(a, "predicted"):
                assert np.array_equal(a.predicted, b.predicted, equal_nan=True)
                assert np.array_equal(a.loss, b.loss, equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_saved_and_loaded_goes_on_as_if_never_stopped(kind: str) -> None:
    values, y = data(kind)
    given = y.astype(float)
    given[100:140:3] = np.nan
    unknown = np.where(np.isnan(given), -1, given).astype(np.int64) if kind == "class" else given
    one, two = learner(kind=kind), learner(kind=kind)
    run(one, values[:120], unknown[:120])
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    a, last = run(one, values, unknown, first=120)
    b, also = run(two, values, unknown, first=120)
    assert all(np.array_equal(x.loss, z.loss, equal_nan=True) for x, z in zip(a, b, strict=True))
    assert last.figures == also.figures and np.array_equal(last.matrix, also.matrix)


@pytest.mark.parametrize("kind", KINDS)
def test_the_signal_is_predicted_as_without_labels(kind: str) -> None:
    values, y = data(kind)
    one, two = learner(kind=kind), learner(kind=kind)
    for seq in range(200):
        a, b = one.score(step(values, None, seq)), two.score(step(values, None, seq))
        assert np.array_equal(a.prediction, b.prediction, equal_nan=True)
        one.learn(step(values, y, seq), a)
        two.learn(step(values, None, seq), b)
    assert np.isfinite(a.prediction).all()
