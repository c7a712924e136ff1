"""How frequencies are written, and where their ticks stand."""

from __future__ import annotations

import pytest

from driftscope.gui import frequencies


@pytest.mark.parametrize(
    ("low", "high", "log", "texts"),
    [
        (0.0, 500.0, False, ["0", "100", "200", "300", "400", "500 Hz"]),
        (0.0, 24_000.0, False, ["0", "5", "10", "15", "20 kHz"]),
        (0.0, 5e-5, False, ["0", "10", "20", "30", "40", "50 µHz"]),
        (1.0, 1000.0, True, ["1", "3", "10", "30", "100", "300", "1,000 Hz"]),
    ],
)
def test_ticks_name_their_unit_once(low: float, high: float, log: bool, texts: list[str]) -> None:
    found = frequencies.ticks(low, high, 7 if log else 5, True, log)
    assert [text for _, text in found] == texts


def test_a_frequency_is_told_as_fine_as_it_is_known() -> None:
    assert frequencies.text(50.123456, 0.244, 500.0, True) == "50.12 Hz"
    assert frequencies.text(12_345.6, 10.0, 24e3, True) == "12.346 kHz"
    assert frequencies.text(1 / 86400, 1e-6, 1e-4, True) == "11.6 µHz"
    assert frequencies.period(1 / 86400, True) == "24 h"
