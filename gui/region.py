"""Rectangles of a picture, in percent of its width and height, as text and back."""

from __future__ import annotations

from PySide6.QtCore import QRectF

LEAST = 1.0
"""A rectangle smaller than so many percent was a click, not a drag."""


def rectangles(text: str) -> list[QRectF]:
    """Return the rectangles of "x0,y0,x1,y1;...", in percent; what is no rectangle is left out."""
    found = []
    for part in text.split(";"):
        try:
            x0, y0, x1, y1 = (float(number) for number in part.split(","))
        except ValueError:
            continue
        found.append(QRectF(x0, y0, x1 - x0, y1 - y0))
    return found


def as_text(regions: list[QRectF]) -> str:
    """Return rectangles, in percent, as the parameter's text."""
    each = [(r.left(), r.top(), r.right(), r.bottom()) for r in regions]
    return ";".join(",".join(f"{number:.4g}" for number in corners) for corners in each)


def clipped(region: QRectF) -> QRectF | None:
    """Return a dragged rectangle within the picture, None if too little of it is left."""
    found = region.normalized().intersected(QRectF(0, 0, 100, 100))
    return found if min(found.width(), found.height()) >= LEAST else None
