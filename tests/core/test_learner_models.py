"""How each model learns, and what it takes over from the one before."""

import numpy as np
import pytest
import torch
from forecasting import learner, run, same, sinusoids, skill

from driftscope.core import registry

torch.set_num_threads(1)


def test_gru_learns_too():
    loss, baselines, _ = run(learner(1, 1000.0, "gru", lr=10.0), sinusoids(10_000, 1), 32)
    assert skill(loss, baselines, 8000) > 0.2


def test_linear_predicts_well_from_the_first_second():
    loss, baselines, _ = run(learner(3, 1000.0, "linear"), sinusoids(2000), 8)
    assert skill(loss, baselines, 1000) > 0.6
    slower = run(learner(3, 1000.0), sinusoids(2000), 8)
    assert np.nanmean(loss[500:]) < np.nanmean(slower[0][500:])


@pytest.mark.parametrize("model", registry.names("models"))
def test_no_model_is_much_worse_than_the_default(model):
    n = 6000
    loss, baselines, _ = run(learner(2, 1000.0, model), sinusoids(n, 2), 16)
    plain = run(learner(2, 1000.0), sinusoids(n, 2), 16)
    assert skill(loss, baselines, n // 2) > skill(plain[0], plain[1], n // 2) - 0.25


@pytest.mark.parametrize("model", registry.names("models"))
def test_another_model_goes_on_from_the_samples_and_their_statistics(model):
    old, values = learner(2, 1000.0), sinusoids(3000, 2)
    run(old, values, 8)
    made = learner(2, 1000.0, model)
    before = old.state_dict()
    made.take_over(old)
    same(old.state_dict(), before)
    assert made.normaliser.scale == pytest.approx(old.normaliser.scale)
    more = sinusoids(3600, 2)[3000:]
    _, _, prediction = run(made, more, 8)
    assert np.isnan(prediction[:50]).all() and np.isfinite(prediction[made.window + 50 :]).all()
    other = learner(3, 1000.0)
    other.take_over(old)
    assert not np.allclose(other.normaliser.scale[:2], old.normaliser.scale)
