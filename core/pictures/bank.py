"""A bounded memory of cells: has anything like this been seen, hereabouts?"""

from __future__ import annotations

from collections import deque

import numpy as np

from driftscope.core.arrays import F32
from driftscope.core.interfaces import State
from driftscope.core.pictures.cells import FEATURES, GRID, NOISE

CAPACITY = 2048
NEW = 2.0
"""A cell further than this from all that is kept, in units of noise, is kept as well."""
MOST = 64
"""So many cells of one picture are kept at most."""
DELAY = 64
"""Pictures that what is new waits for: kept at once, it would be known from the next one on."""
FAR = 0.5
"""One cell further away in the picture counts as much as so many units of noise."""
_ROW, _COLUMN = np.mgrid[:GRID, :GRID].reshape(2, -1, 1).astype(np.float32)


class Bank:
    """Keep cells unlike those kept before, and measure how far a cell is from the nearest one.

    A full bank forgets at random. Place counts as one more feature, so that what moves a little
    is known already.
    """

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._kept: F32 = np.zeros((CAPACITY, FEATURES + 3), np.float32)
        self._count = 0
        self._waiting: deque[F32] = deque()
        self._seen = 0

    def error(self, cells: F32) -> F32:
        """Return (16, 16): the distance to the nearest cell kept; 0 while there is none."""
        if not self._count:
            return np.zeros((GRID, GRID), np.float32)
        return self._distance(_places(cells)).reshape(GRID, GRID)

    def learn(self, cells: F32, error: F32, at_once: bool = False) -> None:
        """Keep what was new DELAY pictures ago, at most MOST cells; or what is new now, all of
        it `at_once`. `error` (16, 16) is what was said of these cells."""
        places = _places(cells)
        self._waiting.append(places[error.reshape(-1) > NEW] if self._count else places)
        self._seen += 1
        if at_once:
            self._waiting.clear()
            self._take(places, len(places))
        elif len(self._waiting) > min(DELAY, self._seen // 4):
            self._take(self._waiting.popleft(), MOST)

    def _take(self, places: F32, most: int) -> None:
        if self._count and len(places):
            places = places[self._distance(places) > NEW]  # much of it may be known by now
        if self._count and len(places) > most:
            places = self._random.permutation(places)[:most]
        self._keep(places)

    def _distance(self, places: F32) -> F32:
        """Return (n,) distances of places (n, 15) to the nearest one kept."""
        square = (places @ self._kept[: self._count].T).min(1)
        square += (places[:, :-1] ** 2).sum(1)
        distance: F32 = np.sqrt(np.maximum(square, 0))
        return distance

    def _keep(self, places: F32) -> None:
        for place in places:
            at = self._count
            if at == CAPACITY:
                at = int(self._random.integers(CAPACITY))
            else:
                self._count += 1
            self._kept[at, :-1] = -2 * place[:-1]
            self._kept[at, -1] = place[:-1] @ place[:-1]

    def state_dict(self) -> State:
        return dict(
            kept=self._kept[: self._count].copy(), random=self._random.bit_generator.state,
            waiting=list(self._waiting), seen=self._seen,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        kept = state["kept"]
        self._count = len(kept)
        self._kept[: len(kept)] = kept
        self._random.bit_generator.state = state["random"]
        self._waiting, self._seen = deque(state["waiting"]), state["seen"]


def _places(cells: F32) -> F32:
    """Return (256, 15): a cell's features, whose mean square is that of noise, its place, and 1.

    What is kept of a place p is -2 p and p.p, so that one product with another place q gives
    their squared distance less q.q.
    """
    features = (cells / (NOISE * np.float32(FEATURES**0.5))).reshape(-1, FEATURES)
    return np.hstack((features, FAR * _ROW, FAR * _COLUMN, np.ones_like(_ROW)))
