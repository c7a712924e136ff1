"""Small copies of pictures."""

from __future__ import annotations

import cv2
import numpy as np

from driftscope.core.arrays import Array, Pixels

cv2.setNumThreads(1)


def shrunk(pictures: Array, size: tuple[int, int]) -> Pixels:
    """Return pictures (n, H, W, 3) uint8 as a copy of `size` (h, w), each drawn out to fill it."""
    if pictures.shape[1:3] == size:
        return pictures.copy()
    height, width = size
    made = np.empty((len(pictures), height, width, 3), np.uint8)
    smaller = pictures.shape[1] >= height and pictures.shape[2] >= width
    for picture, copy in zip(pictures, made, strict=True):
        cv2.resize(
            picture, (width, height), dst=copy,
            interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR,
        )  # fmt: skip
    return made
