"""The classifier over time: it cannot be broken, is turned while it runs, goes on when loaded."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from labelled import NAMES, Labelled, classes, described, drawn, step
from streams import Kept
from taught import ROWS, made, taught, told, weights

from driftscope.core.commands import SetParam
from driftscope.core.errors import StateError
from driftscope.core.export import model
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.pictures import trained_net
from driftscope.core.sections import default_params
from driftscope.core.stream import Graded, Output, Result


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_far_right_of_the_slider_cannot_break_it(optimizer: str) -> None:
    learner = made(learner__lr=100.0, learner__optimizer=optimizer)
    seq = taught(learner, 60)
    assert torch.isfinite(weights(learner)).all()
    learner.params.lr = 1.0
    taught(learner, 80, seq=seq)
    graded, _ = told(learner)
    last = np.concatenate([each.predicted == each.y for each in graded[-10:]])
    assert last.mean() > 0.6


def test_numbers_that_are_no_longer_finite_are_taken_back() -> None:
    learner = made()
    seq = taught(learner, 80)
    learner.net.training.optimizer.weights.mul_(1e20)
    y = classes(ROWS)
    scored = learner.score(step(drawn(y)))
    assert np.isnan(scored.error).all()
    learner.learn(step(drawn(y), y, seq), scored)
    assert [kind for kind, _ in learner.take_events()] == ["restored"]
    taught(learner, 10, seq=seq + ROWS)
    graded, _ = told(learner)
    assert (graded[-11].predicted == -1).all()
    assert torch.isfinite(weights(learner)).all()
    assert np.mean(graded[-1].y == graded[-1].predicted) > 0.8


def test_other_pictures_are_no_reason_to_go_back() -> None:
    learner = made()
    seq = taught(learner, 100)
    y = classes(100 * ROWS, 3, 9)
    pictures = 255 - drawn(y, seed=9)  # the same classes look all different
    for k in range(100):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        one = step(pictures[rows], (y[rows] + 1) % 3, seq + k * ROWS)
        learner.learn(one, learner.score(one))
    assert not learner.take_events()
    graded, _ = told(learner)
    assert np.mean(graded[-1].y == graded[-1].predicted) > 0.8


def test_a_state_of_another_model_is_refused() -> None:
    with pytest.raises(StateError, match="weights"):
        made(model__hidden=64).load_state_dict(copy.deepcopy(made().state_dict()))


def test_a_state_with_more_classes_is_taken() -> None:
    one, two = made(()), made(())
    taught(one, 10, kinds=4)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    some = step(drawn(classes(ROWS, 4)))
    assert np.array_equal(one.score(some).extras["classes"], two.score(some).extras["classes"])


def test_rate_batch_and_precision_are_turned_while_it_runs() -> None:
    y = classes(480)
    source = Labelled(drawn(y), y, cuts=range(0, 480, 48))
    params = default_params(source.params, pictures=True, labelled=True)
    kept = Kept()
    monitor = Monitor({"set": (source, params)}, [kept])

    class Turn(Sink):
        name = "turn"

        def write(self, item: Output) -> None:
            if isinstance(item, Result) and item.seq == 192:
                monitor.send(SetParam("learner.step_rows", 16))
                monitor.send(SetParam("learner.lr", 0.5))
                monitor.send(SetParam("learner.optimizer", "sgd"))
                monitor.send(SetParam("learner.precision", "bfloat16"))

        def close(self) -> None: ...

    monitor.add_sink(Turn())
    monitor.run()
    assert len(kept.events("param")) == 4 and not kept.events("note")
    sizes = {len(result) for result in kept.results if result.seq >= 224}
    assert sizes == {16} and len(kept.results[0]) == 32
    graded = [item for item in kept.all if isinstance(item, Graded)]
    before = np.concatenate([each.loss for each in graded if 96 <= each.seq[0] < 192])
    after = np.concatenate([each.loss for each in graded if each.seq[0] >= 240])
    assert np.isfinite(after).all() and after.mean() < before.mean(), "it began anew"


def test_memory_is_bounded_however_long_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained_net, "REPLAY_BYTES", 100_000)
    learner = made(learner__replay=1)
    sizes = []
    seq = 0
    for _ in range(3):
        seq = taught(learner, 40, seq=seq)
        learner.take_reports()
        sizes.append(_nbytes(learner.state_dict()))
    assert sizes[2] <= sizes[1] + 20_000, sizes


def _nbytes(state: object) -> int:
    if isinstance(state, dict):
        return sum(map(_nbytes, state.values()))
    if isinstance(state, list | tuple):
        return sum(map(_nbytes, state))
    return getattr(state, "nbytes", 8)


@pytest.mark.parametrize("names", [NAMES, ()])
def test_what_was_learned_can_be_written_and_read(names: tuple[str, ...], tmp_path: Path) -> None:
    learner = made(names)
    taught(learner, 10)
    learner.take_reports()
    params = default_params(pictures=True, labelled=True)
    saved = model.Saved.of(described(names=names), params, learner)
    again = model.load(model.save(saved, tmp_path / "m.safetensors")).learner()
    some = step(drawn(classes(ROWS)))
    expected, found = learner.score(some).extras, again.score(some).extras
    assert np.array_equal(expected["classes"], found["classes"])
    assert len(model.parts_of(saved, learner)[""](torch.zeros(1, 3, 16, 16))[0]) == 3
