"""How frequencies are written, and where their ticks stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from driftscope.gui import frequencies
from driftscope.gui.frequency_axis import FrequencyAxis


@pytest.mark.parametrize(
    ("low", "high", "log", "texts"),
    [
        (0.0, 500.0, False, ["0", "100", "200", "300", "400", "500 Hz"]),
        (0.0, 4.0, False, ["0", "1", "2", "3", "4 Hz"]),
        (0.0, 24_000.0, False, ["0", "5", "10", "15", "20 kHz"]),
        (0.0, 5e-5, False, ["0", "10", "20", "30", "40", "50 µHz"]),
        (1.0, 1000.0, True, ["1", "3", "10", "30", "100", "300", "1,000 Hz"]),
    ],
)
def test_ticks_name_their_unit_once(low: float, high: float, log: bool, texts: list[str]) -> None:
    found = frequencies.ticks(low, high, 7 if log else 5, highest=high, rated=True, log=log)
    assert [text for _, text in found] == texts


def test_a_frequency_is_told_as_fine_as_it_is_known() -> None:
    assert frequencies.text(50.123456, 0.244, 500.0, True) == "50.12 Hz"
    assert frequencies.text(12_345.6, 10.0, 24e3, True) == "12.346 kHz"
    assert frequencies.text(1 / 86400, 1e-6, 1e-4, True) == "11.6 µHz"
    assert frequencies.period(1 / 86400, True) == "24 h"


@given(log=some.booleans(), share=some.floats(0, 1), factor=some.floats(0.05, 1))
def test_zooming_keeps_what_is_under_the_mouse_in_its_place(
    log: bool, share: float, factor: float
) -> None:
    axis = FrequencyAxis(0.25, 500.0, log)
    fixed = axis.at(share)
    axis.zoom(factor, share)
    assert axis.place(np.array(fixed)).item() == pytest.approx(share, abs=1e-6)
    low, high = axis.ends
    assert 0 <= low < high <= 500.0001 and high - low >= 8 * 0.25 - 1e-9
    axis.zoom(1000.0, share)
    assert axis.part is None


@given(log=some.booleans(), moves=some.lists(some.floats(-2, 2), max_size=5))
def test_moving_stays_among_the_frequencies_there_are(log: bool, moves: list[float]) -> None:
    axis = FrequencyAxis(0.25, 500.0, log)
    axis.zoom(0.2, 0.5)
    first = axis.ends
    width = np.log(first[1] / first[0]) if log else first[1] - first[0]
    for by in moves:
        axis.move(by)
        low, high = axis.ends
        assert (axis.first if log else 0.0) - 1e-9 <= low < high <= 500.0001
        assert (np.log(high / low) if log else high - low) == pytest.approx(width)


def test_what_is_zoomed_into_stays_when_the_axis_changes_as_far_as_it_can() -> None:
    axis = FrequencyAxis(0.25, 500.0)
    axis.zoom(0.1, 0.2)
    assert axis.ends == pytest.approx((90.0, 140.0))
    axis.cover(0.5, 500.0, True)
    assert axis.ends == pytest.approx((90.0, 140.0))
    axis.cover(0.5, 100.0, False)
    assert axis.ends == pytest.approx((90.0, 100.0))
    axis.cover(0.5, 50.0, False)
    assert axis.part is None and axis.ends == (0.0, 50.0)
