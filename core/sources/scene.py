"""A workplace to try the camera side on without a camera: never still, at times not as usual."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import Pacer, PlayParams
from driftscope.core.params import param
from driftscope.core.stream import Block, Item, StreamInfo

if TYPE_CHECKING:
    from driftscope.core.sources._workplace import Workplace

RATE_HZ, SIZE = 30.0, (240, 320)
BLOCK_PICTURES = 4


@dataclass
class SceneParams(PlayParams):
    """Parameters of the scene; the same ones always give the same pictures."""

    seed: int = param(
        1, low=0, high=2**31 - 1, live=False, label="Seed",
        help="Another workplace: other parts, other times at which something is not as usual.",
    )  # fmt: skip
    noise: float = param(
        3.0, low=0.0, high=32.0, unit="of 255", live=False, label="Noise",
        help="The camera's own noise, as a standard deviation. It cannot be predicted.",
    )  # fmt: skip


class Scene(Source):
    """Play a conveyor under a swaying lamp, 320 x 240 at 30 pictures a second.

    After 30 s, and then every 40 s or so, something foreign is in view for 2.5 to 5 s; every few
    minutes the light changes for good.
    """

    scheme = "scene"
    seeks = True
    pictures = True
    Params = SceneParams

    def __init__(self, target: str, params: SceneParams) -> None:
        self.params = params
        self._target = target or "workplace"
        self.name = f"scene: {self._target}"
        self._start()

    def _start(self) -> None:
        self._pacer = Pacer(self.params)
        self._place: Workplace | None = None
        self._seq = self.start
        self.passed_s = (self.start - 1) / RATE_HZ if self.start else None

    def open(self) -> None:
        """Start with the first picture; raise SourceError if there is no such scene."""
        if self._target != "workplace":
            raise SourceError(f"There is no scene called {self._target!r}: try scene:workplace.")
        self._start()

    def read(self, limit: int = BLOCK_PICTURES) -> list[Item]:
        """Return at most `limit` pictures that are due, none after 100 ms; it never ends."""
        if self._place is None:
            self._place = self._made()
            shape = (*SIZE, 3)
            return [
                StreamInfo("scene", ("picture",), ("",), RATE_HZ, sample_shape=shape, dtype="uint8")
            ]
        time_s = np.arange(self._seq, self._seq + limit) / RATE_HZ
        n = self._pacer.due(time_s)
        if not n:
            return []
        values = np.stack([self._place.picture(self._seq + i) for i in range(n)])
        block = Block("scene", self._seq, time_s[:n], values, time.monotonic())
        self._seq += n
        return [block]

    def close(self) -> None:
        """There is nothing to let go of."""

    def true_intervals(self, until_s: float) -> list[tuple[float, float]]:
        """Return (start_s, end_s) of everything foreign that appears before `until_s`."""
        return self._made().true_intervals(until_s)

    def light_changes(self, until_s: float) -> list[float]:
        """Return when, before `until_s`, the light changes."""
        return self._made().light_changes(until_s)

    def _made(self) -> Workplace:
        # only now: cv2, which draws it, takes 0.15 s to load
        from driftscope.core.sources._workplace import Workplace

        return Workplace(self.params.seed, self.params.noise)


PLUGIN = Scene
