"""Seeded scenes for classes taught by hand: things held in front of a still, noisy room."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from driftscope.core.pictures.cells import cells, small
from driftscope.core.pictures.classes import Seen

SIDE = 128
RATE_HZ = 30.0


def scene(y: int, number: int, noise: float = 3.0, seed: int = 0) -> np.ndarray:
    """Return picture `number` of class y, (128, 128, 3) uint8: its thing moves about slowly.

    Class -1 is the empty room.
    """
    room = np.random.default_rng(seed)
    picture = cv2.GaussianBlur(room.uniform(0, 255, (SIDE, SIDE, 3)), (0, 0), 9)
    picture = np.clip((picture - 127) * 5 + 127, 0, 255)
    if y >= 0:
        thing = np.random.default_rng(1000 + y)
        x = 30 + thing.uniform(0, 50) + 5 * np.sin(number / 9)
        z = 30 + thing.uniform(0, 50) + 4 * np.cos(number / 7)
        for _ in range(4):
            at = (int(x + thing.uniform(-14, 14)), int(z + thing.uniform(-14, 14)))
            cv2.circle(picture, at, int(thing.uniform(5, 14)), thing.uniform(0, 255, 3).tolist(), 3)
    grain = np.random.default_rng((seed, y + 1, number)).normal(0, noise, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


@cache
def seen(y: int, number: int, seq: int | None = None, **kind: float) -> Seen:
    """Return what the classes get of such a picture."""
    picture = scene(y, number, **kind)
    tiny = small(picture)
    seq = number if seq is None else seq
    return Seen(seq, seq / RATE_HZ, picture, tiny, cells(tiny))
