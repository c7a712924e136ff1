"""Seeded labelled pictures for tests, and a source that gives them."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from driftscope.core.interfaces import Source
from driftscope.core.params import Params
from driftscope.core.stream import Block, Classes, Event, Item, Labels, Pixels, Step, StreamInfo

SIDE = 16
NAMES = ("dark", "light", "red")


def drawn(y: Classes, side: int = SIDE, seed: int = 0) -> Pixels:
    """Return noisy pictures (n, side, side, 3) of classes that are easily told apart."""
    random = np.random.default_rng(seed)
    colours = np.random.default_rng(99).integers(40, 215, (12, 1, 1, 3))
    noise = random.normal(0, 20, (len(y), side, side, 3))
    return (colours[y] + noise).clip(0, 255).astype(np.uint8)


def classes(count: int, kinds: int = 3, seed: int = 1) -> Classes:
    """Return count random classes."""
    return np.random.default_rng(seed).integers(0, kinds, count)


def described(
    side: int = SIDE, names: tuple[str, ...] = NAMES, key: str = "p", version: int = 1
) -> StreamInfo:
    """Return the description of a stream of such pictures."""
    return StreamInfo(key, ("picture",), ("",), None, version, (side, side, 3), "uint8", "rows",
                      names)  # fmt: skip


def step(
    pictures: Pixels, y: Classes | None = None, seq: int = 0, test: np.ndarray | None = None
) -> Step:
    """Return a full step of pictures, with labels or without."""
    n = len(pictures)
    if y is not None and test is None:
        test = np.zeros(n, bool)
    return Step("p", seq, np.arange(seq, seq + n, dtype=float), pictures, n, y, test)


class Labelled(Source):
    """Give pictures (n, h, w, 3) with their classes in front, cut into blocks as told.

    `passes` are the rows before which a pass ended; y of -1 is not told at all.
    """

    scheme = "labelled"
    pictures = labelled = True

    def __init__(
        self,
        values: Pixels,
        y: Classes,
        *,
        test: np.ndarray | None = None,
        cuts: Sequence[int] = (),
        passes: Sequence[int] = (),
        key: str = "p",
        names: tuple[str, ...] = NAMES,
    ) -> None:
        self.name, self.params, self.key = "labelled pictures", Params(), key
        self.values, self.y, self.names = values, y, names
        self.test = np.zeros(len(y), bool) if test is None else test
        self.passes = list(passes)
        self.borders = sorted({0, len(values), *cuts, *passes})

    def open(self) -> None:
        self._items: list[Item] = [described(self.values.shape[1], self.names, self.key)]
        for a, b in zip(self.borders, self.borders[1:], strict=False):
            self._end_pass(a)
            if (self.y[a:b] >= 0).any():
                self._items.append(Labels(self.key, a, self.y[a:b], self.test[a:b]))
            times = np.arange(a, b, dtype=float)
            self._items.append(Block(self.key, a, times, self.values[a:b], time.monotonic()))
        self._end_pass(len(self.values))

    def _end_pass(self, row: int) -> None:
        if row in self.passes:
            number = self.passes.index(row) + 1
            self._items.append(Event(self.key, row, float(row), "pass", dict(number=number)))

    def read(self) -> list[Item] | None:
        return [self._items.pop(0)] if self._items else None

    def close(self) -> None:
        self._items = []
