"""The order in which Tab goes through a window: as its layouts stand, also what came later."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QMainWindow, QWidget


def beside(window: QWidget, forward: bool) -> QWidget | None:
    """Return what Tab goes to from the widget of a window that has the keys, or Shift+Tab."""
    order = list(_inside(window))
    now = window.focusWidget()
    at = order.index(now) if now in order else -1
    ring = order[at + 1 :] + order[: max(at, 0)]
    return next(filter(_takes_keys, ring if forward else reversed(ring)), None)


def _inside(widget: QWidget) -> Iterator[QWidget]:
    """Give all that stands in a widget, each thing before what stands in it."""
    for child in _children(widget):
        yield child
        yield from _inside(child)


def _children(widget: QWidget) -> list[QWidget]:
    """Return what stands in a widget: first what its layout holds, then the rest by its place."""
    layout, docked = widget.layout(), isinstance(widget, QMainWindow)
    if isinstance(widget, QMainWindow):
        found = [each for each in (widget.centralWidget(),) if each is not None]
    else:
        found = list(_held(layout)) if layout is not None else []
    rest = [
        each for each in widget.children()
        if isinstance(each, QWidget) and not each.isWindow() and each not in found
    ]  # fmt: skip
    return found + sorted(rest, key=lambda w: (w.x(), w.y()) if docked else (w.y(), w.x()))


def _held(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _held(inner)


def _takes_keys(widget: QWidget) -> bool:
    by_tab, around = Qt.FocusPolicy.TabFocus, widget.parentWidget()
    return (
        widget.focusPolicy() & by_tab == by_tab
        and around is not None
        and around.rect().intersects(widget.geometry())  # Qt puts tabs of one panel far outside
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    )
