"""Reference cycles are collected in the GUI thread, and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref

from driftscope.gui.garbage import ALL_S, YOUNG_S, Garbage


class Knot:
    def __init__(self) -> None:
        self.me = self


def test_nothing_is_collected_but_by_a_tick() -> None:
    garbage = Garbage()
    garbage.take_over(0.0)
    try:
        knot = weakref.ref(Knot())

        def allocate() -> None:
            kept = [[i] for i in range(100_000)]  # would make Python collect by itself
            assert kept

        other = threading.Thread(target=allocate)
        other.start()
        other.join()
        assert knot() is not None
        garbage.tick(ALL_S)
        assert knot() is None
        young = weakref.ref(Knot())
        garbage.tick(ALL_S + YOUNG_S / 2)
        assert young() is not None
        garbage.tick(ALL_S + 2 * YOUNG_S)
        assert young() is None
    finally:
        garbage.give_back()
    assert gc.isenabled()


def test_the_first_frames_are_not_held_up() -> None:
    garbage = Garbage()
    garbage.take_over(5000.0)
    try:
        knot = weakref.ref(Knot())
        garbage.tick(5000.0 + YOUNG_S / 2)
        assert knot() is not None
        garbage.tick(5000.0 + YOUNG_S)
        assert knot() is None
    finally:
        garbage.give_back()
