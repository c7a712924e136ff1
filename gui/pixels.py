"""Pictures of arrays: a QImage that owns its memory, so that nothing can go away under it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from driftscope.core.arrays import Pixels

cv2.setNumThreads(1)

Inks = NDArray[np.uint32]


def image_of(pixels: Pixels, shrink: int = 1) -> QImage:
    """Return (H, W, 3) uint8 pixels, red first, as an image with memory of its own.

    With `shrink` each of its pixels is the mean of so many by so many: a painter that draws an
    image much smaller than it is leaves most of it out, and fine lines flicker.
    """
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    if shrink > 1:
        width, height = max(width // shrink, 1), max(height // shrink, 1)
        smaller = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        pixels = smaller.astype(np.uint8, copy=False)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    into = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA, dst=into)
    return image


def translucent_image(ink: Inks) -> QImage:
    """Return (H, W) uint32 premultiplied 0xAARRGGBB as an image with memory of its own."""
    height, width = ink.shape
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    np.frombuffer(image.bits(), np.uint32).reshape(height, width)[:] = ink
    return image
