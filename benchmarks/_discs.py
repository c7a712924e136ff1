"""Discs pasted into the pictures of a clip: what is unusual, and when, is known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from driftscope.core.arrays import Pixels
from driftscope.core.pictures.cells import SIZE, small

LEARN, ON, OFF = 600, 30, 30
LEAST_PX, MOST_PX = 12, 25
GAIN, GAIN_FRAMES, NOISE_SD = 0.12, 400, 4.0
KINDS = ("foreign", "turned")


def clip(path: Path) -> Pixels:
    """Return every frame of a clip, (n, 128, 128, 3) uint8, red first."""
    reader = cv2.VideoCapture(str(path))
    frames = []
    while True:
        came, frame = reader.read()
        if not came:
            break
        frames.append(small(np.asarray(frame[..., ::-1], np.uint8)))
    reader.release()
    return np.array(frames)


def made_up(frames: int = 1200, seed: int = 0) -> Pixels:
    """Return a scene as `clip` does, for where there is none: a room with things moving in it."""
    random = np.random.default_rng(seed)
    room = cv2.GaussianBlur(random.uniform(0, 255, (SIZE, SIZE, 3)), (0, 0), 9)
    room = np.clip((room - room.mean()) * 6 + 120, 0, 255)
    for _ in range(14):
        x, y, w, h = random.integers((0, 0, 8, 8), (120, 120, 50, 40)).tolist()
        cv2.rectangle(room, (x, y), (x + w, y + h), random.uniform(30, 220, 3).tolist(), -1)
    made = np.empty((frames, SIZE, SIZE, 3), np.uint8)
    colours = random.uniform(20, 235, (3, 3)).tolist()
    speeds, starts = random.uniform(0.015, 0.05, (3, 2)), random.uniform(0, 6, (3, 2))
    for i in range(frames):
        picture = room.copy()
        for colour, speed, start in zip(colours, speeds, starts, strict=True):
            x, y = (64 + 50 * np.sin(speed * i + start)).astype(int).tolist()
            cv2.circle(picture, (x, y), 9, colour, -1)
            cv2.line(picture, (x - 8, y + 9), (x + 8, y + 9), (15, 15, 15), 3)
        made[i] = picture
    return made


def foreign_pictures(data: Path | None) -> list[Pixels]:
    """Return pictures that have nothing to do with the clip: photographs, else made up ones."""
    if data is None:
        return [made_up(1, seed)[0] for seed in range(100, 140)]
    raw = np.fromfile(data / "cifar10_excerpt" / "data_batch_1_first1000.bin", np.uint8)
    photographs = raw.reshape(-1, 3073)[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return [np.ascontiguousarray(p) for p in photographs]


def pasted(
    frames: Pixels, kind: str, foreign: list[Pixels], seed: int, learn: int = LEARN
) -> Iterator[tuple[Pixels, bool]]:
    """Give each frame, brighter or darker by turns and noisy, and whether a disc is in it.

    After `learn` frames a disc is there for ON frames, then none for OFF, and so on. Each lies
    still at a place of its own; "foreign" ones are cut from other pictures, "turned" ones from
    any frame of this clip and turned by 45 degrees or more.
    """
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 2 * np.pi)
    disc, mask, x, y = frames[0], frames[0][..., 0] > 0, 0, 0
    for i, frame in enumerate(frames):
        into = (i - learn) % (ON + OFF)
        on = i >= learn and into < ON
        picture = frame.astype(np.float32)
        if on:
            if into == 0:
                disc, mask = _disc(kind, frames, foreign, random)
                x, y = random.integers(0, SIZE - len(disc), 2).tolist()
            place = picture[y : y + len(disc), x : x + len(disc)]
            place[mask] = disc[mask]
        picture *= 1 + GAIN * np.sin(2 * np.pi * i / GAIN_FRAMES + phase)
        picture += NOISE_SD * random.standard_normal(picture.shape, np.float32)
        yield np.clip(np.rint(picture), 0, 255).astype(np.uint8), on


def _disc(
    kind: str, frames: Pixels, foreign: list[Pixels], random: np.random.Generator
) -> tuple[Pixels, np.ndarray]:
    """Return a square (d, d, 3) and its mask (d, d)."""
    d = int(random.integers(LEAST_PX, MOST_PX + 1))
    if kind == "foreign":
        picture = foreign[int(random.integers(len(foreign)))]
        cut = cv2.resize(picture, (d, d), interpolation=cv2.INTER_AREA)
    else:
        room = 3 * d // 2 + 1  # so that the corners are there when it is turned
        frame = frames[int(random.integers(len(frames)))]
        x, y = random.integers(0, SIZE - room, 2).tolist()
        turn = cv2.getRotationMatrix2D((room / 2, room / 2), random.uniform(45, 315), 1.0)
        turned = cv2.warpAffine(frame[y : y + room, x : x + room], turn, (room, room))
        start = (room - d) // 2
        cut = turned[start : start + d, start : start + d]
    place = np.hypot(*(np.mgrid[:d, :d] - (d - 1) / 2))
    return np.asarray(cut, np.uint8), place <= d / 2
