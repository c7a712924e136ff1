"""Spectra: a sine of amplitude A reads A, and the density holds all of the signal's power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from driftscope.core.history import History
from driftscope.core.spectrum import (
    Spectrum,
    auto_window,
    largest_window,
    peaks,
    spectrum,
    stretch,
)
from driftscope.core.stream import Event, Result, StreamInfo


def of(values: np.ndarray, rows: int, rate_hz: float = 1000.0, breaks: tuple[int, ...] = ()):
    """Return the spectrum of (n,) samples of one channel at a steady rate."""
    times = np.arange(len(values)) / rate_hz
    return spectrum(stretch(times, values[:, None], breaks), rows)


def sine(amplitude: float, frequency_hz: float, rows: int, rate_hz: float = 1000.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency_hz / rate_hz * np.arange(rows) + 0.7)


@pytest.mark.parametrize("rows", [256, 1024, 4096])
def test_a_sine_on_a_bin_reads_its_amplitude(rows: int) -> None:
    found = of(sine(3.5, 1000.0 / rows * 40, 3 * rows), rows)
    assert found.frequency[40] == pytest.approx(1000.0 / rows * 40)
    assert found.amplitude[0, 40] == pytest.approx(3.5, rel=1e-9)
    assert found.amplitude[0].argmax() == 40
    assert found.averaged == 5


def test_the_highest_frequency_reads_its_amplitude_too() -> None:
    found = of(np.tile([2.0, -2.0], 512), 256)
    assert found.amplitude[0, -1] == pytest.approx(2.0)


@given(
    amplitude=some.floats(1e-6, 1e6), place=some.floats(4.0, 120.0), phase=some.floats(0, 2 * np.pi)
)
def test_a_sine_between_bins_is_found_with_its_amplitude(
    amplitude: float, place: float, phase: float
) -> None:
    t = np.arange(2048)
    found = of(amplitude * np.sin(2 * np.pi * place / 256 * t + phase), 256, 256.0)
    (peak, *_) = peaks(found, 0)
    assert peak.frequency == pytest.approx(place, abs=0.02)
    assert peak.amplitude == pytest.approx(amplitude, rel=0.02)


def test_a_sine_between_bins_is_exact_where_its_mirror_image_is_far() -> None:
    (peak,) = peaks(of(sine(2.0, 123.456, 16384), 4096), 0)
    assert peak.frequency == pytest.approx(123.456, abs=1e-5)
    assert peak.amplitude == pytest.approx(2.0, rel=1e-5)


def test_the_density_holds_the_mean_square_of_what_the_window_weighs() -> None:
    """Parseval: the density's sum is the mean of (w x)² over that of w², window by window."""
    random = np.random.default_rng(1)
    values, rows = random.standard_normal(4096), 512
    found = of(values, rows, 200.0)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(rows) / rows)
    parts = [values[a : a + rows] for a in range(0, 4096 - rows + 1, rows // 2)]
    weighed = [np.mean(((p - p.mean()) * hann) ** 2) / np.mean(hann**2) for p in parts]
    assert found.averaged == len(parts) == 15
    assert found.density[0].sum() * found.step == pytest.approx(np.mean(weighed), rel=1e-12)


def test_white_noise_has_the_density_of_its_variance() -> None:
    values = np.random.default_rng(2).normal(0, 3.0, 200_000)
    found = of(values, 1024, 500.0)
    expected = 9.0 / 250.0  # its variance, spread over the band
    assert found.density[0, 5:-5].mean() == pytest.approx(expected, rel=0.02)


def test_the_transform_is_numpys_of_one_window() -> None:
    values = np.random.default_rng(3).standard_normal(256)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    whole = np.fft.fft((values - values.mean()) * hann)[:129]
    assert np.allclose(of(values, 256).power[0], np.abs(whole) ** 2)


def test_no_window_reaches_over_a_gap() -> None:
    """Behind the gap the signal stands 1,000 higher: a window over it would show a step."""
    values = sine(1.0, 125.0, 1000)
    values[600:] += 1000.0
    over, apart = of(values, 256), of(values, 256, breaks=(600,))
    assert apart.averaged == 3 + 2
    assert apart.amplitude[0, :8].max() < 1e-9 < over.amplitude[0, :8].max()
    assert of(values, 512, breaks=(300, 600, 800)) is None


def test_a_few_missing_values_are_filled_in_and_counted() -> None:
    values = sine(1.0, 20.0, 2000)
    values[::50] = np.nan
    found = stretch(np.arange(2000) / 1000, values[:, None])
    assert found.missing[0] == pytest.approx(0.02)
    (peak, *_) = peaks(spectrum(found, 1024), 0)
    assert peak.amplitude == pytest.approx(1.0, rel=0.01)


def test_a_channel_that_misses_much_has_none_and_the_others_keep_theirs() -> None:
    values = np.stack([sine(1.0, 125.0, 1024), np.full(1024, np.nan)], axis=1)
    values[::4, 1] = 1.0
    found = spectrum(stretch(np.arange(1024) / 1000, values), 512)
    assert np.isnan(found.power[1]).all()
    assert found.amplitude[0].max() == pytest.approx(1.0)
    assert peaks(found, 1) == []


def test_the_rate_is_that_of_the_times_and_none_of_rows() -> None:
    times = np.arange(100) / 50.0
    times[60:] += 7.0
    values = np.zeros((100, 1))
    assert stretch(times, values, [60]).rate_hz == pytest.approx(50.0)
    rows = stretch(np.arange(100.0), values, rated=False)
    assert math.isnan(rows.rate_hz) and not rows.uneven
    assert spectrum(rows, 64).frequency[-1] == 0.5


def test_uneven_times_are_told_even_ones_are_not() -> None:
    random, values = np.random.default_rng(4), np.zeros((500, 1))
    steady = np.arange(500) / 100 + random.normal(0, 1e-4, 500)
    jumpy = np.cumsum(random.exponential(0.01, 500))
    assert not stretch(steady, values).uneven
    assert stretch(jumpy, values).uneven


def test_flat_noise_has_no_peaks_and_the_strongest_come_first() -> None:
    random = np.random.default_rng(5)
    noise = random.normal(0, 0.1, 60_000)
    assert peaks(of(noise, 512), 0) == []
    three = noise + sum(sine(a, f, 60_000) for a, f in ((1, 60), (3, 180), (2, 301)))
    found = [(round(p.frequency), round(p.amplitude)) for p in peaks(of(three, 512), 0)]
    assert found == [(180, 3), (301, 2), (60, 1)]


def test_a_constant_and_too_few_samples() -> None:
    assert peaks(of(np.full(600, 5.0), 256), 0) == []
    assert of(np.zeros(15), 16) is None
    assert stretch(np.empty(0), np.empty((0, 2))).longest == 0


@given(some.integers(0, 3_000_000))
def test_windows_fit(rows: int) -> None:
    for length in (auto_window(rows), largest_window(rows)):
        assert (length & (length - 1) == 0 and length <= rows) or (length == 0 and rows < 16)
    assert auto_window(rows) <= 16_384


def history(rows: int = 1000) -> History:
    info = StreamInfo("s", ("a", "b"), ("", ""), 100.0)
    made = History(info, 1_000_000)
    no, values = np.zeros(rows, bool), np.arange(2.0 * rows).reshape(rows, 2)
    for seq in (0, rows):
        times = (seq + np.arange(rows)) / 100 + (5.0 if seq else 0.0)
        made.append(
            Result("s", seq, times, values, -values, None, np.zeros(rows), {}, values,
                   np.zeros(rows), 4.0, no, no, True, 0.0)
        )  # fmt: skip
        made.note_gap(Event("s", rows, rows / 100, "gap"))
    return made


def test_the_history_gives_samples_as_they_came_and_says_where_it_broke() -> None:
    found = history().samples(9.9, 15.099, 10_000, [1])
    assert found.time_s[[0, -1]].tolist() == [9.9, 15.09]
    assert (len(found.time_s), found.there, found.breaks) == (20, 20, [10])
    assert found.values.shape == (20, 1) and found.values[0, 0] == 1981.0
    assert np.array_equal(found.prediction, -found.values)


def test_of_a_long_stretch_the_newest_samples_are_given() -> None:
    found = history().samples(0.0, 1e9, 300)
    assert (len(found.time_s), found.there, found.breaks) == (300, 2000, [])
    assert found.time_s[-1] == pytest.approx(24.99)


def test_bins_lie_a_step_apart() -> None:
    found = of(np.zeros(256) + np.arange(256) % 2, 256, 64.0)
    assert isinstance(found, Spectrum)
    assert np.allclose(np.diff(found.frequency), found.step)
