"""What a lane does when time is short, and where samples are missing."""

from __future__ import annotations

import numpy as np
import pytest
from streams import waves

from driftscope.core.lane import Lane
from driftscope.core.load import Load
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Event, Output, Result, StreamInfo

prepare_thread()
RATE_HZ = 1000.0
VALUES = waves(4000)


class Told(Load):
    """Do as the test says, whatever the load."""

    skip = leave = False

    def skip_learning(self, *_: object) -> bool:  # type: ignore[override]  # it looks at nothing
        return self.skip

    def leave_unscored(self, *_: object) -> bool:  # type: ignore[override]  # it looks at nothing
        return self.leave


class Driven:
    """Drive a live lane block by block and keep what comes out."""

    def __init__(self, rate_hz: float | None = RATE_HZ, **settings: object) -> None:
        params = default_params()
        for name, value in settings.items():
            params.set(name.replace("__", "."), value)
        self.lane = Lane(StreamInfo("s", ("a", "b"), ("", ""), rate_hz), params, live=True)
        self.lane.load = self.load = Told()
        self.out: list[Output] = []
        self.row = 0

    def take(self, rows: int, skip: bool = False, leave: bool = False) -> list[Output]:
        self.load.skip, self.load.leave = skip, leave
        at = slice(self.row, self.row + rows)
        times = np.arange(at.start, at.stop) / RATE_HZ
        came = list(self.lane.take(Block("s", self.row, times, VALUES[at], 0.0)))
        self.row += rows
        self.out += came
        return came

    def events(self, kind: str) -> list[Event]:
        return [item for item in self.out if isinstance(item, Event) and item.kind == kind]


def test_a_stretch_left_unscored_is_told_as_soon_as_scoring_goes_on() -> None:
    driven = Driven()
    driven.take(800)
    left = driven.take(400, leave=True)
    assert [r.scored for r in left if isinstance(r, Result)] == [False]
    again = driven.take(8, skip=True)
    told = again[0]
    assert isinstance(told, Event) and told.kind == "unscored"
    assert (told.seq, told.time_s, told.data) == (800, 0.8, dict(steps=50, samples=400))
    assert isinstance(again[1], Result) and again[1].scored
    driven.take(80, leave=True)
    driven.take(8)
    assert [event.seq for event in driven.events("unscored")] == [800, 1208]


def test_every_row_comes_out_once_scored_or_not() -> None:
    driven = Driven()
    for k in range(40):
        driven.take(77, skip=k % 3 == 1, leave=k % 5 == 4)
    driven.out += driven.lane.finish()
    results = [item for item in driven.out if isinstance(item, Result)]
    seqs = np.concatenate([r.seq + np.arange(len(r)) for r in results])
    assert np.array_equal(seqs, np.arange(driven.row))
    left = sum(len(r) for r in results if not r.scored)
    assert left == sum(event.data["samples"] for event in driven.events("unscored")) > 0


def test_no_decision_and_no_alarm_reaches_across_what_was_not_scored() -> None:
    driven = Driven(detector__decision_rows=16, detector__one_in=10.0)
    driven.take(1600)
    driven.take(160, leave=True)
    after = [r for r in driven.take(160) if isinstance(r, Result)]
    first = np.concatenate([r.rarity for r in after])[:15]
    assert not first.any(), "a decision was carried over"


def test_rows_left_unscored_count_for_the_rate() -> None:
    driven = Driven(rate_hz=None)
    driven.take(40)
    driven.take(2000, leave=True)
    driven.take(200)
    assert driven.lane.rate.rate_hz == pytest.approx(RATE_HZ, rel=0.01)


def test_skipped_updates_are_told_at_the_latest_where_the_stream_breaks() -> None:
    driven = Driven()
    driven.take(80)
    driven.take(80, skip=True)
    assert not driven.events("skipped")
    driven.out += driven.lane.gap(Event("s", 160, 0.16, "gap", {}))
    (skipped,) = driven.events("skipped")
    assert (skipped.seq, skipped.data) == (80, dict(steps=10, samples=80))
    assert driven.out.index(skipped) < driven.out.index(driven.events("gap")[0])


def test_a_gap_stands_after_the_last_row_though_the_device_did_not_say_where() -> None:
    driven = Driven()
    driven.take(83)
    driven.out += driven.lane.gap(Event("", 0, 0.0, "gap", dict(reason="The cable was pulled.")))
    (gap,) = driven.events("gap")
    assert (gap.key, gap.seq, gap.time_s) == ("s", 83, 82 / RATE_HZ)
    assert gap.data == dict(reason="The cable was pulled.")


def test_nothing_is_predicted_across_samples_that_are_missing() -> None:
    driven = Driven()
    driven.take(800)
    driven.row += 5
    after = [r for r in driven.take(200) if isinstance(r, Result)]
    prediction = np.concatenate([r.prediction for r in after])
    blind = driven.lane.learner.horizon + driven.lane.learner.window - 1  # type: ignore[attr-defined]
    assert after[0].seq == 805 and np.isnan(prediction[:blind]).all()
    assert np.isfinite(prediction[blind:]).all()


def test_a_step_never_holds_rows_from_both_sides_of_what_is_missing() -> None:
    driven = Driven()
    driven.take(803)
    driven.row += 5
    came = [r for r in driven.take(200) if isinstance(r, Result)]
    assert (came[0].seq, len(came[0])) == (800, 3) and came[1].seq == 808
