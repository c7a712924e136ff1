"""How well each pass over a set of labelled pictures went: what was learned, and what was not."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from driftscope.gui import draw, theme, words
from driftscope.gui.plot import LEFT_PX, Plot, PlotPanel
from driftscope.gui.watched import Watched

TIP = (
    "The share named right in each pass: of pictures that are learned from, and of those held "
    "out, from which nothing is learned. Where they part, it learns by heart."
)
MARK_PX = 2.5


class PassesPanel(PlotPanel):
    """Show the accuracies of a Report's passes as lines over the passes."""

    def __init__(self, session: Watched) -> None:
        self.curves = PassesPlot(session)
        super().__init__("Passes", self.curves, TIP)

    def refresh(self) -> None:
        super().refresh()
        self.legend.show_items([
            (self.curves.pen(k), told) for k, told in enumerate(self.curves.newest())
        ])  # fmt: skip
        count = len(self.curves.passes())
        self.note.setText(f"pass {words.thousands(count)}" if count else "")


class PassesPlot(Plot):
    """Draw accuracies from 0 to 100 %."""

    bottom_px = 20

    def __init__(self, session: Watched) -> None:
        super().__init__(session, "Accuracy by pass plot")
        self.setMinimumSize(160, 80)

    def passes(self) -> tuple[dict[str, float], ...]:
        report = self.session.report
        return report.passes if report is not None else ()

    def names(self) -> list[str]:
        """Return which figures of the passes are accuracies, in the order told."""
        told = dict.fromkeys(name for each in self.passes() for name in each)
        return [name for name in told if "accuracy" in name]

    def newest(self) -> list[str]:
        """Return the last pass's accuracies in words: 'train 93 %', 'held out 71 %'."""
        told = []
        for name in self.names():
            share = self.passes()[-1].get(name, math.nan)
            figure = f" {100 * share:.0f} %" if math.isfinite(share) else ""
            told.append(f"{name.replace('_', ' ').removesuffix(' accuracy')}{figure}")
        return told

    def pen(self, k: int) -> QPen:
        """Return the pen of line k: what is learned from, then what is held out."""
        colours = theme.current()
        return QPen(colours.prediction, 2) if k == 0 else QPen(colours.text, 2)

    def state(self) -> tuple[object, ...]:
        return (self.passes(),) if not self.session.paused else (None,)

    def area(self) -> QRectF:
        return super().area().adjusted(52 - LEFT_PX, 0, 0, 0)

    def draw(self, painter: QPainter, area: QRectF) -> int:
        passes, colours = self.passes(), theme.current()
        if not passes:
            return self.say(painter, area, "It stands here after the first pass over all pictures.")
        painter.setPen(draw.pen(colours.grid))
        for percent in (0, 50, 100):
            y = round(area.bottom() - percent / 100 * area.height()) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(colours.secondary)
            painter.drawText(QRectF(0, y - 8, 46, 16), 0x82, f"{percent} %")
            painter.setPen(draw.pen(colours.grid))
        reach = max(len(passes) - 1, 1)
        x = area.left() + np.arange(len(passes)) / reach * area.width()
        for k, name in reversed(list(enumerate(self.names()))):
            share = np.array([each.get(name, math.nan) for each in passes])
            y_px = area.bottom() - share * area.height()
            painter.setPen(self.pen(k))
            draw.curve(painter, x, y_px)
            if len(passes) <= 20:
                painter.setBrush(self.pen(k).color())
                for at, up in zip(x, y_px, strict=True):
                    if math.isfinite(up):
                        painter.drawEllipse(QPointF(at, up), MARK_PX, MARK_PX)
        painter.setPen(colours.secondary)
        painter.drawText(QPointF(area.left(), area.bottom() + 15), "pass 1")
        last = f"pass {words.thousands(len(passes))}"
        wide = painter.fontMetrics().horizontalAdvance(last)
        if len(passes) > 1:
            painter.drawText(QPointF(area.right() - wide, area.bottom() + 15), last)
        return -1
