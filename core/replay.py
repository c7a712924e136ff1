"""A replay buffer for any stream: what came last, and a fair sample of all that came before."""

from __future__ import annotations

from typing import Any

import numpy as np

from driftscope.core.arrays import UNKNOWN, Array, Classes


class Replay:
    """Remember items, each one or more arrays and perhaps a class, in at most `limit_bytes`.

    Half of the room is a ring of the latest items; the other half a reservoir, in which every
    item that left the ring is with the same probability (Vitter 1985, algorithm R). So a sample
    is half new and half old once both are full. Items are alike: the same number of arrays, of
    the same shapes. The same seed and items give the same samples.
    """

    def __init__(self, limit_bytes: int, seed: int = 0) -> None:
        self.limit_bytes = limit_bytes
        self._random = np.random.default_rng(seed)
        self._count = 0
        self._half = 0
        self._arrays: list[Array] = []
        self._y: Classes = np.empty(0, np.int64)

    def __len__(self) -> int:
        return min(self._count, 2 * self._half)

    @property
    def nbytes(self) -> int:
        """Return how much memory the items may take, 0 before the first one."""
        return sum(a.nbytes for a in self._arrays) + self._y.nbytes

    def add(self, *item: Array, y: int = UNKNOWN) -> None:
        """Remember an item of class `y`; what it pushes out of the ring may be forgotten."""
        if not self._arrays:
            self._begin(item)
        slot = self._count % self._half
        left = self._count - self._half  # items that left the ring before
        if left >= 0:
            kept = left if left < self._half else int(self._random.integers(left + 1))
            if kept < self._half:
                self._put(self._half + kept, [a[slot] for a in self._arrays], int(self._y[slot]))
        self._put(slot, list(item), y)
        self._count += 1

    def sample(self, n: int, balanced: bool = False) -> tuple[tuple[Array, ...], Classes]:
        """Return n items drawn with replacement, each array (n, ...), and their classes (n,).

        With `balanced` only items of a known class are drawn, each class as often as any other.
        With nothing to draw from there are 0 rows.
        """
        rows = np.arange(len(self))
        if balanced:
            rows = rows[self._y[rows] != UNKNOWN]
        if not len(rows):
            n = 0
        elif balanced:
            y = self._y[rows]
            classes, counts = np.unique(y, return_counts=True)
            start = np.cumsum(counts) - counts
            which = self._random.integers(len(classes), size=n)
            within = (self._random.random(n) * counts[which]).astype(np.int64)
            rows = rows[np.argsort(y, kind="stable")][start[which] + within]
        else:
            rows = self._random.integers(len(rows), size=n)
        rows = rows[:n]
        return tuple(a[rows] for a in self._arrays), self._y[rows]

    def clear(self) -> None:
        """Forget every item; the random numbers go on."""
        self._count = 0

    def _begin(self, item: tuple[Array, ...]) -> None:
        each = sum(a.nbytes for a in item) + 8
        self._half = max(1, self.limit_bytes // each // 2)
        self._arrays = [np.zeros((2 * self._half, *a.shape), a.dtype) for a in item]
        self._y = np.full(2 * self._half, UNKNOWN, np.int64)

    def _put(self, slot: int, item: list[Array], y: int) -> None:
        for array, value in zip(self._arrays, item, strict=True):
            array[slot] = value
        self._y[slot] = y

    def state_dict(self) -> dict[str, Any]:
        """Return everything, the state of the random numbers included."""
        rows = len(self)
        return dict(
            count=self._count, half=self._half, y=self._y[:rows].copy(),
            arrays=[a[:rows].copy() for a in self._arrays],
            random=self._random.bit_generator.state,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._count, self._half = state["count"], state["half"]
        room, rows = 2 * self._half, len(state["y"])
        self._y = np.full(room, UNKNOWN, np.int64)
        self._y[:rows] = state["y"]
        self._arrays = [np.zeros((room, *a.shape[1:]), a.dtype) for a in state["arrays"]]
        for array, saved in zip(self._arrays, state["arrays"], strict=True):
            array[:rows] = saved
        self._random.bit_generator.state = state["random"]
