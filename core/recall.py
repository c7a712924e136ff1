"""What the nets saw before, to be learned again beside what is new."""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.interfaces import State
from driftscope.core.replay import Replay
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F32, Bools

LIMIT_BYTES = 2**21
EVERY_S = 0.05
"""Stream time between two updates that replay: above 20 steps a second it costs less and less."""

Rows = tuple[F32, F32, Bools]
"""Windows (B, W, C), what was to be predicted of them (B, C), and whether that is known (B, C)."""


class Recall:
    """Put remembered windows, `learner.replay` of them, beside those an update is made on.

    Half of what is remembered is new, half a fair sample of all before (core/replay.py). It goes
    by stream time, so that a run comes out the same however fast it is read.
    """

    def __init__(self, params: LearnerParams) -> None:
        self._params = params
        self._replay = Replay(LIMIT_BYTES, params.seed)
        self._time_s = math.nan

    def beside(self, rows: Rows, time_s: float, keep: bool = True) -> Rows:
        """Return the rows and remembered ones behind them, if it is time; `keep` the newest, unless
        it is suspicious."""
        count = self._params.replay
        if not count or abs(time_s - self._time_s) < EVERY_S:
            return rows
        self._time_s = time_s
        items, _ = self._replay.sample(count)
        if keep and bool(rows[2][-1].any()):
            self._replay.add(*(each[-1] for each in rows))
        if not items or not len(items[0]):
            return rows
        windows, target, known = map(np.concatenate, zip(rows, items, strict=True))
        return windows, target, known

    def state_dict(self) -> State:
        return dict(replay=self._replay.state_dict(), time_s=self._time_s)

    def load_state_dict(self, state: State) -> None:
        self._replay.load_state_dict(state["replay"])
        self._time_s = state["time_s"]
