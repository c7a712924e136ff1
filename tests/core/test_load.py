"""What is left out when time is short, in which order."""

from driftscope.core.load import REMEMBERED, Load


def loaded(score_s: float, learn_s: float, backlog_s: float = 0.0) -> Load:
    """Return a load that began at 0 s, so far behind, and has timed enough steps."""
    load = Load()
    for _ in range(REMEMBERED):
        assert not load.skip_learning(9.0, 0.0, 1000)
        load.spent(score_s, learn_s, 1)
    load.skip_learning(backlog_s, 0.0, 1000)
    return load


def test_a_hiccup_is_caught_up_with() -> None:
    load = loaded(score_s=50e-6, learn_s=50e-6)
    assert not load.skip_learning(0.2, 1.0, 1000)
    assert not load.leave_unscored(0.2, 1.0, 1000)


def test_learning_goes_before_scoring() -> None:
    load = loaded(score_s=50e-6, learn_s=150e-6)
    assert load.skip_learning(0.05, 1.0, 10_000)
    assert not load.leave_unscored(0.05, 1.0, 10_000)
    assert load.leave_unscored(0.2, 1.0, 10_000)


def test_the_backlog_of_starting_up_is_learned_from_while_it_melts() -> None:
    load = loaded(score_s=100e-6, learn_s=100e-6, backlog_s=2.0)
    assert not load.skip_learning(1.9, 0.1, 1000)
    assert not load.skip_learning(1.0, 2.0, 1000)
    assert load.skip_learning(1.9, 1.0, 1000)
    assert load.skip_learning(2.0, 4.0, 1000)


def test_decoding_counts_too() -> None:
    load = loaded(score_s=1e-6, learn_s=1e-6)
    assert not load.leave_unscored(0.1, 1.0, 100_000)
    for _ in range(100):
        load.decoded(1e-3, 100)
    assert load.leave_unscored(0.1, 1.0, 100_000)


def test_steps_of_another_size_are_timed_anew() -> None:
    load = loaded(score_s=1e-3, learn_s=1e-3)
    assert load.leave_unscored(0.2, 1.0, 6000)
    load.spent(1e-3, 1e-3, 32)
    assert not load.leave_unscored(0.2, 1.0, 6000)
