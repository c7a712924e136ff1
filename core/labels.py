"""Labels on their way to the rows they belong to."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np

from driftscope.core.arrays import UNKNOWN
from driftscope.core.stream import Bools, Classes, Labels, Step

LIMIT_ROWS = 1_000_000
"""Labels that wait for rows which never came are dropped beyond so many, oldest first."""


class Waiting:
    """Keep labels until the rows they belong to have been scored. One stream's."""

    def __init__(self) -> None:
        self._parts: deque[tuple[int, Classes, Bools]] = deque()
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def put(self, labels: Labels, learned_to: int) -> Labels | None:
        """Add labels; they rise in `seq`, as their blocks do. Return those of rows before
        `learned_to`: they come too late to be kept."""
        y, first = labels.y, labels.seq
        test = np.zeros(len(y), bool) if labels.test is None else labels.test
        late = min(max(learned_to - first, 0), len(y))
        if late < len(y):
            self._parts.append((first + late, y[late:], test[late:]))
            self._rows += len(y) - late
        self._trim()
        return Labels(labels.key, first, y[:late], test[:late]) if late else None

    def _trim(self) -> None:
        while self._rows > LIMIT_ROWS:
            self._rows -= len(self._parts.popleft()[1])

    def take(self, seq: int, rows: int) -> tuple[Classes, Bools] | None:
        """Return y and test (rows,) of the rows from `seq` on, UNKNOWN where there is none.

        They, and all before them, are forgotten. None if nothing is known of any of them.
        """
        found: tuple[Classes, Bools] | None = None
        while self._parts and self._parts[0][0] < seq + rows:
            first, y, test = self._parts.popleft()
            self._rows -= len(y)
            skip = max(0, seq - first)
            n = min(first + len(y), seq + rows) - (first + skip)
            if n > 0:
                if found is None:
                    found = np.full(rows, UNKNOWN, np.int64), np.zeros(rows, bool)
                to = slice(first + skip - seq, first + skip - seq + n)
                found[0][to], found[1][to] = y[skip : skip + n], test[skip : skip + n]
            used = skip + max(n, 0)
            if first + len(y) > seq + rows:  # the rest belongs to rows still to come
                self._parts.appendleft((first + used, y[used:], test[used:]))
                self._rows += len(y) - used
                break
        return found

    def on(self, step: Step) -> Step:
        """Return the step with what is known of its first n rows; they are forgotten here."""
        found = self.take(step.seq, step.n) if self._parts else None
        if found is None:
            return step
        rest = step.rows - step.n
        y = np.pad(found[0], (0, rest), constant_values=UNKNOWN)
        return replace(step, y=y, test=np.pad(found[1], (0, rest)))

    def state_dict(self) -> dict[str, Any]:
        return dict(parts=[(seq, y.copy(), test.copy()) for seq, y, test in self._parts])

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._parts = deque(state["parts"])
        self._rows = sum(len(y) for _, y, _ in self._parts)
