"""Times reconstructed from arrivals, held against the truth."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from arrivals import Reads, errors_ms, in_lumps, one_by_one, raw, stamped, steady
from readers import Scripted

from driftscope.core.decoders._times import DeviceClock
from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.health import Health
from driftscope.core.monitor import Monitor
from driftscope.core.sample_clock import ArrivalClock
from driftscope.core.sections import default_params
from driftscope.core.stream import Block
from driftscope.core.summary import summary
from driftscope.core.wire import Chunk

Read = Callable[[np.ndarray, np.random.Generator], Reads]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("rate_hz", "read", "median_ms", "worst_ms"),
    [(100.0, one_by_one, 0.05, 0.5), (100.0, in_lumps, 1.6, 5.0), (1000.0, in_lumps, 1.0, 3.0),
     (8000.0, in_lumps, 0.3, 1.0), (1000.0, one_by_one, 1.0, 40.0)],
)  # fmt: skip
def test_a_steady_device_has_even_times_however_it_is_read(
    rate_hz: float, read: Read, median_ms: float, worst_ms: float, seed: int
) -> None:
    truth = steady(rate_hz, 40)
    reads = read(truth, np.random.default_rng(seed))
    times = stamped(reads)
    found, before = errors_ms(times, truth), errors_ms(raw(reads), truth)
    assert (np.diff(times) > 0).all() and (times <= raw(reads) + 1e-4).all()
    assert np.median(found) < median_ms and found.max() < worst_ms
    assert np.percentile(found, 95) < np.percentile(before, 95) / 3
    steps = np.diff(times)[round(3 * rate_hz) :] * rate_hz
    assert np.percentile(np.abs(steps - 1), 99) < 0.02, "jitter is no signal"


def test_what_waited_before_opening_spoils_nothing() -> None:
    truth = steady(100, 30)
    reads = one_by_one(truth, np.random.default_rng(0))
    begin_s = reads[500][1]
    reads = [(400, begin_s), (101, begin_s + 0.001), *reads[501:]]
    times = stamped(reads)
    assert (np.diff(times) > 0).all()
    assert errors_ms(times, truth, 7.0).max() < 1.0


def test_a_device_that_slows_down_or_speeds_up_is_followed() -> None:
    for before_hz, after_hz in ((100, 50), (50, 100), (1000, 990)):
        first = steady(before_hz, 20)
        truth = np.concatenate([first, first[-1] + np.arange(1, 20 * after_hz) / after_hz])
        times = stamped(one_by_one(truth, np.random.default_rng(1)))
        after = np.abs(times - truth)[truth > first[-1] + 2.0]
        assert (np.diff(times) > 0).all()
        assert np.median(after) < 0.001 and np.percentile(after, 99) < 0.005


def test_a_pause_is_a_pause_and_the_rate_stays_known() -> None:
    truth = steady(100, 30)
    truth[1500:] += 3.0
    times = stamped(one_by_one(truth, np.random.default_rng(2)))
    assert errors_ms(times, truth).max() < 110
    assert np.percentile(errors_ms(times, truth), 99) < 2
    assert times[1500] - times[1499] == pytest.approx(3.01, abs=0.1)


def test_samples_held_up_by_us_keep_the_times_they_were_taken_at() -> None:
    """The process stood still for a second; then 60 lines come with every read."""
    truth = steady(1000, 30)
    reads = in_lumps(truth, np.random.default_rng(3), 0.004)
    held = sum(n for n, at in reads if 1015 <= at < 1016)
    late = [(min(60, held - k), 1016 + k * 1e-5) for k in range(0, held, 60)]
    reads = [r for r in reads if r[1] < 1015] + late + [r for r in reads if r[1] >= 1016.05]
    truth = np.concatenate([truth[: sum(n for n, _ in reads if _ < 1016.01)], truth[-(
        sum(n for n, _ in reads if _ >= 1016.01)) :]])  # fmt: skip
    times = stamped(reads)
    held_up = (truth > 1014.9) & (truth < 1015.99)
    assert (1e3 * np.abs(times - truth))[held_up].max() < 30
    assert errors_ms(raw(reads), truth).max() > 900


def test_one_sample_every_five_seconds_is_no_trouble() -> None:
    truth = steady(0.2, 500)
    reads = one_by_one(truth, np.random.default_rng(4), 0.002)
    times = stamped(reads)
    assert errors_ms(times, truth, 60).max() < 100
    assert np.median(errors_ms(times, truth, 60)) < np.median(errors_ms(raw(reads), truth, 60))


def test_bursts_of_evenly_taken_samples_are_spread_out() -> None:
    truth = steady(10, 60)
    reads = [(n, 1001.0 + k + late) for k in range(60) for n, late in ((4, 0.0), (6, 0.002))]
    times = stamped(reads)
    assert np.abs(np.diff(times)[100:] - 0.1).max() < 0.01
    assert errors_ms(times, truth).max() < 150


def test_events_at_random_stay_where_they_came() -> None:
    """No clock is behind them: no time is further from its arrival than half a second."""
    random = np.random.default_rng(5)
    at = 1000 + np.cumsum(random.exponential(8.0, 300))
    times = stamped([(1, float(each)) for each in at])
    assert (np.diff(times) > 0).all() and (times <= at + 1e-6).all()
    assert (at - times)[20:].max() <= 0.5


def test_a_gap_starts_anew_at_the_arrival_with_the_rate_known() -> None:
    clock = ArrivalClock()
    stamped(one_by_one(steady(100, 10), np.random.default_rng(6)), clock)
    clock.gap()
    times = clock.stamp(5, 2000.0)
    assert times[-1] == 2000.0 and np.allclose(np.diff(times), 0.01, rtol=1e-3)


@pytest.mark.parametrize("cut", [1, 40, 500])
def test_saved_loaded_and_continued_is_never_stopped(cut: int) -> None:
    reads = one_by_one(steady(100, 10), np.random.default_rng(7))
    clock = ArrivalClock()
    first = stamped(reads[:cut], clock)
    state = pickle.loads(pickle.dumps(clock.state_dict()))
    kept = copy.deepcopy(state)
    rest = stamped(reads[cut:], clock)
    other = ArrivalClock()
    other.load_state_dict(state)
    assert np.array_equal(stamped(reads[cut:], other), rest)
    assert np.array_equal(np.concatenate([first, rest]), stamped(reads))
    again = ArrivalClock()
    again.load_state_dict(kept)
    assert np.array_equal(stamped(reads[cut:], again), rest), "the state was not used up"


def test_its_memory_stays_the_same() -> None:
    clock = ArrivalClock()
    stamped(one_by_one(steady(100, 5), np.random.default_rng(8)), clock)
    size = len(pickle.dumps(clock.state_dict()))
    stamped(one_by_one(steady(100, 60, 1005.0), np.random.default_rng(8)), clock)
    assert len(pickle.dumps(clock.state_dict())) < size + 200


def imu_like(random: np.random.Generator) -> np.ndarray:
    """Return times as a real IMU's: ticks of 2.5 ms, four to a sample, now and then a sample or
    two left out."""
    steps = np.full(6000, 4)
    steps[::40] = 3
    steps[random.integers(500, 6000, 5)] = random.choice([8, 12], 5)
    return 1000 + np.cumsum(steps) * 0.00252


def imu(data_dir: Path) -> np.ndarray:
    path = data_dir / "imu_xio" / "sensor_data.csv.gz"
    return 1000 + np.loadtxt(path, delimiter=",", skiprows=1, usecols=0)


@pytest.mark.parametrize("read", [one_by_one, in_lumps])
def test_an_imu_whose_samples_sometimes_fail_is_followed(read: Read) -> None:
    _follows(imu_like(np.random.default_rng(9)), read)


@pytest.mark.parametrize("read", [one_by_one, in_lumps])
def test_a_real_imu_log_is_followed(read: Read, data_dir: Path) -> None:
    """135 s of x-io's IMU: its own jitter and left-out samples are the truth."""
    _follows(imu(data_dir), read)


