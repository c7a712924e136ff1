import numpy as np
from forecasting import learner, run, same, sinusoids, steps

from driftscope.core.recall import EVERY_S, Recall
from driftscope.core.sections import LearnerParams


def rows(k, count=2):
    windows = np.full((count, 3, 1), float(k))
    return windows, np.full((count, 1), float(k)), np.ones((count, 1), dtype=bool)


def test_remembered_windows_come_with_what_was_wanted_of_them():
    recall = Recall(LearnerParams(replay=3))
    assert len(recall.beside(rows(1), 0.0)[0]) == 2
    for k in range(2, 9):
        windows, target, known = recall.beside(rows(k), float(k))
        assert windows.shape == (5, 3, 1)
        assert target.shape == known.shape == (5, 1)
        assert (windows[:2] == k).all()
        assert (windows[2:] < k).all(), "a row is not its own memory"
        assert np.array_equal(windows[:, 0], target)


def test_at_high_rates_most_updates_replay_nothing():
    recall = Recall(LearnerParams(replay=3))
    sizes = [len(recall.beside(rows(k), 0.001 * k)[0]) for k in range(1000)]
    assert sum(size > 2 for size in sizes) <= 1 / EVERY_S
    assert sum(size > 2 for size in sizes) >= 0.8 / EVERY_S


def test_what_is_not_known_is_not_remembered():
    recall = Recall(LearnerParams(replay=3))
    windows, target, known = rows(7)
    for k in range(3):
        assert len(recall.beside((windows, target, known & False), float(k))[0]) == 2


def test_what_is_suspicious_is_not_remembered():
    recall = Recall(LearnerParams(replay=3))
    for k in range(3):
        assert len(recall.beside(rows(k), float(k), keep=False)[0]) == 2


def test_without_replay_nothing_is_kept():
    recall = Recall(LearnerParams(replay=0))
    for k in range(3):
        assert len(recall.beside(rows(k), float(k))[0]) == 2
    assert recall.state_dict()["replay"]["count"] == 0


def test_a_learner_that_replays_goes_on_from_a_saved_state():
    values = sinusoids(300)
    values[50:53, 1] = np.nan
    whole, before, after = (learner(3, replay=4) for _ in range(3))
    loss, _, _ = run(whole, values)
    run(before, values[:150])
    after.load_state_dict(before.state_dict())
    resumed = []
    for step in steps(values):
        if step.seq >= 150:
            scored = after.score(step)
            after.learn(step, scored)
            resumed.append(scored.loss[0])
    np.testing.assert_array_equal(resumed, loss[150:])
    same(after.state_dict(), whole.state_dict())
    plain, _, _ = run(learner(3, replay=0), values)
    assert not np.array_equal(plain, loss, equal_nan=True), "replay must have changed something"
