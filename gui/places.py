"""Every panel of the window but the middle one, in one table: a line adds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtWidgets import QWidget

from driftscope.core import registry
from driftscope.gui.classes_area import ClassesArea, applying
from driftscope.gui.controls import Controls
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.panels.console import ConsolePanel
from driftscope.gui.panels.health import Figures
from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.spectrum import SpectrumPanel
from driftscope.gui.session import Session
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched

Area = Literal["left", "below", "right"]


@dataclass(frozen=True)
class Parts:
    """Hold what panels are made of: all of them share one of each."""

    session: Session
    figures: Figures
    view: TimeView
    traces: Traces


@dataclass(frozen=True)
class Place:
    """Say where a panel stands at first. Panels of one area stand below one another.

    `share` is its part of the area's height, `shown` whether it is there at first, `keys` what
    shows and hides it beside Alt and its number, `applies` for which streams it has anything to
    show, `behind` in front of which other panel it comes, as a tab of the same place; `wide_px` is
    how wide it should be where there is room.
    """

    name: str
    title: str
    area: Area
    share: int
    make: Callable[[Parts], QWidget]
    shown: bool = True
    keys: str = ""
    applies: Callable[[Watched], bool] = lambda _: True
    wide_px: int = 0
    behind: str = ""


PANELS = (
    Place("settings", "Settings", "left", 1, lambda p: Controls(p.session, p.figures, p.traces)),
    Place("score", "How unusual", "below", 2, lambda p: ScorePanel(p.session, p.view)),
    Place("loss", "Loss", "below", 3, lambda p: LossPanel(p.session)),
    Place(
        "spectrum", "Spectrum", "below", 3, lambda p: SpectrumPanel(p.session, p.view, p.traces),
        shown=False, keys="Ctrl+Shift+F", applies=lambda session: not session.pictures,
        behind="loss",
    ),
    Place("alarms", "Alarms", "right", 2, lambda p: AlarmsPanel(p.session)),
    Place(
        "classes", "Classes", "right", 3, lambda p: ClassesArea(p.session),
        applies=lambda session: bool(applying(session)), wide_px=400,
    ),
    Place(
        "console", "Console", "right", 2, lambda p: ConsolePanel(p.session), keys="Ctrl+Shift+K",
        applies=lambda session: not session.pictures,
    ),
)  # fmt: skip
MIDDLE_SHARE = 5
"""The middle's part of the height, beside the shares of what stands below it."""


def places() -> list[Place]:
    """Return the window's own panels, then those of other packages."""
    own = {place.name for place in PANELS}
    strangers = [name for name in registry.names("panels") if name not in own]
    return [*PANELS, *(Place(n, _title(n), "below", 2, partial(_made, n)) for n in strangers)]


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _made(name: str, parts: Parts) -> QWidget:
    panel: QWidget = registry.load("panels", name)(parts.session)
    return panel
