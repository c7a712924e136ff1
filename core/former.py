"""The model before goes on beside the one in use, so that their losses can be compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from driftscope.core import registry
from driftscope.core.interfaces import Learner, State
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F64, Scored, Step, StreamInfo

if TYPE_CHECKING:
    from driftscope.core.learner import Forecaster


class Former:
    """Hold the learner before, if there is one to be compared. One stream's.

    It scores and learns the same steps by the same parameters, trusted as far, and nothing but
    its loss is looked at: of a stream with labels it forecasts alone. `name` says which it is, as
    "gru" or "mlp, hidden units 64". A step for which there is no time passes it by: its loss is
    NaN then.
    """

    def __init__(self) -> None:
        self.learner: Forecaster | None = None
        self.name = ""
        self.rate_hz: float | None = None
        self._scored: Scored | None = None

    def begin(self, learner: Learner, name: str) -> None:
        """Go on with this learner, letting go of the one before; of pictures with none, since
        the losses of two ways to look at them cannot be compared."""
        from driftscope.core.learner import Forecaster

        self.end()
        if isinstance(learner, Forecaster):
            self.name, self.rate_hz = name, learner.rate_hz
            self.learner = learner
            if type(learner) is not Forecaster:
                self.learner = Forecaster(
                    learner.info, learner.params, learner.model_params, learner.model
                )
                self.learner.load_state_dict(learner.state_dict())

    def end(self) -> None:
        """Let go of it."""
        self.learner, self.name, self._scored = None, "", None

    def loss(self, step: Step, spare: bool) -> dict[str, F64]:
        """Score a step, if there is time to spare; return {name: (B,)}, {} without a learner."""
        if self.learner is None:
            return {}
        self.learner.rate_hz = self.rate_hz
        self._scored = self.learner.score(step) if spare else None
        loss = np.full(step.rows, math.nan) if self._scored is None else self._scored.loss
        return {self.name: loss}

    def take(self, step: Step, learn: bool, trust: float = 1.0) -> None:
        """Take in the step scored last; learn from it, as far as `trust` says, if it was scored
        and `learn` says so."""
        if self.learner is None:
            return
        self.learner.trust = trust
        if learn and self._scored is not None:
            self.learner.learn(step, self._scored)
        else:
            self.learner.skip(step, self._scored)
        self.learner.take_events()  # nobody is to be told of it
        self._scored = None

    def gap(self) -> None:
        """Let nothing cross this point."""
        if self.learner is not None:
            self.learner.gap()

    def state_dict(self) -> State:
        if self.learner is None:
            return {}
        return dict(
            name=self.name, model=self.learner.model, rate_hz=self.rate_hz,
            params=self.learner.model_params.as_dict(), learner=self.learner.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State, info: StreamInfo, params: LearnerParams) -> None:
        self.end()
        if state:
            from driftscope.core.learner import Forecaster

            own = registry.load("models", state["model"]).Params(**state["params"])
            self.learner = Forecaster(info, params, own, state["model"])
            self.learner.load_state_dict(state["learner"])
            self.name, self.rate_hz = state["name"], state["rate_hz"]
