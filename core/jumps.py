"""Where a clock jumps ahead something is missing: nothing may be learned across it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from driftscope.core.stream import F64, Block

LEAST_S, TIMES = 1.0, 20.0
"""A jump is an interval longer than this, and than so many times the longest of those before."""
BEFORE, FEWEST = 16, 8
"""How many intervals are looked back on, and how many there must be."""


class Jumps:
    """Find the rows before which the time jumps ahead, by the intervals before it alone. One
    stream's; how its samples are cut into blocks does not matter."""

    def __init__(self) -> None:
        self._times: F64 = np.empty(0)
        self.pieces: deque[tuple[float, Block]] = deque()
        """What of the last block is still to be worked off."""
        self.end, self.last_s = 0, 0.0
        """The row behind the last one that was put in, and the last one's time."""

    def gap(self) -> None:
        """Forget the intervals so far: the stream was interrupted."""
        self._times = np.empty(0)

    def through(self, block: Block) -> Iterator[tuple[float, Block]]:
        """Yield the block in pieces as `cut` does; those that are not asked for stay in `pieces`.
        They come behind a block without a row, which lets go what waits in front of them."""
        if len(block):
            self.end, self.last_s = block.seq + len(block), float(block.time_s[-1])
            self.pieces += self.cut(block)
        else:
            yield 0.0, block
        while self.pieces:
            yield self.pieces.popleft()

    def cut(self, block: Block) -> Iterator[tuple[float, Block]]:
        """Yield the block in pieces, each with the jump before it in seconds, 0 for none."""
        start, before_s = 0, 0.0
        for row, jump_s in self._found(block.time_s):
            if row:
                yield before_s, _piece(block, start, row)
            start, before_s = row, jump_s
        yield before_s, _piece(block, start, len(block)) if start else block

    def _found(self, time_s: F64) -> list[tuple[int, float]]:
        """Return (row, seconds) of each jump among these times, and keep the newest of them."""
        times = np.concatenate((self._times, time_s))
        known, found = len(self._times), []
        each = np.diff(times)
        first = 0  # the first interval behind the last jump
        if len(each) and each.max() > max(LEAST_S, TIMES * each.min()):
            for at in np.flatnonzero(each > LEAST_S):
                back = each[max(first, at - BEFORE) : at]
                if at + 1 >= known and len(back) >= FEWEST and each[at] > TIMES * back.max():
                    found.append((int(at) + 1 - known, float(each[at])))
                    first = int(at) + 1
        self._times = times[max(first, len(times) - BEFORE - 1) :].copy()
        return found

    def state_dict(self) -> dict[str, Any]:
        pieces = [(jump_s, b.key, b.seq, b.time_s, b.values) for jump_s, b in self.pieces]
        return dict(times=self._times.copy(), pieces=pieces, end=self.end, last_s=self.last_s)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._times = np.array(state["times"])
        self.end, self.last_s = state["end"], state["last_s"]
        now_s = time.monotonic()
        self.pieces = deque(
            (jump_s, Block(key, seq, time_s, values, now_s))
            for jump_s, key, seq, time_s, values in state["pieces"]
        )


def _piece(block: Block, start: int, stop: int) -> Block:
    part = slice(start, stop)
    return replace(
        block, seq=block.seq + start, time_s=block.time_s[part], values=block.values[part]
    )
