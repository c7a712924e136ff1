"""The detector: what it promises, what it finds, and that timing changes nothing."""

import dataclasses
import math

import numpy as np
import pytest

from driftscope.core import registry
from driftscope.core.detectors.residual_range import ResidualRange
from driftscope.core.sections import DetectorParams
from driftscope.core.stream import Alarm, Detected, Scored, Step, StreamInfo

D = 19
NOISE = {
    "gaussian": lambda draw, shape: draw.normal(size=shape),
    "laplace": lambda draw, shape: draw.laplace(size=shape),
    "student": lambda draw, shape: draw.standard_t(4, size=shape),
}


def make(channels: int = 1, rate_hz: float | None = None, **params: float) -> ResidualRange:
    names = tuple(f"c{i}" for i in range(channels))
    info = StreamInfo("bench", names, ("",) * channels, rate_hz)
    return ResidualRange(info, DetectorParams(**params))


def step_of(seq: int, n: int, rows: int, values: np.ndarray, error: np.ndarray):
    """Return a step of `rows` rows of which n have arrived, at 10 Hz, and its errors."""
    time_s, padded = np.zeros(rows), np.zeros((rows, values.shape[1]))
    errors = np.full((rows, error.shape[1]), np.nan)
    time_s[:n] = (seq + np.arange(n)) / 10
    padded[:n], errors[:n] = values[seq : seq + n], error[seq : seq + n]
    none = np.full(rows, np.nan)
    return Step("bench", seq, time_s, padded, n), Scored(padded, None, none, {}, errors, padded)


class Run:
    """What came of feeding a stream: per-row arrays and the alarms by number."""

    def __init__(self, detector: ResidualRange) -> None:
        self.detector = detector
        self.rows: list[Detected] = []
        self.alarms: dict[int, Alarm] = {}

    def feed(self, values, error=None, *, rows=D, parts=(), calibrate=True, start=0) -> "Run":
        error = values if error is None else error
        for seq in range(start, len(values), rows):
            n = min(rows, len(values) - seq)
            for part in (*(p for p in parts if p < n), n):
                step, scored = step_of(seq, part, rows, values, error)
                detected = self.detector.score(step, scored)
                for before in self.rows[-1:] if part != min((*parts, n)) else ():
                    had = len(before.rarity)
                    assert np.array_equal(detected.rarity[:had], before.rarity)
                    assert np.array_equal(detected.alarm[:had], before.alarm)
                    self.rows.pop()
                cut = {k: getattr(detected, k)[:part]
                       for k in ("rarity", "onset", "alarm", "channel_score")}  # fmt: skip
                self.rows.append(dataclasses.replace(detected, **cut))
                self.note(detected.alarms)
            self.detector.learn(step, scored, detected, calibrate and n == rows)
        return self

    def note(self, alarms) -> None:
        self.alarms.update({alarm.id: alarm for alarm in alarms})

    def __getattr__(self, name: str) -> np.ndarray:
        return np.concatenate([getattr(each, name) for each in self.rows])


def noise(decisions: int, channels: int = 1, seed: int = 0, kind: str = "gaussian") -> np.ndarray:
    return NOISE[kind](np.random.default_rng(seed), (decisions * D, channels))


@pytest.mark.parametrize("kind", NOISE)
def test_one_in_n_decisions_of_a_normal_stream(kind: str) -> None:
    rarity = Run(make()).feed(noise(8000, kind=kind)).rarity[D - 1 :: D][1000:]
    for decades in (2, 3):
        assert 0.25 < (rarity > decades).mean() * 10**decades < 2


def test_many_channels_keep_the_same_promise() -> None:
    rarity = Run(make(8)).feed(noise(4000, 8)).rarity[D - 1 :: D][1000:]
    assert (rarity > 2).mean() < 0.02
    assert (rarity > 3).mean() < 0.002


def test_a_point_in_the_error_is_found_and_told_by_channel() -> None:
    values = noise(300, 3)
    error = values.copy()
    error[200 * D + 5, 1] = 12
    run = Run(make(3)).feed(values, error)
    (alarm,) = run.alarms.values()
    deciding = 201 * D - 1
    assert (alarm.start, alarm.peak, alarm.end) == (deciding, deciding, deciding + D - 1)
    assert next(iter(alarm.channels)) == "c1"
    assert alarm.start_s == deciding / 10
    assert alarm.end_s == (deciding + D - 1) / 10
    assert run.channel_score[deciding].argmax() == 1


