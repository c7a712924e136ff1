"""Classes taught by hand: right at once, honest figures, edits, state, none of these."""

from __future__ import annotations

import copy
from pathlib import Path

import cv2
import numpy as np
import pytest
from hand_taught import seen

from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.pictures.cells import cells, small
from driftscope.core.pictures.classes import REPORT_S, Classes, Seen, smoothed
from driftscope.core.sections import PictureLearnerParams, default_params
from driftscope.core.stream import Step, StreamInfo
from driftscope.core.teaching import (
    Accept,
    DeleteSamples,
    NameClass,
    RelabelSamples,
    Teach,
    UndoSamples,
)

prepare_thread(pictures=True)


def made(**settings: object) -> Classes:
    params = PictureLearnerParams()
    for name, value in settings.items():
        setattr(params, name, value)
    return Classes("c", params)


def hold(classes: Classes, y: int, frames: range, thing: int | None = None) -> None:
    assert classes.obey(Teach(y)) == ""
    for number in frames:
        classes.take(seen(y if thing is None else thing, number))
    assert classes.obey(Teach(None)) == ""


def taught(kinds: int = 3, frames: int = 40, **settings: object) -> Classes:
    classes = made(**settings)
    for y in range(kinds):
        hold(classes, y, range(1000 * y, 1000 * y + frames))
    return classes


def right(classes: Classes, kinds: int, first: int = 700) -> float:
    said = [
        int(classes.chances(seen(y, 1000 * y + first + 11 * k)).argmax()) == y
        for y in range(kinds)
        for k in range(8)
    ]
    return float(np.mean(said))


def test_what_moves_a_little_is_still_told() -> None:
    classes = made(lr=0.0)
    for y in range(4):
        hold(classes, y, range(100 * y, 100 * y + 1))
    for y in range(4):
        one = seen(y, 100 * y)
        aside = np.roll(one.picture, (5, -6), (0, 1))
        chances = classes.chances(Seen(9000 + y, 900.0, aside, aside, cells(aside)))
        assert chances is not None and chances[:4].argmax() == y


def test_nothing_is_said_before_anything_is_taught() -> None:
    classes = made()
    classes.take(seen(-1, 0))
    assert classes.chances(seen(-1, 1)) is None and classes.take_report(0.0) is None


def test_the_bars_are_right_at_once_after_one_sample_each() -> None:
    classes = made(lr=0.0)
    for number in range(5):
        classes.take(seen(-1, number))
    for y in range(3):
        hold(classes, y, range(100 * y + 10, 100 * y + 11))
        chances = classes.chances(seen(y, 100 * y + 12))
        assert chances is not None and len(chances) == y + 2
        assert chances.argmax() == y and chances.sum() == pytest.approx(1.0)


def test_what_was_taught_is_told_later_and_the_head_learned_it() -> None:
    classes = taught(4)
    curve = list(classes.experts.curve)
    assert np.mean(curve[-5:]) < 0.4 * np.log(4)  # of four classes by chance
    assert right(classes, 4) >= 0.9
    head = classes.experts.both(np.stack([smoothed(seen(y, 900).cells) for y in range(4)]))[1]
    assert head.argmax(1).tolist() == [0, 1, 2, 3]


def test_the_head_takes_over_as_it_becomes_better() -> None:
    classes = made(lr=0.0)
    at_first = classes.experts.weights
    assert at_first[0] > at_first[1]
    experts = classes.experts
    experts.know(np.eye(4, 8, dtype=np.float32), np.array([0, 0, 1, 1]), 0.1)
    both = (np.array([[0.1, 0.9]]), np.array([[0.9, 0.1]]))
    experts._both = lambda _: (both, np.zeros(1))
    for _ in range(5):
        experts.judge(np.zeros(8, np.float32), 0)
    assert experts.weights[1] > 0.9


def test_a_strange_picture_is_none_of_these() -> None:
    classes = taught(3)
    random = np.random.default_rng(5)
    picture = random.integers(0, 255, (128, 128, 3)).astype(np.uint8)
    strange = Seen(9999, 9999.0, picture, picture, cells(picture))
    chances = classes.chances(strange)
    assert chances is not None and chances.argmax() == 3
    assert classes.chances(seen(1, 1020))[-1] < 0.5


def test_asking_changes_nothing() -> None:
    classes = taught(2)
    before = copy.deepcopy(classes.state_dict())
    one = classes.chances(seen(0, 30))
    assert np.array_equal(one, classes.chances(seen(0, 30)))
    assert same(before, classes.state_dict())


def test_frozen_takes_samples_and_leaves_the_head() -> None:
    for settings in (dict(frozen=True), dict(lr=0.0)):
        classes = taught(2, **settings)
        assert classes.samples.all and not classes.experts.curve
        assert right(classes, 2) >= 0.9


def test_a_report_says_what_there_is() -> None:
    classes = taught(2, frames=150)
    assert classes.obey(NameClass(1, "cup")) == ""
    report = classes.take_report(1e4)
    assert report is not None and report.classes == ("1", "cup") and report.of == "test samples"
    tests = [sample for sample in report.samples if sample.test]
    assert report.matrix.shape == (2, 3) and report.matrix.sum() == len(tests) > 0
    assert report.figures["test_accuracy"] == np.trace(report.matrix[:, :2]) / len(tests)
    assert report.figures["samples"] == len(report.samples)
    assert 0 < len(report.losses) <= 256
    assert all(sample.picture.shape == (128, 128, 3) for sample in report.samples)


