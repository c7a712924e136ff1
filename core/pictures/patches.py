"""Patches where they do not belong: what a net can learn about the unusual from usual pictures."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F32, Bools, Pixels
from driftscope.core.pictures.cells import CELL, GRID, SIZE

LEAST_PX, MOST_PX = 10, 40
MOST = 2
"""Patches in one picture."""
FOREIGN = 0.5
"""The share of the patches whose colours are changed as well: things never seen."""
Random = np.random.Generator


def patched(picture: Pixels, sources: Pixels, random: Random) -> tuple[Pixels, F32]:
    """Return a copy of a picture (128, 128, 3) with patches from sources (n, 128, 128, 3) in it,
    and the share of each cell that they cover (16, 16).

    The idea, to learn from patches cut out and pasted elsewhere, is CutPaste's (Li et al. 2021).
    """
    made = picture.copy()
    covered = np.zeros((SIZE, SIZE), np.float32)
    for _ in range(int(random.integers(1, MOST + 1))):
        shape = _shape(random)
        d = len(shape)
        x, y, to_x, to_y = random.integers(0, SIZE - d + 1, 4).tolist()
        source = sources[int(random.integers(len(sources)))]
        patch = np.rot90(source[y : y + d, x : x + d], int(random.integers(4)))
        if random.random() < 0.5:
            patch = patch[:, ::-1]
        if random.random() < FOREIGN:
            patch = _strange(patch, random)
        made[to_y : to_y + d, to_x : to_x + d][shape] = patch[shape]
        covered[to_y : to_y + d, to_x : to_x + d][shape] = 1
    return made, covered.reshape(GRID, CELL, GRID, CELL).mean((1, 3))


def _shape(random: Random) -> Bools:
    """Return a mask (d, d): an ellipse, a rectangle or something with bulges, turned anyhow."""
    d = int(random.integers(LEAST_PX, MOST_PX))
    y, x = np.mgrid[:d, :d] - (d - 1) / 2
    turn, flat = random.uniform(0, np.pi), random.uniform(0.5, 1)
    along = x * np.cos(turn) + y * np.sin(turn)
    across = (y * np.cos(turn) - x * np.sin(turn)) / flat
    kind = int(random.integers(3))
    if kind == 1:
        made: Bools = np.maximum(np.abs(along), np.abs(across)) <= 0.4 * d
        return made
    radius = np.full((d, d), 0.5 * d)
    if kind == 2:
        bulges, start = int(random.integers(2, 6)), random.uniform(0, 2 * np.pi)
        radius *= 0.75 + 0.25 * np.sin(bulges * np.arctan2(across, along) + start)
    made = np.hypot(along, across) <= radius
    return made


def _strange(patch: Pixels, random: Random) -> Pixels:
    """Return a patch in colours, brightness and contrast of its own."""
    colours = patch[..., random.permutation(3)].astype(np.float32)
    mean = colours.mean((0, 1))
    made = (colours - mean) * random.uniform(0.5, 3) + mean * random.uniform(0.5, 1.6)
    return np.asarray(np.clip(made + random.uniform(-30, 30), 0, 255), np.uint8)
