"""What a turned knob does to the errors is not what is usual for the signal."""

from __future__ import annotations

import math
from typing import Any

RECENT, USUAL, PATIENCE = 3, 30, 300
"""Decisions over which the recent and the usual loss are averaged; decisions after which the
loss counts as usual, whatever it is."""
WORSE = 2.0


class Settling:
    """Keep errors of a learner that was just turned out of the calibration.

    After `turned` the errors count as usual again once the recent loss is back under twice the
    loss before, or after 300 decisions: then that is how it learns from now on. Without this a
    minute at a hundred times the learning rate would hide every fault for hours.
    """

    def __init__(self) -> None:
        self._recent = self._usual = math.nan
        self._since = 0.0
        self._waiting = False

    def turned(self) -> None:
        """Begin to wait: a parameter of the learner was changed."""
        if not math.isnan(self._usual):
            self._waiting = True
            self._since = 0.0
            self._recent = math.nan

    def settled(self, loss: float, decisions: float) -> bool:
        """Take in a step's mean loss, NaN for none, and the share of a decision that it covers;
        say whether its errors may be calibrated from."""
        if math.isnan(loss):
            return not self._waiting
        self._recent = _towards(self._recent, loss, decisions / RECENT)
        if self._waiting:
            self._since += decisions
            back = self._since >= RECENT and self._recent <= WORSE * self._usual
            self._waiting = not back and self._since < PATIENCE
        if not self._waiting:
            self._usual = _towards(self._usual, loss, decisions / USUAL)
        return not self._waiting

    def state_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def _towards(mean: float, value: float, weight: float) -> float:
    return value if math.isnan(mean) else mean + min(weight, 1.0) * (value - mean)
