"""One in N must be one in N, whatever the scores' distribution."""

import math

import numpy as np
import pytest

from driftscope.core.calibration import CAPACITY, FIRST_FIT, Calibrator

SCORES = {
    "gaussian": lambda draw, n: np.abs(draw.normal(size=(n, 19))).max(axis=1),
    "laplace": lambda draw, n: np.abs(draw.laplace(size=(n, 19))).max(axis=1),
    "student": lambda draw, n: np.abs(draw.standard_t(4, size=(n, 19))).max(axis=1),
    "mean": lambda draw, n: np.abs(draw.normal(size=(n, 19)).mean(axis=1)),
}


def follow(scores: np.ndarray, calibrator: Calibrator) -> np.ndarray:
    """Return each score's rarity, judged before it is added."""
    rarity = []
    for score in scores:
        rarity.append(calibrator.rarity(float(score)))
        calibrator.add(float(score))
    return np.array(rarity)


@pytest.mark.parametrize("name", SCORES)
def test_the_promised_rate_is_kept(name: str) -> None:
    scores = SCORES[name](np.random.default_rng(3), 100_000)
    rarity = follow(scores, Calibrator())[2000:]
    for decades in (1, 2, 3):
        promised = 10.0**-decades
        assert promised / 2 < (rarity > decades).mean() < promised * 2


def test_rarity_never_falls_as_the_score_rises() -> None:
    calibrator = Calibrator()
    follow(np.random.default_rng(0).exponential(size=500), calibrator)
    rarity = [calibrator.rarity(score) for score in np.linspace(0, 30, 1000)]
    assert np.all(np.diff(rarity) >= 0)
    assert rarity[-1] > math.log10(CAPACITY)


def test_few_scores_promise_little() -> None:
    draw = np.random.default_rng(1)
    few, many = Calibrator(), Calibrator()
    follow(draw.exponential(size=FIRST_FIT), few)
    follow(draw.exponential(size=5000), many)
    assert 0 < few.rarity(12.0) < many.rarity(12.0)


def test_nothing_is_rare_before_the_first_fit() -> None:
    calibrator = Calibrator()
    follow(np.ones(FIRST_FIT - 1), calibrator)
    assert not calibrator.ready
    assert calibrator.rarity(1e9) == 0


def test_one_giant_does_not_hide_the_next() -> None:
    calibrator = Calibrator()
    follow(np.random.default_rng(2).exponential(size=300), calibrator)
    before = calibrator.rarity(20.0)
    calibrator.add(1e30)
    follow(np.random.default_rng(4).exponential(size=20), calibrator)
    assert calibrator.rarity(20.0) > before - 1


@pytest.mark.parametrize("value", [0.0, 1.0, 1e30])
def test_equal_scores_are_usual_and_a_higher_one_is_not(value: float) -> None:
    calibrator = Calibrator()
    follow(np.full(200, value), calibrator)
    assert calibrator.rarity(value) == 0
    assert calibrator.rarity(2 * value + 1) > 2


def test_the_memory_is_bounded_and_forgets() -> None:
    calibrator = Calibrator()
    draw = np.random.default_rng(5)
    follow(draw.exponential(size=2000), calibrator)
    old = calibrator.rarity(50.0)
    follow(50 + draw.exponential(size=CAPACITY + 100), calibrator)
    assert calibrator.count == CAPACITY
    assert calibrator.rarity(50.0) < 0.1 < old


def test_a_saved_state_goes_on_bit_for_bit() -> None:
    scores = np.random.default_rng(6).exponential(size=3000)
    whole = follow(scores, Calibrator())
    first, second = Calibrator(), Calibrator()
    begun = follow(scores[:1777], first)
    second.load_state_dict(first.state_dict())
    first.add(1e9)  # the state is a copy
    rest = follow(scores[1777:], second)
    assert np.array_equal(np.concatenate((begun, rest)), whole)
