"""Two ways to tell classes apart, weighed by how well each did of late."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np

from driftscope.core.arrays import F32, F64, Classes
from driftscope.core.pictures.head import Head
from driftscope.core.pictures.nearest import LEAST, Nearest
from driftscope.core.pictures.samples import MOST_CLASSES
from driftscope.core.sections import LearnerParams

BATCH = 32
"""Samples in one update, drawn so that each class comes as often."""
FORGET = 0.9
"""What is kept of the losses that weigh the two at each new sample: they look back on about 10."""
LATE = 2.0
"""The loss the head begins with: it has to earn its weight."""
CURVE = 256
NONE_OF_THESE = MOST_CLASSES
"""The last column of what is said."""


class Experts:
    """Join what the nearest sample and the trained head say of features.

    Each weighs exp(-its log loss on the latest samples), each sample judged before it was
    learned. So the nearest sample speaks first, and the head takes over as it becomes better.
    Whether a picture is none of the classes the nearest sample alone decides: the odds of none
    are those against the likeliest class.
    """

    def __init__(self, params: LearnerParams) -> None:
        self._params = params
        self.nearest: Nearest | None = None
        self._head: Head | None = None
        self.reset()

    def reset(self) -> None:
        """Let the head begin anew, with the weight it had at first."""
        self._random = np.random.default_rng(self._params.seed)
        self._losses = [0.0, LATE]
        self.curve: deque[float] = deque(maxlen=CURVE)
        """The head's training losses (nats), the latest."""
        if self._head is not None:
            self._head.reset()

    def know(self, features: F32, y: Classes, usual: float) -> None:
        """Go by these samples (n, D) of classes y (n,) from now on; n may be 0."""
        self.nearest = Nearest(features, y, usual) if len(y) else None
        if len(y) and self._head is None:
            self._head = Head(features.shape[1], MOST_CLASSES, self._params)

    def say(self, features: F32) -> F64:
        """Return (n, MOST_CLASSES + 1) probabilities for features (n, D), the last that of none of
        these; there must be samples."""
        return self._joined(*self._both(features))

    def judge(self, features: F32, y: int) -> int:
        """Weigh both by what they say of a sample (D,) of class y that is not yet learned; return
        the class said."""
        both, none = self._both(features[None])
        said = int(self._joined(both, none).argmax())
        for k, chances in enumerate(both):
            loss = -math.log(max(float(chances[0, y]), LEAST))
            self._losses[k] = FORGET * self._losses[k] + loss
        return said

    def train(self) -> bool:
        """Make one update of the head on the samples; False where there is nothing to tell
        apart, or the update was not finite."""
        nearest, head = self.nearest, self._head
        if nearest is None or head is None or len(nearest.taught) < 2:
            return False
        rows = nearest.draw(BATCH, self._random)
        loss = head.train(nearest.features[rows], nearest.y[rows], nearest.taught)
        if not math.isfinite(loss):
            return False
        self.curve.append(loss)
        return True

    @property
    def weights(self) -> F64:
        """Return how much nearest sample and head count, together 1."""
        losses = np.array(self._losses)
        made: F64 = np.exp(losses.min() - losses)
        made /= made.sum()
        return made

    def both(self, features: F32) -> tuple[F64, F64]:
        """Return what nearest sample and head say each, (n, MOST_CLASSES), without none."""
        near, head = self._both(features)[0]
        return near, head

    def _both(self, features: F32) -> tuple[tuple[F64, F64], F64]:
        nearest, head = self.nearest, self._head
        assert nearest is not None and head is not None
        near, none = nearest.probabilities(features, MOST_CLASSES)
        return (near, head.probabilities(nearest.measured(features), nearest.taught)), none

    def _joined(self, both: tuple[F64, F64], none: F64) -> F64:
        weights = self.weights
        made = weights[0] * both[0] + weights[1] * both[1]
        odds = made.max(1) * none  # to the likeliest class, however many share the rest
        made = np.concatenate((made * (1.0 - none)[:, None], odds[:, None]), 1)
        return np.asarray(made / made.sum(1, keepdims=True), np.float64)

    def state_dict(self) -> dict[str, Any]:
        """Return all but the samples; `know` them before loading it."""
        return dict(
            head=None if self._head is None else self._head.state_dict(),
            random=self._random.bit_generator.state, losses=list(self._losses),
            curve=list(self.curve),
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if state["head"] is not None:
            inputs = state["head"]["weights"].shape[-1] // MOST_CLASSES - 1
            self._head = Head(inputs, MOST_CLASSES, self._params)
            self._head.load_state_dict(state["head"])
        self._random.bit_generator.state = state["random"]
        self._losses = list(state["losses"])
        self.curve = deque(state["curve"], maxlen=CURVE)
