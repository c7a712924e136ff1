"""Tell when nearly the whole picture changes at once: the light, or the camera moved."""

from __future__ import annotations

import math
from typing import Any

MOST, FEW = 0.6, 0.3
"""The share of the cells that makes a jump; below the other one it is over."""
LASTS_S, LASTS_ROWS = 1.0, 5
MESSAGE = (
    "Nearly the whole picture has changed: the light, or the camera moved. Take it for normal, "
    "or learn anew."
)


class Jump:
    """Follow how many cells are out; say so once when most of them stay out for a second."""

    def __init__(self) -> None:
        self._since_s = math.nan
        self._rows = 0
        self._told = False

    def follow(self, share: float, time_s: float) -> str:
        """Take in what share of a picture has changed; return a sentence if there is news."""
        if share < FEW:
            self._told = False
        if share < MOST:
            self._since_s, self._rows = math.nan, 0
            return ""
        if math.isnan(self._since_s):
            self._since_s = time_s
        self._rows += 1
        if self._told or self._rows < LASTS_ROWS or time_s - self._since_s < LASTS_S:
            return ""
        self._told = True
        return MESSAGE

    def gap(self) -> None:
        """Count anew behind an interruption."""
        self._since_s, self._rows = math.nan, 0

    def state_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