def test_a_shift_too_small_for_any_one_row_is_found() -> None:
    values = noise(300)
    error = values.copy()
    error[200 * D : 203 * D] += 1.5
    run = Run(make()).feed(values, error)
    assert [a.start for a in run.alarms.values()] == [201 * D - 1]


def test_a_value_outside_all_that_was_seen_is_found_without_any_error() -> None:
    error = noise(300)
    values = np.sin(np.arange(300 * D) / 7)[:, None]
    values[200 * D + 3] = 4.0
    run = Run(make()).feed(values, error)
    assert [a.start for a in run.alarms.values()] == [201 * D - 1]


def test_one_wild_value_does_not_widen_the_range_for_ever() -> None:
    error = noise(400)
    values = np.sin(np.arange(400 * D) / 7)[:, None]
    values[200 * D + 3] = 1e30
    values[300 * D + 3] = 8.0
    run = Run(make()).feed(values, error)
    assert [a.start for a in run.alarms.values()] == [201 * D - 1, 301 * D - 1]


def test_a_new_level_is_taken_in_by_and_by_and_at_once_if_it_is_normal() -> None:
    error = noise(600)
    values = np.sin(np.arange(600 * D) / 7)[:, None]
    values[200 * D :] += 3
    run = Run(make()).feed(values, error)
    first = run.alarms[1]
    assert first.start == 201 * D - 1
    assert 300.0 < first.end_s - first.start_s < 900.0, "not within the first minutes"
    assert not run.alarm[first.end + 1 :].any()
    told = Run(make()).feed(values[: 203 * D], error[: 203 * D])
    assert told.alarm[-1]
    told.detector.normal = True
    assert not told.feed(values, error, start=203 * D).alarm[206 * D :].any()


def test_rows_carry_the_last_decision_and_onsets_stand_on_deciding_rows() -> None:
    values = noise(400)
    values[200 * D : 201 * D] *= 10
    run = Run(make(one_in=100)).feed(values, rows=8)
    decided = run.rarity[D - 1 :: D]
    assert np.array_equal(run.rarity[D - 1 :], np.repeat(decided, D)[: len(values) - D + 1])
    assert np.all(np.flatnonzero(run.onset) % D == D - 1)
    inside = np.zeros(len(values), bool)
    for alarm in run.alarms.values():
        inside[alarm.start : len(values) if alarm.end is None else alarm.end + 1] = True
    assert np.array_equal(run.alarm, inside)
    assert sorted(np.flatnonzero(run.onset)) == sorted(a.start for a in run.alarms.values())
    assert max(a.rarity for a in run.alarms.values()) == run.rarity.max()


def test_part_steps_say_the_same_bit_for_bit() -> None:
    values = noise(100, 2)
    values[60 * D :] += 2
    whole = Run(make(2, one_in=50)).feed(values, rows=64)
    parts = Run(make(2, one_in=50)).feed(values, rows=64, parts=(1, 17, 18, 19, 40, 63))
    assert np.array_equal(whole.rarity, parts.rarity)
    assert np.array_equal(whole.alarm, parts.alarm)
    assert whole.alarms == parts.alarms
    assert whole.alarms


def test_the_batch_size_changes_no_more_than_the_last_bits() -> None:
    values = noise(200, 2)
    by_one, by_many = (Run(make(2)).feed(values, rows=b) for b in (1, 16))
    np.testing.assert_allclose(by_one.rarity, by_many.rarity, rtol=1e-9, atol=1e-12)


def test_cutting_the_future_off_changes_nothing_before() -> None:
    values = noise(100)
    values[30 * D] = 20
    whole, cut = Run(make()).feed(values), Run(make()).feed(values[: 60 * D + 4])
    assert np.array_equal(whole.rarity[: 60 * D + 4], cut.rarity)
    assert np.array_equal(whole.alarm[: 60 * D + 4], cut.alarm)


def test_a_gap_ends_the_alarm_and_drops_the_open_decision() -> None:
    values = noise(300)
    values[200 * D - 5 :] += 30
    run = Run(make()).feed(values[: 200 * D + 7])
    assert run.alarm[-1]
    seq = 200 * D + 7
    (ended,) = run.detector.gap(seq)
    assert (ended.end, ended.end_s) == (seq - 1, (seq - 1) / 10)
    assert run.detector.gap(seq) == ()
    after = Run(run.detector).feed(values[:, :], rows=8, start=seq)
    assert not after.rarity[: 2 * D - 8].any()  # the cut decision and the one not yet full
    assert after.rarity[2 * D - 8] > 0


