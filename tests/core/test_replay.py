"""Replay: bounded, fair, seeded, and the same after saving."""

from __future__ import annotations

import numpy as np

from driftscope.core.replay import Replay


def filled(items: int, room: int = 40, classes: int = 0) -> Replay:
    replay = Replay(limit_bytes=room * 16, seed=3)
    for i in range(items):
        replay.add(np.array([i], np.int64), y=i % classes if classes else -1)
    return replay


def test_it_keeps_the_latest_and_a_fair_part_of_the_rest() -> None:
    held = filled(1000)
    (numbers,), y = held.sample(4000)
    found = np.unique(numbers)
    assert len(held) == 40 and len(found) == 40
    assert set(range(980, 1000)) <= set(found.tolist())
    assert (y == -1).all()
    old = found[found < 980]
    assert old.min() < 300 and 300 < old.mean() < 700


def test_it_is_bounded_in_bytes() -> None:
    replay = Replay(limit_bytes=10_000)
    for _ in range(500):
        replay.add(np.zeros((16, 4), np.float32), np.zeros(3, np.uint8))
    assert 5_000 < replay.nbytes <= 10_000


def test_balanced_gives_every_class_the_same_and_none_unknown() -> None:
    replay = Replay(limit_bytes=100_000)
    for i in range(100):
        replay.add(np.array([i], np.int64), y=0 if i < 90 else 1 if i < 95 else -1)
    (numbers,), y = replay.sample(2000, balanced=True)
    assert set(np.unique(y)) == {0, 1}
    assert 0.45 < y.mean() < 0.55
    assert ((numbers[:, 0] >= 90) == (y == 1)).all()
    assert set(np.unique(numbers)) == set(range(95))


def test_with_nothing_there_is_nothing_to_draw() -> None:
    assert len(Replay(1000).sample(5)[1]) == 0
    (numbers,), y = filled(10).sample(5, balanced=True)
    assert numbers.shape == (0, 1) and len(y) == 0


def test_cleared_it_is_empty_and_fills_again() -> None:
    replay = filled(100)
    replay.clear()
    assert len(replay) == 0
    replay.add(np.array([7], np.int64))
    assert (replay.sample(3)[0][0] == 7).all()


def test_saved_and_loaded_it_goes_on_the_same() -> None:
    for items in (0, 25, 300):
        one = filled(items)
        two = Replay(limit_bytes=40 * 16)
        two.load_state_dict(one.state_dict())
        for replay in (one, two):
            replay.add(np.array([-5], np.int64), y=2)
        for _ in range(3):
            a, b = one.sample(20), two.sample(20)
            assert np.array_equal(a[0][0], b[0][0]) and np.array_equal(a[1], b[1])
