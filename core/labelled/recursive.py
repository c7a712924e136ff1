"""The closed-form expert: linear in its inputs, and after each row as good as it can be."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F64, Array
from driftscope.core.interfaces import State
from driftscope.core.labelled.target import Target

MOST_INPUTS = 256
"""It sees no more than the first so many: its covariance is of their square."""
DRIFT = 1e-5
"""How much of what is unknown of a weight comes back with each row. The memory is about
1 / sqrt(DRIFT * curvature) rows: a thousand for chances near a half."""
NOISE_RATE = 0.01


class Recursive:
    """Follow weights (F, K) that drift, by a Kalman filter with one covariance for all outputs.

    For values it is recursive least squares; for classes the step of an extended Kalman filter,
    online logistic regression of second order (West, Harrison and Migon 1985; the curvature of the
    surest output serves all). What is not excited does not wind up: the covariance goes back to
    what it was at first, never beyond.
    """

    def __init__(self, inputs: int, target: Target, most: int = MOST_INPUTS) -> None:
        self.target, self.most = target, most
        self._begin(min(inputs, most))

    def _begin(self, inputs: int) -> None:
        self.weights = np.zeros((inputs, self.target.outputs))
        self.covariance = np.eye(inputs)
        self.noise = 1.0

    def say(self, inputs: F64) -> F64:
        """Return what is said of rows (n, F): (n, K)."""
        return self.target.said(inputs[:, : len(self.weights)] @ self.weights)

    def learn(self, inputs: F64, y: float, trust: float) -> None:
        """Learn a row's label, as if it were `trust` of a row."""
        f, p = inputs[: len(self.weights)], self.covariance
        said = self.target.said(f @ self.weights)
        slope = self.target.slope(said, y)
        weight = trust * self.target.weight(self.noise)
        tells = weight * self.target.curvature(said)
        pf = p @ f
        gain = pf / (1.0 + tells * float(f @ pf))
        p -= np.multiply.outer(tells * gain, pf)
        p *= 1.0 - DRIFT * trust
        p[np.diag_indices(len(p))] += DRIFT * trust
        self.weights += np.multiply.outer(gain * weight, slope)
        self.noise += NOISE_RATE * trust * (float(slope @ slope) - self.noise)

    def extend(self, inputs: int, places: Array) -> None:
        """Make room for more inputs and outputs; those from before are in `places` now."""
        weights, covariance, noise = self.weights, self.covariance, self.noise
        self._begin(min(inputs, self.most))
        kept = np.flatnonzero(places[: len(weights)] < len(self.weights))
        to = places[kept]
        self.weights[to, : weights.shape[1]] = weights[kept]
        self.covariance[np.ix_(to, to)] = covariance[np.ix_(kept, kept)]
        self.noise = noise

    def state_dict(self) -> State:
        return dict(
            weights=self.weights.copy(), covariance=self.covariance.copy(), noise=self.noise
        )

    def load_state_dict(self, state: State) -> None:
        self.weights, self.covariance = state["weights"].copy(), state["covariance"].copy()
        self.noise = state["noise"]
