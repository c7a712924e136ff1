"""Where in a picture something is, in words."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F32, F64
from driftscope.core.pictures.cells import GRID

PLACES = (
    "upper left", "upper middle", "upper right",
    "left", "middle", "right",
    "lower left", "lower middle", "lower right",
)  # fmt: skip
_START = np.array([0, GRID // 3, GRID - GRID // 3])


def by_place(heat: F32) -> F64:
    """Return (9,): the highest heat (16, 16) of each of PLACES."""
    rows = np.maximum.reduceat(heat, _START, axis=0)
    return np.maximum.reduceat(rows, _START, axis=1).reshape(-1).astype(np.float64)
