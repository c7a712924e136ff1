"""Bring any picture into the form that travels: red first, 8 bits, of the size it was opened in."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
LARGEST = 1920
"""Neither side is larger, in pixels; what is larger is scaled down as a whole."""


def fitted_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height that a picture travels in."""
    scale = min(1.0, LARGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def fit(picture: Pixels, place: Pixels, red_first: bool = False) -> None:
    """Write a picture into `place` (H, W, 3) uint8, red first.

    It may be grey, (h, w) or (h, w, 1), blue first or, if `red_first`, red first, (h, w, 3), with
    a fourth channel that is left out, of 8 or 16 bits, and of any size.
    """
    if picture.dtype == np.uint16:
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257)
    height, width = place.shape[:2]
    if picture.shape[:2] != (height, width):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels == 3 and red_first:
        np.copyto(place, picture)
    elif channels == 3:
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=place)
    elif channels == 4:
        code = cv2.COLOR_RGBA2RGB if red_first else cv2.COLOR_BGRA2RGB
        cv2.cvtColor(picture, code, dst=place)
    else:
        cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB, dst=place)
