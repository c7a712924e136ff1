"""What a camera saw lately and around alarms, as JPEG, within bounds."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np

from driftscope.core.arrays import Pixels
from driftscope.core.pictures.files import encoded
from driftscope.core.stream import Alarm, StreamInfo

cv2.setNumThreads(1)

AROUND_S = 5.0
"""How much is shown before an alarm, and after it."""
LONGEST_S = 20.0
"""Of a longer alarm the beginning is kept."""
RATE_HZ = 31.0
"""No more pictures a second than this are kept."""
ROWS_A_SECOND = 25.0
"""What counts as a second where a stream only counts rows."""
WIDTH, QUALITY = 960, 80
LATELY_BYTES, KEPT_BYTES = 24 * 2**20, 64 * 2**20
ALARMS, FEW = 20, 60
"""So many alarms are remembered; a clip is not thinned below so many pictures."""

Frame = tuple[float, bytes]
"""A picture's time in seconds of the stream, and its JPEG."""


@dataclass(slots=True)
class Clip:
    """Hold what was seen from 5 s before an alarm on."""

    alarm: Alarm
    frames: list[Frame]
    nbytes: int = 0
    wanted: bool = False
    """True once it is to be written by itself."""

    def add(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.nbytes += len(frame[1])

    def thin(self) -> None:
        """Let go of every other picture."""
        self.frames = self.frames[::2]
        self.nbytes = sum(len(jpeg) for _, jpeg in self.frames)


@dataclass(slots=True)
class Lately:
    """Hold one stream's latest pictures; a second is `second` of its time."""

    second: float
    frames: deque[Frame] = field(default_factory=deque)
    nbytes: int = 0
    last_s: float = -math.inf
    came_s: float = 0.0
    """When the last one came, on the steady clock."""

    def add(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.nbytes += len(frame[1])
        self.last_s, self.came_s = frame[0], time.monotonic()
        oldest_s = frame[0] - (AROUND_S + 1) * self.second
        while self.frames[0][0] < oldest_s or self.nbytes > LATELY_BYTES:
            self.nbytes -= len(self.frames.popleft()[1])


class Kept:
    """Keep each stream's latest pictures, and those around the newest alarms.

    Of all alarms the oldest are thinned first and forgotten last. Not to be used by two threads
    at once.
    """

    def __init__(self) -> None:
        self.streams: dict[str, Lately] = {}
        self.clips: list[Clip] = []

    def describe(self, info: StreamInfo) -> None:
        """Begin a stream of pictures, or go on with it; what was kept of another one of that name,
        that was let go, is forgotten: its times and alarms begin anew."""
        if info.version > 1 and info.key in self.streams:
            return
        self.streams[info.key] = Lately(ROWS_A_SECOND if info.clock == "rows" else 1.0)
        self.clips = [clip for clip in self.clips if clip.alarm.key != info.key]

    def due(self, key: str, time_s: float) -> bool:
        """Say whether a picture taken at that time is to be kept."""
        stream = self.streams[key]
        return time_s - stream.last_s >= stream.second / RATE_HZ

    def add(self, key: str, frame: Frame) -> None:
        """Take in a stream's next picture."""
        self.streams[key].add(frame)
        for clip in self.clips:
            if clip.alarm.key == key and frame[0] <= self.until_s(clip.alarm):
                clip.add(frame)
        self._bound()

    def follow(self, alarm: Alarm) -> Clip:
        """Begin the clip of a new alarm, or take in how an old one went on; return it."""
        for clip in self.clips:
            if (clip.alarm.key, clip.alarm.id) == (alarm.key, alarm.id):
                clip.alarm = alarm
                return clip
        clip = Clip(alarm, [])
        from_s, _ = self.span(alarm.key, alarm.start_s, alarm.end_s)
        for frame in self.streams[alarm.key].frames:
            if frame[0] >= from_s:
                clip.add(frame)
        self.clips = [*self.clips, clip][-ALARMS:]
        self._bound()
        return clip

    def span(self, key: str, start_s: float, end_s: float) -> tuple[float, float]:
        """Return from when to when a stream is shown around a time: 5 s before to 5 s after it,
        or of a longer one its first 20 s."""
        second = self.streams[key].second if key in self.streams else 1.0
        around_s = AROUND_S * second
        return start_s - around_s, min(end_s, start_s + LONGEST_S * second) + around_s

    def until_s(self, alarm: Alarm) -> float:
        """Return up to when an alarm's pictures are kept; one may last, but not for ever."""
        end_s = math.inf if alarm.end is None else alarm.end_s
        return self.span(alarm.key, alarm.start_s, end_s)[1]

    def between(self, key: str, from_s: float, to_s: float) -> list[Frame]:
        """Return what there is of a stream's time, in order."""
        found: dict[float, bytes] = {}
        stream = self.streams.get(key)
        clips = [clip.frames for clip in self.clips if clip.alarm.key == key]
        for frames in [*clips, stream.frames if stream else ()]:
            found |= {at: jpeg for at, jpeg in frames if from_s <= at <= to_s}
        return sorted(found.items())

    def nearest(self, key: str, time_s: float) -> bytes | None:
        """Return the picture of a stream nearest to a time."""
        frames = self.between(key, -math.inf, math.inf)
        return min(frames, key=lambda frame: abs(frame[0] - time_s))[1] if frames else None

    def _bound(self) -> None:
        """Keep within the bytes: thin the oldest first, then forget it."""
        while sum(clip.nbytes for clip in self.clips) > KEPT_BYTES:
            thick = next((clip for clip in self.clips if len(clip.frames) > FEW), None)
            if thick is not None:
                thick.thin()
            else:
                del self.clips[0]


def jpeg(picture: Pixels) -> bytes:
    """Return a picture (H, W, 3) uint8, at most 960 pixels wide, as a JPEG."""
    return encoded(_scaled(picture), ".jpg", QUALITY)


def _scaled(picture: Pixels) -> Pixels:
    """Return a picture (H, W, 3) at most 960 pixels wide."""
    height, width = picture.shape[:2]
    if width <= WIDTH:
        return picture
    times = width // WIDTH
    if times > 1:  # whole numbers first: quick, and every pixel counts
        size = width // times, height // times
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    size = WIDTH, max(1, round(height * WIDTH / width))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
