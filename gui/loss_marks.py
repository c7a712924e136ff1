"""Marks on the loss plot: where something was turned or restored, and where the loss drifted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from driftscope.core.errors import ParamError
from driftscope.core.stream import Event
from driftscope.gui import draw, scale, theme
from driftscope.gui.watched import Watched

DRIFT_ALPHA = 140
NARROWEST = 40
"""Marks of one kind closer than this part of the plot are one."""


def draw_marks(
    painter: QPainter, area: QRectF, session: Watched, start_s: float, end_s: float
) -> None:
    """Draw the session's marks between two times, newest captions first: one that would stand in
    another is left out, its line stays."""
    colours = theme.current()
    looks = {
        "restored": (colours.fault, colours.fault_text),
        "drift": (draw.translucent(colours.text, DRIFT_ALPHA), colours.text),
    }
    captions: list[tuple[QPointF, str, QColor]] = []
    free = area.right()
    for mark in merged(session.marks, start_s, (end_s - start_s) / NARROWEST):
        x = area.left() + (mark.time_s - start_s) / (end_s - start_s) * area.width()
        if x > area.right():
            continue
        line, ink = looks.get(mark.kind, (colours.secondary, colours.secondary))
        painter.setPen(draw.dashed(line, 2, 3))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        text = caption(mark, session)
        wide = painter.fontMetrics().horizontalAdvance(text) + 8
        left = x + 4 if x + 4 + wide <= free else x - 4 - wide
        if left >= area.left() and left + wide <= free:
            captions.append((QPointF(left, area.top()), text, ink))
            free = left
        free = min(free, x)
    for at, text, ink in captions:  # over all lines
        draw.caption(painter, at, text, ink, colours.panel, veil=255)


def caption(mark: Event, session: Watched) -> str:
    """Return what a mark says: 'learning rate x 1 → x 3.2', 'back 10 s', 'reset', 'drift'."""
    if mark.kind == "drift":
        times = mark.data.get("times", 1)
        return f"drift, {times} times" if times > 1 else "drift"
    if mark.kind != "param":
        return "restored" if mark.kind == "restored" else mark.data.get("mark") or "reset"
    name, old, new = mark.data["name"], mark.data["old"], mark.data["new"]
    try:
        spec = session.params.spec(name)
    except ParamError:  # it belonged to a model that is no longer there
        return f"{str(mark.data.get('label') or name).lower()} {old} → {new}"
    reading = scale.reading(name, spec, session)
    label = (spec.label or spec.name).lower()
    if spec.type is bool:
        return f"{label} {reading.text(new)}"
    if spec.type is str and not spec.options():  # a line of numbers tells nothing here
        return f"{label} changed" if new else f"{label} cleared"
    return f"{label} {reading.text(old)} → {reading.text(new)}"


def merged(marks: list[Event], start_s: float, close_s: float) -> list[Event]:
    """Return marks since `start_s`, newest first; one parameter's moves close together are one,
    and so are drifts, which are counted."""
    found: list[Event] = []
    for mark in reversed(marks):
        if mark.time_s < start_s:
            break
        told = mark.data.get("reset") or mark.data.get("mark")
        if mark.kind not in ("param", "restored", "drift") and not told:
            continue
        after = found[-1] if found else None
        if (
            after is not None
            and after.kind == mark.kind
            and after.data.get("name") == mark.data.get("name")
            and after.data.get("mark") == mark.data.get("mark")
            and after.time_s - mark.time_s < close_s
        ):
            times = after.data.get("times", 1) + 1
            both = {**after.data, "old": mark.data.get("old"), "times": times}
            found[-1] = Event(mark.key, mark.seq, mark.time_s, mark.kind, both)
        else:
            found.append(mark)
    return found
