import numpy as np
import torch
from forecasting import learner, run, same, sinusoids, steps

from driftscope.core.forecasts import FOLD, OVERLAP, YOUNG_ROWS
from driftscope.core.stream import Step

torch.set_num_threads(1)
HORIZON = FOLD * OVERLAP


def test_with_a_long_horizon_rows_are_taken_in_a_few_at_a_time():
    made = learner(2, horizon=HORIZON)
    values = sinusoids(YOUNG_ROWS + 2 * FOLD, 2)
    changed = []
    for step in steps(values):
        before = made.normaliser.mean.copy()
        made.learn(step, made.score(step))
        changed.append(bool((made.normaliser.mean != before).any()))
    assert all(changed[1:YOUNG_ROWS])
    assert sum(changed[YOUNG_ROWS:]) == 2


def test_what_waits_is_saved_and_not_lost_at_a_gap():
    values = sinusoids(YOUNG_ROWS + 50, 2)
    first, rest = values[: YOUNG_ROWS + FOLD // 2], values[YOUNG_ROWS + FOLD // 2 :]
    one, two = learner(2, horizon=HORIZON), learner(2, horizon=HORIZON)
    run(one, first)
    two.load_state_dict(one.state_dict())
    mean = one.normaliser.mean.copy()
    for made in (one, two):
        run(made, rest)
    same(one.state_dict(), two.state_dict())
    three = learner(2, horizon=HORIZON)
    run(three, first)
    assert np.array_equal(three.normaliser.mean, mean)
    three.gap()
    assert not np.array_equal(three.normaliser.mean, mean)


def test_of_long_steps_the_closed_form_learns_every_second_once_they_are_no_longer_young():
    made = learner(2, horizon=HORIZON)
    learned = []
    for step in steps(sinusoids(YOUNG_ROWS + 1024, 2), 64):
        before = made.forecasts.closed.state_dict()["_seen"]
        made.learn(step, made.score(step))
        learned.append(made.forecasts.closed.state_dict()["_seen"] > before)
    assert all(learned[2 : YOUNG_ROWS // 64])
    assert sum(learned[YOUNG_ROWS // 64 :]) == 8


def test_rows_that_are_left_out_leave_no_hole_in_what_is_gathered():
    made, values = learner(2, horizon=HORIZON), sinusoids(YOUNG_ROWS + 256, 2)
    run(made, values[:YOUNG_ROWS], 64)
    seq = YOUNG_ROWS
    for rows in [4] * 17 + [64]:
        gathered = made.forecasts.closed.state_dict()["_count"]
        step = Step("s", seq, np.arange(seq, seq + rows), values[seq : seq + rows], rows)
        made.learn(step, made.score(step))
        seq += rows
    assert gathered == 4
    assert made.forecasts.closed.state_dict()["_count"] == 0
