"""What is learned: which of some classes a row is in, or which value belongs to it."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from driftscope.core.arrays import F64

LEAST_CHANCE = 1e-4
"""No chance counts as less: one surprise must not decide for ever who is listened to."""
BOUND = 4.0
"""A value is learned from as no further from what was said than so many deviations."""


class Target(ABC):
    """Say how outputs are read, judged and corrected; K outputs for each row.

    `y` is the number of a class, or a value in deviations from the usual one.
    """

    outputs: int

    @abstractmethod
    def said(self, raw: F64) -> F64:
        """Return what raw outputs (..., K) mean: chances, or the value itself."""

    @abstractmethod
    def loss(self, said: F64, y: float) -> F64:
        """Return how wrong each of `said` (..., K) was: its log loss, or the absolute error."""

    @abstractmethod
    def cost(self, said: F64, y: float) -> F64:
        """Return the loss (...,) that `slope` goes down."""

    @abstractmethod
    def slope(self, said: F64, y: float) -> F64:
        """Return (..., K), which way raw outputs are to go to lower the cost, and how steeply."""

    @abstractmethod
    def curvature(self, said: F64) -> float:
        """Return the curvature of the cost where (K,) is said: how much a row tells."""

    @abstractmethod
    def weight(self, noise: float) -> float:
        """Return how much a row counts where the squared slope usually is `noise`."""

    @abstractmethod
    def code(self, y: float) -> F64:
        """Return a label as inputs (K,), 0 meaning nothing is known."""


class Classes(Target):
    """K classes, said by their chances."""

    def __init__(self, outputs: int) -> None:
        self.outputs = outputs

    def said(self, raw: F64) -> F64:
        made: F64 = np.exp(raw - raw.max(-1, keepdims=True))
        made /= made.sum(-1, keepdims=True)
        return made

    def loss(self, said: F64, y: float) -> F64:
        return np.asarray(-np.log(np.maximum(said[..., int(y)], LEAST_CHANCE)))

    def cost(self, said: F64, y: float) -> F64:
        return np.asarray(-np.log(np.maximum(said[..., int(y)], 1e-12)))

    def slope(self, said: F64, y: float) -> F64:
        made = -said
        made[..., int(y)] += 1.0
        return made

    def curvature(self, said: F64) -> float:
        return max(float((said * (1.0 - said)).max()), 0.02)

    def weight(self, noise: float) -> float:
        return 1.0

    def code(self, y: float) -> F64:
        made = np.full(self.outputs, -1.0 / self.outputs)
        made[int(y)] += 1.0
        return made


class Values(Target):
    """One value, in deviations from the usual one."""

    outputs = 1

    def said(self, raw: F64) -> F64:
        return raw

    def loss(self, said: F64, y: float) -> F64:
        return np.asarray(np.abs(said[..., 0] - y))

    def cost(self, said: F64, y: float) -> F64:
        size = np.abs(said[..., 0] - y)
        near = np.minimum(size, BOUND)
        return np.asarray(near * (size - 0.5 * near))

    def slope(self, said: F64, y: float) -> F64:
        return np.minimum(np.maximum(y - said, -BOUND), BOUND)

    def curvature(self, said: F64) -> float:
        return 1.0

    def weight(self, noise: float) -> float:
        return 1.0 / max(noise, 1e-4)

    def code(self, y: float) -> F64:
        return np.array([min(max(y, -BOUND), BOUND)])
