"""Pictures in files: read with a reason where it fails, written whole or not at all."""

from __future__ import annotations

import functools
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from driftscope.core.arrays import Pixels

SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm",
)  # fmt: skip
LARGEST_BYTES = 200_000_000


@functools.cache
def _opencv() -> Any:
    """Load cv2 when it is first needed: 0.15 s that a window on a sensor can do without."""
    import cv2

    cv2.setNumThreads(1)
    return cv2


def is_picture(path: Path) -> bool:
    """Say whether a file's name is that of a picture; hidden files are not meant."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def read_picture(path: Path) -> Pixels:
    """Return a file's picture (H, W, 3) uint8, red first, whatever its depth and channels.

    Raise ValueError with the reason in a few words.
    """
    cv2 = _opencv()
    try:
        if not path.is_file():
            raise ValueError("there is no such file")
        size = path.stat().st_size
        if not size or size > LARGEST_BYTES:
            raise ValueError("the file is empty" if not size else f"{size:,} bytes are too many")
        data = np.fromfile(path, np.uint8)
        found = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    except OSError as error:
        raise ValueError((error.strerror or str(error)).lower()) from None
    except cv2.error as error:
        too_large = "IMAGE_PIXELS" in str(error)
        raise ValueError("it has too many pixels" if too_large else "it is damaged") from None
    if found is None:
        raise ValueError("it is no picture, or a damaged one")
    return np.ascontiguousarray(found, np.uint8)


def encoded(picture: Pixels, suffix: str, quality: int = 95) -> bytes:
    """Return a picture (H, W, 3) uint8 as a file of the kind `suffix` names, such as ".png".

    `quality`, 1 to 100, is that of a JPEG. Raise ValueError if there is no such kind.
    """
    cv2 = _opencv()
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix.lower() in (".jpg", ".jpeg") else []
    try:
        done, data = cv2.imencode(suffix.lower(), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    except cv2.error:
        done = False
    if not done:
        raise ValueError(f"no picture is written as {suffix or 'a file without an ending'}")
    return bytes(data.tobytes())


def decoded(data: bytes) -> Pixels:
    """Return the picture (H, W, 3) uint8 in bytes that `encoded` gave."""
    cv2 = _opencv()
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.ascontiguousarray(found, np.uint8)


def scaled(picture: Pixels, height: int, width: int) -> Pixels:
    """Return a picture (H, W, 3) uint8 as (height, width, 3)."""
    cv2 = _opencv()
    smaller = picture.shape[0] >= height and picture.shape[1] >= width
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def write_whole(path: Path, data: bytes, fresh: bool = False, lasting: bool = False) -> None:
    """Write a file so that it is whole or not there; `fresh`: never in the place of another,
    `lasting`: on the disk before it takes the place of another, whatever happens to the machine.

    Raise OSError.
    """
    if fresh and path.exists():
        raise FileExistsError(17, "there is such a file already", str(path))
    # two programs may write one file: each has a part of its own
    part = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
