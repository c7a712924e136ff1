"""The counts: exact, bounded, and readable from another thread at any moment."""

from __future__ import annotations

import math

import numpy as np
from streams import waves

from driftscope.core.health import SKILL_ROWS, Health, Losses
from driftscope.core.stream import Alarm, Event, Result
from driftscope.core.summary import summary


def result(rows: int = 8, loss: float = 0.5, seq: int = 0, scored: bool = True) -> Result:
    column, no = np.full(rows, loss), np.zeros(rows, bool)
    values = waves(rows)
    return Result(
        "s", seq, seq + np.arange(rows, dtype=float), values, values, None, column,
        {"last value": np.full(rows, 1.0), "running mean": np.full(rows, 2.0)}, values,
        np.zeros(rows), 3.0, no, no, False, 0.0, scored,
    )  # fmt: skip


def alarm(number: int, key: str = "s") -> Alarm:
    return Alarm(number, key, 1, 1, None, 0.1, 0.1, {}, 4.0)


def test_the_recent_skill_is_that_of_the_last_thousand_rows() -> None:
    health = Health()
    for k in range(400):
        health.write(result(seq=8 * k, loss=0.9 if k < 200 else 0.1))
    assert SKILL_ROWS <= health.recent.rows < SKILL_ROWS + 8
    assert abs(health.recent.skill() - 0.9) < 1e-9 and abs(health.overall.skill() - 0.5) < 1e-9


def test_a_stream_that_is_never_predicted_leaves_nothing_behind() -> None:
    health = Health()
    for k in range(100):
        health.write(result(seq=8 * k, loss=math.nan))
    assert len(health._recent) == 0 and health.samples == 800
    assert math.isnan(health.recent.skill())


def test_sums_read_earlier_never_change() -> None:
    health = Health()
    health.write(result())
    before = health.recent
    copy = Losses(before.rows, before.loss, dict(before.baselines))
    health.write(result(seq=8))
    assert before == copy and health.recent.rows == 16


def test_rows_left_unscored_are_counted_as_they_come() -> None:
    health = Health()
    health.write(result(scored=False))
    health.write(result(seq=8, scored=False))
    assert health.unscored == 16
    health.write(Event("s", 0, 0.0, "unscored", dict(samples=16)))
    assert health.unscored == 16, "the event tells of the same rows"


def test_bytes_lost_count_as_the_samples_they_usually_are() -> None:
    health = Health()
    health.bytes = 8 * 20
    health.write(result())
    health.write(Event("s", 8, 0.0, "loss", dict(bytes=1000, samples=0)))
    assert (health.dropped, health.dropped_bytes) == (50, 1000)
    health.write(Event("s", 8, 0.0, "loss", dict(bytes=90, samples=7)))
    assert (health.dropped, health.dropped_bytes) == (57, 1090)


def test_a_loss_before_the_first_sample_is_counted_too() -> None:
    health = Health()
    health.write(Event("s", 0, 0.0, "loss", dict(bytes=5)))
    assert health.dropped == 1


def test_alarms_of_two_streams_are_counted_apart() -> None:
    health = Health()
    for item in (alarm(1), alarm(1), alarm(2), alarm(1, "t")):
        health.write(item)
    assert health.alarms == 3


def test_seconds_are_the_streams_for_a_file_and_the_walls_for_a_device() -> None:
    played, live = Health(), Health(by_the_wall=True)
    for health in (played, live):
        health.write(result(rows=61))
        health.close()
    taken = live.seconds
    assert played.seconds == summary(played)["seconds"] == 60.0
    assert taken < 60.0
    assert live.seconds == taken, "the clock stands once the run has ended"
