"""What a decoder's items say, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from driftscope.core.stream import Block, Event, Item, StreamInfo

WALL_S = 1.7e9


def infos(items: Sequence[Item]) -> list[StreamInfo]:
    return [item for item in items if isinstance(item, StreamInfo)]


def values(items: Sequence[Item]) -> list[list[float]]:
    return [row for item in items if isinstance(item, Block) for row in item.values.tolist()]


def times(items: Sequence[Item]) -> np.ndarray:
    return np.concatenate([item.time_s for item in items if isinstance(item, Block)])


def events(items: Sequence[Item], kind: str) -> list[Event]:
    return [item for item in items if isinstance(item, Event) and item.kind == kind]


def rejects(items: Sequence[Item]) -> list[tuple[int, str, str]]:
    told = [event.data for event in events(items, "reject")]
    return [(data["count"], data["text"], data["reason"]) for data in told]


def same(rows: list[list[float]], expected: list[list[float]]) -> bool:
    """Say whether rows, perhaps of growing width, are these."""
    return [np.array(row).tobytes() for row in rows] == [
        np.array(row, float).tobytes() for row in expected
    ]
