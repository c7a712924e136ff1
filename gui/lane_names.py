"""The names in a lane's corner: of one channel, or of several with the colour of each."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from driftscope.gui import draw, theme, words

LONGEST = 40
STROKE_PX, APART_PX = 16, 12


def write(
    painter: QPainter, space: QRectF, names: list[tuple[str, QPen]], first: int, shared: bool
) -> QRectF:
    """Write the names of a lane's channels; return the patch they take.

    One channel has its name alone. Of several each has a stroke of its pen before it, `first` is
    the one that is looked at: its values stand at the axis, unless it is `shared` by all.
    """
    at = QPointF(space.left() + 6, space.top() + (14 if space.height() > 60 else 0))
    colours, metrics = theme.current(), painter.fontMetrics()
    if len(names) == 1:
        text = words.shortened(names[0][0], LONGEST)
        return draw.caption(painter, at, text, colours.secondary, colours.panel)
    patch = QRectF(at.x(), at.y(), 0, metrics.height() + 1)
    right = space.right() - 60
    for place, (name, pen) in enumerate(names):
        text = words.shortened(name, LONGEST // 2)
        if place == first and not shared:
            text += ", axis"
        wide = STROKE_PX + metrics.horizontalAdvance(text) + APART_PX
        if patch.right() + wide > right and place:
            left = len(names) - place
            draw.caption(painter, patch.topRight(), f"+{left}", colours.secondary, colours.panel)
            patch.setWidth(patch.width() + metrics.horizontalAdvance(f"+{left}") + APART_PX)
            break
        ground = QRectF(patch.right(), patch.top(), wide, patch.height())
        painter.fillRect(ground, draw.translucent(colours.panel, 225))
        stroke = QPen(pen)
        stroke.setWidth(2)
        painter.setPen(stroke)
        y = round(ground.center().y())
        painter.drawLine(QPointF(ground.left() + 3, y), QPointF(ground.left() + STROKE_PX - 2, y))
        painter.setPen(colours.text if place == first else colours.secondary)
        words_at = ground.adjusted(STROKE_PX + 2, 0, 0, 0)
        painter.drawText(words_at, 0, text)
        patch.setWidth(patch.width() + wide)
    return patch
