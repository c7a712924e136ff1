"""The classifier: said first, learned after, only from what may be learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from labelled import classes, described, drawn, step
from taught import ROWS, made, taught, told, weights
from torch.nn.functional import cross_entropy

from driftscope.core.picture_models import image_cnn
from driftscope.core.pictures import unlabelled
from driftscope.core.stream import Labels


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_update_is_that_of_a_fresh_forward_pass_bit_for_bit(optimizer: str) -> None:
    one, two = (made(learner__optimizer=optimizer) for _ in range(2))
    taught(one)
    taught(two)
    y = classes(ROWS)
    test = np.arange(ROWS) % 4 == 3
    now = step(drawn(y), y, 1000, test)
    loss = one.learn(now, one.score(now))
    net = two.net
    rows = torch.from_numpy(np.flatnonzero(~test))
    mean = cross_entropy(net.logits(now.values)[rows], torch.from_numpy(y)[rows])
    net.training.optimizer.clear()
    mean.backward()
    net.training.optimizer.step([float(mean.detach())], [1.0])
    assert torch.equal(weights(one), weights(two))
    assert loss == float(mean.detach())


def test_a_net_with_dropout_says_the_same_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    build = image_cnn.ImageCNN.build

    def dropping(*given: object) -> torch.nn.Module:
        net = build(*given)  # type: ignore[arg-type]
        net.features.append(torch.nn.Dropout(0.5))
        return net

    monkeypatch.setattr(image_cnn.ImageCNN, "build", staticmethod(dropping))
    learner = made()
    taught(learner, 3)
    now = step(drawn(classes(ROWS)), seq=1000)
    assert np.array_equal(learner.score(now).error, learner.score(now).error)


def test_the_same_forward_pass_serves_both(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = made()
    passes: list[int] = []
    forward = type(learner.net.training.net).forward
    monkeypatch.setattr(type(learner.net.training.net), "forward",
                        lambda self, x: passes.append(len(x)) or forward(self, x))  # fmt: skip
    taught(learner, 3)
    assert passes == [ROWS] * 3
    learner.params.updates = 4
    taught(learner, 1, seq=100)
    assert passes == [ROWS] * 7


@pytest.mark.parametrize("y, test", [(-1, False), (1, True)])
def test_nothing_is_learned_of_what_has_no_label_or_is_a_test(y: int, test: bool) -> None:
    learner = made()
    seq = taught(learner)
    before = weights(learner)
    some = step(drawn(classes(ROWS)), np.full(ROWS, y), seq, np.full(ROWS, test))
    assert np.isnan(learner.learn(some, learner.score(some)))
    assert torch.equal(before, weights(learner))
    assert learner.state == "learning"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        dict(learner__optimizer="sgd"),
        dict(learner__optimizer="sgd", learner__lr_mode="absolute", learner__lr=0.01),
        dict(learner__precision="bfloat16"),
        dict(learner__replay=8),
        dict(learner__updates=3),
    ],
)
def test_it_learns_with_every_setting(settings: dict[str, object]) -> None:
    learner = made(**settings)
    taught(learner, 50)
    graded, report = told(learner)
    last = np.concatenate([each.predicted == each.y for each in graded[-10:]])
    assert last.mean() > 0.9
    assert report.figures["accuracy"] > report.figures["f1"] - 0.2 > 0.3
    assert np.mean(graded[-1].loss) < np.mean(graded[-1].baseline_loss["class frequency"])


def test_before_anything_was_learned_nothing_is_said() -> None:
    learner = made()
    y = classes(ROWS)
    scored = learner.score(step(drawn(y)))
    assert learner.state == "warming up" and not scored.extras and np.isnan(scored.error).all()
    learner.learn(step(drawn(y), y), scored)
    graded, report = told(learner)
    assert (graded[0].predicted == -1).all() and np.isnan(graded[0].loss).all()
    assert report.matrix.sum() == 0 and np.isnan(report.figures["accuracy"])


def test_how_unsure_it_is_needs_no_label() -> None:
    learner = made()
    taught(learner, 40)
    y = classes(ROWS)
    known = learner.score(step(drawn(y))).error
    other = learner.score(step(np.full((ROWS, 16, 16, 3), 128, np.uint8))).error
    assert (known >= 0).all() and np.median(known) < np.median(other)


def test_a_new_class_in_mid_stream_is_learned_and_the_others_are_kept() -> None:
    learner = made(())
    seq = taught(learner, 40, kinds=2)
    assert learner.net.classes == ("class 0", "class 1")
    old = step(drawn(np.array([0, 1] * 4), seed=5))
    before = learner.score(old).extras["classes"]
    y = np.array([0, 1, 2, 4] * 2)
    graded = learner.take_reports()
    learner.learn(step(drawn(y), y, seq), learner.score(step(drawn(y), None, seq)))
    graded, report = told(learner)
    assert np.isfinite(graded[0].loss).tolist() == [True, True, False, False] * 2
    assert report.classes == tuple(f"class {k}" for k in range(5))
    assert report.matrix.shape == (5, 6)
    after = learner.score(old).extras["classes"]
    assert len(after) == 6 and after[1] > 0.5 < before[1]
    taught(learner, 40, kinds=5, seq=seq + ROWS)
    graded, _ = told(learner)
    assert np.mean(graded[-1].y == graded[-1].predicted) > 0.8


def test_new_names_come_with_a_new_description() -> None:
    learner = made(("a", "b"))
    taught(learner, 10, kinds=2)
    before = weights(learner)
    learner.extend(described(names=("x",), version=2))
    assert learner.net.classes == ("x", "b") and torch.equal(before, weights(learner))
    learner.extend(described(names=("x", "y", "z"), version=3))
    assert learner.score(step(drawn(classes(ROWS)))).extras["classes"].shape == (4,)


def test_absurd_labels_are_told_and_left_out() -> None:
    learner = made()
    seq = taught(learner)
    learner.take_reports()
    before = weights(learner)
    y = np.full(ROWS, 2**40)
    y[0] = -7
    learner.learn(step(drawn(classes(ROWS)), y, seq), learner.score(step(drawn(classes(ROWS)))))
    assert torch.equal(before, weights(learner)) and len(learner.net.classes) == 3
    ((kind, data),) = learner.take_events()
    assert kind == "note" and data["message"].startswith("8 labels")


def test_a_late_label_grades_what_was_said_and_is_learned() -> None:
    learner = made()
    seq = taught(learner)
    learner.take_reports()
    y = classes(ROWS)
    some = step(drawn(y), None, seq)
    scored = learner.score(some)
    learner.learn(some, scored)
    assert not learner.take_reports()
    before = weights(learner)
    test = np.zeros(ROWS, bool)
    test[2:] = True
    learner.label(Labels("p", seq, y, test))
    graded, _ = told(learner)
    assert np.array_equal(graded[0].seq, seq + np.arange(ROWS))
    assert np.array_equal(graded[0].y, y) and np.isfinite(graded[0].loss).all()
    assert -np.log(scored.extras["classes"].max()) == pytest.approx(scored.error[-1, 0])
    assert not torch.equal(before, weights(learner))
    before = weights(learner)
    learner.label(Labels("p", seq, y, test))
    assert torch.equal(before, weights(learner))
    assert "came after" in learner.take_events()[0][1]["message"]


def test_pictures_without_labels_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlabelled, "LIMIT", 20)
    learner = made()
    for k in range(6):
        some = step(drawn(classes(ROWS)), None, k * ROWS)
        learner.learn(some, learner.score(some))
    learner.label(Labels("p", 0, classes(6 * ROWS)))
    graded, _ = told(learner)
    assert np.array_equal(graded[0].seq, np.arange(28, 48))
    assert learner.take_events()[0][1]["message"].startswith("28 labels")


def test_without_time_to_learn_it_still_grades() -> None:
    learner = made()
    seq = taught(learner)
    learner.take_reports()
    before = weights(learner)
    y = classes(ROWS)
    some = step(drawn(y), y, seq)
    learner.skip(some, learner.score(some))
    graded, _ = told(learner)
    assert np.array_equal(graded[0].y, y) and torch.equal(before, weights(learner))


def excerpt(folder: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first pictures (n, 32, 32, 3) of the CIFAR excerpt, and their classes."""
    raw = np.fromfile(folder / "cifar10_excerpt" / "data_batch_1_first1000.bin", np.uint8)
    raw = raw.reshape(-1, 3073)[:count]
    pixels = raw[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pixels), raw[:, 0].astype(np.int64)


@pytest.mark.parametrize("real", [True, False], ids=["CIFAR", "synthetic"])
def test_by_default_it_gets_to_know_every_picture_of_a_set(
    real: bool, request: pytest.FixtureRequest
) -> None:
    if real:
        pictures, y = excerpt(request.getfixturevalue("data_dir"), 96)
    else:
        y = classes(96, 10)
        pictures = np.random.default_rng(0).integers(0, 255, (96, 32, 32, 3)).astype(np.uint8)
    learner = made(tuple("abcdefghij"))
    learner.extend(described(32, tuple("abcdefghij"), version=2))
    learner.reset()
    accuracy = 0.0
    for number in range(40):
        right = 0
        for at in range(0, 96, 32):
            one = step(pictures[at : at + 32], y[at : at + 32], number * 96 + at)
            learner.learn(one, learner.score(one))
            graded, _ = told(learner)
            right += int((graded[0].predicted == graded[0].y).sum())
        accuracy = right / 96
        if accuracy == 1.0:
            break
    assert accuracy == 1.0
