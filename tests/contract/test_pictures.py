"""What every learner of pictures must do, with labels and without; each is found by itself."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from labelled import NAMES, classes, described, drawn, step

from driftscope.core import registry
from driftscope.core.interfaces import Learner
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Scored, Step
from driftscope.core.teaching import UndoSamples

prepare_thread(pictures=True)
ROWS, SIDE = 4, 24
MODELS = registry.names("picture_models")


def made(model: str, **settings: object) -> Learner:
    params = default_params(pictures=True)
    params.set("learner.model", model)
    for name, value in settings.items():
        params.set(f"learner.{name}", value)
    return make_learner(described(SIDE), params)


def some(count: int, labelled: bool = True, side: int = SIDE) -> list[Step]:
    """Return steps, of which every third is labelled in part and every fifth is a test."""
    y = classes(count * ROWS, len(NAMES))
    pictures = drawn(y, side)
    found = []
    for k in range(count):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        told = y[rows].copy()
        told[: k % 3] = -1
        test = np.full(ROWS, k % 5 == 4)
        found.append(step(pictures[rows], told if labelled else None, k * ROWS, test))
    return found


def blind(one: Step) -> Step:
    """Return a step as it is scored: without labels."""
    return replace(one, y=None, test=None)


def run(learner: Learner, steps: list[Step]) -> list[Scored]:
    out = []
    for each in steps:
        out.append(learner.score(blind(each)))
        learner.learn(each, out[-1])
        learner.take_reports()
    return out


def same(one: Scored, two: Scored, n: int = ROWS) -> bool:
    """Say whether the first n rows are bit for bit the same; extras are of the newest row."""
    names = ("prediction", "loss", "error", "deviation")
    alike = [(getattr(one, name)[:n], getattr(two, name)[:n]) for name in names]
    alike += [(values[:n], two.baseline_loss[name][:n]) for name, values in
              one.baseline_loss.items()]  # fmt: skip
    if n == ROWS:
        assert one.extras.keys() == two.extras.keys()
        alike += [(values, two.extras[name]) for name, values in one.extras.items()]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in alike)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_result_is_as_described(model: str) -> None:
    learner = made(model)
    scored = run(learner, some(30))[-1]
    assert scored.prediction.shape == scored.deviation.shape == scored.error.shape == (ROWS, 1)
    assert np.isnan(scored.prediction).all() and np.isnan(scored.deviation).all()
    assert np.isfinite(scored.error).all() and (scored.error >= 0).all()
    assert all(values.shape == (ROWS,) for values in scored.baseline_loss.values())
    assert scored.extras, "nothing to show was ever made"
    shapes = {"heat": (16, 16), "expected": (128, 128, 3), "classes": (len(NAMES) + 1,)}
    for name, values in scored.extras.items():
        assert values.shape == shapes.get(name, values.shape) and np.isfinite(values).all()
    if "classes" in scored.extras:
        assert scored.extras["classes"].sum() == pytest.approx(1.0)
    assert learner.state == "learning"


def test_the_same_seed_gives_the_same(model: str) -> None:
    one, two = run(made(model), some(25)), run(made(model), some(25))
    assert all(same(a, b) for a, b in zip(one, two, strict=True))


def test_scoring_changes_nothing_and_sees_no_labels(model: str) -> None:
    steps = some(25)
    one, two = made(model), made(model)
    run(one, steps[:15])
    run(two, steps[:15])
    for other in steps[15:18]:
        one.score(blind(other))
    a, b = run(one, steps[15:]), run(two, steps[15:])
    assert all(same(x, y) for x, y in zip(a, b, strict=True))


def test_a_part_step_gives_the_rows_of_the_full_one(model: str) -> None:
    learner = made(model)
    for each in some(20):
        parts = []
        for n in range(1, ROWS + 1):
            padded = np.zeros_like(each.values)
            padded[:n] = each.values[:n]
            parts.append(learner.score(Step(each.key, each.seq, each.time_s, padded, n)))
        scored = learner.score(blind(each))
        for n, part in enumerate(parts, start=1):
            assert same(part, scored, n), (each.seq, n)
        learner.learn(each, scored)


@pytest.mark.parametrize("replay", [0, 4])
def test_saved_and_loaded_goes_on_as_if_never_stopped(model: str, replay: int) -> None:
    steps = some(30)
    one, two = made(model, replay=replay), made(model, replay=replay)
    run(one, steps[:20])
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    a, b = run(one, steps[20:]), run(two, steps[20:])
    assert all(same(x, y) for x, y in zip(a, b, strict=True))
    assert np.isfinite(a[-1].error).all()


@pytest.mark.parametrize("how", ["held", "frozen"])
def test_held_or_frozen_it_stays_as_it_is(model: str, how: str) -> None:
    steps = some(30)
    learner = made(model)
    run(learner, steps[:20])
    before = learner.score(blind(steps[29]))
    if how == "held":
        learner.hold("an alarm lasts")
    else:
        learner.params.frozen = True
    run(learner, steps[20:29])
    assert learner.state == how
    assert same(before, learner.score(blind(steps[29])))
    learner.hold("")
    learner.params.frozen = False
    run(learner, steps[20:29])
    assert not same(before, learner.score(blind(steps[29]))), "it never learned again"


def test_what_is_skipped_changes_no_weight(model: str) -> None:
    steps = some(30)
    learner = made(model)
    run(learner, steps[:20])
    before = learner.score(blind(steps[29]))
    for each in steps[20:25]:
        learner.skip(each, learner.score(blind(each)))
    learner.skip(blind(steps[25]), None)
    assert same(before, learner.score(blind(steps[29])))


def test_pictures_of_another_size_are_taken_too(model: str) -> None:
    learner = made(model)
    run(learner, some(20))
    for side in (40, 150, 9):
        learner.extend(described(side, version=2))
        more = [replace(each, seq=each.seq + 1000) for each in some(3, side=side)]
        assert np.isfinite(run(learner, more)[-1].error).all(), side


def test_after_a_reset_it_is_as_new(model: str) -> None:
    steps = some(20)
    learner = made(model)
    first = run(learner, steps)
    learner.hold("a test")
    learner.reset()
    assert learner.state == "warming up"
    assert all(same(a, b) for a, b in zip(first, run(learner, steps), strict=True))


def test_without_labels_nothing_breaks(model: str) -> None:
    learner = made(model)
    run(learner, some(20, labelled=False))
    assert not [each for each in learner.take_reports() if len(getattr(each, "y", ()))]


def test_what_it_cannot_do_it_says(model: str) -> None:
    why_not = made(model).obey(UndoSamples())
    assert why_not == "" or why_not.endswith((".", "?"))
