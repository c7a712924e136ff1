"""While an alarm lasts nothing is learned; after a minute, or if told so, it is the new usual."""

from __future__ import annotations

import copy

import pytest
from streams import Listed, run, waves

from driftscope.core import holding, knowledge, lane, parts
from driftscope.core.holding import MOST_S, REASON, Holding
from driftscope.core.learner import Forecaster
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import StreamInfo
from driftscope.core.teaching import Accept, LearnerCommand, UndoSamples

prepare_thread()


class Held(Forecaster):
    """Remember what it was told."""

    holds = True

    def reset(self) -> None:
        super().reset()
        self.told: list[str] = []

    def hold(self, reason: str) -> None:
        super().hold(reason)
        self.told.append(reason)

    def obey(self, command: LearnerCommand) -> str:
        return "" if isinstance(command, Accept) else super().obey(command)


def learner() -> Held:
    info = StreamInfo("s", ("a", "b"), ("", ""), 100.0)
    params = default_params()
    made = make_learner(info, params)
    return Held(info, params.learner, made.model_params)  # type: ignore[attr-defined]


def test_it_holds_while_an_alarm_lasts_and_says_each_only_once() -> None:
    held, watched = Holding(), learner()
    for at_s, alarm in enumerate([0, 0, 1, 1, 1, 0, 0, 1, 0]):
        assert held.follow(watched, bool(alarm), float(at_s)) == ""
        assert held.held == bool(alarm) and (watched.state == "held") == bool(alarm)
    assert watched.told == [REASON, "", REASON, ""]


def test_what_lasts_is_the_new_usual_and_that_is_said_once() -> None:
    held, watched = Holding(), learner()
    told = [held.follow(watched, True, at_s) for at_s in (5.0, 30.0, 4.9 + MOST_S)]
    assert told == ["", "", ""] and held.held
    assert "taken for normal" in held.follow(watched, True, 5.0 + MOST_S)
    assert held.follow(watched, True, 500.0) == "" and not held.held
    held.follow(watched, False, 501.0)
    held.follow(watched, True, 502.0)
    assert held.held, "the next alarm is another one"
    assert watched.told == [REASON, "", REASON]


def test_accepted_it_lets_go_until_the_alarm_is_over() -> None:
    held, watched = Holding(), learner()
    held.follow(watched, True, 1.0)
    held.accept(watched)
    assert not held.held
    held.follow(watched, True, 2.0)
    assert not held.held
    held.follow(watched, False, 3.0)
    held.follow(watched, True, 4.0)
    assert held.held


def test_accepted_before_the_alarm_it_does_not_hold_at_all() -> None:
    held, watched = Holding(), learner()
    held.accept(watched)
    assert held.follow(watched, True, 1.0) == "" and not held.held and watched.told == []


@pytest.mark.parametrize("alarm", [True, False])
def test_loaded_it_goes_on_where_it_was(alarm: bool) -> None:
    one, two, watched = Holding(), Holding(), learner()
    one.follow(watched, alarm, 1.0)
    fresh = learner()
    two.load_state_dict(copy.deepcopy(one.state_dict()), fresh)
    assert two.held == alarm and fresh.told == [REASON if alarm else ""]
    for at_s in (30.0, 70.0, 200.0):
        assert one.follow(watched, True, at_s) == two.follow(fresh, True, at_s)
    assert one.state_dict() == two.state_dict()


@pytest.mark.parametrize("holds", [True, False])
def test_a_lane_holds_the_learner_that_wants_it(
    holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Held] = []

    def make(info: StreamInfo, params) -> Held:
        plain = parts.make_learner(info, params)
        made.append(Held(info, plain.params, plain.model_params))  # type: ignore[attr-defined]
        made[-1].holds = holds  # type: ignore[misc]  # of one, for the test
        return made[-1]

    monkeypatch.setattr(knowledge, "make_learner", make)
    monkeypatch.setattr(holding, "MOST_S", 2.0)
    values = waves(6000)
    values[4000:] += 8.0
    kept = run(Listed(values), detector__one_in=100.0, learner__step_rows=8)
    alarms = [alarm for alarm in kept.alarms if alarm.start >= 4000]
    assert alarms, "the fault was not even found"
    states = {item.state for item in kept.learned if item.seq >= 4000}
    notes = [event for event in kept.events("note") if "normal" in event.data["message"]]
    if holds:
        assert "held" in states and made[0].told[0] == REASON
        assert len(notes) == 1 and kept.learned[-1].state == "learning"
    else:
        assert states == {"learning"} and not made[0].told and not notes


def test_a_command_that_is_not_known_holds_nothing() -> None:
    info = StreamInfo("s", ("a", "b"), ("", ""), 100.0)
    made = lane.Lane(info, default_params(), live=False)
    watched = learner()
    made.learner = watched
    assert made.obey(UndoSamples()).endswith(".") and not watched.told
    assert made.obey(Accept()) == ""
