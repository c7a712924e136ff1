"""What falls out of the exact rows lives on as minima and maxima, over the whole run."""

from __future__ import annotations

import numpy as np
import pytest

from driftscope.core.history import History
from driftscope.core.stream import Event, Result, StreamInfo

BUDGET = 2**18
INFO = StreamInfo("s", ("a", "b"), ("", ""), 100.0)


def result(seq: int, values: np.ndarray, time_s: np.ndarray | None = None) -> Result:
    n = len(values)
    no = np.zeros(n, bool)
    times = (seq + np.arange(n)) / 100 if time_s is None else time_s
    return Result(
        "s", seq, times, values, -values, None, np.ones(n), {"last value": np.ones(n)}, values,
        np.abs(values[:, 0]), 4.0, no, no, True, 0.0,
    )  # fmt: skip


def filled(values: np.ndarray, block: int = 64, budget: int = BUDGET) -> History:
    history = History(INFO, budget)
    for seq in range(0, len(values), block):
        history.append(result(seq, values[seq : seq + block]))
    return history


def noise(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 2))


@pytest.mark.parametrize("rows", [4_000, 20_011, 150_000])
@pytest.mark.parametrize("pixels", [60, 700])
def test_the_whole_run_stays_visible_with_every_extreme(rows: int, pixels: int) -> None:
    values = noise(rows)
    values[rows // 10] = 50, -50
    history = filled(values)
    lines = history.lines(history.start_s, history.end_s, pixels)
    assert (history.start_s, lines.first_seq, lines.last_seq) == (0.0, 0, rows - 1)
    assert np.nanmax(lines.values, axis=0) == pytest.approx(values.max(axis=0))
    assert np.nanmin(lines.values, axis=0) == pytest.approx(values.min(axis=0))
    assert np.nanmax(lines.prediction, axis=0) == pytest.approx(-values.min(axis=0))
    assert np.nanmax(lines.rarity) == pytest.approx(np.abs(values[:, 0]).max())
    assert np.all(np.diff(lines.time_s) >= 0)
    assert len(lines.time_s) <= 4 * pixels
    assert not np.isnan(lines.values).any()


@pytest.mark.parametrize("seed", range(6))
def test_any_stretch_shows_all_that_was_in_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = noise(40_000, seed)
    history = filled(values, block=int(random.integers(1, 300)))
    for _ in range(20):
        lo_s, hi_s = np.sort(random.uniform(0, 400, 2))
        lines = history.lines(lo_s, hi_s, 200)
        inside = values[int(np.ceil(lo_s * 100)) : int(hi_s * 100) + 1]
        if len(inside):
            assert lines.time_s[0] <= max(lo_s, history.start_s)
            assert np.nanmax(lines.values[:, 1]) >= inside[:, 1].max()
            assert np.nanmin(lines.values[:, 1]) <= inside[:, 1].min()


def test_one_channel_of_the_past_can_be_asked_for() -> None:
    values = noise(30_000)
    history = filled(values)
    one = history.lines(0.0, 10.0, 100, [1]).values
    assert np.array_equal(one[:, 0], history.lines(0.0, 10.0, 100).values[:, 1], equal_nan=True)
    assert len(history.lines(0.0, 10.0, 100, []).rarity) == len(one)


def test_two_days_fit_into_what_is_there() -> None:
    hours = np.arange(48 * 3600, dtype=float)
    history = History(INFO, BUDGET)
    for seq in range(0, len(hours), 600):
        times = hours[seq : seq + 600]
        daily = np.sin(times / 86_400 * 2 * np.pi)
        history.append(result(seq, np.stack([daily, times], axis=1), times))
    assert len(history) < 5_000
    lines = history.lines(0.0, history.end_s, 400)
    assert lines.time_s[0] == 0.0 and lines.time_s[-1] > 47.9 * 3600
    assert len(lines.time_s) > 200
    assert np.abs(lines.values[:, 1] - lines.time_s).max() < 3600 / 4
    assert np.abs(lines.values[:, 0] - np.sin(lines.time_s / 86_400 * 2 * np.pi)).max() < 0.1


def test_a_gap_breaks_the_line_also_where_only_groups_are_left() -> None:
    values = noise(30_000)
    history = History(INFO, BUDGET)
    for seq in range(0, 30_000, 50):
        if seq == 2_000:
            history.note_gap(Event("s", seq, 0.0, "gap"))
        times = (seq + np.arange(50)) / 100 + (1000 if seq >= 2_000 else 0)
        history.append(result(seq, values[seq : seq + 50], times))
    assert history.exact_s > 1100
    for pixels in (50, 333, 3000):
        lines = history.lines(0.0, history.end_s, pixels)
        drawn = np.isfinite(lines.values[:, 0])
        assert (~drawn).sum() == 1
        joined = drawn[:-1] & drawn[1:]
        assert np.diff(lines.time_s)[joined].max() < 20


def test_added_channels_leave_the_coarse_past_as_it_was() -> None:
    values = noise(30_000)
    history = filled(values)
    before = history.lines(0.0, 300.0, 100)
    wide = StreamInfo("s", ("a", "b", "c"), ("", "", ""), 100.0, version=2)
    history.extend(wide)
    after = history.lines(0.0, 300.0, 100)
    assert after.values.shape[1] == 3 and np.isnan(after.values[:, 2]).all()
    assert np.nanmax(after.values[:, :2], axis=0) == pytest.approx(before.values.max(axis=0))
    assert (after.first_seq, after.last_seq) == (before.first_seq, before.last_seq)
    for seq in range(30_000, 60_000, 100):
        history.append(result(seq, np.full((100, 3), 7.0)))
    lines = history.lines(0.0, 600.0, 100)
    assert np.nanmax(lines.values, axis=0) == pytest.approx([7, 7, 7])
    assert np.nanmin(lines.values[:, 0]) == pytest.approx(values[:, 0].min())


def test_a_row_of_the_coarse_past_is_gone_and_says_so() -> None:
    history = filled(noise(30_000))
    assert history.row(5) is None
    assert 0 < history.seq_at(50.0) <= 5_000
    assert 0 < history.exact_s < history.end_s


def test_wide_groups_are_drawn_as_bars_not_as_slopes() -> None:
    history = filled(noise(150_000))
    lines = history.lines(100.0, 100.0 + 20 * history.group_s, 1000)
    across = np.diff(lines.time_s) > 0
    assert across.sum() > 15
    assert np.all(np.diff(lines.values[:, 0])[across] == 0)
    assert np.all(np.diff(lines.time_s) >= 0)
