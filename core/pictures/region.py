"""The region of interest: rectangles of the picture to watch, written as text."""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.arrays import Bools
from driftscope.core.errors import ParamError
from driftscope.core.pictures.cells import GRID

LONGEST = 60
"""No more of a wrong text is said again."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom, in percent of the picture's width and height."""


def rectangles(text: str) -> tuple[Rectangle, ...]:
    """Return the rectangles of "x0,y0,x1,y1;...", none for "".

    Raise ParamError if anything is no rectangle within the picture.
    """
    return tuple(_rectangle(part) for part in text.split(";") if part.strip())


def checked(text: str) -> str:
    """Return the text if `rectangles` can read it; raise ParamError."""
    rectangles(text)
    return text


def text_of(regions: tuple[Rectangle, ...]) -> str:
    """Return rectangles as the text that `rectangles` reads."""
    return ";".join(",".join(f"{number:.4g}" for number in region) for region in regions)


def watched(text: str) -> Bools:
    """Return (16, 16), True for each cell that a rectangle touches; all of them for ""."""
    regions = rectangles(text)
    if not regions:
        return np.ones((GRID, GRID), bool)
    found = np.zeros((GRID, GRID), bool)
    for left, top, right, bottom in regions:
        rows = slice(math.floor(top / 100 * GRID), math.ceil(bottom / 100 * GRID))
        columns = slice(math.floor(left / 100 * GRID), math.ceil(right / 100 * GRID))
        found[rows, columns] = True
    return found


def _rectangle(part: str) -> Rectangle:
    said = part.strip() if len(part) <= LONGEST else f"{part.strip()[:LONGEST]}..."
    try:
        left, top, right, bottom = (float(number) for number in part.split(","))
    except ValueError:
        raise ParamError(
            f"{said!r} is no rectangle: write left, top, right and bottom in percent of "
            'the picture, such as "10,20,60,80", and a semicolon between two of them.'
        ) from None
    if not (0 <= left < right <= 100 and 0 <= top < bottom <= 100):
        raise ParamError(
            f"The rectangle {said!r} does not lie in the picture: left must be less than "
            "right, top less than bottom, and all of them from 0 to 100 percent."
        )
    return left, top, right, bottom
