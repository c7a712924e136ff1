import numpy as np
import pytest

from driftscope.core.normaliser import CLIP, RATE, Normaliser


def fed(values, rows=1):
    normaliser = Normaliser(values.shape[1])
    for start in range(0, len(values), rows):
        normaliser.update(values[start : start + rows])
    return normaliser


@pytest.mark.parametrize("rows", [1, 8, 50])
def test_the_start_is_unbiased(rows):
    values = np.random.default_rng(0).normal([3.0, -1e6], [0.5, 20.0], (400, 2))
    normaliser = fed(values, rows)
    np.testing.assert_allclose(normaliser.mean, values.mean(0), rtol=1e-9)
    np.testing.assert_allclose(normaliser.scale, values.std(0), rtol=1e-6)


def test_old_samples_are_forgotten():
    values = np.random.default_rng(0).normal(0.0, 1.0, (12_000, 1))
    values[6000:] = values[6000:] * 10 + 5
    normaliser = fed(values)
    assert normaliser.mean[0] == pytest.approx(5.0, abs=1.5)
    assert normaliser.scale[0] == pytest.approx(10.0, rel=0.15)


def test_one_huge_sample_does_not_destroy_the_scale():
    values = np.random.default_rng(0).normal(0.0, 1.0, (2000, 1))
    normaliser = fed(values)
    before = normaliser.scale[0]
    normaliser.update(np.array([[1e30]]))
    assert normaliser.scale[0] < 1.05 * before
    assert abs(normaliser.mean[0]) < 0.2


def test_rubbish_at_the_very_start_is_forgotten():
    values = np.random.default_rng(0).normal(0.0, 1.0, (2000, 1))
    values[1] = 1e30
    assert fed(values).scale[0] == pytest.approx(1.0, rel=0.1)


def test_missing_samples_are_left_out():
    values = np.random.default_rng(0).normal(2.0, 3.0, (300, 2))
    values[::3, 1] = np.nan
    normaliser = fed(values, 10)
    np.testing.assert_allclose(normaliser.mean, np.nanmean(values, 0))
    np.testing.assert_allclose(normaliser.scale, np.nanstd(values, 0))
    z = normaliser.normalise(np.array([[np.nan, 1e9], [-np.inf, np.nan]]))
    np.testing.assert_array_equal(z, np.array([[0.0, CLIP], [-CLIP, 0.0]], np.float32))


@pytest.mark.parametrize("level", [0.0, 0.1, 1e9])
def test_a_constant_channel_that_moves_is_far_out_but_finite(level):
    normaliser = fed(np.full((3000, 1), level), 8)
    assert normaliser.scale_with(np.array([[level]])) > 0
    assert abs(normaliser.normalise(np.array([[level]]))[0, 0]) < 0.1
    moved = np.array([[level + 1.0]])
    deviation = (moved - normaliser.mean) / normaliser.scale_with(moved)
    assert 0.9 / np.sqrt(RATE) < deviation[0, 0] <= 1.0 / np.sqrt(RATE)


def test_going_on_from_a_saved_state_changes_nothing():
    values = np.random.default_rng(0).normal(size=(300, 3))
    whole = fed(values)
    resumed = Normaliser(3)
    resumed.load_state_dict(fed(values[:150]).state_dict())
    for row in values[150:]:
        resumed.update(row[None])
    for name, value in whole.state_dict().items():
        np.testing.assert_array_equal(resumed.state_dict()[name], value)


def test_more_rows_at_once_than_are_remembered_leave_a_sound_scale() -> None:
    random = np.random.default_rng(0)
    normaliser = Normaliser(2)
    for _ in range(5):
        normaliser.update(5 + 2 * random.standard_normal((1500, 2)))
    assert np.allclose(normaliser.mean, 5, atol=0.3) and np.allclose(normaliser.scale, 2, atol=0.2)
