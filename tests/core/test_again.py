"""Labels that were learned before are learned again, each class as often as any other."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from labels import blobs, learner, run, slope

from driftscope.core.labelled.again import Again
from driftscope.core.labelled.context import Last
from driftscope.core.labelled.pending import Said
from driftscope.core.recall import EVERY_S
from driftscope.core.sections import LearnerParams

NOTHING = np.empty(0)


def row(seq: int, value: float, every_s: float = 1.0) -> Said:
    return Said(
        seq, every_s * seq, np.array([1.0, value]), NOTHING, NOTHING, Last(), 0.0, 1.0
    )  # fmt: skip


def test_a_rare_class_comes_as_often_as_the_others() -> None:
    again, came = Again(LearnerParams(replay=4), True), []
    for seq in range(1000):
        label = float(seq % 100 == 0)
        before = again.beside(row(seq, 10.0 + label), label, 1.0)
        assert all(inputs[1] == 10.0 + y for inputs, y in before), "each with its own label"
        came += [y for _, y in before]
    assert len(came) == 4 * 999
    assert 0.4 < np.mean(came) < 0.6, "it was 1 row in 100"


def test_values_come_as_they_were_and_what_is_suspicious_is_not_remembered() -> None:
    again = Again(LearnerParams(replay=2), False)
    for seq in range(50):
        before = again.beside(row(seq, seq / 7), seq / 7, 0.3 if seq % 2 else 1.0)
        assert all(inputs[1] == y and 7 * y % 2 == pytest.approx(0) for inputs, y in before)
        assert len(before) == (2 if seq else 0)


def test_at_high_rates_most_rows_bring_nothing_back() -> None:
    again = Again(LearnerParams(replay=1), True)
    came = [bool(again.beside(row(seq, 0.0, 0.001), 0.0, 1.0)) for seq in range(1000)]
    assert 0.8 / EVERY_S < sum(came) <= 1 / EVERY_S


@pytest.mark.parametrize("kind", ["class", "value"])
def test_a_learner_that_replays_goes_on_from_a_saved_state(kind: str) -> None:
    values, y = blobs(160) if kind == "class" else slope(160)
    one, two, plain = (learner(kind=kind, replay=count) for count in (3, 3, 0))
    run(one, values[:80], y[:80])
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for made in (one, two):
        run(made, values, y, first=80)
    run(plain, values, y)
    nets = [made.labels.experts.nets.outer for made in (one, two, plain)]
    assert np.array_equal(nets[0], nets[1])
    assert not np.array_equal(nets[0], nets[2]), "replay must have changed something"
    assert plain.labels.state_dict()["again"]["replay"]["count"] == 0


def test_what_was_remembered_of_fewer_classes_is_forgotten() -> None:
    values, y = blobs(120)
    y[:80] %= 2
    made = learner(replay=3)
    run(made, values, y)
    remembered = made.labels.state_dict()["again"]["replay"]
    assert 0 < remembered["count"] <= 40
    assert remembered["arrays"][0].shape[1] == made.labels.context.inputs


def test_what_was_gone_back_from_is_not_learned_again() -> None:
    values, y = blobs(120)
    made = learner(replay=3)
    run(made, values[:60], y[:60])
    then = copy.deepcopy(made.learned())
    run(made, values, y, first=60)
    made.go_back(then)
    assert made.labels.state_dict()["again"]["replay"]["count"] == 0


def test_a_value_that_is_hardly_trusted_hardly_moves_the_unit() -> None:
    values, y = slope(200)
    trusted, hardly = learner(kind="value"), learner(kind="value")
    for made, trust in ((trusted, 1.0), (hardly, 0.01)):
        run(made, values[:199], y[:199])
        made.trust = trust
        run(made, values, y + 1e4, first=199)
    mean, unmoved = (
        made.labels.state_dict()["learned"]["values"]["mean"][0] for made in (trusted, hardly)
    )
    assert abs(unmoved - y[:199].mean()) < 0.02 * abs(mean - y[:199].mean())