def test_an_unplug_alone_is_no_alarm() -> None:
    values = noise(400)
    run = Run(make()).feed(values[: 200 * D + 7])
    run.note(run.detector.gap(200 * D + 7))
    error = values.copy()
    error[200 * D + 7 : 203 * D] = np.nan  # the learner's window fills anew
    run.feed(values, error, start=200 * D + 7)
    assert not run.alarms


def test_frozen_learning_still_ends_alarms_but_calibrates_nothing() -> None:
    values = noise(260)
    values[200 * D : 202 * D] += 30
    run = Run(make()).feed(values[: 200 * D])
    before = run.detector.state_dict()
    run.feed(values, start=200 * D, calibrate=False)
    after = run.detector.state_dict()
    assert after["evidence"] == before["evidence"]
    np.testing.assert_equal(after["scores"], before["scores"])
    assert run.alarms[1].end is not None
    assert after["last"][0] == len(values) - 1


def test_calibrated_once_the_evidence_is_ten_times_one_in_n() -> None:
    run = Run(make(one_in=10)).feed(noise(110))
    assert [each.calibrated for each in run.rows[100:102]] == [True, True]
    assert not run.rows[99].calibrated
    assert run.rows[0].threshold == 1.0


@pytest.mark.parametrize("kind", ["constant", "missing", "no error", "huge", "infinite"])
def test_odd_streams_are_borne(kind: str) -> None:
    values = noise(200, 3)
    error = values.copy()
    if kind == "constant":
        values[:, 0] = error[:, 0] = 0.1
    elif kind == "missing":
        values[:, 0] = error[:, 0] = np.nan
        values[::3, 1] = error[::3, 1] = np.nan
    elif kind == "no error":
        error[:] = np.nan
    elif kind == "huge":
        values[1000, 0] = error[1000, 0] = 1e308
    else:
        values[1000, 0] = error[1000, 0] = -np.inf
    run = Run(make(3)).feed(values, error, rows=8)
    assert np.isfinite(run.rarity).all()
    assert np.isfinite(run.channel_score).all()
    assert bool(run.alarms) == (kind in ("huge", "infinite"))
    if kind == "no error":
        assert not run.rarity.any()


def test_a_channel_that_never_moved_moves() -> None:
    values = noise(200, 2)
    values[:, 0] = 3.3
    values[150 * D :, 0] = 3.4
    run = Run(make(2)).feed(values, noise(200, 2, seed=1))
    assert list(run.alarms[1].channels) == ["c0"]
    assert run.alarms[1].start == 151 * D - 1
    assert len(run.alarms) == 1


def test_a_saved_state_goes_on_bit_for_bit() -> None:
    values = noise(300, 2)
    values[150 * D - 9 :] += 6
    at = 150 * D + 5  # an open decision and an open alarm
    whole = Run(make(2)).feed(values[:at], rows=1).feed(values, rows=1, start=at)
    first = Run(make(2)).feed(values[:at], rows=1)
    assert first.alarm[-1]
    again = make(2)
    again.load_state_dict(first.detector.state_dict())
    first.feed(values[:], rows=1, start=at)  # the state is a copy
    second = Run(again).feed(values, rows=1, start=at)
    assert np.array_equal(second.rarity, whole.rarity[at:])
    assert np.array_equal(second.channel_score, whole.channel_score[at:])
    np.testing.assert_equal(again.state_dict(), whole.detector.state_dict())


def test_the_time_scale_follows_the_rate_and_begins_anew_when_turned() -> None:
    detector = make(rate_hz=1000)
    assert detector.decision_rows == 1000
    detector.rate_hz = None
    assert detector.decision_rows == D
    run = Run(detector).feed(noise(100))
    assert run.rarity[-1] > 0
    detector.params.decision_rows = 7
    assert not Run(detector).feed(noise(1)).rarity.any()


def test_reset_forgets_what_is_usual_but_not_the_numbering() -> None:
    values = noise(250)
    values[200 * D :] += 30
    run = Run(make()).feed(values[: 201 * D])
    run.detector.reset()
    run.rows.clear()
    run.feed(values, start=201 * D)
    assert not run.rarity[: 10 * D].any()
    assert run.alarms[1].end == 202 * D - 2


def test_it_is_the_plugin() -> None:
    assert registry.load("detectors", "residual_range") is ResidualRange
    assert math.isclose(make().params.one_in, 1000)
