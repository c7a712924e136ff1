"""A small curve of the training loss, with its newest value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from driftscope.core.arrays import F64
from driftscope.gui import draw, theme, words

TIP = (
    "The training loss of the small network that tells the classes apart, for its latest updates, "
    "on a logarithmic axis: it falls as it learns."
)
LEAST = 1e-6
SMALL = 1e-3


def loss_words(loss: float) -> str:
    """Return a loss, and no more of it than tells something: '0.19', 'below 0.001'."""
    return f"below {SMALL:g}" if loss < SMALL else words.rounded(loss)


class LossLine(QWidget):
    """Draw losses (m,) from left to right, high above low; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: F64 = np.zeros(0)
        self.setFixedHeight(52)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(TIP)
        self.hide()

    def show_losses(self, losses: F64) -> None:
        """Show these; nothing is painted while they stay the same array."""
        if losses is self.losses:
            return
        self.losses = losses
        self.setVisible(len(losses) > 1)
        if len(losses):
            self.setAccessibleName(f"Loss {loss_words(float(losses[-1]))}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setFont(theme.text_font(8))
        painter.setPen(colours.secondary)
        top = QRectF(0, 0, self.width(), 16)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, "loss")
        painter.setFont(theme.number_font(8))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(top, right, loss_words(float(self.losses[-1])))
        area = QRectF(0, 20, self.width(), self.height() - 22)
        painter.setPen(draw.pen(colours.lines))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        level = np.log(np.maximum(self.losses, LEAST))
        known = level[np.isfinite(level)]
        if not len(known):
            return
        low, high = float(known.min()), float(known.max())
        x = np.linspace(area.left(), area.right(), len(level))
        y = area.bottom() - 1 - (level - low) / max(high - low, 0.1) * (area.height() - 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.prediction, 1.4))
        draw.curve(painter, x, y)
