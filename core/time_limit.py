"""How long a run may last."""

from __future__ import annotations

import time

from driftscope.core.stream import Block


class TimeLimit:
    """End a run after `for_s` seconds, None for no limit: of the wall clock if `by_the_wall`,
    else of the stream, to the sample."""

    def __init__(self, for_s: float | None, by_the_wall: bool) -> None:
        self.for_s = for_s
        self.by_the_wall = by_the_wall
        self._begun_s = time.monotonic()
        self._first_s: dict[str, float] = {}
        self._cut = False

    def start(self) -> None:
        """Count wall time from here."""
        self._begun_s = time.monotonic()

    @property
    def reached(self) -> bool:
        if self.for_s is None or not self.by_the_wall:
            return self._cut
        return time.monotonic() - self._begun_s >= self.for_s

    def within(self, block: Block) -> Block:
        """Return the block without what lies beyond the stream's time."""
        if self.for_s is None or self.by_the_wall or not len(block):
            return block
        first_s = self._first_s.setdefault(block.key, float(block.time_s[0]))
        keep = int((block.time_s - first_s < self.for_s).sum())
        if keep == len(block):
            return block
        self._cut = True
        return Block(
            block.key, block.seq, block.time_s[:keep], block.values[:keep], block.wall_time_s
        )
