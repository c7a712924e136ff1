"""A set of pictures, gone through once or many times, with labels where they are known."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import Pacer, PlayParams
from driftscope.core.params import param
from driftscope.core.sources._names import too_short
from driftscope.core.stream import (
    Block,
    Bools,
    Classes,
    Event,
    EventKind,
    Item,
    Labels,
    Pixels,
    StreamInfo,
)

BLOCK_PICTURES, BLOCK_BYTES = 64, 1_000_000
"""The most pictures in one block, and the most bytes, but for a single picture."""
ORDER, HELD_OUT = 0, 1
"""What the seed is used for."""


@dataclass
class SetParams(PlayParams):
    """Parameters of a set of pictures."""

    passes: int = param(
        1, low=0, high=1_000_000, unit="passes", label="Passes",
        help="How often all pictures are gone through. 0 goes on for ever.",
    )  # fmt: skip
    held_out: float = param(
        0.1, low=0.0, high=0.9, live=False, label="Held out",
        help="Which share of each class's pictures is never learned from, only tested with; the "
        "same ones in every pass.",
    )  # fmt: skip
    shuffle: bool = param(
        True, live=False, label="Shuffle",
        help="Go through labelled pictures in another order in each pass. Pictures without "
        "labels keep their order.",
    )  # fmt: skip
    seed: int = param(
        0, low=0, high=2**31 - 1, live=False, label="Seed",
        help="Decides the order of the pictures and which are held out.",
    )  # fmt: skip
    rate_hz: float = param(
        100.0, low=0.01, high=100_000.0, log=True, unit="Hz", label="Pictures a second",
        help="How many pictures a second are given at speed 1.",
    )  # fmt: skip


class PictureSet(Source):
    """Give every picture of a set once a pass: Labels, where known, in front of each block.

    A subclass says in `find` what there is, and in `take` gives pictures by their number. `time_s`
    counts rows. The end of each pass is told by an Event "pass" {number}.
    """

    pictures = True
    seeks = True
    Params = SetParams
    params: SetParams

    def __init__(self, key: str, params: SetParams) -> None:
        self.key = self.name = key
        self.params = params
        self._start()

    def _start(self) -> None:
        self.labels: Classes | None = None
        """(N,) the class of each picture, -1 unknown; None if nothing is labelled."""
        self.count = 0
        """N, how many pictures there are."""
        self.classes: tuple[str, ...] = ()
        self.shape = (0, 0, 3)
        """H, W and 3."""
        self.seq = 0
        """How many pictures were given so far."""
        self._items: list[Item] = []
        self._passes = self._before = 0
        self._played_s = 0.0
        self._order: deque[int] = deque()
        self._pacer = Pacer(self.params)

    @abstractmethod
    def find(self) -> None:
        """Set `labels`, `count`, `classes` and `shape`; raise SourceError with what to try."""

    @abstractmethod
    def take(self, wanted: list[int]) -> tuple[list[int], Pixels]:
        """Return those of the wanted numbers that could be read, m of them, and their pictures
        (m, H, W, 3)."""

    def open(self) -> None:
        """Look at what there is; raise SourceError with what to try."""
        self.close()
        self._start()
        self.find()
        self._test = held_out(self.labels, self.count, self.params.held_out, self.params.seed)
        info = StreamInfo(
            self.key, ("picture",), ("",), sample_shape=self.shape, dtype="uint8", clock="rows",
            classes=self.classes,
        )  # fmt: skip
        self._items = [info, *self._items]
        self._begin_pass()

    def read(self) -> list[Item] | None:
        """Return the next pictures that are due, none after 100 ms, None after the last pass."""
        if self._items:
            return self._told()
        if not self._order:
            if self._complete:
                self._check_end()
            return None if self._complete else self._go()
        if self.seq < self.start:
            self._pass_over()
            return []
        n = min(len(self._order), BLOCK_PICTURES, max(1, BLOCK_BYTES // int(np.prod(self.shape))))
        n = self._pacer.due(self._played_s + np.arange(n) / self.params.rate_hz)
        if not n:
            return []
        self._played_s += n / self.params.rate_hz
        kept, values = self.take([self._order.popleft() for _ in range(n)])
        items = self._told()
        if kept:
            if self.labels is not None:
                y, test = self.labels[kept], self._test[kept]
                items.append(Labels(self.key, self.seq, y, test))
            time_s = np.arange(self.seq, self.seq + len(kept), dtype=np.float64)
            items.append(Block(self.key, self.seq, time_s, values, time.monotonic()))
            self.seq += len(kept)
        if not self._order:
            items.append(self._end_pass())
        return items

    @property
    def _complete(self) -> bool:
        return self.params.passes > 0 and self._passes >= self.params.passes

    def _check_end(self) -> None:
        if self.seq < self.start:
            raise SourceError(too_short(self.name, self.seq, self.start, "pictures"))

    def _pass_over(self) -> None:
        """Go on to the first picture that is wanted; what could be read counts."""
        n = min(len(self._order), BLOCK_PICTURES, self.start - self.seq)
        kept, _ = self.take([self._order.popleft() for _ in range(n)])
        self._items.clear()  # told when the pictures were given
        self._played_s += n / self.params.rate_hz
        self.seq += len(kept)
        self.passed_s = self.seq - 1.0
        if not self._order:
            self._end_pass()

    def close(self) -> None:
        """Let go of the pictures."""
        self._order.clear()

    def tell(self, kind: EventKind, **data: Any) -> None:
        """Have an Event go out in front of the next pictures."""
        self._items.append(Event(self.key, self.seq, float(self.seq), kind, data))

    def _told(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    def _go(self) -> list[Item]:
        self._begin_pass()
        return []

    def _begin_pass(self) -> None:
        order: NDArray[np.int64] = np.arange(self.count)
        if self.params.shuffle and self.labels is not None:
            draw = np.random.default_rng([self.params.seed, ORDER, self._passes])
            order = draw.permutation(self.count)
        self._order = deque(order.tolist())
        self._before = self.seq

    def _end_pass(self) -> Event:
        if self.seq == self._before:
            raise SourceError(
                f"Not one picture of {self.name} could be read any more: are its files still there?"
            )
        self._passes += 1
        return Event(self.key, self.seq, float(self.seq), "pass", dict(number=self._passes))


def held_out(labels: Classes | None, count: int, share: float, seed: int) -> Bools:
    """Choose `share` of each class's pictures: ndarray of shape (count,), bool.

    Of `count` pictures `floor(share * count)` are chosen in all, spread over the classes as
    evenly as whole numbers allow. Pictures without a label are not chosen.
    """
    chosen = np.zeros(count, bool)
    if labels is None:
        return chosen
    draw = np.random.default_rng([seed, HELD_OUT])
    order = np.lexsort((draw.random(count), labels))
    order = order[labels[order] >= 0]
    steps = np.floor(share * np.arange(len(order) + 1) + 1e-9)
    chosen[order] = np.diff(steps) > 0
    return chosen
