import numpy as np

from driftscope.core.mix import Mix


def mixed(last, correction, target):
    mix = Mix(1)
    for row in zip(last, correction, target, strict=True):
        mix.update(*(np.array([[value]]) for value in row))
    return float(mix.last[0]), float(mix.trust[0])


def test_it_finds_how_far_last_value_and_correction_count():
    draw = np.random.default_rng(0).normal(size=(3, 4000))
    last, correction, noise = draw[0], 0.5 * draw[1], 0.1 * draw[2]
    a, trust = mixed(last, correction, 0.6 * last + 0.8 * correction + noise)
    assert abs(a - 0.6) < 0.05
    assert abs(trust - 0.8) < 0.1


def test_on_noise_nothing_counts():
    draw = np.random.default_rng(0).normal(size=(3, 4000))
    a, trust = mixed(draw[0], 0.3 * draw[1], draw[2])
    assert abs(a) < 0.15
    assert trust < 0.3


def test_a_single_spike_tells_nothing():
    draw = np.random.default_rng(0).normal(size=(2, 4000))
    last, target = draw[0], 0.6 * draw[0] + 0.1 * draw[1]
    target[-1] = 1e6
    a, _ = mixed(last, np.zeros(4000), target)
    assert abs(a - 0.6) < 0.1


def test_missing_values_are_left_out():
    mix = Mix(2)
    before = mix.state_dict()["sums"]
    mix.update(np.full((3, 2), np.nan), np.zeros((3, 2)), np.ones((3, 2)))
    np.testing.assert_array_equal(mix.state_dict()["sums"], before)
