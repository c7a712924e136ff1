"""What is seldom turned, folded away below a line that opens it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.widgets import BOX_PX

HEIGHT_PX = 22


class FoldLine(QAbstractButton):
    """A line with words and a small arrow: to the right while folded, down when open."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setText(words)
        self.setCheckable(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + BOX_PX + 8, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.underMouse()
        painter.setPen(colours.text if lit else colours.secondary)
        room = QRectF(self.rect())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        x, y = room.right() - 17, room.center().y()  # below the arrows of the choices above
        painter.setPen(QPen(colours.prediction if self.hasFocus() else colours.secondary, 1.5))
        if self.isChecked():
            tips = (QPointF(x, y - 2), QPointF(x + 4, y + 2), QPointF(x + 8, y - 2))
        else:
            tips = (QPointF(x + 2, y - 4), QPointF(x + 6, y), QPointF(x + 2, y + 4))
        painter.drawPolyline(tips)


class Fold(QWidget):
    """Hold widgets below a line; they are seen once it is clicked, and gone after the next click.

    `rows` takes them. How many are not as they were at first is told while they are folded away.
    """

    def __init__(self, words: str, tip: str) -> None:
        super().__init__()
        self._words = words
        self.line = FoldLine(words)
        self.line.setToolTip(tip)
        self._inside = QWidget()
        self.rows = QVBoxLayout(self._inside)
        outside = QVBoxLayout(self)
        for layout in (self.rows, outside):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(3)
        outside.addWidget(self.line)
        outside.addWidget(self._inside)
        self._inside.hide()
        self.line.toggled.connect(self._inside.setVisible)

    def tell(self, changed: int) -> None:
        """Say how many of those inside differ from what they are at first."""
        folded = changed and not self.line.isChecked()
        text = f"{self._words} · {changed} changed" if folded else self._words
        if text != self.line.text():
            self.line.setText(text)