def _follows(truth: np.ndarray, read: Read) -> None:
    reads = read(truth, np.random.default_rng(10))
    found, before = errors_ms(stamped(reads), truth), errors_ms(raw(reads), truth)
    assert np.percentile(found, 90) < 3.0
    assert np.percentile(before, 99) > 3 * np.percentile(found, 90)


def test_a_real_imu_logs_own_arrivals_give_its_rate(data_dir: Path) -> None:
    """Its time column as arrivals, jittering from 7.6 to 30 ms: what is stamped is even."""
    at = imu(data_dir)
    clock = ArrivalClock()
    times = stamped([(1, float(each)) for each in at], clock)
    assert np.percentile(np.diff(at), [0.1, 99.95])[1] > 0.015
    steps = np.diff(times)[300:]
    assert np.percentile(np.abs(steps - np.median(steps)), 95) < 0.0005
    assert clock.quality.rate_hz == pytest.approx(99.86, abs=1.0)
    assert clock.quality.jitter_ms is not None and 0.3 < clock.quality.jitter_ms < 5


def test_the_rate_and_the_jitter_are_told() -> None:
    clock = ArrivalClock()
    assert clock.quality.rate_hz is None
    random = np.random.default_rng(11)
    stamped(one_by_one(steady(250, 20) + random.exponential(0.002, 5000), random), clock)
    assert clock.quality.rate_hz == pytest.approx(250, rel=1e-4)
    assert clock.quality.drift_ppm is None
    assert clock.quality.jitter_ms is not None and 1 < clock.quality.jitter_ms < 15


