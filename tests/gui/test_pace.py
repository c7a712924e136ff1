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
    assert made.next_ms(0) == pace.FAST_MS
    now_s[0] += pace.LOOK_S
    assert made.next_ms(left_out) == wanted
    now_s[0] += pace.LATE_S + 0.1
    assert made.next_ms(left_out) == pace.FAST_MS


def test_dear_frames_are_drawn_less_often_until_they_are_cheap_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, spent_s = pace.Pace(), [time.thread_time()]
    monkeypatch.setattr(time, "thread_time", lambda: spent_s[0])

    def wanted(cost_s: float, frames: int = 9) -> int:
        for _ in range(frames):
            spent_s[0] += cost_s
            found = made.next_ms(0)
        return found

    between_s = (pace.DEAR_S + pace.CHEAP_S) / 2
    assert wanted(between_s) == pace.FAST_MS
    assert wanted(2 * pace.DEAR_S, 1) == pace.FAST_MS, "one dear frame is no habit"
    assert wanted(2 * pace.DEAR_S) == pace.SLOW_MS
    assert wanted(between_s) == pace.SLOW_MS
    assert wanted(pace.CHEAP_S / 2) == pace.FAST_MS


def test_never_fewer_than_twenty_frames_a_second() -> None:
    assert max(pace.FAST_MS, pace.PICTURES_MS, pace.SLOW_MS, pace.LATE_MS) <= 50
