"""The kinds of arrays there are, and two that are made in many places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Classes = NDArray[np.int64]

UNKNOWN = -1
"""The number of a class that is not known."""


def empty(rows: int, channels: int) -> F64:
    """Return a (rows, channels) float64 array of NaN."""
    return np.full((rows, channels), np.nan)


def widened(values: F64, channels: int, fill: float) -> F64:
    """Return (..., C) values as (..., channels), `fill` standing for the channels behind C."""
    made = np.full((*values.shape[:-1], channels), fill)
    made[..., : values.shape[-1]] = values
    return made
