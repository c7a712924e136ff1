"""Rows whose labels were learned before, to be learned again beside what is new."""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.arrays import F64, UNKNOWN
from driftscope.core.interfaces import State
from driftscope.core.labelled.pending import Said
from driftscope.core.learner import TRUSTED
from driftscope.core.recall import EVERY_S
from driftscope.core.replay import Replay
from driftscope.core.sections import LearnerParams

LIMIT_BYTES = 2**21


class Again:
    """Give remembered rows, `learner.replay` of them, beside the one whose label is learned now.

    Of classes each comes as often as any other, so that a rare one is not forgotten. Half of what
    is remembered is new, half a fair sample of all before (core/replay.py). It goes by stream
    time, so that a run comes out the same however fast it is read.
    """

    def __init__(self, params: LearnerParams, by_class: bool) -> None:
        self._params, self._by_class = params, by_class
        self.forget()

    def forget(self) -> None:
        """Begin anew, as where rows are seen in another way from now on."""
        self._replay = Replay(LIMIT_BYTES, self._params.seed)
        self._time_s = math.nan

    def beside(self, said: Said, label: float, trust: float) -> list[tuple[F64, float]]:
        """Return inputs (F,) and label of each remembered row, if it is time; remember this one,
        unless it is suspicious."""
        count = self._params.replay
        if not count or abs(said.time_s - self._time_s) < EVERY_S:
            return []
        self._time_s = said.time_s
        items, _ = self._replay.sample(count, balanced=self._by_class)
        if trust > TRUSTED:
            y = int(label) if self._by_class else UNKNOWN
            self._replay.add(said.inputs, np.array(label), y=y)
        return [(inputs, float(y)) for inputs, y in zip(*items, strict=True)] if items else []

    def state_dict(self) -> State:
        return dict(replay=self._replay.state_dict(), time_s=self._time_s)

    def load_state_dict(self, state: State) -> None:
        self._replay.load_state_dict(state["replay"])
        self._time_s = state["time_s"]
