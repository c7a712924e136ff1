"""An alarm is an interval: start, peak, end, and a rest behind it."""

import numpy as np

from driftscope.core.alarms import AlarmLife, Decision, responsible
from driftscope.core.stream import Alarm, StreamInfo

INFO = StreamInfo("bench", ("x", "y"), ("", ""))
ROWS = 10


def live(rarities: list[float], refractory: int = 2) -> tuple[AlarmLife, list[Alarm]]:
    """Take decisions of 10 rows at 1 Hz; return the life and every alarm as it changed."""
    life, told = AlarmLife(), []
    for number, rarity in enumerate(rarities):
        seq = ROWS * number + ROWS - 1
        decision = Decision(seq, float(seq), seq - 1.0, rarity, np.array([rarity, 0.1]))
        life, alarm = life.decide(INFO, decision, 3.0, refractory)
        told += [alarm] if alarm else []
    return life, told


def test_it_starts_on_the_deciding_row_and_ends_before_the_first_calm_one() -> None:
    life, told = live([0, 4, 6, 5, 1])
    assert [(a.start, a.peak, a.end, a.rarity) for a in told] == [
        (19, 19, None, 4), (19, 29, None, 6), (19, 29, 48, 6),
    ]  # fmt: skip
    assert [a.id for a in told] == [1, 1, 1]
    assert (told[-1].start_s, told[-1].end_s) == (19.0, 48.0)
    assert told[-1].channels == {"x": 1.0}
    assert life.open is None


def test_a_decision_at_the_threshold_is_no_alarm() -> None:
    assert live([3.0])[1] == []


def test_the_rest_counts_from_the_end_and_holds_back_onsets_only() -> None:
    _, told = live([4, 0, 9, 9, 4, 4, 4, 4, 4, 0], refractory=2)
    begun = [a.start for a in told if a.end is None]
    assert begun == [9, 49]
    assert [a.end for a in told if a.end is not None] == [18, 98]


def test_ending_what_is_not_open_changes_nothing() -> None:
    life = AlarmLife(number=3, rest=1)
    assert life.end(7, 7.0, 5) == (life, None)


def test_alarms_are_numbered_through_a_saved_state() -> None:
    life, _ = live([4, 0, 0, 0, 5])
    again = AlarmLife.from_state(life.state_dict())
    assert again == life
    assert again.number == 2


def test_blame_goes_to_those_that_stand_out_largest_first() -> None:
    shares = responsible(("a", "b", "c"), np.array([3.0, 1.0, 6.0]))
    assert list(shares) == ["c", "a"]
    assert sum(shares.values()) == 1
    assert responsible(("a",), np.zeros(1)) == {}
