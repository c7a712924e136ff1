"""One lane of the signal's plot: which channels it holds and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from driftscope.core.stream import F64
from driftscope.gui.axes import Range

GAP_PX = 16
TEXT_PX = 12


@dataclass(frozen=True, slots=True)
class Lane:
    """Hold the numbers of the channels of one plot, and where it stands, in pixels."""

    channels: list[int]
    space: QRectF

    def y(self, values: F64, span: Range) -> F64:
        """Return where values stand that are drawn in a range, in pixels."""
        with np.errstate(over="ignore", invalid="ignore"):
            shares = (values - span.low) / (span.high - span.low)
            return self.space.bottom() - shares * self.space.height()

    def clear(self, y: float) -> float:
        """Return the height nearest to one at which a text runs into none of the next lane."""
        inset = max(0.0, (TEXT_PX - min(GAP_PX, self.space.height() / 5)) / 2)
        return min(max(y, self.space.top() + inset), self.space.bottom() - inset)

    def value_at(self, y: float, span: Range) -> float:
        """Return which value stands at a height."""
        share = (self.space.bottom() - y) / self.space.height()
        return span.low + share * (span.high - span.low)


def spaced(plots: list[list[int]], area: QRectF) -> list[Lane]:
    """Return lanes of equal height one below the other, with some room between."""
    height = area.height() / max(1, len(plots))
    gap = min(GAP_PX, height / 6)
    return [
        Lane(plot, QRectF(area.left(), area.top() + n * height + gap / 2,
                          area.width(), height - gap))
        for n, plot in enumerate(plots)
    ]  # fmt: skip
