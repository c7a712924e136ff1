import math

from driftscope.core.guard import (
    HALVED_S,
    HALVED_UPDATES,
    PATIENCE_LEAST,
    PATIENCE_S,
    PATIENCE_UPDATES,
    SNAPSHOT_S,
    SNAPSHOT_UPDATES,
    Guard,
)


def settled(loss=0.4):
    guard = Guard()
    for _ in range(300):
        assert guard.judge(loss, 0.5, True, 0.0) == ""
    return guard


def test_a_loss_that_stays_ten_times_its_median_is_a_reason_to_go_back():
    guard = settled()
    reasons = [guard.judge(5.0, 0.5, True, 0.0) for _ in range(PATIENCE_UPDATES)]
    assert reasons[:-1] == [""] * (PATIENCE_UPDATES - 1)
    assert "ten times" in reasons[-1]


def test_where_samples_are_rare_half_a_second_is_enough():
    guard = settled()
    reasons = [guard.judge(5.0, 0.5, True, k / 10) for k in range(PATIENCE_LEAST)]
    assert reasons[:-1] == [""] * (PATIENCE_LEAST - 1)
    assert "ten times" in reasons[-1]
    guard = settled()
    step_s = 0.9 * PATIENCE_S / PATIENCE_UPDATES
    assert not any(guard.judge(5.0, 0.5, True, k * step_s) for k in range(PATIENCE_UPDATES - 1))


def test_a_lucky_loss_of_a_broken_net_is_no_snapshot():
    guard = settled()
    for _ in range(SNAPSHOT_UPDATES - 1):
        guard.judge(5.0, 6.0, True, 0.0)
    guard.judge(0.4, 0.5, True, 0.0)
    assert not guard.due(0.4, SNAPSHOT_S)


def test_where_going_back_does_not_help_the_stream_is_another():
    guard, went_back = settled(), 0
    for k in range(2000):
        reason = guard.judge(5.0, 0.5, True, 300.0 * k)
        if reason:
            guard.restored(reason, 300.0 * k)
            went_back += 1
    assert went_back == 1 and len(guard.events) == 1


def test_a_knob_that_is_turned_ends_the_short_steps():
    guard = settled()
    guard.restored("why", 0.0)
    assert guard.factor(1.0) == 0.5
    assert guard.factor(1.0, (100.0, "absolute")) == 1.0


def test_what_diverges_before_and_after_a_knob_is_turned_back_is_said_once():
    guard = settled()
    guard.factor(0.0, (100.0, "absolute"))
    guard.restored("why", 0.0)
    assert guard.factor(10.0) == 1.0
    guard.restored("why", 10.0)
    assert len(guard.events) == 1 and guard.factor(10.0) == 0.5


def test_a_signal_that_nobody_can_predict_is_no_reason():
    guard = settled()
    assert all(guard.judge(5.0, 6.0, True, 0.0) == "" for _ in range(3 * PATIENCE_UPDATES))


def test_a_single_bad_loss_is_no_reason_and_one_that_is_not_finite_is():
    guard = settled()
    for _ in range(3 * PATIENCE_UPDATES):
        assert guard.judge(50.0, 0.5, True, 0.0) == ""
        assert guard.judge(0.4, 0.5, True, 0.0) == ""
    assert "finite" in guard.judge(math.nan, 0.5, False, 0.0)


def test_snapshots_are_kept_every_few_seconds_of_sane_loss():
    guard = settled()
    assert not guard.due(50.0, 0.0)
    assert guard.due(0.4, 0.0)
    guard.keep({"weights": 1}, 0.0)
    for _ in range(SNAPSHOT_UPDATES):
        guard.judge(0.4, 0.5, True, 0.0)
    assert not guard.due(0.4, SNAPSHOT_S - 0.1)
    assert guard.due(0.4, SNAPSHOT_S)


def test_going_back_halves_the_step_for_a_while_and_is_said_once():
    guard = settled()
    assert guard.factor(0.0) == 1.0
    guard.restored("why", 0.0)
    guard.restored("why", 1.0)
    assert guard.events == [("restored", {"reason": "why"})]
    assert guard.factor(1.0) == 0.25
    for _ in range(HALVED_UPDATES):
        assert guard.factor(1.0 + HALVED_S) == 0.25
        guard.judge(0.4, 0.5, True, 1.0 + HALVED_S)
    assert guard.factor(1.0 + HALVED_S) == 1.0
