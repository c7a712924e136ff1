"""Labels on their way to the rows they belong to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from driftscope.core.arrays import UNKNOWN, Array, Bools
from driftscope.core.stream import Labels, Step

LIMIT_ROWS = 1_000_000
"""Labels that wait for rows which never came are dropped beyond so many, oldest first."""


@dataclass(frozen=True, slots=True)
class Part:
    """Hold labels of rows `first`, `first` + 1, ..., which stood in rows `delay` later."""

    first: int
    y: Array
    test: Bools
    delay: int

    def __len__(self) -> int:
        return len(self.y)

    @property
    def known(self) -> int:
        """Return the row in which the first of them stood."""
        return self.first + self.delay

    def part(self, rows: slice) -> Part:
        """Return those of some of the rows."""
        start, _, _ = rows.indices(len(self))
        return Part(self.first + start, self.y[rows], self.test[rows], self.delay)


class Waiting:
    """Keep labels until the rows they stood in have been scored. One stream's."""

    def __init__(self) -> None:
        self._parts: deque[Part] = deque()
        self._late: list[Part] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def put(self, labels: Labels, learned_to: int) -> Labels | None:
        """Add labels; the rows they stood in rise, as their blocks do. Return those that stood in
        rows before `learned_to`: they come too late to be kept."""
        test = np.zeros(len(labels.y), bool) if labels.test is None else labels.test
        part = Part(labels.seq, labels.y, test, labels.delay)
        late = min(max(learned_to - part.known, 0), len(part))
        if late < len(part):
            self._parts.append(part.part(slice(late, None)))
            self._rows += len(part) - late
        while self._rows > LIMIT_ROWS:
            self._rows -= len(self._parts.popleft())
        return Labels(labels.key, labels.seq, labels.y[:late], test[:late]) if late else None

    def take(self, seq: int, rows: int) -> tuple[Array, Bools] | None:
        """Return y and test (rows,) of the rows from `seq` on, UNKNOWN where there is none.

        All that stood there or before is forgotten; what it says of earlier rows is `late`. None
        if nothing is known of any of the rows.
        """
        found: tuple[Array, Bools] | None = None
        end = seq + rows
        while self._parts and self._parts[0].known < end:
            whole = self._parts.popleft()
            self._rows -= len(whole)
            part = whole.part(slice(0, end - whole.known))
            if len(part) < len(whole):
                self._parts.appendleft(whole.part(slice(len(part), None)))
                self._rows += len(self._parts[0])
            before = min(max(seq - part.first, 0), len(part))
            if before and part.delay:  # without, they are of rows that were jumped over
                self._late.append(part.part(slice(0, before)))
            mine = part.part(slice(before, None))
            if len(mine):
                if found is None:
                    found = unknown(rows, mine.y), np.zeros(rows, bool)
                to = slice(mine.first - seq, mine.first - seq + len(mine))
                found[0][to], found[1][to] = mine.y, mine.test
        return None if found is None or not known(found[0]).any() else found

    def late(self, key: str) -> list[Labels]:
        """Return the labels of earlier rows that stood among those taken last, in order, those
        of neighbours together: however they came, they are the same."""
        parts, self._late = self._late, []
        if not parts:
            return []
        seq = np.concatenate([np.arange(len(part)) + part.first for part in parts])
        y, test = (np.concatenate([getattr(p, name) for p in parts]) for name in ("y", "test"))
        there = known(y)
        seq, y, test = seq[there], y[there], test[there]
        if not len(seq):
            return []
        runs = np.split(np.arange(len(seq)), np.flatnonzero(np.diff(seq) != 1) + 1)
        return [Labels(key, int(seq[run[0]]), y[run], test[run]) for run in runs]

    def on(self, step: Step) -> Step:
        """Return the step with what is known of its first n rows; they are forgotten here."""
        found = self.take(step.seq, step.n) if self._parts else None
        if found is None:
            return step
        y = unknown(step.rows, found[0])
        y[: step.n] = found[0]
        return replace(step, y=y, test=np.pad(found[1], (0, step.rows - step.n)))

    def state_dict(self) -> dict[str, Any]:
        return dict(parts=[(p.first, p.y.copy(), p.test.copy(), p.delay) for p in self._parts])

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._parts = deque(Part(*each) for each in state["parts"])
        self._rows = sum(map(len, self._parts))


def known(y: Array) -> Bools:
    """Say of labels (n,) where they are known."""
    return ~np.isnan(y) if np.issubdtype(y.dtype, np.floating) else np.asarray(y != UNKNOWN)


def unknown(rows: int, like: Array) -> Array:
    """Return labels (rows,) of which nothing is known, of the kind of others: classes or values."""
    values = np.issubdtype(like.dtype, np.floating)
    return np.full(rows, np.nan) if values else np.full(rows, UNKNOWN, np.int64)
