"""How the channels are drawn: in which plot, in what colour and range, under what unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from driftscope.core.stream import StreamInfo
from driftscope.gui import theme

OVERLAID_DARK = ("", "#f0e442", "#cc79a7", "#4aa3df")
OVERLAID_LIGHT = ("", "#8a7f00", "#a8487c", "#0072b2")
"""The rest of the Okabe-Ito palette, "" being the text's colour; darker where the ground is light.
Its other colours have a meaning of their own. From the fifth channel on dashes tell them apart."""
TOGETHER = "all"


@dataclass(frozen=True, slots=True)
class Look:
    """Say how one channel is drawn.

    `plot` names the plot it shares with others of the same word, "" is one of its own. `colour`
    is as "#rrggbb", "" to choose for itself. `low` and `high` fix its range, in the channel's
    unit; None follows the signal. `unit` is shown in place of the one that was sent.
    """

    hidden: bool = False
    plot: str = ""
    colour: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if self.colour and not QColor.isValidColorName(self.colour):
            raise ValueError(f"{self.colour!r} is no colour: write it as #e69f00.")
        for end in (self.low, self.high):
            if end is not None and not math.isfinite(end):
                raise ValueError("A range needs finite numbers at both ends.")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("A range must end above its beginning.")


AS_IT_COMES = Look()


class Traces(QObject):
    """Hold the Look of every channel by name: it outlives a reconnection. GUI thread only."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._looks: dict[str, Look] = {}

    def look(self, channel: str) -> Look:
        return self._looks.get(channel, AS_IT_COMES)

    def change(self, channel: str, **what: Any) -> None:
        """Change some of a channel's Look; raise ValueError with a sentence, then all stays."""
        made = replace(self.look(channel), **what)
        if made != self.look(channel):
            self._looks[channel] = made
            self.changed.emit()

    def overlay(self, info: StreamInfo) -> None:
        """Draw all channels in one plot."""
        self._looks |= {name: replace(self.look(name), plot=TOGETHER) for name in info.channels}
        self.changed.emit()

    def separate(self) -> None:
        """Draw every channel in a plot of its own."""
        self._looks = {name: replace(look, plot="") for name, look in self._looks.items()}
        self.changed.emit()

    def plots(self, info: StreamInfo) -> list[list[int]]:
        """Return the numbers of the channels that are shown, those of one plot together.

        A plot stands where its first channel does.
        """
        found: dict[object, list[int]] = {}
        for k, name in enumerate(info.channels):
            look = self.look(name)
            if not look.hidden:
                found.setdefault(look.plot or k, []).append(k)
        return list(found.values())

    def colour(self, channel: str, place: int = 0) -> tuple[QColor, bool]:
        """Return the colour of the channel that is number `place` of its plot, and whether it is
        to be dashed to tell it from another."""
        chosen, colours = self.look(channel).colour, theme.current()
        palette = OVERLAID_DARK if colours.dark else OVERLAID_LIGHT
        named = chosen or palette[place % len(palette)]
        dashed = not chosen and place // len(palette) % 2 == 1
        return (QColor(named) if named else colours.text), dashed

    def unit(self, info: StreamInfo, k: int) -> str:
        return self.look(info.channels[k]).unit or info.units[k]

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return what differs from how channels come, by channel: texts, numbers and booleans."""
        usual = asdict(AS_IT_COMES)
        found = {
            name: {key: v for key, v in asdict(look).items() if v != usual[key]}
            for name, look in self._looks.items()
        }
        return {name: kept for name, kept in found.items() if kept}

    def load(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        """Take what `as_dict` gave, in place of all there is; raise ValueError or TypeError."""
        self._looks = {name: Look(**dict(look)) for name, look in kept.items()}
        self.changed.emit()
