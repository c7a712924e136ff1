"""Drift of the loss: found soon, seldom where there is none, and answered."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from forecasting import learner, run, sinusoids
from streams import Listed
from streams import run as monitored_run

from driftscope.core.drift import Adwin, Drift, PageHinkley
from driftscope.core.guard import QUICK, QUICK_UPDATES, Guard
from driftscope.core.parts import prepare_thread

prepare_thread()


def found(detector: Adwin | PageHinkley, values: np.ndarray) -> list[int]:
    return [i for i, value in enumerate(values) if detector.add(float(value))]


def shifted(n: int = 600, by: float = 2.0, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal(n)
    values[n // 2 :] += by
    return values


@pytest.mark.parametrize("make", [Adwin, PageHinkley])
def test_a_rise_is_found_soon_and_not_before(make: type[Adwin] | type[PageHinkley]) -> None:
    for seed in range(5):
        at = found(make(), shifted(seed=seed))
        assert 300 < at[0] < 360


@pytest.mark.parametrize("make", [Adwin, PageHinkley])
def test_a_fall_is_no_drift(make: type[Adwin] | type[PageHinkley]) -> None:
    assert found(make(), shifted(by=-2.0)) == []


def test_a_window_forgets_what_was_before_a_change_and_is_small() -> None:
    window = Adwin()
    found(window, shifted(20_000, 3.0))
    assert abs(len(window) - 10_000) < 50 and window.mean == pytest.approx(3.0, abs=0.05)
    assert sum(len(row) for row in window._buckets) < 80


def test_where_nothing_changes_nothing_is_found() -> None:
    values = np.random.default_rng(1).standard_normal(20_000)
    assert len(found(Adwin(), values)) + len(found(PageHinkley(), values)) <= 1


def test_page_hinkley_does_as_that_of_river() -> None:
    drift = pytest.importorskip("river.drift")
    values = np.concatenate([shifted(seed=3, by=1.5), shifted(seed=4)])
    theirs = drift.PageHinkley(min_instances=30, delta=0.5, threshold=30.0, alpha=1.0, mode="up")
    expected = []
    for i, value in enumerate(values):
        theirs.update(float(value))
        if theirs.drift_detected:
            expected.append(i)
    assert expected and found(PageHinkley(), values) == expected


@pytest.mark.parametrize("by", [0.0, 1.0, 3.0])
def test_adwin_does_as_that_of_river(by: float) -> None:
    drift = pytest.importorskip("river.drift")
    for seed in range(3):
        values = shifted(4000, by, seed)
        ours = Adwin(0.002)
        theirs = drift.ADWIN(0.002, clock=1, grace_period=10)
        for value in values:
            ours.add(float(value))
            theirs.update(float(value))
        assert len(ours) == pytest.approx(theirs.width, abs=100)
        assert ours.mean == pytest.approx(theirs.estimation, abs=0.05)


def test_what_counts_is_the_ratio_of_losses_whatever_their_size() -> None:
    random = np.random.default_rng(2)
    losses = np.exp(0.3 * random.standard_normal(900))
    losses[500:] *= 3.0
    for size in (1e-6, 1.0):
        drift = Drift()
        told = [drift.follow(size * loss, 1.0) for loss in losses]
        assert not any(told[:500]) and any(told[500:540])
        assert sum(map(bool, told)) == 1


def test_shares_of_decisions_add_up_and_none_is_none() -> None:
    random = np.random.default_rng(3)
    losses = np.exp(0.3 * random.standard_normal(400))
    losses[300:] *= 5.0
    whole, cut = Drift(), Drift()
    a = [i for i, loss in enumerate(losses) if whole.follow(float(loss), 1.0)]
    b = []
    for i, loss in enumerate(losses):
        parts = [cut.follow(float(loss), 0.25) for _ in range(4)]
        assert cut.follow(math.nan, 0.25) == ""
        b += [i] if any(parts) else []
    assert a == b and a


def test_saved_and_loaded_goes_on() -> None:
    random = np.random.default_rng(4)
    losses = np.exp(0.3 * random.standard_normal(600))
    losses[400:] *= 4.0
    one, two = Drift(), Drift()
    for loss in losses[:333]:
        one.follow(float(loss), 0.7)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    rest = losses[333:]
    assert [one.follow(float(x), 0.7) for x in rest] == [two.follow(float(x), 0.7) for x in rest]
    assert one.state_dict() == two.state_dict()


def test_a_drift_is_answered_by_longer_steps_and_fresh_moments_and_weights_stay() -> None:
    made = learner(horizon=8)
    run(made, sinusoids(400, 2))
    weights = made.training.optimizer.weights.clone()
    made.quicken()
    assert torch.equal(made.training.optimizer.weights, weights)
    assert not any(made.training.optimizer.updates)
    guard = made.training.guards[0]
    assert guard.factor(1e3) == QUICK
    run(made, sinusoids(QUICK_UPDATES + 50, 2))
    assert guard.factor(1e3) == 1.0


def test_longer_steps_are_no_reason_to_say_a_restoration_twice() -> None:
    guard = Guard()
    guard.quicken()
    guard.restored("why", 0.0)
    guard.restored("why", 1.0)
    assert len(guard.events) == 1


def test_a_signal_that_gets_harder_is_told_once_as_drift() -> None:
    random = np.random.default_rng(5)
    values = sinusoids(24_000, 2)
    # twice the noise: every decision is a little rare, none is an alarm
    values[12_000:] += 0.2 * random.standard_normal((12_000, 2))
    kept = monitored_run(
        Listed(values, rate_hz=1000.0), detector__one_in=1e6, detector__decision_rows=50
    )
    drifts = [event for event in kept.events("drift") if event.seq > 5000]
    assert len(drifts) == 1 and 12_000 < drifts[0].seq < 16_000
    assert drifts[0].data["detector"] in ("ADWIN", "Page-Hinkley")
    assert drifts[0].data["message"].endswith(".")
