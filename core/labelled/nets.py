"""A bank of small nets, each at a learning rate of its own, trained row by row."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F64, Array
from driftscope.core.interfaces import State
from driftscope.core.labelled.target import Target

HIDDEN = 32
USUAL_RATE = 0.01


class Nets:
    """R nets at each of some rates; half of them see all inputs, half only the row itself.

    Each has one hidden layer beside a linear path, and says nothing at first. A step is
    `lr * rate` of the longest one that is safe for a linear net (the curvature of a softmax is no
    more than 1/2), by the usual size of the inputs, and never so long that this row's cost would
    fall below zero. They are a few dozen numbers wide: in numpy, all at once, a step takes a
    tenth of what autograd needs for one of them.
    """

    def __init__(
        self, rates: tuple[float, ...], inputs: int, row_inputs: int, target: Target, seed: int
    ) -> None:
        self.target = target
        self.rates = np.array(rates * 2)
        self._seed = seed
        self._begin(inputs, row_inputs)

    def _begin(self, inputs: int, row_inputs: int) -> None:
        nets = len(self.rates)
        self.mask = np.ones((nets, inputs))
        self.mask[: nets // 2, row_inputs:] = 0.0
        random = np.random.default_rng(self._seed)
        first = random.standard_normal((inputs, HIDDEN)) / np.sqrt(self.mask.sum(1))[:, None, None]
        self.inner: F64 = first * self.mask[:, :, None]
        self.outer = np.zeros((nets, inputs + HIDDEN, self.target.outputs))
        self.usual = np.zeros(nets)
        self.rows = 0.0

    def say(self, inputs: F64) -> F64:
        """Return what each says of rows (n, F): (n, R, K)."""
        seen = inputs[None] * self.mask[:, None]
        hidden = np.maximum(seen @ self.inner, 0.0)
        raw = np.concatenate((seen, hidden), 2) @ self.outer
        return self.target.said(np.ascontiguousarray(raw.transpose(1, 0, 2)))

    def learn(self, inputs: F64, y: float, lr: float, trust: float) -> None:
        """Learn a row's label, as if it were `trust` of a row."""
        seen = inputs * self.mask
        before = (seen[:, None, :] @ self.inner)[:, 0]
        all_seen = np.concatenate((seen, np.maximum(before, 0.0)), 1)
        said = self.target.said((all_seen[:, None, :] @ self.outer)[:, 0])
        cost, slope = self.target.cost(said, y), self.target.slope(said, y)
        back = (self.outer[:, seen.shape[1] :] @ slope[:, :, None])[:, :, 0] * (before > 0.0)
        size = (all_seen * all_seen).sum(1)
        steep = size * (slope * slope).sum(1) + (seen * seen).sum(1) * (back * back).sum(1)
        self.rows += trust
        self.usual += max(USUAL_RATE * trust, trust / max(self.rows, 1.0)) * (size - self.usual)
        length = lr * self.rates / np.maximum(size, self.usual)
        length = trust * np.minimum(length, 2.0 * cost / (steep + 1e-30))[:, None]
        self.outer += all_seen[:, :, None] * (length * slope)[:, None, :]
        self.inner += seen[:, :, None] * (length * back)[:, None, :]

    def extend(self, inputs: int, row_inputs: int, places: Array) -> None:
        """Make room for more inputs and outputs; those from before are in `places` now."""
        inner, outer, usual, rows = self.inner, self.outer, self.usual, self.rows
        self._begin(inputs, row_inputs)
        self.inner[:, places] = inner
        known = np.concatenate((places, inputs + np.arange(HIDDEN)))
        self.outer[:, known, : outer.shape[2]] = outer
        self.usual, self.rows = usual, rows

    def state_dict(self) -> State:
        names = ("inner", "outer", "usual")
        return {name: getattr(self, name).copy() for name in names} | dict(rows=self.rows)

    def load_state_dict(self, state: State) -> None:
        for name in ("inner", "outer", "usual"):
            setattr(self, name, state[name].copy())
        self.rows = state["rows"]
