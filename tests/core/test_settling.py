"""What a turned knob does to the errors is not what is usual."""

import math

import pytest

from driftscope.core.settling import PATIENCE, Settling


def usual(loss: float = 0.1) -> Settling:
    settling = Settling()
    for _ in range(100):
        assert settling.settled(loss, 1.0)
    return settling


def test_errors_count_again_once_the_loss_is_back() -> None:
    settling = usual()
    settling.turned()
    assert not any(settling.settled(5.0, 1.0) for _ in range(90))
    settling.turned()
    said = [settling.settled(0.12, 1.0) for _ in range(5)]
    assert said[-1] and not said[0]


def test_a_loss_that_stays_is_usual_in_the_end() -> None:
    settling = usual()
    settling.turned()
    said = [settling.settled(5.0, 1.0) for _ in range(PATIENCE + 1)]
    assert said.index(True) == PATIENCE - 1


def test_a_turn_that_changes_nothing_costs_three_decisions() -> None:
    settling = usual()
    settling.turned()
    assert [settling.settled(0.1, 0.5) for _ in range(7)].index(True) == 5


def test_turning_before_anything_is_known_waits_for_nothing() -> None:
    settling = Settling()
    settling.turned()
    assert settling.settled(math.nan, 1.0) and settling.settled(3.0, 1.0)


@pytest.mark.parametrize("calls", [0, 3])
def test_saved_and_loaded_goes_on(calls: int) -> None:
    one, two = usual(), Settling()
    one.turned()
    for _ in range(calls):
        one.settled(4.0, 1.0)
    two.load_state_dict(one.state_dict())
    losses = [4.0] * 3 + [0.1] * 9
    assert [one.settled(x, 1.0) for x in losses] == [two.settled(x, 1.0) for x in losses]
