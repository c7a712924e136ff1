"""Write a table, play it as the program does, and hold what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from driftscope.core.sources.csv_file import CsvFile, CsvParams
from driftscope.core.stream import Block, Event, StreamInfo


@dataclass
class Played:
    """What came out of a file."""

    info: StreamInfo
    blocks: list[Block] = field(default_factory=list)
    rejects: list[Event] = field(default_factory=list)
    notes: list[Event] = field(default_factory=list)

    @property
    def time_s(self) -> np.ndarray:
        return np.concatenate([block.time_s for block in self.blocks])

    @property
    def rows(self) -> list[list[float]]:
        return np.concatenate([block.values for block in self.blocks]).tolist()

    def take(self, item: object) -> None:
        if isinstance(item, Block):
            assert item.seq == sum(map(len, self.blocks))
            self.blocks.append(item)
        elif isinstance(item, Event):
            {"reject": self.rejects, "note": self.notes}[item.kind].append(item)

    @property
    def reasons(self) -> list[str]:
        return [event.data["reason"] for event in self.rejects]


def play(source: CsvFile, limit: int = 4096) -> Played:
    source.open()
    items = source.read(limit)
    assert items and isinstance(items[0], StreamInfo)
    played = Played(items[0])
    while items is not None:
        for item in items:
            played.take(item)
        items = source.read(limit)
    source.close()
    assert np.all(np.diff(played.time_s) > 0)
    return played


def write(folder: Path, content: str | bytes, name: str = "run.csv", **params: object) -> CsvFile:
    """Return a source, at full speed, of a file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvFile(str(path), CsvParams(speed="max", **params))


def same(rows: list[list[float]], expected: list[list[float]]) -> bool:
    return np.array_equal(rows, expected, equal_nan=True)
