import numpy as np
import pytest
from forecasting import learner, noise, run, sinusoids, skill

from driftscope.core.closed_form import FOLD, LAGS, ClosedForm

HORIZON = 4


def fed(values, made=None, trust=1.0, last=1.0):
    """Predict each row HORIZON rows before, then learn it; return predictions (n, C), the maker."""
    channels = values.shape[1]
    made = made or ClosedForm(channels)
    said = np.full(values.shape, np.nan)
    for at in range(LAGS + HORIZON, len(values)):
        said[at] = made.predict(values[at - HORIZON - LAGS + 1 : at - HORIZON + 1])[0]
        gathered = made.gather(values[at : at + 1], trust)
        if gathered is not None:
            first = at + 1 - len(gathered)
            z = values[first - HORIZON - LAGS + 1 : at + 1 - HORIZON]
            made.learn(np.ascontiguousarray(z), gathered, np.full(channels, last))
    return said, made


def test_it_says_the_last_value_until_it_knows_better():
    values = sinusoids(LAGS + 8, 2)
    made = ClosedForm(2)
    np.testing.assert_array_equal(made.predict(values), values[LAGS - 1 :])


def test_it_predicts_swings_within_tens_of_rows():
    at = np.arange(400)[:, None]
    values = np.sin(at / (3.0, 7.0)) + 0.01 * noise(400)
    said, _ = fed(values)
    assert np.abs(said - values)[LAGS + 60 :].mean() < 0.05


def test_it_recovers_the_weights_of_an_autoregression():
    draw = noise(6000, 1)
    values = np.zeros((6000, 1))
    for i in range(2, 6000):
        values[i] = 1.2 * values[i - 1] - 0.6 * values[i - 2] + draw[i]
    said, _ = fed(values)
    best = np.zeros((6000, 1))  # the same, four rows ahead, by its own weights
    for i in range(2, 6000 - HORIZON):
        a, b = values[i - 1, 0], values[i, 0]
        for _ in range(HORIZON):
            a, b = b, 1.2 * b - 0.6 * a
        best[i + HORIZON] = b
    error, least = (np.abs(each - values)[1000:].mean() for each in (said, best))
    assert error < 1.03 * least


def test_single_spikes_hardly_move_it():
    at = np.arange(1500)[:, None]
    values = np.sin(at / 5.0) + 0.05 * noise(1500, 1)
    calm, _ = fed(values)
    struck = values.copy()
    struck[500::97] += 30.0
    said, _ = fed(struck)
    near = np.zeros(1500, bool)
    for spike in range(500, 1500, 97):  # rows that see one of them, or are one
        near[spike : spike + LAGS + HORIZON] = True
    far = ~near
    far[:1000] = False
    error = np.abs(said - values)[far].mean()
    assert error < 1.5 * np.abs(calm - values)[far].mean()


def test_it_forgets_what_no_longer_holds():
    at = np.arange(4000)[:, None]
    values = np.where(at < 2000, np.sin(at / 5.0), np.sin(at / 2.0)) + 0.05 * noise(4000, 1)
    said, _ = fed(values)
    assert np.abs(said - values)[2600:].mean() < 0.15


def test_what_is_not_trusted_moves_nothing():
    values = sinusoids(400, 2)
    _, made = fed(values)
    said = made.predict(values[:LAGS])
    made.forget()
    fed(5.0 * noise(LAGS + HORIZON + 12 * FOLD), made, trust=0.0)
    np.testing.assert_allclose(made.predict(values[:LAGS]), said, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("channels", [64, 300])
def test_many_channels_are_solved_in_turn_and_none_is_left_out(channels):
    values = np.sin(np.arange(600)[:, None] / np.linspace(3.0, 9.0, channels))
    said, _ = fed(values + 0.01 * noise(600, channels))
    assert (np.abs(said - values)[-100:].mean(0) < 0.1).all()


def test_missing_dead_and_huge_samples_leave_it_finite():
    values = noise(1200, 4)
    values[:, 1] = 0.0
    values[200:260, 2] = 0.0
    values[300:400, 3] = 32.0
    made = ClosedForm(4)
    known = values.copy()
    known[200:260, 2] = np.nan
    for at in range(LAGS + HORIZON, len(values)):
        gathered = made.gather(known[at : at + 1], 1.0)
        if gathered is not None:
            first = at + 1 - len(gathered)
            z = values[first - HORIZON - LAGS + 1 : at + 1 - HORIZON]
            made.learn(np.ascontiguousarray(z), gathered, np.ones(4))
    said = made.predict(values[-100:])
    assert np.isfinite(said).all()
    assert np.abs(said).max() < 5.0


def test_more_channels_leave_the_others_as_they_are():
    values = sinusoids(400, 2)
    _, made = fed(values)
    before = made.predict(values[:100])
    made.extend(3)
    wide = np.column_stack((values[:100], values[:100, 0]))
    np.testing.assert_allclose(made.predict(wide)[:, :2], before)
    np.testing.assert_array_equal(made.predict(wide)[:, 2], wide[LAGS - 1 :, 2])


def test_the_whole_learner_predicts_from_the_first_second():
    loss, baselines, _ = run(learner(2, 100.0), sinusoids(300, 2)[:, :1].repeat(2, 1))
    assert skill(loss, baselines, 100) > 0.3


def test_after_a_level_shift_it_soon_turns_to_the_last_value():
    values = 0.1 * noise(900, 1)
    values[600:] += 2.0
    loss, baselines, _ = run(learner(1, horizon=8, rates=1), values)
    before, after = slice(400, 600), slice(660, 900)
    assert np.nanmean(loss[before]) < 1.1 * np.nanmean(baselines["running mean"][before])
    assert np.nanmean(loss[after]) < 1.6 * np.nanmean(baselines["last value"][after])
    assert np.nanmean(loss[after]) < 0.05 * np.nanmean(baselines["running mean"][after])
