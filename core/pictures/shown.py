"""A few pictures of each cell of a confusion matrix, so that the cells can be opened."""

from __future__ import annotations

from collections import deque
from typing import Any

from driftscope.core.reports import Sample

EACH = 4
"""The newest pictures kept of a cell."""
LIMIT = 400
"""Pictures kept in all; of 64 x 64 pixels these are 5 MB."""


class Shown:
    """Keep the newest pictures of each cell: what they are, and what was said of them."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], deque[Sample]] = {}
        self._count = 0

    def add(self, sample: Sample) -> None:
        """Keep a picture in place of the oldest of its cell, or of all if there are too many."""
        cell = self._cells.setdefault((sample.y, sample.predicted), deque())
        cell.append(sample)
        self._count += 1
        if len(cell) > EACH:
            cell.popleft()
        elif self._count > LIMIT:
            cell = min(self._cells.values(), key=lambda each: each[0].id)
            cell.popleft()
        else:
            return
        self._count -= 1
        if not cell:
            self._cells = {at: each for at, each in self._cells.items() if each}

    def samples(self) -> tuple[Sample, ...]:
        """Return all of them, oldest first."""
        every = (sample for cell in self._cells.values() for sample in cell)
        return tuple(sorted(every, key=lambda sample: sample.id))

    def state_dict(self) -> dict[str, Any]:
        return dict(samples=[
            (s.id, s.seq, s.time_s, s.y, s.predicted, s.test, s.picture) for s in self.samples()
        ])  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._cells, self._count = {}, 0
        for values in state["samples"]:
            self.add(Sample(*values))
