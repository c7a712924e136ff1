"""Rates, and what follows from them; times for samples that came together."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftscope.core import clock
from driftscope.core.sample_clock import ArrivalClock


@pytest.mark.parametrize(
    ("rate_hz", "rows", "horizon", "decision"),
    [(None, 1, 8, 19), (1.0, 1, 8, 19), (150.0, 1, 8, 150), (400.0, 4, 20, 400),
     (1000.0, 8, 50, 1000), (7000.0, 64, 350, 7000), (1e6, 64, 50_000, 1_000_000)],
)  # fmt: skip
def test_what_follows_from_the_rate(
    rate_hz: float | None, rows: int, horizon: int, decision: int
) -> None:
    assert clock.auto_step_rows(rate_hz) == rows
    assert clock.auto_horizon(rate_hz) == horizon
    assert clock.auto_decision_rows(rate_hz) == decision


def test_a_declared_rate_is_kept() -> None:
    rate = clock.RateEstimate(50.0)
    assert not rate.update(np.arange(1000) / 7)
    assert rate.rate_hz == 50.0


@pytest.mark.parametrize("size", [1, 7, 64])
def test_an_undeclared_rate_is_known_after_64_samples(size: int) -> None:
    rate = clock.RateEstimate()
    times = np.arange(128) / 200
    for i in range(0, 63, size):
        rate.update(times[i : i + size])
    if size == 1:
        assert rate.rate_hz is None
    rate.update(times[63:64] if size == 1 else times[64:128])
    assert rate.rate_hz == pytest.approx(200, rel=0.05)


def test_a_wrong_first_guess_is_mended_later() -> None:
    burst = np.concatenate([np.arange(64) / 1e5, 0.01 + np.arange(1, 4000) / 100])
    rate = clock.RateEstimate()
    for at in burst:
        rate.update(np.array([at]))
    assert rate.rate_hz == pytest.approx(100, rel=0.2)


@pytest.mark.parametrize("hz", [1e6, 1.2e5])
def test_a_program_that_never_waits_has_no_rate(hz: float) -> None:
    rate = clock.RateEstimate(live=False)
    assert not any(rate.update(np.array([at])) for at in np.arange(5000) / hz)
    assert rate.rate_hz is None


def test_a_live_devices_first_burst_says_nothing_yet() -> None:
    burst = np.concatenate([np.arange(100) * 1e-6, 0.01 + np.arange(1, 4000) / 1000])
    rate = clock.RateEstimate()
    for at in burst[:100]:
        assert not rate.update(np.array([at]))
    for at in burst[100:]:
        rate.update(np.array([at]))
    assert rate.rate_hz == pytest.approx(1000, rel=0.25)


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 0.5)), min_size=1, max_size=40))
def test_arrival_times_rise_strictly_and_never_pass_the_arrival(
    reads: list[tuple[int, float]],
) -> None:
    arrivals, times, now_s = ArrivalClock(), [], 1.7e9
    for n, pause_s in reads:
        now_s += pause_s
        stamped = arrivals.stamp(n, now_s)
        assert len(stamped) == n
        times.extend(stamped.tolist())
    assert all(b > a for a, b in itertools.pairwise(times))
    assert not times or times[-1] <= now_s + 1e-6 * len(times) + 1e-3


def test_samples_of_one_read_lie_one_period_apart() -> None:
    arrivals = ArrivalClock()
    times = np.concatenate([arrivals.stamp(10, 100 + 0.01 * k) for k in range(200)])
    steps_s = np.diff(times[1000:])
    assert np.allclose(steps_s, 0.001, rtol=0.05)
