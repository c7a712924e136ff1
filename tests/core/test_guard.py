import math

from driftscope.core.guard import (
    HALVED_S,
    PATIENCE_UPDATES,
    SNAPSHOT_S,
    SNAPSHOT_UPDATES,
    Guard,
)


def settled(loss=0.4):
    guard = Guard()
    for _ in range(300):
        assert guard.judge(loss, 0.5, True) == ""
    return guard


def test_a_loss_that_stays_ten_times_its_median_is_a_reason_to_go_back():
    guard = settled()
    reasons = [guard.judge(5.0, 0.5, True) for _ in range(PATIENCE_UPDATES)]
    assert reasons[:-1] == [""] * (PATIENCE_UPDATES - 1)
    assert "ten times" in reasons[-1]


def test_a_signal_that_nobody_can_predict_is_no_reason():
    guard = settled()
    assert all(guard.judge(5.0, 6.0, True) == "" for _ in range(3 * PATIENCE_UPDATES))


def test_a_single_bad_loss_is_no_reason_and_one_that_is_not_finite_is():
    guard = settled()
    for _ in range(3 * PATIENCE_UPDATES):
        assert guard.judge(50.0, 0.5, True) == ""
        assert guard.judge(0.4, 0.5, True) == ""
    assert "finite" in guard.judge(math.nan, 0.5, False)


def test_snapshots_are_kept_every_few_seconds_of_sane_loss():
    guard = settled()
    assert not guard.due(50.0, 0.0)
    assert guard.due(0.4, 0.0)
    guard.keep({"weights": 1}, 0.0)
    for _ in range(SNAPSHOT_UPDATES):
        guard.judge(0.4, 0.5, True)
    assert not guard.due(0.4, SNAPSHOT_S - 0.1)
    assert guard.due(0.4, SNAPSHOT_S)


def test_going_back_halves_the_step_for_a_while_and_is_said_once():
    guard = settled()
    assert guard.factor(0.0) == 1.0
    guard.restored("why", 0.0)
    guard.restored("why", 1.0)
    assert guard.events == [("restored", {"reason": "why"})]
    assert guard.factor(1.0) == 0.25
    assert guard.factor(1.0 + HALVED_S) == 1.0