@pytest.mark.parametrize("ppm", [-40.0, 12.0, 150.0])
def test_the_drift_of_a_devices_own_clock_is_told(ppm: float) -> None:
    truth = steady(100, 120)
    reads = one_by_one(truth, np.random.default_rng(12))
    sent = (truth - 1000) * (1 + ppm * 1e-6)
    clock = DeviceClock()
    for k, (_, at) in enumerate(reads):
        times, _ = clock.stamp(sent[k : k + 1])
        clock.arrived(float(times[-1]), at)
        if k == 1500:
            assert clock.quality.drift_ppm is None, "too early to say"
    assert clock.quality.drift_ppm == pytest.approx(ppm, abs=3)
    assert clock.quality.jitter_ms is not None and 0.5 < clock.quality.jitter_ms < 20
    state = pickle.loads(pickle.dumps(clock.state_dict()))
    other = DeviceClock()
    other.load_state_dict(state)
    assert other.quality == clock.quality


def test_a_clock_in_another_unit_has_no_drift() -> None:
    clock = DeviceClock()
    for k in range(2000):
        clock.arrived(k * 10.0, 1000 + k * 0.01)
    assert clock.quality.drift_ppm is None and clock.quality.jitter_ms is None


def test_the_decoder_tells_which_clock_it_goes_by() -> None:
    own, timed = Text("s", TextParams()), Text("s", TextParams())
    for k in range(4000):
        at = 5.0 + k / 100
        own.decode(Chunk(k, b"%d\n" % k, at, 1e9 + at))
        header = b"time_ms,a\n" if k == 0 else b""
        timed.decode(Chunk(k, header + b"%d,%d\n" % (10 * k, k), at, 1e9 + at))
    assert own.clock_quality.rate_hz == pytest.approx(100)
    assert timed.clock_quality.rate_hz is None
    assert timed.clock_quality.drift_ppm == pytest.approx(0, abs=1)
    assert Health().clock.jitter_ms is None


def test_lumps_leave_no_trace_in_what_the_decoder_gives() -> None:
    """200 Hz, 16 ms lumps, lines cut where the lumps end."""
    truth = steady(200, 20)
    decoder, number, times, cut = Text("s", TextParams()), 0, [], b""
    for chunk, (n, at) in enumerate(in_lumps(truth, np.random.default_rng(13))):
        data = cut + b"".join(b"%d,1\n" % (number + k) for k in range(n))
        number, (data, cut) = number + n, (data[:-3], data[-3:])
        for item in decoder.decode(Chunk(chunk, data, at, 1e9 + at)):
            times += item.time_s.tolist() if isinstance(item, Block) else []
    steps = np.diff(times)[600:]
    assert np.percentile(np.abs(steps - 0.005), 99) < 0.0002


def test_what_the_decoder_knows_of_its_clock_stands_in_health_and_summary() -> None:
    script = [step for k in range(80) for step in (partial(time.sleep, 0.002), b"%d\n" % k)]
    device = Scripted(*script, live=True, end=True)
    monitor = Monitor({"wire": (device, default_params())}, [])
    monitor.run()
    health = monitor.healths["wire"]
    assert health.samples >= 79 and health.clock.jitter_ms is not None
    assert summary(health)["clock_jitter_ms"] == health.clock.jitter_ms
    assert summary(health)["clock_drift_ppm"] is None
