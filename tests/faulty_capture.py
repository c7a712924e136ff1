"""A capture process that misbehaves: `python tests/faulty_capture.py BEHAVIOUR`.

It is the real one with another thing to grab from, so what it says and hears is the real protocol.
`faulty("hang")` gives the command to put into `process.COMMAND`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from driftscope.core.capture import child
from driftscope.core.capture.grabbers import Failed, Grabber, Stamp

HEIGHT, WIDTH = 48, 64
RED, GREEN, BLUE = (200, 10, 20), (30, 210, 40), (50, 60, 220)
"""What the left, middle and right of each picture show, red first."""
PATIENT_S = 20.0
GOOD = 5
"""So many pictures are well before it misbehaves."""


def faulty(behaviour: str) -> list[str]:
    """Return the command that runs a capture process of a behaviour."""
    return [sys.executable, "-P", __file__, behaviour]


def scene(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """Return a picture, (H, W, 3) uint8, blue first."""
    picture = np.zeros((height, width, 3), np.uint8)
    for at, colour in enumerate((RED, GREEN, BLUE)):
        picture[:, at * width // 3 : (at + 1) * width // 3] = colour[::-1]
    return picture


def gone(pid: int) -> bool:
    """Say whether a process has ended, waiting for it."""
    until_s = time.monotonic() + PATIENT_S
    while time.monotonic() < until_s:
        try:
            os.kill(pid, 0)
            if Path("/proc/self").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True  # only whoever started it has not looked yet
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def colours(picture: np.ndarray) -> list[list[int]]:
    middle = picture[picture.shape[0] // 2]
    return [middle[at * picture.shape[1] // 6].tolist() for at in (1, 3, 5)]


class Faulty(Grabber):
    """Grab the scene again and again, in the way that the behaviour says."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.number = -1
        self.does = sys.argv[1]
        if self.does == "hang at once":
            threading.Event().wait()
        if self.does == "busy":
            os.write(2, b"[ WARN] VIDEOIO(V4L2:/dev/video0): can't open camera by index\n")
            raise Failed("not opened")
        if self.does == "raise":
            raise RuntimeError("it is broken")
        if self.does == "nothing":
            os._exit(0)

    def grab(self) -> Stamp | None:
        self.number += 1
        late = self.number >= GOOD
        time.sleep({"fast": 0.001, "slow": 0.4}.get(self.does, 0.01))
        if self.does == "garbage":
            os.write(1, b'\x1e{"kind": "picture"}\n\x1e[]\n\xff\xfe{"\n' + b"x" * 5000)
            os.write(2, b"[h264 @ 0x1] error while decoding rtsp://me:secret@host\n")
        if late and self.does == "hang":
            threading.Event().wait()
        if late and self.does == "die":
            os.kill(os.getpid(), signal.SIGTERM)
        if late and self.does == "end":
            return None
        return Stamp(self.number, time.monotonic(), time.time(), self.number / 100)

    def picture(self, buffer: object) -> np.ndarray | None:
        made = scene()
        if self.does == "other size" and self.number >= GOOD:
            return scene(HEIGHT * 2, WIDTH)
        if self.does == "huge":
            return scene(1500, 3000)
        if self.does == "grey":
            return made[..., 0]
        if self.does == "grey of 16 bits":
            return made[..., :1].astype(np.uint16) * 257
        if self.does == "four channels":
            return np.dstack([made, np.full((HEIGHT, WIDTH), 255, np.uint8)])
        if self.does == "unreadable" or (self.does == "spoiled" and self.number % 3 == 1):
            return None
        return made


if __name__ == "__main__":
    child.KINDS = dict.fromkeys(child.KINDS, Faulty)
    child.main()
