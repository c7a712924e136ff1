import numpy as np

from driftscope.core.mix import Mix


def followed(last, target):
    mix = Mix(1, experts=2, horizon=1)
    for row in zip(last, target, strict=True):
        mix.follow(*(np.array([[value]]) for value in row), np.ones(1))
    return float(mix.last[0])


def learned(mix, target, experts):
    """Have a mix of one channel learn row by row; return what it said, (n,)."""
    said = []
    for y, each in zip(target, experts, strict=True):
        given = np.array(each, float)[None, :, None]
        mixed = mix.mixed(given)
        said.append(mixed[0, 0])
        due = np.concatenate((mixed[:, None], given), 1)
        mix.update(y - due)
    return np.array(said)


def test_it_finds_how_far_the_last_value_counts():
    draw = np.random.default_rng(0).normal(size=(2, 4000))
    assert abs(followed(draw[0], 0.6 * draw[0] + 0.1 * draw[1]) - 0.6) < 0.05
    assert abs(followed(*draw)) < 0.15


def test_a_single_spike_tells_nothing():
    draw = np.random.default_rng(0).normal(size=(2, 4000))
    last, target = draw[0], 0.6 * draw[0] + 0.1 * draw[1]
    target[-1] = 1e6
    assert abs(followed(last, target) - 0.6) < 0.1
    mix = Mix(1, experts=2, horizon=8)
    experts = np.stack((target, target + draw[1]), 1)
    learned(mix, target[:-1], experts[:-1])
    learned(mix, [1e6], [[0.0, 0.2]])
    assert mix.weights[0, 0] > 0.8


def test_the_mix_is_hardly_worse_than_the_best_and_better_where_they_complement_each_other():
    draw = np.random.default_rng(0).normal(size=(4, 4000))
    target = draw[0]
    good, bad = target + 0.3 * draw[1], target + 2.0 * draw[2]
    said = learned(Mix(1, experts=2, horizon=8), target, np.stack((good, bad), 1))
    assert np.abs(said - target)[500:].mean() < 1.05 * np.abs(good - target)[500:].mean()
    alike = target + 0.3 * draw[3]
    said = learned(Mix(1, experts=2, horizon=8), target, np.stack((good, alike), 1))
    assert np.abs(said - target)[500:].mean() < 0.85 * np.abs(good - target)[500:].mean()


def test_it_turns_to_another_when_the_best_one_fails():
    draw = np.random.default_rng(0).normal(size=(3, 4000))
    target = draw[0]
    first, second = target + 0.1 * draw[1], target + 0.1 * draw[2]
    first[2000:] += 3.0
    second[:2000] += 3.0
    mix = Mix(1, experts=2, horizon=1)
    said = learned(mix, target, np.stack((first, second), 1))
    assert np.abs(said - target)[1000:2000].mean() < 0.15
    assert np.abs(said - target)[2200:].mean() < 0.15


def test_what_is_not_trusted_moves_nothing():
    draw = np.random.default_rng(0).normal(size=(3, 300))
    mix = Mix(1, 2, 8)
    learned(mix, draw[0], draw[1:].T)
    before = mix.state_dict()
    mix.update(np.ones((1, 3, 1)), trust=0.0)
    mix.follow(np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1))
    for name, value in mix.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_missing_values_are_left_out():
    mix = Mix(2, experts=3, horizon=8)
    before = mix.last.copy(), mix.weights.copy()
    mix.update(np.full((3, 4, 2), np.nan))
    mix.follow(np.full((3, 2), np.nan), np.ones((3, 2)), np.ones(3))
    mix.follow(np.ones((3, 2)), np.full((3, 2), np.nan), np.ones(3))
    np.testing.assert_array_equal(mix.last, before[0])
    np.testing.assert_array_equal(mix.weights, before[1])
