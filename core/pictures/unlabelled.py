"""What was said of pictures whose labels may still come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from driftscope.core.arrays import F64, Classes, Pixels

LIMIT = 256
"""Pictures kept; of 64 x 64 pixels these are 3 MB."""


@dataclass(frozen=True, slots=True)
class Said:
    """Hold a picture (h, w, 3) and how likely each class was said to be (K,)."""

    seq: int
    time_s: float
    picture: Pixels
    chances: F64


class Unlabelled:
    """Keep the latest pictures that came without a label. One stream's."""

    def __init__(self) -> None:
        self._kept: dict[int, Said] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, said: Said) -> None:
        """Keep a picture; beyond LIMIT the oldest one goes."""
        self._kept[said.seq] = said
        if len(self._kept) > LIMIT:
            del self._kept[next(iter(self._kept))]

    def take(self, seq: Classes) -> list[Said]:
        """Take out those of these rows that are still there, in this order."""
        found = (self._kept.pop(int(each), None) for each in seq)
        return [said for said in found if said is not None]

    def state_dict(self) -> dict[str, Any]:
        return dict(kept=[(s.seq, s.time_s, s.picture, s.chances) for s in self._kept.values()])

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._kept = {}
        for seq, time_s, picture, chances in state["kept"]:
            self.add(Said(seq, time_s, picture, chances))
