"""The loss of a prediction and of the plain baselines, on the same axes."""

from __future__ import annotations

import numpy as np

from driftscope.core.stream import F64

MOST = 32.0
"""An error counts as no more deviations than this, whoever made it. Otherwise a single 1e30, which
the last value repeats, would decide for ever which baseline is the best."""


def mean_losses(samples: F64, forecasts: F64, scale: F64) -> tuple[F64, F64]:
    """Compare samples (B, C) with K forecasts of them (B, K, C), measured in `scale` (B, C).

    Return the signed errors (B, K, C), NaN where there is none, and the Huber losses (delta 1)
    averaged over the channels that have an error of every forecast, (B, K); NaN without any.
    """
    error = samples[:, None, :] - forecasts
    error /= scale[:, None, :]
    losses = np.abs(error)
    np.minimum(losses, MOST, out=losses)
    near = np.minimum(losses, 1.0)
    losses -= 0.5 * near
    losses *= near
    total = losses.sum(2)
    if not np.isnan(total).any():
        total /= samples.shape[1]
        return error, total
    missing = np.isnan(error).any(1)
    present = samples.shape[1] - missing.sum(1, dtype=np.float64)
    losses.transpose(0, 2, 1)[missing] = 0.0
    present[present == 0.0] = np.nan
    return error, losses.sum(2) / present[:, None]
