"""A video file, played at real speed, N-fold or flat out, once or again and again."""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from driftscope.core.capture.process import Capture, Ended, Message, Opened, Picture, Size
from driftscope.core.capture.reasons import Reason
from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import Pacer, PlayParams
from driftscope.core.params import param
from driftscope.core.sources._names import too_short
from driftscope.core.stream import Block, Event, Item, StreamInfo

SLOTS = 4
"""So many pictures are decoded ahead."""
SILENCE_S = 0.100
PATIENCE_S = 20.0
"""After so long without a picture a file is given up: its disk or its decoder hangs."""
NO_VIDEO = (
    "{name} holds no video that can be read: it is of another kind than its ending says, or it "
    "is spoiled. Try it in a video player."
)
WHY = {
    "not opened": NO_VIDEO,
    "no picture": NO_VIDEO,
    "unreadable": NO_VIDEO,
    "slow": "{name} gave no picture for 20 s: does its disk still answer?",
}
"""What a reason means of a file."""
SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mjpg", ".mjpeg", ".ts",
    ".wmv", ".flv", ".3gp", ".ogv",
)  # fmt: skip


@dataclass
class VideoParams(PlayParams):
    """Parameters of a video file that is played."""

    loop: bool = param(
        False, live=False, label="Loop",
        help="Begin again at its end, for ever; time goes on rising.",
    )  # fmt: skip


class Video(Source):
    """Play every picture of a file, none left out; times are those of the file, from 0.

    Pictures are decoded a few ahead in the capture process, which waits for us. In a loop time
    goes on rising, one nominal period from the last picture to the first.
    """

    scheme = "video"
    suffixes = SUFFIXES
    pictures = True
    seeks = True
    Params = VideoParams

    def __init__(self, target: str, params: VideoParams | None = None) -> None:
        self.params: VideoParams = params or VideoParams()
        self._path = Path(target).expanduser()
        self.name = self._path.name or target
        self.key = self._path.stem or "video"
        self._capture: Capture | None = None
        self._start()

    def _start(self) -> None:
        self._pacer = Pacer(self.params)
        self._items: list[Item] = []
        self._waiting: deque[Picture] = deque()
        self._shape: tuple[int, ...] = ()
        self._seq = 0
        self._last_s = 0.0
        self._came_s = 0.0
        self._ended = False

    @property
    def pid(self) -> int | None:
        """Return the number of the capture process, None if there is none."""
        return self._capture.pid if self._capture is not None else None

    def open(self) -> None:
        """Open the file and decode its first picture; raise SourceError with what to try."""
        self.close()
        self._start()
        _check(self._path)
        request = dict(what="file", path=os.path.abspath(self._path), loop=self.params.loop)
        try:
            self._capture = Capture(request, SLOTS, newest=False)
        except OSError as error:
            raise SourceError(
                f"{self.name} could not be opened: the program that reads it did not start "
                f"({error.strerror}). Close other programs and try again."
            ) from error
        opened = self._capture.next(PATIENCE_S)
        if not isinstance(opened, Opened):
            raise SourceError(self._why(opened))
        self._describe(opened)
        for slot in range(SLOTS):
            self._capture.ask(slot)
        self._came_s = time.monotonic()

    def read(self) -> list[Item] | None:
        """Return the pictures that are due, none after 100 ms, None at the end; raise SourceError
        if there are no more though it has not ended."""
        if not self._items:
            self._gather()
        if self._items:
            items, self._items = self._items, []
            return items
        self._pass_over()
        if not self._waiting:
            if self._ended:
                self._check_end()
            return None if self._ended else []
        n = self._pacer.due(np.array([picture.position_s for picture in self._waiting]))
        return [self._block(n)] if n else []

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.close()

    def _gather(self) -> None:
        """Take in what the capture process says; wait for it if no picture is there."""
        capture = self._capture
        wait_s = 0.0 if self._waiting else SILENCE_S
        while capture is not None and not self._ended:
            message = capture.next(wait_s)
            if message is None:
                break
            wait_s = 0.0
            if isinstance(message, Picture):
                self._came_s = message.steady_s
                self._waiting.append(message)
                self._tell_spoiled(message)
            elif isinstance(message, Size):
                self._tell_size(message)
            elif isinstance(message, Ended):
                self._ended = True
                self._items += [self._note(f"{self.name}: {message.note}")] if message.note else []
            else:
                raise SourceError(self._why(message))
        if capture is None:
            self._ended = True
        elif not (self._waiting or self._ended) and time.monotonic() - self._came_s > PATIENCE_S:
            raise SourceError(self._why(None))

    def _check_end(self) -> None:
        if self._seq < self.start:
            raise SourceError(too_short(self.name, self._seq, self.start, "pictures"))

    def _pass_over(self) -> None:
        """Let go of waiting pictures in front of the first one that is wanted."""
        while self._waiting and self._seq < self.start:
            picture = self._waiting.popleft()
            self.passed_s = self._last_s = picture.position_s
            self._seq += 1
            if self._capture is not None:
                self._capture.ask(picture.slot)

    def _block(self, n: int) -> Block:
        """Copy the first n waiting pictures out."""
        values = np.empty((n, *self._shape), np.uint8)
        time_s = np.empty(n)
        for at in range(n):
            picture = self._waiting.popleft()
            time_s[at] = picture.position_s
            if self._capture is not None:
                self._capture.copy(picture.slot, values[at])
                self._capture.ask(picture.slot)
        self._came_s = time.monotonic()
        block = Block(self.key, self._seq, time_s, values, self._came_s)
        self._seq += n
        self._last_s = float(time_s[-1])
        return block

    def _describe(self, opened: Opened) -> None:
        width, height = opened.size
        self._shape = (height, width, 3)
        rate_hz = opened.rate_hz or None
        self._items.append(
            StreamInfo(self.key, ("picture",), ("",), rate_hz, 1, self._shape, "uint8", "elapsed")
        )
        if opened.found != opened.size:
            found = opened.found
            self._items.append(
                self._note(
                    f"{self.name} has {found[0]} x {found[1]} pixels; they are scaled down to "
                    f"{width} x {height}."
                )
            )

    def _tell_size(self, size: Size) -> None:
        (width, height), found = self._shape[1::-1], size.found
        self._items.append(
            self._note(
                f"From here on {self.name} has {found[0]} x {found[1]} pixels; they are made to "
                f"fit {width} x {height}."
            )
        )

    def _tell_spoiled(self, picture: Picture) -> None:
        if picture.spoiled:
            data = dict(count=picture.spoiled, text="a picture", reason="it cannot be decoded")
            self._items.append(Event(self.key, self._seq, self._last_s, "reject", data))

    def _why(self, message: Message | None) -> str:
        reason = message if isinstance(message, Reason) else Reason("slow")
        return reason.sentence(self.name, WHY)

    def _note(self, message: str) -> Event:
        return Event(self.key, self._seq, self._last_s, "note", dict(message=message))


def _check(path: Path) -> None:
    """Raise SourceError if there is no file that could be a video."""
    if not path.name:
        raise SourceError("A file's path is missing: write video:clip.mp4.")
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a video: name a file in it.")
        with open(path, "rb") as file:
            if not file.read(1):
                raise SourceError(f"{path} is empty: fetch or record it again.")
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}: is its name right?") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceError(f"{path} cannot be read: {reason}. Look at who may read it.") from error


PLUGIN = Video
