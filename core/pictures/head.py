"""The trained head: one linear layer over a picture's features, learned while it is in use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from driftscope.core.arrays import F32, F64, Classes
from driftscope.core.optimizers import Optimizer
from driftscope.core.sections import LearnerParams


class Head:
    """Tell classes apart by softmax over one linear layer, its weights zero at first.

    It has room for `most` classes from the start; those that are not in `taught` get no
    probability and no gradient. Learning rate, momentum and optimizer are those of `params`, read
    at each update. Call from one thread.
    """

    def __init__(self, inputs: int, most: int, params: LearnerParams) -> None:
        self.params = params
        self.net = nn.Linear(inputs, most)
        with torch.no_grad():
            self.net.weight.zero_()
            self.net.bias.zero_()
        self.optimizer = Optimizer(self.net, params)

    def reset(self) -> None:
        """Forget what was learned."""
        self.optimizer.weights.zero_()
        self.optimizer.reset()

    def probabilities(self, x: F32, taught: Classes) -> F64:
        """Return (n, most) probabilities for features x (n, D), 0 for what is not `taught`."""
        with torch.inference_mode():
            made: F64 = self._logits(torch.from_numpy(x), taught).double().softmax(1).numpy()
        return made

    def train(self, x: F32, y: Classes, taught: Classes) -> float:
        """Make one update on features (n, D) of classes y (n,); return its loss (nats).

        NaN where it was not finite; nothing has changed then.
        """
        self.optimizer.clear()
        mean = cross_entropy(self._logits(torch.from_numpy(x), taught), torch.from_numpy(y))
        loss = float(mean.detach())
        if not math.isfinite(loss):
            return math.nan
        mean.backward()  # type: ignore[no-untyped-call]  # torch does not say
        return loss if self.optimizer.step([loss], [1.0])[0] else math.nan

    def _logits(self, x: Tensor, taught: Classes) -> Tensor:
        unused = np.ones(self.net.out_features, bool)
        unused[taught] = False
        made: Tensor = self.net(x)
        return made.masked_fill(torch.from_numpy(unused), -math.inf)

    def state_dict(self) -> dict[str, Any]:
        return dict(weights=self.optimizer.weights.clone(), optimizer=self.optimizer.state_dict())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.weights.copy_(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
