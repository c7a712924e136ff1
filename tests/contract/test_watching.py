"""What every model of pictures must do, together with the detector for them."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from driftscope.core import registry
from driftscope.core.interfaces import Detector, Learner
from driftscope.core.parts import make_detector, make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Detected, Scored, Step, StreamInfo

prepare_thread(pictures=True)
SIDE, ROWS = 32, 4
INFO = StreamInfo(
    "p", ("picture",), ("",), 30.0, sample_shape=(SIDE, SIDE, 3), dtype="uint8",
    classes=("dark", "bright"),
)  # fmt: skip
MODELS = registry.names("picture_models")


def steps(count: int, rows: int = ROWS) -> list[Step]:
    """Return pictures of something that moves to and fro, labelled by how bright they are."""
    random = np.random.default_rng(0)
    made = []
    for k in range(count):
        values = random.integers(90, 110, (rows, SIDE, SIDE, 3)).astype(np.uint8)
        for row in range(rows):
            x = int(12 + 10 * np.sin((k * rows + row) / 5))
            values[row, 8:16, x : x + 8] = 200
        y = np.arange(k * rows, (k + 1) * rows) // 2 % 2
        values[y == 1] += 40
        time_s = np.arange(k * rows, (k + 1) * rows) / 30
        made.append(Step("p", k * rows, time_s, values, rows, y, np.zeros(rows, bool)))
    return made


def pair(model: str) -> tuple[Learner, Detector]:
    params = default_params(pictures=True)
    params.set("learner.model", model)
    params.set("detector.decision_rows", 7)
    return make_learner(INFO, params), make_detector(INFO, params)


def unlabelled(step: Step, n: int) -> Step:
    """Return what is known of a step while it is scored, and its first n rows."""
    values = np.zeros_like(step.values)
    values[:n] = step.values[:n]
    return Step(step.key, step.seq, step.time_s, values, n)


def run(learner: Learner, detector: Detector, some: list[Step]) -> list[tuple[Scored, Detected]]:
    out = []
    for step in some:
        bare = unlabelled(step, step.n)
        scored = learner.score(bare)
        detected = detector.score(bare, scored)
        learner.learn(step, scored)
        detector.learn(step, scored, detected, True)
        out.append((scored, detected))
    return out


def arrays(scored: Scored, detected: Detected, n: int = ROWS) -> dict[str, np.ndarray]:
    found = {name: getattr(scored, name)[:n] for name in ("loss", "error")}
    found |= {name: values[:n] for name, values in scored.baseline_loss.items()}
    names = ("rarity", "onset", "alarm", "channel_score")
    return found | {name: getattr(detected, name)[:n] for name in names}


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def all_same(one: list[tuple[Scored, Detected]], two: list[tuple[Scored, Detected]]) -> bool:
    return all(same(arrays(*a), arrays(*b)) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same(model: str) -> None:
    one, two = run(*pair(model), steps(40)), run(*pair(model), steps(40))
    assert all_same(one, two)
    assert np.isfinite(one[-1][0].error).all() and (one[-1][0].error >= 0).all()
    assert one[-1][0].error.shape == (ROWS, 1) and one[-1][0].prediction.shape == (ROWS, 1)


@pytest.mark.parametrize("model", MODELS)
def test_scoring_changes_nothing_and_comes_before_learning(model: str) -> None:
    some = steps(40)
    one, two = pair(model), pair(model)
    run(*one, some[:30])
    run(*two, some[:30])
    for _ in range(3):
        bare = unlabelled(some[30], ROWS)
        one[1].score(bare, one[0].score(bare))
    assert all_same(run(*one, some[30:]), run(*two, some[30:]))


@pytest.mark.parametrize("model", MODELS)
def test_a_part_step_gives_the_rows_of_the_full_one(model: str) -> None:
    learner, detector = pair(model)
    for step in steps(40):
        parts = []
        for n in range(1, ROWS + 1):
            part = unlabelled(step, n)
            scored = learner.score(part)
            parts.append((n, arrays(scored, detector.score(part, scored), n)))
        scored = learner.score(unlabelled(step, ROWS))
        detected = detector.score(step, scored)
        for n, part_arrays in parts:
            assert same(part_arrays, arrays(scored, detected, n)), (step.seq, n)
        learner.learn(step, scored)
        detector.learn(step, scored, detected, True)


@pytest.mark.parametrize("model", MODELS)
def test_saved_and_loaded_goes_on_as_if_never_stopped(model: str) -> None:
    some = steps(44)
    one, two = pair(model), pair(model)
    run(*one, some[:32])
    for old, new in zip(one, two, strict=True):
        new.load_state_dict(copy.deepcopy(old.state_dict()))
    assert all_same(run(*one, some[32:]), run(*two, some[32:]))


@pytest.mark.parametrize("model", MODELS)
def test_frozen_or_held_it_stays_as_it_is(model: str) -> None:
    some = steps(44)
    learner, detector = pair(model)
    run(learner, detector, some[:32])
    before = [arrays(learner.score(s), detector.score(s, learner.score(s))) for s in some[32:]]
    learner.hold("a test")
    for step in some[32:]:
        assert np.isnan(learner.learn(step, learner.score(step))) and learner.state == "held"
    learner.hold("")
    learner.params.frozen = True
    for step in some[32:]:
        assert np.isnan(learner.learn(step, learner.score(step))) and learner.state == "frozen"
    after = [arrays(learner.score(s), detector.score(s, learner.score(s))) for s in some[32:]]
    assert all(same(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_pictures_of_another_size_go_on(model: str) -> None:
    some = steps(40)
    learner, detector = pair(model)
    run(learner, detector, some[:30])
    big = StreamInfo(
        "p", ("picture",), ("",), 30.0, 2, sample_shape=(48, 64, 3), dtype="uint8",
        classes=INFO.classes,
    )  # fmt: skip
    learner.extend(big)
    detector.extend(big)
    larger = [
        Step("p", s.seq, s.time_s, np.ascontiguousarray(s.values.repeat(2, 2)[:, :24].repeat(2, 1)),
             ROWS, s.y, s.test) for s in some[30:]
    ]  # fmt: skip
    assert np.isfinite(run(learner, detector, larger)[-1][0].error).all()
