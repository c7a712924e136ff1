"""Grab by OpenCV: from a camera, a video file, an address that FFmpeg reads."""

from __future__ import annotations

import math
import os
import time
from abc import abstractmethod
from typing import Any

import cv2

from driftscope.core.capture.grabbers import Failed, Grabber, Stamp
from driftscope.core.capture.pixels import Pixels

MOST_RATE_HZ = 1000.0
"""What says that it has more pictures a second does not know its rate."""
USUAL_RATE_HZ = 25.0
ONLY_ITSELF = (
    "protocol_whitelist;file|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,"
    "mpegts,mpegvideo,mjpeg,mjpeg_2000,jpeg_pipe,asf,flv,ogg,h264,hevc,m4v,gif"
)
"""A list of other files or addresses under a film's name is not followed."""
WHOLE, WHOLE_COUNTED = 0.9, 0.99
"""A file counts as whole from this share of the pictures that it says it has; the second where
they were counted when it was made, and not taken from how long it is."""
COUNTED = (".avi", ".mp4", ".m4v", ".mov")


class _Opencv(Grabber):
    """Grab by cv2.VideoCapture."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.number = 0
        self.video = self.opened()
        if not self.video.isOpened():
            raise Failed("not opened")

    @abstractmethod
    def opened(self) -> Any:
        """Return the cv2.VideoCapture."""

    def grab(self) -> Stamp | None:
        if not self.video.grab():
            return None
        steady_s, wall_s = time.monotonic(), time.time()
        self.number += 1
        return Stamp(self.number - 1, steady_s, wall_s, self.position_s())

    def position_s(self) -> float:
        """Return where the picture stands in the file."""
        return 0.0

    def picture(self, buffer: Pixels | None) -> Pixels | None:
        there, picture = self.video.retrieve() if buffer is None else self.video.retrieve(buffer)
        found: Pixels | None = picture
        return found if there and found is not None and found.size else None


class Camera(_Opencv):
    """Grab from a camera by its number, asking for MJPG, a size and a rate (0: as it likes)."""

    def opened(self) -> Any:
        wanted = self.request
        video = cv2.VideoCapture(wanted["index"], wanted["backend"])
        video.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for name, prop in (
            ("width", cv2.CAP_PROP_FRAME_WIDTH),
            ("height", cv2.CAP_PROP_FRAME_HEIGHT),
            ("rate_hz", cv2.CAP_PROP_FPS),
        ):
            if wanted[name]:
                video.set(prop, wanted[name])
        return video


class Network(_Opencv):
    """Grab from an address that FFmpeg reads; what lies there whole is played at its own speed."""

    def opened(self) -> Any:
        wanted = self.request
        self.begun_s = time.monotonic()
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = wanted["options"]
        answer_ms = int(wanted["answer_s"] * 1000)
        return cv2.VideoCapture(
            wanted["url"],
            cv2.CAP_FFMPEG,
            [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, answer_ms,
                cv2.CAP_PROP_READ_TIMEOUT_MSEC, answer_ms,
                cv2.CAP_PROP_N_THREADS, 1,
            ],
        )  # fmt: skip

    def grab(self) -> Stamp | None:
        stamp = super().grab()
        if stamp is None or not self.request.get("whole"):
            return stamp
        due_s = self.begun_s + self.video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        time.sleep(min(max(due_s - time.monotonic(), 0.0), 1.0))
        return stamp._replace(steady_s=time.monotonic(), wall_s=time.time())


class File(_Opencv):
    """Grab from a video file, from its beginning again if it is looped.

    A picture's position is the container's own time since the first one where that rises, else
    one nominal period behind the picture before; it goes on rising when the file begins again.
    """

    last_s: float | None = None

    def opened(self) -> Any:
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = ONLY_ITSELF
        path = os.path.abspath(self.request["path"])
        video = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        rate_hz = video.get(cv2.CAP_PROP_FPS)
        self.rate_hz = rate_hz if 0 < rate_hz <= MOST_RATE_HZ else 0.0
        self.period_s = 1 / (self.rate_hz or USUAL_RATE_HZ)
        self.count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        self.played = 0
        self.first_own_s = 0.0
        self.begun_s = 0.0 if self.last_s is None else self.last_s + self.period_s
        return video

    def grab(self) -> Stamp | None:
        stamp = super().grab()
        if stamp is None and self.request["loop"] and self.played:
            self.video.release()
            self.video = self.opened()
            stamp = super().grab()
        return stamp

    def position_s(self) -> float:
        own_s = self.video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if self.played == 0:
            self.first_own_s = own_s if math.isfinite(own_s) else 0.0
        self.played += 1
        here_s: float = self.begun_s + own_s - self.first_own_s
        if self.last_s is not None and not self.last_s < here_s < math.inf:
            here_s = self.last_s + self.period_s
        self.last_s = here_s if math.isfinite(here_s) else self.begun_s
        return self.last_s

    def description(self, picture: Pixels) -> dict[str, Any]:
        """Return its nominal rate, 0 if it has none."""
        return dict(rate_hz=self.rate_hz)

    def ending(self) -> str:
        counted = self.request["path"].lower().endswith(COUNTED)
        if self.played >= (WHOLE_COUNTED if counted else WHOLE) * self.count:
            return ""
        return (
            f"Only {self.played:,} of its {self.count:,} pictures could be read: it breaks off, or "
            "is spoiled."
        )
