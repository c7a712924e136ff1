"""The pictures a user labelled by hand: taken while a key is held, put right afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from driftscope.core.arrays import F32, Pixels

MOST_CLASSES = 32
MOST_OF_A_CLASS, MOST = 40, 400
"""How many samples are kept, of one class and in all."""
MOST_OF_A_PRESS = 20
"""A key held for long gives no more: what is then in view is known well enough."""
UNDO = 20
NEW = 2.0
"""A picture is new when it is so many times further (squared) than the next frame usually is."""
FOLLOW = 0.05
GUARD_S = 0.25
"""Between a stretch that is learned and one that tests, frames of so long are left out."""
ROUND = ((5, 1), (8, 2), (16, 4))
"""How many samples of a class are learned, then kept for testing; the last pair goes on for ever.
Few are needed for learning before the first is worth keeping back."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Hold one sample: `features` (D,) float32 and a `picture` (128, 128, 3) uint8 of it."""

    id: int
    seq: int
    time_s: float
    y: int
    test: bool
    features: F32
    picture: Pixels


class Samples:
    """Keep labelled pictures; what is nearly the same as one of its class is left out.

    While a key is held the first frame is taken at once, later ones only if they are new: further
    from each of their class than twice the usual squared distance from one frame to the next
    (`NEW`, learned from the stream), and than half the mean distance among these. Of each class
    every sixth, then every fifth, is a test sample, in stretches of time that grow (`ROUND`).
    Every change can be undone. `usual` is that usual squared distance. Memory is bounded: MOST
    samples of some 60 kB, and about as many again in the undo.
    """

    def __init__(self) -> None:
        self.all: tuple[Held, ...] = ()
        self.names: dict[int, str] = {}
        self.held: int | None = None
        self._taken: dict[int, int] = {}
        self._past: list[tuple[tuple[Held, ...], dict[int, str], dict[int, int]]] = []
        self._next_id = 1
        self._in_press = 0
        self._frame: F32 | None = None
        self.usual = 0.0
        self._taken_last: tuple[float, bool] = (-np.inf, False)

    def press(self, y: int | None) -> None:
        """Begin to label with class y, or end it."""
        if y != self.held:
            self._in_press = 0
        self.held = y

    def follow(self, features: F32) -> None:
        """Take in the features (D,) of a frame, labelled or not: how far apart frames are."""
        if self._frame is not None and self._frame.shape == features.shape:
            far = _squared(features[None] - self._frame)[0]
            self.usual += (FOLLOW if self.usual else 1.0) * (far - self.usual)
        self._frame = features

    def offer(self, seq: int, time_s: float, features: F32, small: Pixels) -> str:
        """Take a frame while a key is held; return "taken", why not, or "" if it is not new."""
        y = self.held
        if y is None:
            return ""
        of_class = [held for held in self.all if held.y == y]
        if len(of_class) >= MOST_OF_A_CLASS or len(self.all) >= MOST:
            return "full"
        if self._in_press >= MOST_OF_A_PRESS:
            return ""
        test = self._tests(self._taken.get(y, 0))
        if self._in_press:
            last_s, last_test = self._taken_last
            if test != last_test and 0.0 <= time_s - last_s < GUARD_S:
                return ""
            if of_class and not self._new(features, of_class):
                return ""
        if not self._in_press:
            self.remember()
        self._in_press += 1
        self._taken_last = time_s, test
        self._taken[y] = self._taken.get(y, 0) + 1
        self.all += (Held(self._next_id, seq, time_s, y, test, features.copy(), small.copy()),)
        self._next_id += 1
        return "taken"

    def look_anew(self, look: Callable[[Pixels], F32]) -> None:
        """Go by other features from now on: those that `look` gives of a picture (128, 128, 3)."""
        made: dict[int, F32] = {}

        def again(held: Held) -> Held:
            if held.id not in made:
                made[held.id] = look(held.picture)
            return replace(held, features=made[held.id])

        self.all = tuple(map(again, self.all))
        self._past = [(tuple(map(again, all_)), names, taken) for all_, names, taken in self._past]
        self._frame, self.usual = None, 0.0

    def remember(self) -> None:
        """Keep the samples as they are, to come back to."""
        self._past.append((self.all, dict(self.names), dict(self._taken)))
        del self._past[:-UNDO]
        while len(self._past) > 1 and len({h.id for all_, *_ in self._past for h in all_}) > MOST:
            del self._past[0]

    def undo(self) -> bool:
        """Go back to before the last change; False if there is none."""
        if not self._past:
            return False
        self.all, self.names, self._taken = self._past.pop()
        self.held = None
        return True

    def rename(self, y: int, name: str) -> None:
        self.remember()
        self.names[y] = name

    def delete(self, ids: Iterable[int]) -> None:
        """Forget samples by their ids."""
        self.remember()
        gone = set(ids)
        self.all = tuple(held for held in self.all if held.id not in gone)

    def relabel(self, ids: Iterable[int], y: int) -> None:
        """Give samples, by their ids, another class."""
        self.remember()
        moved = set(ids)
        self.all = tuple(replace(held, y=y) if held.id in moved else held for held in self.all)

    def _new(self, features: F32, of_class: list[Held]) -> bool:
        known = np.stack([held.features for held in of_class])
        least = NEW * self.usual
        if len(known) > 1:  # (mean distance)^2 among them is about 2 variances
            least = max(least, 0.25 * 2.0 * float(_squared(known - known.mean(0)).mean()))
        return float(_squared(known - features).min()) > least

    @staticmethod
    def _tests(taken: int) -> bool:
        """Say whether a class's next sample tests, when so many of it were taken."""
        for learn, test in ROUND:
            if taken < learn + test:
                break
            taken -= learn + test
        return taken % (learn + test) >= learn

    def state_dict(self) -> dict[str, Any]:
        """Return all of it; each sample is written once, however many steps of undo hold it."""
        every: dict[tuple[int, int], Held] = {}
        for all_ in (self.all, *(past[0] for past in self._past)):
            every |= {(held.id, held.y): held for held in all_}
        return dict(
            samples=[{name: getattr(h, name) for name in Held.__slots__} for h in every.values()],
            all=[(h.id, h.y) for h in self.all],
            past=[([(h.id, h.y) for h in a], dict(n), dict(t)) for a, n, t in self._past],
            names=dict(self.names), held=self.held, taken=dict(self._taken),
            next_id=self._next_id, in_press=self._in_press, usual=self.usual,
            frame=None if self._frame is None else self._frame.copy(),
            taken_last=self._taken_last,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        every = {(s["id"], s["y"]): Held(**s) for s in state["samples"]}
        self.all = tuple(every[name] for name in state["all"])
        self._past = [
            (tuple(every[name] for name in a), dict(n), dict(t)) for a, n, t in state["past"]
        ]
        self.names, self.held, self._taken = (
            dict(state["names"]), state["held"], dict(state["taken"]),
        )  # fmt: skip
        self._next_id, self._in_press = state["next_id"], state["in_press"]
        self.usual, self._frame = state["usual"], state["frame"]
        self._taken_last = state["taken_last"]


def _squared(rows: F32) -> F32:
    """Return the squared lengths (n,) of rows (n, D)."""
    made: F32 = np.einsum("nd,nd->n", rows, rows)
    return made
