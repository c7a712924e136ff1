"""What is suspicious is hardly learned; what lasts, or is accepted, is the new normal."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from streams import Listed, run, waves

from driftscope.core import knowledge, lane, parts, suspicion
from driftscope.core.learner import Forecaster
from driftscope.core.normaliser import Normaliser
from driftscope.core.parts import make_detector, make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import StreamInfo
from driftscope.core.suspicion import (
    HELD_S,
    LEAST,
    LONG_DECISIONS,
    LONG_S,
    REASON,
    UNJUDGED,
    Suspicion,
)
from driftscope.core.teaching import Accept, LearnerCommand, UndoSamples

prepare_thread()
INFO = StreamInfo("s", ("a", "b"), ("", ""), 100.0)


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


def held() -> Held:
    params = default_params()
    made = make_learner(INFO, params)
    return Held(INFO, params.learner, made.model_params)  # type: ignore[attr-defined]


def trusting() -> Forecaster:
    made = make_learner(INFO, default_params())
    assert isinstance(made, Forecaster)
    return made


def follow(made: Suspicion, learner: Forecaster, alarm: bool, at_s: float) -> str:
    return made.follow(learner, 4.0 if alarm else 0.5, alarm, at_s, 1.0)


def test_trust_falls_with_the_tail_probability_and_comes_back_slowly() -> None:
    made, learner = Suspicion(), trusting()
    trusts = []
    for rarity in (0.3, 1.9, 2.2, 3.0, 9.0, *[0.5] * 12):
        made.follow(learner, rarity, False, 0.0, 1.0)
        trusts.append(learner.trust)
    assert trusts[:5] == pytest.approx([1.0, 1.0, 10**-0.2, LEAST, LEAST])
    assert trusts[5:8] == pytest.approx([LEAST + 0.1, LEAST + 0.2, LEAST + 0.3])
    assert trusts[-1] == 1.0 and min(trusts) > 0.0


def test_a_share_of_a_decision_brings_back_a_share_of_the_trust() -> None:
    whole, parts_, learner = Suspicion(), Suspicion(), trusting()
    for each in (whole, parts_):
        each.follow(learner, 6.0, False, 0.0, 1.0)
    whole.follow(learner, 0.0, False, 1.0, 1.0)
    for _ in range(8):
        parts_.follow(learner, 0.0, False, 1.0, 1 / 8)
    assert parts_.trust == pytest.approx(whole.trust)


def test_a_wild_value_waits_until_a_decision_has_judged_it() -> None:
    made, learner = Suspicion(), trusting()
    trusts = []
    for _ in range(30):
        made.follow(learner, 0.0, False, 0.0, 0.1, out=31.0)
        trusts.append(learner.trust)
    assert trusts[:10] == [UNJUDGED] * 10 and trusts[11] == 1.0, "what stays is learned"
    made.follow(learner, 0.0, False, 0.0, 0.1, out=3.0)
    assert learner.trust == 1.0


def test_what_was_told_of_the_last_step_is_saved() -> None:
    made, learner, other = Suspicion(), trusting(), trusting()
    made.follow(learner, 0.0, False, 0.0, 0.1, out=31.0)
    gone_on = Suspicion()
    detector = make_detector(INFO, default_params())
    gone_on.load_state_dict(made.state_dict(), other, detector)
    assert other.trust == learner.trust == UNJUDGED, "late labels are learned by it"
    for each, of in ((made, learner), (gone_on, other)):
        each.follow(of, 0.0, False, 0.0, 0.1)
    assert other.trust == learner.trust == 1.0


def test_an_alarm_is_a_new_normal_after_minutes_and_decisions_both() -> None:
    slow, fast, learner = Suspicion(), Suspicion(), trusting()
    told = [follow(slow, learner, True, 5700.0 * k) for k in range(int(LONG_DECISIONS) + 1)]
    assert [bool(each) for each in told] == [False] * int(LONG_DECISIONS) + [True]
    assert "taken for normal" in told[-1] and learner.trust == 1.0 and slow.normal
    told = [follow(fast, learner, True, 0.1 * k) for k in range(int(10 * LONG_S) + 1)]
    assert [k for k, each in enumerate(told) if each] == [10 * LONG_S]
    assert follow(fast, learner, True, 1e6) == "", "it is said once"
    follow(fast, learner, False, 1e6)
    follow(fast, learner, True, 1e6 + 1)
    assert not fast.normal and learner.trust == LEAST, "the next alarm is another one"


def test_an_alarm_that_breaks_off_is_counted_anew() -> None:
    made, learner = Suspicion(), trusting()
    told = [follow(made, learner, k % 200 != 0, float(k)) for k in range(2000)]
    assert not any(told)


def test_it_holds_while_an_alarm_lasts_and_says_each_only_once() -> None:
    made, watched = Suspicion(), held()
    for at_s, alarm in enumerate([0, 0, 1, 1, 1, 0, 0, 1, 0]):
        assert follow(made, watched, bool(alarm), float(at_s)) == ""
        assert made.held == bool(alarm) and (watched.state == "held") == bool(alarm)
    assert watched.told == [REASON, "", REASON, ""]


def test_what_is_held_is_the_new_usual_after_a_minute() -> None:
    made, watched = Suspicion(), held()
    told = [follow(made, watched, True, at_s) for at_s in (5.0, 30.0, 4.9 + HELD_S)]
    assert told == ["", "", ""] and made.held
    assert "taken for normal" in follow(made, watched, True, 5.0 + HELD_S)
    assert follow(made, watched, True, 500.0) == "" and not made.held
    follow(made, watched, False, 501.0)
    follow(made, watched, True, 502.0)
    assert made.held and watched.told == [REASON, "", REASON]


def test_accepted_it_trusts_until_the_alarm_is_over() -> None:
    made, watched = Suspicion(), held()
    follow(made, watched, True, 1.0)
    made.accept(watched)
    assert not made.held and watched.trust == 1.0
    follow(made, watched, True, 2.0)
    assert not made.held and watched.trust == 1.0
    follow(made, watched, False, 3.0)
    follow(made, watched, True, 4.0)
    assert made.held and watched.trust == LEAST


def test_accepted_before_the_alarm_it_does_not_hold_at_all() -> None:
    made, watched = Suspicion(), held()
    made.accept(watched)
    assert follow(made, watched, True, 1.0) == "" and not made.held and watched.told == []


@pytest.mark.parametrize("alarm", [True, False])
def test_loaded_it_goes_on_where_it_was(alarm: bool) -> None:
    one, two, watched = Suspicion(), Suspicion(), held()
    follow(one, watched, alarm, 1.0)
    fresh, detector = held(), make_detector(INFO, default_params())
    two.load_state_dict(copy.deepcopy(one.state_dict()), fresh, detector)
    assert two.held == alarm and fresh.told == [REASON if alarm else ""]
    assert fresh.trust == watched.trust and detector.normal == one.normal
    for at_s in (30.0, 70.0, 200.0):
        assert follow(one, watched, True, at_s) == follow(two, fresh, True, at_s)
    assert one.state_dict() == two.state_dict()


@pytest.mark.parametrize("holds", [True, False])
def test_a_lane_holds_the_learner_that_wants_it_and_slows_the_others(
    holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Held] = []

    def make(info: StreamInfo, params) -> Held:
        plain = parts.make_learner(info, params)
        made.append(Held(info, plain.params, plain.model_params))  # type: ignore[attr-defined]
        made[-1].holds = holds  # type: ignore[misc]  # of one, for the test
        return made[-1]

    monkeypatch.setattr(knowledge, "make_learner", make)
    for name in ("HELD_S", "LONG_S", "LONG_DECISIONS"):
        monkeypatch.setattr(suspicion, name, 2.0)
    values = waves(6000)
    values[4000:] += 8.0
    kept = run(Listed(values), detector__one_in=100.0, learner__step_rows=8)
    alarms = [alarm for alarm in kept.alarms if alarm.start >= 4000]
    assert alarms, "the fault was not even found"
    states = {item.state for item in kept.learned if item.seq >= 4000}
    notes = [event for event in kept.events("note") if "normal" in event.data["message"]]
    assert len(notes) == 1 and kept.learned[-1].state == "learning"
    if holds:
        assert "held" in states and made[0].told[0] == REASON
    else:
        assert states == {"learning"} and not made[0].told


def test_a_fault_of_minutes_is_still_flagged_and_leaves_what_is_usual_alone() -> None:
    values = waves(40_000)
    values[20_000:35_000] += 6.0  # of 150 s, at 100 Hz
    kept = run(Listed(values), learner__step_rows=16)
    alarm = kept.column("alarm")
    assert alarm[20_200:35_000].mean() > 0.9
    assert alarm[36_000:].mean() < 0.02, "and it is over when it is over"


def test_rows_that_are_trusted_less_move_the_statistics_less() -> None:
    full, half, none = Normaliser(1), Normaliser(1), Normaliser(1)
    usual = np.random.default_rng(0).standard_normal((2000, 1))
    for each, trust in ((full, 1.0), (half, 0.5), (none, 0.01)):
        each.update(usual)
        each.update(usual[:100] + 3.0, trust)
    moved = [float(each.mean[0] - usual.mean()) for each in (full, half, none)]
    assert moved[0] > 1.9 * moved[1] > 20 * moved[2] > 0.0


def test_a_command_that_is_not_known_holds_nothing() -> None:
    made = lane.Lane(INFO, default_params(), live=False)
    watched = held()
    made.learner = watched
    assert made.obey(UndoSamples()).endswith(".") and not watched.told
    assert made.obey(Accept()) == ""
