"""What grabs pictures, in the capture process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

from driftscope.core.capture.pixels import Pixels


class Failed(Exception):
    """There is no picture, or none any more; `reason` is one that `reasons` has words for."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class Stamp(NamedTuple):
    """Say of a picture which it is, counted from 0 since opening; when it was there, on the
    steady and on the wall clock; and where it stands in the file, in s."""

    number: int
    steady_s: float
    wall_s: float
    position_s: float = 0.0


class Grabber(ABC):
    """Open something by being made, or raise Failed; then grab one picture after the other."""

    red_first: ClassVar[bool] = False

    @abstractmethod
    def grab(self) -> Stamp | None:
        """Wait for the next picture; None at the end."""

    @abstractmethod
    def picture(self, buffer: Pixels | None) -> Pixels | None:
        """Return the picture just grabbed, in `buffer` if it fits there; None if it is spoiled."""

    def description(self, picture: Pixels) -> dict[str, Any]:
        """Return what is to be told once it is open, with its first picture."""
        return {}

    def ending(self) -> str:
        """Return what is to be told at the end, "" if nothing is."""
        return ""
