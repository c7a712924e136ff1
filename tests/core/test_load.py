"""What is left out when time is short, in which order."""

from driftscope.core.load import Load


def loaded(score_s: float, learn_s: float) -> Load:
    load = Load()
    for _ in range(500):
        load.spent(score_s, learn_s, 1)
    load.skip_learning(0.0, 1000)  # caught up once
    return load


def test_a_hiccup_is_caught_up_with() -> None:
    load = loaded(score_s=50e-6, learn_s=50e-6)
    assert not load.skip_learning(age_s=0.2, rate_hz=1000)
    assert not load.leave_unscored(age_s=0.2, rate_hz=1000)


def test_learning_goes_before_scoring() -> None:
    load = loaded(score_s=50e-6, learn_s=150e-6)
    assert load.skip_learning(age_s=0.05, rate_hz=10_000)
    assert not load.leave_unscored(age_s=0.05, rate_hz=10_000)
    assert load.leave_unscored(age_s=0.2, rate_hz=10_000)


def test_the_backlog_of_starting_up_is_learned_from() -> None:
    load = Load()
    for _ in range(500):
        load.spent(100e-6, 100e-6, 1)
    assert not load.skip_learning(age_s=2.0, rate_hz=1000)
    load.skip_learning(age_s=0.001, rate_hz=1000)
    assert load.skip_learning(age_s=2.0, rate_hz=1000)
