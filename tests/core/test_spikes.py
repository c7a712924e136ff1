"""What a spike does to who is followed: nothing, though all see it for a while."""

import copy

import numpy as np
from forecasting import learner, run, sinusoids
from forecasting import steps as cut

from driftscope.core.parts import prepare_thread

prepare_thread()
AT, SEEN = 2000, 32 + 8
"""The row of the spike, and for how many rows it is seen by what is forecast."""


def spiked(size):
    values = sinusoids(2400, channels=1)
    values[AT] = size
    return values


def made_until(values, row):
    made = learner(channels=1, horizon=8, rate_hz=100.0)
    run(made, values[:row])
    return made


def go_on(made, values, first):
    """Score and learn the rows from `first` on; return the predictions (n,)."""
    said = []
    for step in list(cut(values))[first:]:
        scored = made.score(step)
        made.learn(step, scored)
        said.append(scored.prediction[0, 0])
    return np.array(said)


def test_whom_the_mix_follows_is_not_decided_by_what_was_forecast_from_a_spike():
    values, clean = spiked(1e30), sinusoids(2400, channels=1)
    disturbed, other = made_until(values, AT), made_until(clean, AT)
    before = disturbed.forecasts.mix.weights.copy()
    errors = np.abs(go_on(disturbed, values, AT) - clean[AT:, 0])
    undisturbed = np.abs(go_on(other, clean, AT) - clean[AT:, 0])
    assert np.abs(disturbed.forecasts.mix.weights - before).max() < 0.2
    well = slice(SEEN + 1, SEEN + 101)
    assert errors[well].mean() < 1.2 * undisturbed[well].mean()


def test_a_level_that_stays_does_decide():
    values = sinusoids(2400, channels=1)
    values[AT:] += 500.0
    made = made_until(values, AT)
    before = made.forecasts.mix.weights.copy()
    go_on(made, values[: AT + SEEN], AT)
    assert np.abs(made.forecasts.mix.weights - before).max() > 0.2


def test_saved_while_a_spike_is_seen_it_goes_on_bit_for_bit():
    values = spiked(1e30)
    whole = made_until(values, AT + 5)
    loaded = learner(channels=1, horizon=8, rate_hz=100.0)
    loaded.load_state_dict(copy.deepcopy(whole.state_dict()))
    assert np.array_equal(go_on(loaded, values, AT + 5), go_on(whole, values, AT + 5))
