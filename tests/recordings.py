"""Small recordings of each kind for tests, and how a source is read in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import cv2
import numpy as np

from driftscope.core import address
from driftscope.core.interfaces import Source
from driftscope.core.pictures.files import encoded
from driftscope.core.stream import Block, Item

MOST_ROWS, MOST_ROWS_LIVE, MOST_PICTURES = 20_000, 20, 150


def table(folder: Path) -> Path:
    rows = np.column_stack([np.arange(3000) / 100, np.sin(np.arange(3000) / 9), np.ones(3000)])
    text = "time (s),a (V),b\n" + "\n".join(f"{t:.2f},{a:.5f},{b}" for t, a, b in rows)
    path = folder / "table.csv.gz"
    path.write_bytes(gzip.compress(text.encode() + b"\n"))
    return path


def folder(parent: Path) -> Path:
    for y, name in enumerate(("empty", "full", "odd")):
        (parent / "set" / name).mkdir(parents=True)
        picture = np.full((24, 32, 3), 80 * y, np.uint8)
        (parent / "set" / name / "1.png").write_bytes(encoded(picture, ".png"))
    return parent / "set"


def film(folder: Path) -> Path:
    path = folder / "film.avi"
    made = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (48, 32))
    for number in range(40):
        made.write(np.full((32, 48, 3), 6 * number, np.uint8))
    made.release()
    return path


def batch(folder: Path) -> Path:
    path = folder / "data_batch_1.bin"
    records = np.random.default_rng(0).integers(0, 10, (40, 3073), dtype=np.uint8)
    path.write_bytes(records.tobytes())
    return path


def read(source: Source) -> list[Item]:
    items: list[Item] = []
    rows = MOST_ROWS_LIVE if source.live else MOST_PICTURES if source.pictures else MOST_ROWS
    source.open()
    while (more := source.read()) is not None and sum(
        len(item) for item in items if isinstance(item, Block)
    ) < rows:
        items.extend(more)
    source.close()
    return items


def opened(text: str) -> Source:
    device = address.make(address.parse(text))
    assert isinstance(device, Source)
    return device
