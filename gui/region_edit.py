"""Drag rectangles over a picture: only what lies in them is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from driftscope.core.pictures.region import rectangles, text_of

LEAST = 2.0
"""A rectangle smaller than so many percent was a click, not a drag."""
MIDDLE = QRectF(25, 25, 50, 50)
STEP = 2.0
"""How far an arrow key moves or widens a rectangle, in percent of the picture."""
ARROWS = {
    Qt.Key.Key_Left: (-STEP, 0.0), Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP), Qt.Key.Key_Down: (0.0, STEP),
}  # fmt: skip


class RegionEdit(QObject):
    """Hold a picture's rectangles, in percent; while `editing` mouse and keys change them.

    `whole_at` gives where, in pixels, the picture lies that is at some place. Keys: Return adds
    a rectangle, the arrows move the last one, with Shift they size it, Delete takes it away.
    """

    changed = Signal(str)
    """The rectangles are others now: the parameter's text."""
    ended = Signal()
    """Escape was pressed."""

    def __init__(self, parent: QObject, whole_at: Callable[[QPointF], QRectF]) -> None:
        super().__init__(parent)
        self.editing = False
        self.rectangles: list[QRectF] = []
        self.dragged: QRectF | None = None
        self._whole_at = whole_at
        self._text = ""

    def state(self) -> tuple[object, ...]:
        """Return all that what is drawn depends on."""
        dragged = self.dragged.getRect() if self.dragged is not None else None
        return self._text, self.editing, dragged

    def edit(self, on: bool) -> None:
        """Let mouse and keys change the rectangles, or no longer."""
        self.editing, self.dragged = on, None

    def show_text(self, text: str) -> None:
        """Take over the parameter's value, unless a rectangle is being dragged."""
        if text != self._text and self.dragged is None:
            self._text = text
            self.rectangles = [
                QRectF(QPointF(x0, y0), QPointF(x1, y1)) for x0, y0, x1, y1 in rectangles(text)
            ]

    def change(self, to: list[QRectF]) -> None:
        """Use these rectangles; none is the whole picture."""
        corners = tuple(
            (round(r.left()), round(r.top()), round(r.right()), round(r.bottom())) for r in to
        )  # whole percents: finer than what is watched, and easy to read
        self.rectangles, self._text = to, text_of(corners)
        self.changed.emit(self._text)

    def press(self, at: QPointF) -> bool:
        """Begin a rectangle; return whether the mouse is ours."""
        if self.editing:
            self.dragged = QRectF(self._percent(at), self._percent(at))
        return self.editing

    def move(self, at: QPointF) -> bool:
        """Widen the rectangle that is being dragged; return whether there is one."""
        if self.dragged is None:
            return False
        self.dragged.setBottomRight(self._percent(at))
        return True

    def release(self, at: QPointF) -> None:
        """Add the rectangle that was dragged."""
        if not self.move(at) or self.dragged is None:
            return
        made, self.dragged = clipped(self.dragged), None
        if made is not None:
            self.change([*self.rectangles, made])

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for while editing; return whether it was ours."""
        if not self.editing:
            return False
        key, had = Qt.Key(event.key()), self.rectangles
        if key == Qt.Key.Key_Escape:
            self.ended.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.change([*had, QRectF(MIDDLE)])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.change(had[:-1])
        elif key in ARROWS and had:
            dx, dy = ARROWS[key]
            size = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            last = had[-1].adjusted(0 if size else dx, 0 if size else dy, dx, dy)
            self.change([*had[:-1], clipped(last) or had[-1]])
        else:
            return False
        return True

    def _percent(self, at: QPointF) -> QPointF:
        whole = self._whole_at(at)
        return QPointF(
            100 * (at.x() - whole.left()) / whole.width(),
            100 * (at.y() - whole.top()) / whole.height(),
        )


def clipped(region: QRectF) -> QRectF | None:
    """Return a dragged rectangle within the picture, None if too little of it is left."""
    found = region.normalized().intersected(QRectF(0, 0, 100, 100))
    return found if min(found.width(), found.height()) >= LEAST else None
