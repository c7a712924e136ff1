"""The picture itself: zoom, pan, the heat over it, and beside it what was expected."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent

from driftscope.core.stream import Array, Result
from driftscope.gui import picture_marks as marks
from driftscope.gui import theme
from driftscope.gui.heat import heat_image
from driftscope.gui.pixels import image_of
from driftscope.gui.plot import Plot
from driftscope.gui.region_edit import RegionEdit
from driftscope.gui.watched import Watched

MOST_ZOOM = 32.0
OPACITY = 0.5
NOTCH = 1.25
PIXELS_SEEN = 4.0
"""From this size on a picture's pixels are drawn as squares."""
EMPTY = "The picture stands here once one has come."


@dataclass
class Looks:
    """Say what is laid over the picture, and how."""

    heat: bool = True
    opacity: float = OPACITY
    expected: bool = False


class PictureView(Plot):
    """Draw the newest picture of the session, or the one the view was paused at.

    The wheel zooms to the mouse, dragging moves, a double click fits all in; + - 0 and the
    arrows do the same.
    """

    def __init__(self, session: Watched) -> None:
        super().__init__(session, "Picture")
        self.looks = Looks()
        self.regions = RegionEdit(self, lambda at: self.whole(self._pane_at(at)))
        self.zoom = 1.0
        self.centre = QPointF(0.5, 0.5)
        """What stands in the middle, as a share of the picture's width and height."""
        self.picture: Result | None = None
        self._made: dict[str, tuple[Array, int, QImage]] = {}
        """Images by what they are of, each with what it was made from."""
        self._dragged_from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 160)

    def state(self) -> tuple[object, ...]:
        """Take the newest picture in, unless the view is paused."""
        newest = self.session.picture
        if self.picture is None or newest is None or not self.session.paused:
            self.picture = newest
        looks = self.looks
        return (
            id(self.picture), looks.heat, looks.opacity, looks.expected, self.regions.state(),
            self.session.paused, self.zoom, self.centre.x(), self.centre.y(),
        )  # fmt: skip

    def fit(self) -> None:
        """Show the whole picture."""
        self.zoom, self.centre = 1.0, QPointF(0.5, 0.5)
        self.refresh()

    def zoom_to(self, factor: float, at: QPointF) -> None:
        """Zoom in by a factor, or out by one below 1; what is under `at`, in pixels, stays."""
        whole = self.whole(self._pane_at(at))
        share = QPointF(
            (at.x() - whole.left()) / whole.width(), (at.y() - whole.top()) / whole.height()
        )
        before, self.zoom = self.zoom, min(max(self.zoom * factor, 1.0), MOST_ZOOM)
        self.centre = share + (self.centre - share) * (before / self.zoom)
        self._hold_in()
        self.refresh()

    def panes(self) -> list[QRectF]:
        """Return where pictures stand: one, or what was seen and what was expected."""
        room = QRectF(self.rect())
        if not self._beside():
            return [room]
        gap, size = float(theme.GAP_PX), self._size()
        level = QSizeF((room.width() - gap) / 2, room.height())
        upright = QSizeF(room.width(), (room.height() - gap) / 2)
        if _fit(size, level).width() >= _fit(size, upright).width():
            first, step = QRectF(QPointF(), level), QPointF(level.width() + gap, 0)
        else:
            first, step = QRectF(QPointF(), upright), QPointF(0, upright.height() + gap)
        return [first, first.translated(step)]

    def whole(self, pane: QRectF) -> QRectF:
        """Return where the whole picture would lie, which is beyond the pane if zoomed in."""
        size = _fit(self._size(), pane.size()) * self.zoom
        middle = pane.center()
        left = middle.x() - self.centre.x() * size.width()
        top = middle.y() - self.centre.y() * size.height()
        return QRectF(QPointF(left, top), size)

    def draw(self, painter: QPainter, area: QRectF) -> int:
        picture = self.picture
        if picture is None:
            self._made.clear()
            return self.say(painter, QRectF(self.rect()), EMPTY)
        panes = self.panes()
        places = [self.whole(pane) for pane in panes]
        seen = [place.intersected(pane) for place, pane in zip(places, panes, strict=True)]
        painter.setClipRect(seen[0])
        self._draw_seen(painter, places[0], picture)
        marks.draw_region(painter, places[0], self.regions)
        if len(panes) > 1:
            painter.setClipRect(seen[1])
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(places[1], self._image("expected", picture.extras["expected"]))
        painter.setClipping(False)
        if len(panes) > 1:
            for word, place in zip(("seen", "expected"), seen, strict=True):
                marks.draw_words(painter, place, word)
        self._draw_marks(painter, seen[0], picture)
        return picture.seq + len(picture) - 1

    def _draw_seen(self, painter: QPainter, whole: QRectF, picture: Result) -> None:
        pixels = picture.values[-1]
        scale = whole.width() * self.devicePixelRatioF() / pixels.shape[1]
        shrink = max(int(1 / scale), 1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < PIXELS_SEEN)
        painter.drawImage(whole, self._image("seen", picture.values, shrink))
        heat = picture.extras.get("heat")
        if heat is not None and self.looks.heat:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(self.looks.opacity)
            painter.drawImage(whole, self._image("heat", heat))
            painter.setOpacity(1.0)
            marks.draw_outline(painter, heat, whole)

    def _draw_marks(self, painter: QPainter, seen: QRectF, picture: Result) -> None:
        if bool(picture.alarm[-1]):
            marks.draw_alarm(painter, seen, picture)
        if self.looks.heat and "heat" in picture.extras:
            marks.draw_legend(painter, seen)
        said = marks.PAUSED if self.session.paused else ""
        if said := marks.HINT if self.regions.editing else said:
            marks.draw_words(painter, seen, said, middle=True)

    def _image(self, name: str, values: Array, shrink: int = 1) -> QImage:
        """Return the image made of an array; it is made anew only if that is another one."""
        held = self._made.get(name)
        if held is None or held[0] is not values or held[1] != shrink:
            newest = values[-1] if values.ndim == 4 else values
            image = heat_image(newest) if name == "heat" else image_of(newest, shrink)
            held = self._made[name] = values, shrink, image
        return held[2]

    def _beside(self) -> bool:
        picture = self.picture
        return self.looks.expected and picture is not None and "expected" in picture.extras

    def _size(self) -> QSizeF:
        if self.picture is None:
            return QSizeF(16, 9)
        height, width = self.picture.values.shape[1:3]
        return QSizeF(width, height)

    def _pane_at(self, at: QPointF) -> QRectF:
        return next((pane for pane in self.panes() if pane.contains(at)), self.panes()[0])

    def _hold_in(self) -> None:
        """Keep the picture from being moved out of sight."""
        pane = self.panes()[0]
        whole = self.whole(pane)
        held = []
        for room, size, place in (
            (pane.width(), whole.width(), self.centre.x()),
            (pane.height(), whole.height(), self.centre.y()),
        ):
            reach = room / size / 2
            held.append(0.5 if reach >= 0.5 else min(max(place, reach), 1 - reach))
        self.centre = QPointF(*held)

    def _move(self, by: QPointF) -> None:
        whole = self.whole(self.panes()[0])
        self.centre = self.centre - QPointF(by.x() / whole.width(), by.y() / whole.height())
        self._hold_in()
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_to(NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not self.regions.press(event.position()):
            self._dragged_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self._move(event.position() - self._dragged_from)
            self._dragged_from = event.position()
        elif self.regions.move(event.position()):
            self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None
        self.regions.release(event.position())
        self.refresh()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.regions.editing:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = event.key(), 40.0
        moves = {
            Qt.Key.Key_Left: QPointF(step, 0), Qt.Key.Key_Right: QPointF(-step, 0),
            Qt.Key.Key_Up: QPointF(0, step), Qt.Key.Key_Down: QPointF(0, -step),
        }  # fmt: skip
        if self.regions.press_key(event):
            self.refresh()
        elif key in moves:
            self._move(moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_to(NOTCH, self.panes()[0].center())
        elif key == Qt.Key.Key_Minus:
            self.zoom_to(1 / NOTCH, self.panes()[0].center())
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)


def _fit(size: QSizeF, room: QSizeF) -> QSizeF:
    return size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
