"""What is unusual in a picture, as colours to lay over it and as an outline."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QImage

from driftscope.core.arrays import F32, Bools
from driftscope.gui.pixels import Inks, translucent_image

USUAL_Z, FULL_Z = 2.0, 8.0
"""Robust deviations below which nothing is shown, and from which on it is shown in full."""
OUTLINED_Z = 4.0
SIDE = 128
RAMP = ("#d55e00", "#e69f00", "#f0e442")
"""From barely unusual to most unusual: lighter and lighter, so that no hue need be told apart."""


def _inks() -> Inks:
    """Return 256 premultiplied colours, transparent first."""
    share = np.linspace(0.0, 1.0, 256)
    stops = [QColor(name) for name in RAMP]
    places = np.linspace(0.0, 1.0, len(stops))
    alpha = np.minimum(2 * share, 1.0)
    parts = [
        255 * alpha,
        alpha * np.interp(share, places, [stop.red() for stop in stops]),
        alpha * np.interp(share, places, [stop.green() for stop in stops]),
        alpha * np.interp(share, places, [stop.blue() for stop in stops]),
    ]
    shifts = np.array([24, 16, 8, 0], np.uint32)[:, None]
    alpha_on_top, red, green, blue = np.round(parts).astype(np.uint32) << shifts
    inks: Inks = alpha_on_top | red | green | blue
    return inks


INKS = _inks()


def heat_image(heat: F32) -> QImage:
    """Return robust deviations (h, w), 0 = usual, as an image of 128 by 128 to lay over."""
    share = (np.nan_to_num(heat, posinf=FULL_Z) - USUAL_Z) / (FULL_Z - USUAL_Z)
    small = np.clip(share, 0.0, 1.0).astype(np.float32)
    # linear: a cubic would swing below and above beside a cell that stands out
    fine = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return translucent_image(INKS[(fine * 255).astype(np.uint8)])


def outline(heat: F32, whole: QRectF) -> list[QLineF]:
    """Return the border of what is clearly unusual, in pixels of the picture drawn in `whole`."""
    hot: Bools = np.pad(np.nan_to_num(heat) >= OUTLINED_Z, 1)
    rows, columns = heat.shape
    wide, high = whole.width() / columns, whole.height() / rows
    left, top = whole.left(), whole.top()
    lines = []
    for row, column in np.argwhere(hot[1:, 1:-1] != hot[:-1, 1:-1]):
        y = top + row * high
        lines.append(QLineF(left + column * wide, y, left + (column + 1) * wide, y))
    for row, column in np.argwhere(hot[1:-1, 1:] != hot[1:-1, :-1]):
        x = left + column * wide
        lines.append(QLineF(x, top + row * high, x, top + (row + 1) * high))
    return lines
