"""Frames are thinned when time is really short, and not for one update left out."""

from __future__ import annotations

import time

import pytest

from driftscope.gui import pace


@pytest.mark.parametrize(("left_out", "wanted"), [(1, pace.FAST_MS), (500, pace.LATE_MS)])
def test_only_much_work_left_out_thins_the_frames(
    left_out: int, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, now_s = pace.Pace(), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    assert made.next_ms(now_s[0], 0) == pace.FAST_MS
    now_s[0] += pace.LOOK_S
    assert made.next_ms(now_s[0], left_out) == wanted
    now_s[0] += pace.LATE_S + 0.1
    assert made.next_ms(now_s[0], left_out) == pace.FAST_MS


def test_a_dear_frame_is_drawn_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    assert pace.Pace().next_ms(100.0 - 2 * pace.DEAR_S, 0) == pace.SLOW_MS
