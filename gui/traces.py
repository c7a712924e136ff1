"""How the channels are drawn: in which plot, in what colour and range, under what unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from driftscope.core.stream import StreamInfo
from driftscope.gui import theme

OVERLAID_DARK = ("", "#f0e442", "#cc79a7", "#8f7ae6")
OVERLAID_LIGHT = ("", "#8a7f00", "#a8487c", "#5a3fb0")
"""The rest of the Okabe-Ito palette, "" being the text's colour; darker where the ground is light.
Its other colours have a meaning of their own, and its blue is too near the prediction's: a violet
stands for it. From the fifth channel on dashes tell them apart."""
SAFE = {
    "olive": "#8f7d00", "rose": "#b5517f", "violet": "#8a6fc7", "blue": "#3f7fd0",
    "teal": "#2f8f9d", "moss": "#4f8f2f", "brown": "#9a7b5a", "grey": "#7f8794",
}  # fmt: skip
"""Colours to choose from by name: each stands out from a dark ground and from a light one."""
COLOUR = re.compile("#[0-9a-fA-F]{6}")
TOGETHER = "all"
LEAST_CONTRAST = 3.0


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
        """Raise ValueError with a sentence if this cannot be drawn."""
        for what, kind in (("hidden", bool), ("plot", str), ("colour", str), ("unit", str)):
            if not isinstance(getattr(self, what), kind):
                shown = "true or false" if kind is bool else "a text"
                raise ValueError(f"{what} must be {shown}, not {getattr(self, what)!r}.")
        if self.colour and not COLOUR.fullmatch(self.colour):
            raise ValueError(f"{self.colour!r} is no colour: write it as #8a6fc7.")
        for end in (self.low, self.high):
            if end is not None and not _finite(end):
                raise ValueError(f"A range ends at a number, not at {end!r}.")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(
                f"A range must end above its beginning: {self.low:g} is not below {self.high:g}."
            )


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
        self.change_all([channel], **what)

    def change_all(self, channels: Iterable[str], **what: Any) -> None:
        """Change the same of several channels' Looks at once."""
        made = {name: replace(self.look(name), **what) for name in channels}
        changed = {name: look for name, look in made.items() if look != self.look(name)}
        if changed:
            self._looks |= changed
            self.changed.emit()

    def join(self, channels: Iterable[str], onto: str) -> None:
        """Draw channels in the plot of another one."""
        word = self.look(onto).plot
        if not word:
            taken = {look.plot for look in self._looks.values()}
            word = next(each for k in count(1) if (each := f"plot {k}") not in taken)
        self.change_all([*channels, onto], plot=word)

    def overlaid(self, info: StreamInfo) -> bool:
        """Say whether all channels that are shown share one plot."""
        plots = self.plots(info)
        return len(plots) == 1 and len(plots[0]) > 1

    def overlay(self, info: StreamInfo) -> None:
        """Draw all channels in one plot."""
        self.change_all(info.channels, plot=TOGETHER)

    def separate(self) -> None:
        """Draw every channel in a plot of its own."""
        self.change_all(list(self._looks), plot="")

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
        found = QColor(named) if named else colours.text
        return (visible(found, colours.panel) if chosen else found), dashed

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
        """Take what `as_dict` gave, in place of all there is; raise ValueError with a sentence
        that names what is wrong, then all stays."""
        self._looks = {name: _look(name, look) for name, look in kept.items()}
        self.changed.emit()


def visible(colour: QColor, ground: QColor) -> QColor:
    """Return a colour, made lighter or darker as far as it takes to stand out from the ground."""
    found = QColor(colour)
    lighter = _luminance(ground) < 0.18
    for _ in range(24):
        if contrast(found, ground) >= LEAST_CONTRAST:
            break
        light = found.lightnessF() + (0.04 if lighter else -0.04)
        hue, saturation = max(found.hslHueF(), 0.0), found.hslSaturationF()
        found.setHslF(hue, saturation, min(max(light, 0.0), 1.0))
    return found


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, brighter = sorted((_luminance(one), _luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _look(name: object, kept: object) -> Look:
    """Return a Look of what was kept under a channel's name; raise ValueError."""
    if not isinstance(name, str) or not isinstance(kept, Mapping):
        raise ValueError(f"Channel {name!r} needs a table such as {{ hidden = true }}.")
    known = {each.name for each in fields(Look)}
    if unknown := [str(key) for key in kept if key not in known]:
        offered = ", ".join(sorted(known))
        raise ValueError(f"Channel {name!r} has no {unknown[0]!r}; there are {offered}.")
    try:
        return Look(**kept)
    except ValueError as error:
        raise ValueError(f"Channel {name!r}: {error}") from None


def _finite(end: object) -> bool:
    return isinstance(end, int | float) and not isinstance(end, bool) and abs(end) <= 1e300
