"""Ticks people can read, and ranges that hold still."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftscope.gui import axes

ANY = st.floats(-1e290, 1e290)


@given(ANY, ANY)
def test_a_nice_range_holds_its_values_and_its_ticks_differ(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = axes.nice_range(low, high)
    room = found.step * 1e-6
    assert found.low - room <= low <= high <= found.high + room
    for most in (2, 3, 6):
        texts = [text for _, text in found.ticks(most)]
        assert 2 <= len(texts) <= most
        assert len(set(texts)) == len(texts)
        assert all(len(text) <= 12 for text in texts)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (-0.9, 0.97, ["-1.0", "0.0", "1.0"]),
        (0, 0, ["-1.0", "0.0", "1.0"]),
        (0, 950, ["0", "1,000"]),
        (101_324.2, 101_325.9, ["101,324.0", "101,325.0", "101,326.0"]),
        (1.7e9, 1.7e9 + 4, ["1.7e9", "+2", "+4"]),
        (-1e30, 1e30, ["-1e30", "0", "1e30"]),
    ],
)  # fmt: skip
def test_ticks_have_the_right_magnitude(low: float, high: float, texts: list[str]) -> None:
    assert [text for _, text in axes.nice_range(low, high).ticks(3)] == texts


def test_a_calm_range_widens_at_once_and_narrows_after_a_while() -> None:
    calm = axes.CalmRange()
    first = calm.update(-1, 1, 0.0)
    assert calm.update(-0.95, 0.9, 1.0) is first
    wide = calm.update(-1, 5, 2.0)
    assert wide.high >= 5
    assert calm.update(-1, 1, 3.0) is wide
    assert calm.update(-1, 4.9, 5.9) is wide
    assert calm.update(-1, 1, 6.0) is wide
    assert calm.update(-1, 1, 9.1) == first


def test_absurd_values_do_not_count() -> None:
    values = np.sin(np.arange(500) / 9)
    values[[3, 200]] = [1e30, np.nan]
    assert axes.robust_limits(values) == pytest.approx((-1, 1), abs=0.01)
    assert axes.robust_limits(np.array([np.nan])) is None
    assert axes.robust_limits(np.zeros(50)) == (0, 0)


@pytest.mark.parametrize(
    ("before_s", "after_s", "texts"),
    [
        (12, 0, ["now", "-5 s", "-10 s"]),
        (0.25, 0, ["now", "-100 ms", "-200 ms"]),
        (3612, 3600, ["-3,600 s", "-3,605 s", "-3,610 s"]),
        (3600, 0, ["now", "-30 min", "-60 min"]),
        (3 * 86400, 0, ["now", "-1 d", "-2 d", "-3 d"]),
    ],
)  # fmt: skip
def test_time_is_counted_back_from_now(before_s, after_s, texts) -> None:
    assert [text for _, text in axes.time_ticks(before_s, after_s, 3)] == texts


def test_rarity_is_read_as_one_in_n() -> None:
    assert [t for _, t in axes.rarity_ticks(6, 4)] == ["1", "1 in 100", "1 in 10,000", "1 in 1M"]
    assert [t for _, t in axes.rarity_ticks(300, 3)] == ["1", "1 in 1,000", "1 in 1M", "1 in 1B"]


def test_loss_ticks_stand_at_one_and_three() -> None:
    assert [t for _, t in axes.log_ticks(0.03, 1, 8)] == ["0.03", "0.1", "0.3", "1"]


def test_a_stream_without_times_counts_rows_back() -> None:
    ticks = axes.time_ticks(1000.0, -50.0, 5, "rows")
    assert [text for _, text in ticks] == ["now", "-500 rows", "-1,000 rows"]


@pytest.mark.parametrize("clock", ["elapsed", "rows"])
@pytest.mark.parametrize("span_s", [1e10, 1e12, 1e300])
def test_a_time_longer_than_anything_foreseen_has_few_ticks(clock: str, span_s: float) -> None:
    ticks = axes.time_ticks(span_s, 0.0, 5, clock)
    assert 2 <= len(ticks) <= 6 and ticks[0] == (0.0, "now")
    assert all(-span_s <= offset_s <= 0 and len(text) < 20 for offset_s, text in ticks)