def test_each_sample_is_judged_before_it_is_learned() -> None:
    classes = made(lr=0.0)
    hold(classes, 0, range(1))
    hold(classes, 1, range(100, 101))
    assert classes.said.rows == 0  # nothing but class 0 was known
    hold(classes, 1, range(102, 103))
    assert (classes.said.rows, classes.said.right) == (1, 1)
    hold(classes, 0, range(104, 105), thing=1)
    assert (classes.said.rows, classes.said.right) == (2, 1)


def test_reports_are_few_and_come_when_something_changed() -> None:
    classes = made(lr=0.0)
    classes.obey(Teach(0))
    reports = 0
    for number in range(60):
        one = seen(0, number)
        classes.take(one)
        reports += classes.take_report(one.time_s) is not None
    assert 1 <= reports <= 2.0 / REPORT_S + 1
    classes.obey(Teach(None))
    classes.take_report(100.0)
    assert classes.take_report(200.0) is None
    classes.obey(DeleteSamples((classes.samples.all[0].id,)))
    assert classes.take_report(300.0) is not None


def test_deleting_relabelling_and_undoing_are_learned_anew() -> None:
    classes = taught(2)
    wrong = [held.id for held in classes.samples.all if held.y == 1]
    assert classes.obey(RelabelSamples(tuple(wrong), 0)) == ""
    assert classes.chances(seen(1, 1030)).argmax() == 0
    assert not classes.experts.curve
    assert classes.obey(UndoSamples()) == ""
    assert classes.chances(seen(1, 1030)).argmax() == 1
    assert classes.obey(DeleteSamples(tuple(held.id for held in classes.samples.all))) == ""
    assert classes.chances(seen(1, 1030)) is None
    assert classes.obey(UndoSamples()) == "" and right(classes, 2) >= 0.9


def test_what_cannot_be_done_is_told() -> None:
    classes = made()
    assert "nothing to undo" in classes.obey(UndoSamples())
    assert "no longer there" in classes.obey(DeleteSamples((4,)))
    assert "32 classes" in classes.obey(Teach(32)) and "32" in classes.obey(NameClass(-1, "x"))
    assert "Accept" in classes.obey(Accept())


def test_a_full_class_is_told_once() -> None:
    classes = made(lr=0.0)
    for number in range(60):
        hold(classes, 0, range(number * 10, number * 10 + 1))
    (note,) = classes.take_notes()
    assert "No more samples of class 1 " in note and classes.take_notes() == []


def test_reset_keeps_the_samples_and_forgets_the_head() -> None:
    classes = taught(2)
    before = classes.samples.all
    classes.reset()
    assert classes.samples.all == before and not classes.experts.curve
    assert classes.said.rows == 0 and right(classes, 2) >= 0.9


def same(one: object, two: object) -> bool:
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[k], two[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    return (
        bool(np.array_equal(np.asarray(one), np.asarray(two))) if one is not None else two is None
    )


def test_saved_loaded_and_continued_is_the_same_bit_for_bit() -> None:
    one = taught(3)
    one.obey(Teach(1))
    one.take(seen(1, 1500))
    two = made()
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for each in (one, two):
        for number in range(1501, 1520):
            each.take(seen(1, number))
        each.obey(Teach(None))
        hold(each, 0, range(1600, 1610))
        each.obey(UndoSamples())
    assert same(one.state_dict(), two.state_dict())
    assert np.array_equal(one.chances(seen(2, 2500)), two.chances(seen(2, 2500)))


def test_the_watcher_teaches_and_shows_them() -> None:
    params = default_params(pictures=True)
    info = StreamInfo("c", ("picture",), ("",), 30.0, sample_shape=(128, 128, 3), dtype="uint8")
    watcher = make_learner(info, params)

    def show(y: int, number: int) -> dict[str, np.ndarray]:
        one = seen(y, number)
        step = Step("c", number, np.array([one.time_s]), one.picture[None], 1)
        scored = watcher.score(step)
        watcher.learn(step, scored)
        return scored.extras

    assert "classes" not in show(-1, 0)
    for y in range(2):
        assert watcher.obey(Teach(y)) == ""
        for number in range(1 + 20 * y, 11 + 20 * y):
            show(y, number)
        assert watcher.obey(Teach(None)) == ""
    assert show(0, 50)["classes"].argmax() == 0 and show(1, 51)["classes"].argmax() == 1
    assert any(report.classes == ("1", "2") for report in watcher.take_reports())
    watcher.reset()
    assert show(1, 52)["classes"].argmax() == 1


def test_real_gestures_are_told_apart(data_dir: Path) -> None:
    """Five frames of the even tenths of each clip, tested on the odd ones."""
    classes, tests, seq = made(), [], 0
    for y, path in enumerate(sorted((data_dir / "video" / "gestures").glob("*.mkv"))):
        clip, number = cv2.VideoCapture(str(path)), 0
        frames = []
        while (got := clip.read())[0]:
            frames.append(np.ascontiguousarray(got[1][:, :, ::-1]))
        for number, frame in enumerate(frames):
            tenth = 10 * number // len(frames)
            middle = number == int((tenth + 0.5) * len(frames) / 10)
            if (tenth % 2 == 0 and not middle) or (tenth % 2 and number % 3):
                continue
            tiny = small(frame)
            one = Seen(seq, 10.0 * seq, frame, tiny, cells(tiny))
            seq += 1
            if tenth % 2:
                tests.append((y, one))
                continue
            classes.obey(Teach(y))
            classes.take(one)
            classes.obey(Teach(None))
    for _ in range(200):
        classes.experts.train()
    said = [int(classes.chances(one).argmax()) == y for y, one in tests]
    assert len(said) > 80 and np.mean(said) >= 0.8
