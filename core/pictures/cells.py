"""Features of a picture: a grid of cells, each with its edge directions and its colour."""

from __future__ import annotations

import cv2
import numpy as np

from driftscope.core.arrays import F32, Pixels

cv2.setNumThreads(1)

SIZE, CELL = 128, 8
GRID = SIZE // CELL
DIRECTIONS, COLOURS = 9, 3
FEATURES = DIRECTIONS + COLOURS
GREY = 0.4
"""The mean brightness every picture is brought to, so that a gain changes nothing."""
EDGE = 0.01
"""Edges count as weak below this mean slope per pixel, at that brightness: noise stays small."""
NOISE = np.array([0.02] * DIRECTIONS + [0.003, 0.004, 0.004], np.float32)
"""About how much the noise of a good camera moves each feature: the unit to compare them in."""

_PLACE = np.kron(np.arange(GRID * GRID, dtype=np.int32).reshape(GRID, GRID),
                 np.ones((CELL, CELL), np.int32))  # fmt: skip
_FIRST_BIN = (_PLACE * DIRECTIONS).astype(np.float32)


def small(picture: Pixels) -> Pixels:
    """Return a (128, 128, 3) uint8 copy of a picture (H, W, 3), whatever its size and shape."""
    if picture.shape[:2] == (SIZE, SIZE):
        return picture.copy()
    height, width = picture.shape[:2]
    times = min(height, width) // SIZE
    if times > 1:  # whole numbers first: twice as quick
        picture = _resized(picture, width // times, height // times, cv2.INTER_AREA)
    return _resized(picture, SIZE, SIZE, cv2.INTER_AREA if times else cv2.INTER_LINEAR)


def cells(small: Pixels) -> F32:
    """Return (16, 16, 12) float32 features of a small picture (128, 128, 3) uint8, red first.

    For each cell of 8 x 8 pixels: a histogram of 9 edge directions, from 0 where it is flat to
    length 1 where it is full of edges (after Dalal and Triggs 2005, with EDGE in place of their
    blocks); then lightness, red-green and yellow-blue (CIE Lab / 100) of its mean colour. All of
    it with the picture brought to the same mean brightness.
    """
    made = np.empty((GRID, GRID, FEATURES), np.float32)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = max(float(grey.mean()), 1.0)
    made[..., :DIRECTIONS] = _directions(grey * (GREY / mean))
    colour = cv2.resize(small, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
    colour *= GREY / mean
    made[..., DIRECTIONS:] = cv2.cvtColor(np.minimum(colour, 1.0), cv2.COLOR_RGB2Lab)
    made[..., DIRECTIONS:] *= 0.01
    return made


def _resized(picture: Pixels, width: int, height: int, how: int) -> Pixels:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def _directions(grey: F32) -> F32:
    """Return (16, 16, 9): each slope's size, shared by the two directions next to its own."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    size, angle = cv2.cartToPolar(across, down)
    angle *= DIRECTIONS / np.pi
    angle[angle >= DIRECTIONS] -= DIRECTIONS  # opposite slopes are edges of the same direction
    low = np.floor(angle)
    upper = (angle - low) * size
    low[low >= DIRECTIONS] = 0
    high = low + 1
    high[high >= DIRECTIONS] = 0
    bins = GRID * GRID * DIRECTIONS
    first, second = (_FIRST_BIN + low).astype(np.int32), (_FIRST_BIN + high).astype(np.int32)
    total = np.bincount(first.ravel(), (size - upper).ravel(), bins).astype(np.float64)
    total += np.bincount(second.ravel(), upper.ravel(), bins)
    mean = (total / CELL**2).astype(np.float32).reshape(GRID, GRID, DIRECTIONS)
    length = np.sqrt((mean * mean).sum(-1, keepdims=True) + np.float32(EDGE**2))
    made: F32 = mean / length
    return made
