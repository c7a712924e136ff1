import numpy as np
from forecasting import learner, noise, run, same, skill

from driftscope.core.echo import ALIKE, FEWEST, Echo

HORIZON = 6


def units(channels, last=0.0):
    return np.full(channels, last), np.zeros(channels), np.ones(channels)


def beats(n, seed=0):
    """The same jagged figure again and again, after rests that no one can tell the length of."""
    draw = np.random.default_rng(seed)
    figure, at = draw.normal(size=60), 10
    values = 0.02 * draw.normal(size=(n, 1))
    while at + len(figure) < n:
        values[at : at + len(figure), 0] += figure
        at += len(figure) + int(draw.integers(1, 20))
    return values


def fed(values, made=None, learned=True, rows=1):
    """Return what was said of each row HORIZON rows before (n, C), and who said it."""
    channels = values.shape[1]
    made = made or Echo(channels, HORIZON)
    said = np.full(values.shape, np.nan)
    for at in range(0, len(values) - rows + 1, rows):
        step = values[at : at + rows]
        now = made.predict(step, units(channels)[0])
        fits = said[at + HORIZON : at + HORIZON + rows]
        fits[:] = now[: len(fits)]
        made.learn(step, step, learned, units(channels))
    return said, made


def test_what_follows_a_moment_is_what_followed_those_alike():
    values = np.tile(noise(50, 2), (20, 1))
    said, _ = fed(values)
    error = np.abs(said - values)
    assert error[600:].mean() < 0.1 * np.abs(values).mean()


def test_long_steps_find_them_as_well():
    values = np.tile(noise(256, 1), (30, 1))
    said, _ = fed(values, rows=16)
    assert np.abs(said - values)[4000:].mean() < 0.3 * np.abs(values).mean()


def test_nothing_is_said_before_there_are_moments_to_choose_from():
    values = np.tile(noise(50, 1), (20, 1))
    said, _ = fed(values)
    assert not np.nan_to_num(said[: FEWEST + HORIZON]).any() and FEWEST > ALIKE


def test_of_noise_hardly_anything_is_said():
    values = noise(3000, 1)
    said, _ = fed(values)
    assert np.nanmean(np.abs(said[500:])) < 0.2


def test_what_was_not_to_be_learned_is_not_said_again():
    values = np.tile(noise(50, 1), (20, 1))
    said, _ = fed(values, learned=False)
    assert not np.nan_to_num(said).any()


def test_missing_and_huge_samples_leave_it_finite():
    values = np.tile(noise(50, 2), (20, 1))
    made = Echo(2, HORIZON)
    for at, row in enumerate(values):
        held, sample = row[None].copy(), row[None].copy()
        if at < 300:
            held[:, 1] = sample[:, 1] = np.nan
        elif at % 60 == 0:
            held[:, 0] = sample[:, 0] = 1e90
        made.learn(held, sample, True, units(2))
        assert np.isfinite(made.predict(np.zeros((1, 2)), np.ones(2))).all()


def test_saved_and_gone_on_from_is_uninterrupted_and_a_gap_forgets():
    values = beats(1500)
    _, made = fed(values[:1000])
    other = Echo(1, HORIZON)
    other.load_state_dict(made.state_dict())
    one, two = fed(values[1000:], made)[0], fed(values[1000:], other)[0]
    np.testing.assert_array_equal(one, two)
    assert np.nan_to_num(one).any()
    same(made.state_dict(), other.state_dict())
    made.forget()
    assert not made.predict(np.zeros((4, 1)), np.ones(1)).any()


def test_what_is_known_stays_when_a_channel_is_added():
    values = np.tile(noise(50, 1), (20, 1))
    _, made = fed(values)
    more = made.extended(2)
    both = np.column_stack((values, values))
    said, _ = fed(both, more)
    error = np.abs(said - both)
    assert error[50:200, 0].mean() < 0.1 < error[50:200, 1].mean()


def test_the_learner_says_beats_that_no_linear_way_can():
    loss, baselines, _ = run(learner(1, horizon=HORIZON), beats(3000))
    assert skill(loss, baselines, 1500) > 0.7, "0.63 without"
