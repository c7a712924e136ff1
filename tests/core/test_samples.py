"""Samples taken while a key is held: which, how many, and how they are put right."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hand_taught import seen

from driftscope.core.pictures import samples as module
from driftscope.core.pictures.samples import MOST_OF_A_CLASS, MOST_OF_A_PRESS, Samples


def hold(samples: Samples, y: int, frames: range, thing: int | None = None) -> list[str]:
    """Hold a key through some frames, the way a stream goes; return what became of each."""
    samples.press(y)
    said = []
    for number in frames:
        one = seen(y if thing is None else thing, number)
        samples.follow(one.cells.ravel())
        said.append(samples.offer(one.seq, one.time_s, one.cells.ravel(), one.small))
    samples.press(None)
    return said


def far_apart(samples: Samples, y: int, count: int) -> None:
    """Take samples that have nothing in common, one key press each."""
    random = np.random.default_rng(y)
    for number in range(count):
        samples.press(y)
        features = random.standard_normal(8).astype(np.float32)
        samples.offer(number, 1.0 * number, features, np.zeros((128, 128, 3), np.uint8))
        samples.press(None)


def test_the_first_frame_is_taken_at_once_and_nothing_without_a_key() -> None:
    samples = Samples()
    one = seen(0, 0)
    assert samples.offer(0, 0.0, one.cells.ravel(), one.small) == "" and not samples.all
    assert hold(samples, 0, range(1)) == ["taken"]
    (held,) = samples.all
    assert held.picture.shape == (128, 128, 3) and held.y == 0 and not held.test


def test_of_a_still_scene_one_sample_is_taken() -> None:
    samples = Samples()
    for number in range(30):
        samples.follow(seen(-1, number).cells.ravel())
    assert hold(samples, 0, range(30, 120), thing=-1).count("taken") <= 2


def test_a_held_key_gives_some_varied_samples_and_not_all() -> None:
    samples = Samples()
    for number in range(10):
        samples.follow(seen(0, number).cells.ravel())
    taken = hold(samples, 0, range(10, 210)).count("taken")
    assert 5 <= taken <= MOST_OF_A_PRESS


def test_the_first_five_are_learned_then_stretches_are_kept_for_testing() -> None:
    samples = Samples()
    far_apart(samples, 0, 36)
    test = [held.test for held in samples.all]
    assert test[:6] == [False] * 5 + [True]
    assert test[6:16] == [False] * 8 + [True] * 2
    assert test[16:36] == [False] * 16 + [True] * 4


def test_a_stretch_that_tests_is_apart_in_time() -> None:
    samples = Samples()
    hold(samples, 0, range(100))
    hold(samples, 0, range(100, 200))
    borders = [
        b.time_s - a.time_s
        for a, b in zip(samples.all, samples.all[1:], strict=False)
        if a.test != b.test
    ]
    assert borders and min(borders) >= module.GUARD_S


def test_a_full_class_takes_no_more() -> None:
    samples = Samples()
    far_apart(samples, 0, MOST_OF_A_CLASS)
    assert hold(samples, 0, range(1)) == ["full"]
    assert len(samples.all) == MOST_OF_A_CLASS


def test_memory_is_bounded_with_the_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 50)
    samples = Samples()
    for round_ in range(30):
        for y in range(5):
            far_apart(samples, y, 12)
        assert len(samples.all) <= 50
        samples.delete([held.id for held in samples.all if held.id % 5 != round_ % 5])
    assert len(samples.state_dict()["samples"]) <= 2 * 50 + 1
    assert len(samples.state_dict()["past"]) <= module.UNDO


def test_delete_relabel_rename_and_press_are_undone_one_by_one() -> None:
    samples = Samples()
    hold(samples, 0, range(60))
    hold(samples, 1, range(60, 120))
    before = samples.all
    samples.delete([before[0].id])
    assert before[0] not in samples.all and len(samples.all) == len(before) - 1
    samples.relabel([before[1].id], 1)
    assert samples.all[0].y == 1 and samples.all[0].id == before[1].id
    samples.rename(1, "cup")
    assert samples.undo() and samples.names == {}
    assert samples.undo() and samples.all[0].y == 0
    assert samples.undo() and samples.all == before
    assert samples.undo() and {held.y for held in samples.all} == {0}
    assert samples.undo() and not samples.all
    assert not samples.undo()


def test_it_goes_on_from_a_saved_state() -> None:
    one, two = Samples(), Samples()
    hold(one, 0, range(80))
    one.relabel([one.all[0].id], 2)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for each in (one, two):
        hold(each, 1, range(80, 160))
        each.undo()
        hold(each, 0, range(160, 220))
    keys = [[(h.id, h.seq, h.y, h.test) for h in each.all] for each in (one, two)]
    assert keys[0] == keys[1]
    assert all(
        np.array_equal(a.features, b.features) for a, b in zip(one.all, two.all, strict=True)
    )
    assert one.undo() and two.undo()
    assert [h.id for h in one.all] == [h.id for h in two.all]
