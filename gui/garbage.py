"""Collect garbage in the GUI thread only."""

from __future__ import annotations

import gc

YOUNG_S, ALL_S = 1.0, 30.0


class Garbage:
    """Take the collecting of reference cycles over from Python while a window is open.

    Python collects in whichever thread happens to allocate, and a widget that is taken apart
    outside the GUI thread ends the program. `tick` collects young objects once a second, all
    of them twice a minute. What start-up made is kept out by `settle`, or a collection would
    take 100 ms of a frame.
    """

    def __init__(self) -> None:
        self._young_s = self._all_s = 0.0

    def take_over(self, now_s: float) -> None:
        """From now on only `tick` collects, and not at once: all of it takes 100 ms."""
        gc.disable()
        self._young_s = self._all_s = now_s

    def settle(self) -> None:
        """Keep everything there is now out of later collections, without collecting first: that
        would hold up the learning thread as well, just as the first samples come."""
        gc.freeze()

    def tick(self, now_s: float) -> None:
        """Collect if it is due, by a steady clock."""
        if now_s - self._all_s >= ALL_S:
            self._all_s = self._young_s = now_s
            gc.collect()
        elif now_s - self._young_s >= YOUNG_S:
            self._young_s = now_s
            gc.collect(1)

    def give_back(self) -> None:
        """Let Python collect by itself again."""
        gc.unfreeze()
        gc.enable()
