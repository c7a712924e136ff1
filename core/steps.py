"""The step grid: the same samples give the same steps, whenever the reader woke up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from driftscope.core.stream import F64, Array, Block, Step, StreamInfo


class StepGrid:
    """Re-block one stream into steps of B rows, counted from opening.

    `rows` is asked for B when a step begins, so a new B takes effect at a border and restarts
    the grid there. The caller takes steps with `next` until there is none.
    """

    def __init__(self, info: StreamInfo, rows: Callable[[], int]) -> None:
        self._key, self._rows = info.key, rows
        self._shape, self._dtype = info.sample_shape, info.dtype
        self._blocks: list[Block] = []
        self._taken = 0  # rows of the first waiting block that stand in the open step already
        self.seq = 0
        self.fill = 0
        self.emitted = 0
        self.learned_to = 0
        """The first row that no closed step held."""
        self.arrived_s = 0.0
        self._time_s: F64 = np.empty(0)
        self._values: Array = np.empty((0, *self._shape), self._dtype)

    def push(self, block: Block) -> None:
        """Add a block behind what waits already."""
        if len(block):
            self._blocks.append(block)

    def next(self) -> Step | None:
        """Fill the open step; return it once it is full."""
        while self._blocks:
            block = self._blocks[0]
            if self.fill == 0:
                self._begin(block.seq + self._taken)
            n = min(len(self._time_s) - self.fill, len(block) - self._taken)
            rows = slice(self.fill, self.fill + n)
            self._time_s[rows] = block.time_s[self._taken : self._taken + n]
            self._values[rows] = block.values[self._taken : self._taken + n]
            self.fill += n
            self._taken += n
            self.arrived_s = block.wall_time_s
            if self._taken == len(block):
                self._blocks.pop(0)
                self._taken = 0
            if self.fill == len(self._time_s):
                return self._open_step(block.key)
        return None

    def part(self, key: str) -> Step | None:
        """Return the open step if it holds rows, without closing it."""
        return self._open_step(key) if self.fill else None

    def close_step(self) -> None:
        """Begin a new step with the next row."""
        self.learned_to = self.seq + self.fill
        self.fill = self.emitted = 0

    def bulk(self, key: str, rows: int) -> Step | None:
        """Take up to `rows` waiting rows as one step to be left unscored; the grid restarts there.

        Only at a border. Return None if nothing waits.
        """
        if self.fill or not self._blocks:
            return None
        block = self._blocks[0]
        n = min(rows, len(block) - self._taken)
        cut = slice(self._taken, self._taken + n)
        self.arrived_s = block.wall_time_s
        step = Step(key, block.seq + self._taken, block.time_s[cut], block.values[cut], n)
        self._taken += n
        self.learned_to = step.seq + n
        if self._taken == len(block):
            self._blocks.pop(0)
            self._taken = 0
        return step

    @property
    def waiting_since_s(self) -> float:
        """Return when the oldest waiting block arrived (steady clock); now's own if none."""
        return self._blocks[0].wall_time_s if self._blocks else self.arrived_s

    def extend(self, info: StreamInfo) -> None:
        """Take the stream's next version from the next step on; only at a border."""
        self._shape, self._dtype = info.sample_shape, info.dtype

    def _begin(self, seq: int) -> None:
        size = max(1, self._rows())
        self.seq, self.emitted = seq, 0
        self._time_s = np.zeros(size)
        self._values = np.zeros((size, *self._shape), self._dtype)

    def _open_step(self, key: str) -> Step:
        return Step(key, self.seq, self._time_s, self._values, self.fill)

    def state_dict(self) -> dict[str, Any]:
        """Return the open step, and what waits behind it where the run was stopped within a
        block."""
        waits = [(b.seq, b.time_s.copy(), b.values.copy()) for b in self._blocks]
        return dict(
            seq=self.seq, fill=self.fill, emitted=self.emitted, learned_to=self.learned_to,
            time_s=self._time_s.copy(), values=self._values.copy(),
            waits=waits, taken=self._taken,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.seq, self.fill, self.emitted = state["seq"], state["fill"], state["emitted"]
        self.learned_to = state["learned_to"]
        self._time_s, self._values = state["time_s"].copy(), state["values"].copy()
        self._taken, now_s = state["taken"], time.monotonic()
        waits = state["waits"]
        self._blocks = [Block(self._key, seq, t, values, now_s) for seq, t, values in waits]
