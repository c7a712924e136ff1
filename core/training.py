"""A net with its optimizer and its guard: what every learner trains."""

from __future__ import annotations

import math

from torch import Tensor, nn

from driftscope.core.errors import StateError
from driftscope.core.guard import Guard
from driftscope.core.interfaces import State
from driftscope.core.optimizers import CAREFUL, Optimizer
from driftscope.core.sections import LearnerParams


class Training:
    """Step a net by the safe step; go back to a sane snapshot when its loss is not.

    To the guard no loss counts as less than `least`. `updates` counts those made. The net stays
    in its eval mode, so that scoring it changes nothing.
    """

    def __init__(
        self,
        net: nn.Module,
        params: LearnerParams,
        careful: float = CAREFUL,
        least: float = 0.0,
    ) -> None:
        self._params, self._careful, self._least = params, careful, least
        self.guard = Guard()
        self.updates = 0
        self.go_on(net)

    def go_on(self, net: nn.Module) -> None:
        """Train this net from now on, in the place of the one before; its weights are sane."""
        self.net = net.eval()
        self.optimizer = Optimizer(net, self._params, self._careful)
        self.guard.snapshot = self._snapshot()

    def step(
        self, mean: Tensor, baseline: float, time_s: float, unit: float = 1.0
    ) -> tuple[float, bool]:
        """Make an update by a mean loss; return the loss, and whether all is well.

        `baseline` is what a plain way would have lost, by which the guard judges; it is given the
        loss in units of `unit`.
        """
        loss, done = float(mean.detach()), False
        if math.isfinite(loss):
            self.optimizer.clear()
            mean.backward()  # type: ignore[no-untyped-call]  # torch does not say
            done = self.optimizer.step(loss, self.guard.factor(time_s))
        self.updates += done
        judged = max(loss / unit, self._least)
        reason = self.guard.judge(judged, baseline, done)
        if reason:
            self._restore(self.guard.snapshot)
            self.guard.restored(reason, time_s)
        elif self.guard.due(judged, time_s):
            self.guard.keep(self._snapshot(), time_s)
        return loss, not reason

    def learned(self) -> State:
        """Return a copy of what was learned: weights, moments, what else the net remembers."""
        buffers = {name: each.clone() for name, each in self.net.named_buffers()}
        return dict(self._snapshot(), buffers=buffers)

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was; the guard will not go back behind it."""
        self._restore(learned)
        for name, buffer in self.net.named_buffers():
            buffer.copy_(learned["buffers"][name])
        self.guard.snapshot = self._snapshot()

    def _snapshot(self) -> State:
        return dict(weights=self.optimizer.weights.clone(), optimizer=self.optimizer.state_dict())

    def _restore(self, snapshot: State) -> None:
        self.optimizer.weights.copy_(snapshot["weights"])
        self.optimizer.load_state_dict(snapshot["optimizer"])

    def state_dict(self) -> State:
        return dict(self.learned(), guard=self.guard.state_dict(), updates=self.updates)

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another net."""
        if state["weights"].shape != self.optimizer.weights.shape:
            raise StateError(
                f"The saved state holds {len(state['weights'])} weights, this model has "
                f"{len(self.optimizer.weights)}. Choose the model, its settings and the source "
                "the state was saved with."
            )
        self.go_back(state)
        self.guard.load_state_dict(state["guard"])
        self.updates = state["updates"]
