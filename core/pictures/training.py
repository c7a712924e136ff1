"""A net with its optimizer and its guard, for parts that train on remembered pictures."""

from __future__ import annotations

import math

from torch import Tensor, nn

from driftscope.core.errors import StateError
from driftscope.core.guard import Guard
from driftscope.core.interfaces import State
from driftscope.core.optimizers import CAREFUL, Optimizer
from driftscope.core.params import PictureLearnerParams


class Training:
    """Step a net by the safe step; go back to a sane snapshot when its loss is not."""

    def __init__(
        self, net: nn.Module, params: PictureLearnerParams, careful: float = CAREFUL
    ) -> None:
        self.net = net.eval()
        self.optimizer = Optimizer(net, params, careful)
        self.guard = Guard()
        self.guard.snapshot = self._snapshot()

    def step(self, mean: Tensor, baseline: float, time_s: float) -> tuple[float, bool]:
        """Make an update by a mean loss; return the loss, and whether all is well.

        `baseline` is what a plain way would have lost, by which the guard judges.
        """
        loss, done = float(mean.detach()), False
        if math.isfinite(loss):
            self.optimizer.clear()
            mean.backward()  # type: ignore[no-untyped-call]  # torch does not say
            done = self.optimizer.step(loss, self.guard.factor(time_s))
        reason = self.guard.judge(loss, baseline, done)
        if reason:
            self.optimizer.weights.copy_(self.guard.snapshot["weights"])
            self.optimizer.load_state_dict(self.guard.snapshot["optimizer"])
            self.guard.restored(reason, time_s)
        elif self.guard.due(loss, time_s):
            self.guard.keep(self._snapshot(), time_s)
        return loss, not reason

    def _snapshot(self) -> State:
        return dict(weights=self.optimizer.weights.clone(), optimizer=self.optimizer.state_dict())

    def state_dict(self) -> State:
        return {**self._snapshot(), "guard": self.guard.state_dict()}

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another net."""
        if state["weights"].shape != self.optimizer.weights.shape:
            raise StateError(
                f"The saved state holds {len(state['weights'])} weights, this model has "
                f"{len(self.optimizer.weights)}. Choose the width and the bottleneck the state "
                "was saved with."
            )
        self.optimizer.weights.copy_(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.guard.load_state_dict(state["guard"])
