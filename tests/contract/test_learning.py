"""What every model and detector must do; each is found by itself."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from driftscope.core import registry
from driftscope.core.interfaces import Detector, Learner
from driftscope.core.parts import make_detector, make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Detected, Scored, Step, StreamInfo

prepare_thread()
INFO = StreamInfo("s", ("a", "b", "c"), ("", "", ""), 100.0)
ROWS = 4
MODELS = registry.names("models")


def steps(count: int, seed: int = 0) -> list[Step]:
    random = np.random.default_rng(seed)
    t = np.arange(count * ROWS)
    values = np.sin(t[:, None] / [7, 11, 23]) + 0.1 * random.standard_normal((len(t), 3))
    values[random.random(len(t)) < 0.02, 1] = np.nan
    return [
        Step("s", k * ROWS, t[k * ROWS : (k + 1) * ROWS] / 100, values[k * ROWS : (k + 1) * ROWS],
             ROWS) for k in range(count)
    ]  # fmt: skip


def pair(model: str) -> tuple[Learner, Detector]:
    params = default_params()
    params.set("learner.model", model)
    params.set("detector.decision_rows", 7)
    return make_learner(INFO, params), make_detector(INFO, params)


def run(learner: Learner, detector: Detector, some: list[Step]) -> list[tuple[Scored, Detected]]:
    out = []
    for step in some:
        scored = learner.score(step)
        detected = detector.score(step, scored)
        learner.learn(step, scored)
        detector.learn(step, scored, detected, True)
        out.append((scored, detected))
    return out


def arrays(scored: Scored, detected: Detected, n: int = ROWS) -> dict[str, np.ndarray]:
    found = {
        name: getattr(scored, name)[:n] for name in ("prediction", "loss", "error", "deviation")
    }
    found |= {name: values[:n] for name, values in scored.baseline_loss.items()}
    names = ("rarity", "onset", "alarm", "channel_score")
    return found | {name: getattr(detected, name)[:n] for name in names}


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same(model: str) -> None:
    one, two = run(*pair(model), steps(60)), run(*pair(model), steps(60))
    assert all(same(arrays(*a), arrays(*b)) for a, b in zip(one, two, strict=True))
    assert np.isfinite(one[-1][0].prediction).all(), "no prediction was ever made"


@pytest.mark.parametrize("model", MODELS)
def test_scoring_changes_nothing_and_comes_before_learning(model: str) -> None:
    some = steps(60)
    one, two = pair(model), pair(model)
    run(*one, some[:50])
    run(*two, some[:50])
    for _ in range(3):
        one[1].score(some[50], one[0].score(some[50]))
    a, b = run(*one, some[50:]), run(*two, some[50:])
    assert all(same(arrays(*x), arrays(*y)) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_a_part_step_gives_the_rows_of_the_full_one(model: str) -> None:
    some = steps(60)
    learner, detector = pair(model)
    for step in some:
        parts = []
        for n in range(1, ROWS + 1):
            padded = np.zeros_like(step.values)
            padded[:n] = step.values[:n]
            part = Step(step.key, step.seq, step.time_s, padded, n)
            scored = learner.score(part)
            parts.append((n, arrays(scored, detector.score(part, scored), n)))
        scored = learner.score(step)
        detected = detector.score(step, scored)
        for n, part_arrays in parts:
            assert same(part_arrays, arrays(scored, detected, n)), (step.seq, n)
        learner.learn(step, scored)
        detector.learn(step, scored, detected, True)


@pytest.mark.parametrize("model", MODELS)
def test_saved_and_loaded_goes_on_as_if_never_stopped(model: str) -> None:
    some = steps(80)
    one, two = pair(model), pair(model)
    run(*one, some[:50])
    for old, new in zip(one, two, strict=True):
        new.load_state_dict(copy.deepcopy(old.state_dict()))
    a, b = run(*one, some[50:]), run(*two, some[50:])
    assert all(same(arrays(*x), arrays(*y)) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_predicted_across_a_gap(model: str) -> None:
    some = steps(120)
    learner, detector = pair(model)
    run(learner, detector, some[:60])
    learner.gap()
    detector.gap(some[60].seq)
    scored, detected = run(learner, detector, some[60:61])[0]
    assert np.isnan(scored.prediction).all() and np.isnan(scored.loss).all()
    assert detected.rarity[0] == 0 and not detected.alarm.any()
    assert np.isfinite(run(learner, detector, some[61:])[-1][0].prediction).all()


@pytest.mark.parametrize("name", registry.names("detectors"))
def test_a_detector_says_nothing_before_it_knows_anything(name: str) -> None:
    detector: Detector = registry.load("detectors", name)(
        INFO, default_params().sections["detector"]
    )
    blank = np.full((ROWS, 3), np.nan)
    for step in steps(20):
        scored = Scored(blank, None, blank[:, 0], {}, blank, blank)
        detected = detector.score(step, scored)
        assert not detected.alarm.any() and (detected.rarity == 0).all()
        detector.learn(step, scored, detected, True)
