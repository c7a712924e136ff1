"""A camera on this computer, address `camera:0` or, found again wherever it is plugged in,
`camera:<identity>` as `driftscope devices` lists it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from driftscope.core import cameras
from driftscope.core.capture.reasons import Reason
from driftscope.core.errors import SourceError
from driftscope.core.params import Params, param
from driftscope.core.sources._live_pictures import LivePictures


@dataclass
class CameraParams(Params):
    """What a camera is asked for; read at each opening. It may give something else."""

    width: int = param(
        1280, low=16, high=1920, auto=0, unit="px", live=False, label="Width",
        help="How wide the pictures are. The camera takes the nearest it can; automatic: its own.",
    )  # fmt: skip
    height: int = param(
        720, low=16, high=1920, auto=0, unit="px", live=False, label="Height",
        help="How high the pictures are. The camera takes the nearest it can; automatic: its own.",
    )  # fmt: skip
    fps: float = param(
        30.0, low=1.0, high=240.0, auto=0.0, unit="Hz", live=False, label="Pictures a second",
        help="How many pictures the camera is to give. In the dark many give fewer.",
    )  # fmt: skip


class Camera(LivePictures):
    """Read a camera by OpenCV, as MJPG where it can: raw pictures of that size fill a USB bus.

    The choice is kept by identity, never by number. Several cameras of one kind without serial
    numbers are told apart by where they are plugged in.
    """

    scheme = "camera"
    Params = CameraParams
    watchdog_s = 3.0
    open_s = 10.0

    def __init__(self, target: str, params: CameraParams | None = None) -> None:
        super().__init__()
        self.params: CameraParams = params or CameraParams()
        self.key = "camera"
        self.name = f"camera {target or 0}"
        self._wanted = target or "0"
        self._others: set[str] = set()
        self._path = ""

    def request(self) -> dict[str, Any]:
        """Find the camera, and remember which one it is."""
        there = cameras.cameras()
        found = cameras.find(self._wanted, there, self._others)
        if found is None:
            raise SourceError(f"There is no {self.name}. {cameras.cameras_text(there)}")
        self.name = found.name
        self._wanted, self._path = found.identity, found.path
        self._others |= {camera.identity for camera in there if camera is not found}
        if os.path.exists(found.path) and not os.access(found.path, os.R_OK | os.W_OK):
            raise SourceError(
                f"{self.name} is there, but this user may not use it: add the user to the group "
                f"that owns {found.path} (usually video), and log in again."
            )
        params = self.params
        return dict(
            what="camera", index=found.index, backend=found.backend,
            width=params.width, height=params.height, rate_hz=params.fps,
        )  # fmt: skip

    def asked_size(self) -> tuple[int, int]:
        return self.params.width, self.params.height

    def asked_rate_hz(self) -> float:
        return self.params.fps

    def why(self, reason: Reason) -> str:
        return reason.sentence(self.name, WHY)


BUSY = (
    "{name} is there but gives no picture. Another program may be using it: close that one; or "
    "unplug it and plug it in again."
)
WHY = {
    "not opened": BUSY,
    "no picture": BUSY,
    "slow": BUSY,
    "ended": "{name} gives no more pictures: it was unplugged, or another program took it.",
}
"""What a reason means of a camera."""

PLUGIN = Camera
