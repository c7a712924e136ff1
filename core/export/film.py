"""Write a film from pictures and their times."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from driftscope.core.errors import DriftscopeError
from driftscope.core.pictures.files import decoded

cv2.setNumThreads(1)

KINDS = {".avi": "MJPG", ".mp4": "mp4v"}
"""By a file's ending, what it is encoded with: what the headless wheel can write."""
RATES_HZ = (1.0, 30.0)
"""The slowest and the fastest a film is played."""


def write_film(path: Path, frames: Sequence[tuple[float, bytes]]) -> None:
    """Write pictures, (time in seconds, JPEG) in order of time, as an .avi or .mp4 file.

    It plays as fast as things happened: the rate is that of most pictures, and one stays in view
    until the next. All have the size of the first. The file is whole or not there; one that is
    there already is replaced. Raise DriftscopeError with what to try.
    """
    code = KINDS.get(path.suffix.lower())
    if code is None:
        raise DriftscopeError(
            f"A film is not written as {path.name}: end its name with {' or '.join(KINDS)}."
        )
    if not frames:
        raise DriftscopeError(f"There is no picture of that time any more for {path.name}.")
    if not path.parent.is_dir():
        raise DriftscopeError(f"There is no folder {path.parent} for {path.name}: make it first.")
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        written = _write(part, code, frames)
        if _readable(part) < written:
            raise DriftscopeError(
                f"{path} could not be written whole: is the disk full? Name another folder."
            )
        os.replace(part, path)
    except OSError as error:
        raise DriftscopeError(
            f"{path} could not be written: {error.strerror or error}. Name another folder."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def rate_hz(times_s: Sequence[float]) -> float:
    """Return how many pictures a second most of these have between them."""
    steps_s = np.diff(np.asarray(times_s, np.float64))
    steps_s = steps_s[steps_s > 0]
    found = 1 / float(np.median(steps_s)) if len(steps_s) else RATES_HZ[0]
    return min(max(round(found, 2), RATES_HZ[0]), RATES_HZ[1])


def _write(path: Path, code: str, frames: Sequence[tuple[float, bytes]]) -> int:
    """Return how many pictures were written, those counted that stand for a gap."""
    times_s = [time_s for time_s, _ in frames]
    rate = rate_hz(times_s)
    height, width = (each - each % 2 or 2 for each in decoded(frames[0][1]).shape[:2])
    fourcc = cv2.VideoWriter.fourcc(*code)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, rate, (width, height))
    if not writer.isOpened():
        raise DriftscopeError(f"{path.parent} takes no film: may you write there?")
    count = 0
    try:
        for at, (time_s, jpeg) in enumerate(frames):
            until_s = times_s[at + 1] if at + 1 < len(frames) else time_s + 1 / rate
            due = max(round((until_s - times_s[0]) * rate), count + (at + 1 == len(frames)))
            if due == count:
                continue
            picture = decoded(jpeg)
            if picture.shape[:2] != (height, width):
                picture = np.asarray(cv2.resize(picture, (width, height)), np.uint8)
            bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
            for _ in range(due - count):
                writer.write(bgr)
            count = due
    finally:
        writer.release()
    return count


def _readable(path: Path) -> int:
    """Return how many pictures the file says it has."""
    if not path.exists() or not path.stat().st_size:
        return 0
    film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        return int(film.get(cv2.CAP_PROP_FRAME_COUNT)) if film.isOpened() else 0
    finally:
        film.release()
