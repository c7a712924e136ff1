"""The loss: Huber, averaged over the channels that can be compared, and never absurd."""

from __future__ import annotations

import numpy as np

from driftscope.core.losses import MOST, mean_losses


def test_small_errors_count_squared_large_ones_plainly_absurd_ones_no_more() -> None:
    samples = np.array([[0.5], [3.0], [1e30]])
    error, loss = mean_losses(samples, np.zeros((3, 2, 1)), np.ones((3, 1)))
    assert np.array_equal(error[:, 0], samples)
    assert np.allclose(loss, np.array([[0.125], [2.5], [MOST - 0.5]]) * np.ones(2))


def test_a_channel_counts_only_where_every_forecast_has_an_error() -> None:
    samples = np.array([[1.0, 9.0], [np.nan, 2.0], [np.nan, np.nan]])
    forecasts = np.zeros((3, 2, 2))
    forecasts[0, 1, 1] = np.nan
    error, loss = mean_losses(samples, forecasts, np.ones((3, 2)))
    assert np.allclose(loss[:2], [[0.5, 0.5], [1.5, 1.5]]) and np.isnan(loss[2]).all()
    assert np.isnan(error[0, 1, 1]) and error[0, 0, 1] == 9.0


def test_one_giant_does_not_decide_which_baseline_is_best() -> None:
    values = np.zeros((1000, 1))
    values[500] = 1e30
    last = np.concatenate([np.zeros((8, 1)), values[:-8]])
    forecasts = np.stack([last, np.full((1000, 1), 0.5)], axis=1)
    _, loss = mean_losses(values, forecasts, np.ones((1000, 1)))
    assert loss[:, 0].mean() < loss[:, 1].mean()
