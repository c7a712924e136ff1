"""Back to what was learned: to the bit, in stream time, within bounds, and said why not."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from streams import Kept, Listed, monitored, waves

from driftscope.core import registry
from driftscope.core.commands import Bookmark, Command, GoBack, Reset, SetParam
from driftscope.core.drift import Drift
from driftscope.core.interfaces import Sink, State
from driftscope.core.knowledge import Knowledge
from driftscope.core.lane import Lane
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Output, Result, Step, StreamInfo
from driftscope.core.undo import CANNOT, Undo

prepare_thread(pictures=True)
RATE_HZ = 100.0
VALUES = waves(6000)


def same(one: object, two: object) -> bool:
    """Say whether two states are the same to the bit."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[k], two[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))  # type: ignore[arg-type]  # alike
    return np.array_equal(np.asarray(one), np.asarray(two), equal_nan=False)


class Driven:
    """A lane of 100 Hz that is fed by the second."""

    def __init__(self, model: str = "mlp") -> None:
        params = default_params()
        params.set("learner.model", model)
        params.set("learner.step_rows", 8)
        self.lane = Lane(StreamInfo("s", ("a", "b"), ("", ""), RATE_HZ), params, live=False)
        self.row = 0

    def feed(self, seconds: float) -> list[Output]:
        rows = slice(self.row, self.row + round(seconds * RATE_HZ))
        self.row = rows.stop
        times = np.arange(rows.start, rows.stop) / RATE_HZ
        values = waves(20_000)[np.arange(rows.start, rows.stop) % 20_000]
        return list(self.lane.take(Block("s", rows.start, times, values, 0.0)))

    @property
    def learned(self) -> State:
        return copy.deepcopy(self.lane.learner.learned())  # type: ignore[attr-defined]  # it can


@pytest.mark.parametrize("model", registry.names("models"))
def test_back_is_exactly_as_it_was(model: str) -> None:
    driven = Driven(model)
    known: dict[float, State] = {}
    for second in range(8):
        driven.feed(1)
        known[second] = driven.learned
    at_copy = driven.lane.undo._copies[-1]
    assert not same(driven.learned, at_copy.learned), "it went on learning"
    assert driven.lane.go_back(0.5) == ""
    assert same(driven.learned, driven.lane.undo._copies[-1].learned)
    assert not any(same(driven.learned, each) for each in list(known.values())[-1:])
    before = copy.deepcopy(at_copy.learned)
    driven.feed(1)
    assert same(before, at_copy.learned), "what is kept was learned on"


def test_it_goes_on_as_it_did_then() -> None:
    one, two = Driven(), Driven()
    one.feed(12), two.feed(12)
    bookmark = one.learned
    one.lane.bookmark()
    one.feed(5)
    assert not same(one.learned, bookmark)
    assert one.lane.go_back(None) == "" and same(one.learned, bookmark)
    step = Step("s", 0, np.arange(8.0), waves(8), 8)
    for driven in (one, two):
        driven.lane.learner.gap()
        for k in range(4):
            step = Step("s", 8 * k, np.arange(8.0), waves(64)[8 * k : 8 * k + 8], 8)
            driven.lane.learner.learn(step, driven.lane.learner.score(step))
    assert same(one.learned, two.learned)


def test_what_was_gone_back_from_is_not_replayed_and_its_loss_is_no_drift() -> None:
    driven = Driven()
    driven.lane.params.set("learner.replay", 4)
    driven.feed(12)
    assert driven.lane.learner.recall.state_dict()["replay"]["count"]  # type: ignore[attr-defined]  # a Forecaster
    assert not same(driven.lane.drift.state_dict(), Drift().state_dict())
    assert driven.lane.go_back(5) == ""
    assert not driven.lane.learner.recall.state_dict()["replay"]["count"]  # type: ignore[attr-defined]  # a Forecaster
    assert same(driven.lane.drift.state_dict(), Drift().state_dict())


def test_what_is_too_long_ago_is_told_with_what_there_is() -> None:
    driven = Driven()
    assert driven.lane.go_back(10) == "Nothing is remembered yet to go back to."
    driven.feed(7)
    assert driven.lane.go_back(10) == "Nothing that old is remembered: the oldest is 7 s ago."
    assert driven.lane.go_back(None) == "There is no bookmark of this model: set one first."


def test_back_twice_is_twice_as_far_and_a_reset_can_be_undone() -> None:
    driven = Driven()
    driven.feed(40)
    times = [copy.time_s for copy in driven.lane.undo._copies]
    weights = [copy.learned["training"]["weights"] for copy in driven.lane.undo._copies]

    def before(time_s: float) -> int:
        return max(i for i, t in enumerate(times) if t <= time_s - 10)

    at = before(driven.lane.time_s)
    first, second = weights[at], weights[before(times[at])]
    assert driven.lane.go_back(10) == ""
    assert torch.equal(driven.learned["training"]["weights"], first)
    assert driven.lane.go_back(10) == ""
    assert torch.equal(driven.learned["training"]["weights"], second)
    driven.lane.reset()
    assert not torch.equal(driven.learned["training"]["weights"], second)
    assert driven.lane.go_back(0) == ""
    assert torch.equal(driven.learned["training"]["weights"], second)


def test_what_was_known_before_a_long_pause_can_be_gone_back_to() -> None:
    driven = Driven()
    driven.feed(4)
    before = driven.lane.undo._copies[-1].learned
    driven.row += round(3600 * RATE_HZ)
    driven.feed(1)
    assert driven.lane.go_back(10) == "" and same(driven.learned, before)
    driven.feed(90)
    assert 70 <= driven.lane.time_s - driven.lane.undo._copies[0].time_s < 73


def test_the_memory_is_bounded_and_large_copies_are_kept_more_rarely() -> None:
    driven = Driven()
    driven.feed(3)
    limit = 6 * driven.lane.undo._copies[0].nbytes
    driven.lane.undo = undo = Undo(limit_bytes=limit)
    driven.feed(150)
    each = undo._copies[0].nbytes
    assert 3 * each < undo.nbytes <= limit
    ages = [driven.lane.time_s - copy.time_s for copy in undo._copies]
    assert ages[0] > 30 and min(np.diff(ages[::-1])) > 5
    driven.lane.undo = undo = Undo(limit_bytes=each // 2)
    driven.feed(10)
    assert len(undo._copies) == 1, "one is always kept"


class Tell(Sink):
    """Send commands when a row has been handed over."""

    name = "tell"

    def __init__(self, send: Callable[[Command], None], at: dict[int, Command]) -> None:
        self.send, self.at = send, at

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and item.seq in self.at:
            self.send(self.at.pop(item.seq))

    def close(self) -> None:
        assert not self.at


def told(at: dict[int, Command], **settings: object) -> Kept:
    monitor, kept = monitored(Listed(VALUES, range(0, 6000, 40)), learner__step_rows=8, **settings)
    monitor.add_sink(Tell(monitor.send, at))
    monitor.run()
    return kept


def test_each_is_told_in_a_sentence_and_marked() -> None:
    kept = told({800: GoBack(60), 1600: Bookmark(), 4000: GoBack(10), 5000: GoBack(None)})
    notes = [(e.data["message"], e.data["mark"]) for e in kept.events("note")]
    assert notes == [
        ("Nothing that old is remembered: the oldest is 8 s ago.", ""),
        ("Bookmarked: one can come back to what is known now.", "bookmark"),
        ("Back 10 s: what was learned since then is forgotten.", "back 10 s"),
        ("Back to the bookmark: what was learned since then is forgotten.", "back to the bookmark"),
    ]


def test_another_model_cannot_go_back_to_what_the_one_before_had_learned() -> None:
    kept = told({1600: SetParam("learner.model", "linear"), 1608: GoBack(10), 2000: Reset()})
    assert "oldest is" in kept.events("note")[0].data["message"]


def picture_lane(labelled: bool) -> tuple[Knowledge, list[Step]]:
    classes = ("a", "b") if labelled else ()
    info = StreamInfo("c", ("picture",), ("",), 15.0, 1, (32, 32, 3), "uint8", classes=classes)
    random = np.random.default_rng(0)
    known = Knowledge(info, default_params(pictures=True, labelled=labelled))
    pictures = random.integers(0, 255, (12, 1, 32, 32, 3), dtype=np.uint8)
    return known, [Step("c", i, np.array([i / 15]), p, 1) for i, p in enumerate(pictures)]


def test_the_watcher_goes_back_and_the_classifier_says_that_it_cannot() -> None:
    known, steps = picture_lane(labelled=False)
    learner = known.learner
    for step in steps[:6]:
        learner.learn(step, learner.score(step))
    assert known.bookmark() == ""
    before = copy.deepcopy(learner.learned())  # type: ignore[attr-defined]  # it can
    for step in steps[6:]:
        learner.learn(step, learner.score(step))
    assert known.go_back(None) == ""
    assert same(before, learner.learned())  # type: ignore[attr-defined]  # it can
    classifier, _ = picture_lane(labelled=True)
    assert classifier.bookmark() == classifier.go_back(10) == CANNOT


def test_what_is_usual_goes_back_with_what_was_learned() -> None:
    driven = Driven()
    driven.lane.params.set("detector.decision_rows", 10)
    driven.feed(20)
    assert driven.lane.bookmark() == ""
    before = copy.deepcopy(driven.lane.detector.learned())  # type: ignore[attr-defined]  # it can
    alarms = driven.lane.detector.state_dict()["life"]["number"]
    driven.feed(20)
    assert not same(before, driven.lane.detector.learned())  # type: ignore[attr-defined]
    assert driven.lane.go_back(None) == ""
    assert same(before, driven.lane.detector.learned())  # type: ignore[attr-defined]
    assert driven.lane.detector.state_dict()["life"]["number"] >= alarms, "numbering goes on"


@pytest.mark.parametrize("model", registry.names("models"))
def test_a_channel_that_came_since_begins_anew_and_the_others_go_back(model: str) -> None:
    driven = Driven(model)
    driven.feed(10)
    weights = driven.learned["forecasts"]["normaliser"]["mean"].copy()
    assert driven.lane.bookmark() == ""
    more = StreamInfo("s", ("a", "b", "c"), ("", "", ""), RATE_HZ, version=2)
    list(driven.lane.extend(more))
    times = 10 + np.arange(300) / RATE_HZ
    list(driven.lane.take(Block("s", 1000, times, waves(300, 3), 0.0)))
    assert driven.learned["forecasts"]["normaliser"]["mean"].shape == (3,)
    assert driven.lane.come_since(1.0) == () and driven.lane.come_since(None) == ("c",)
    for seconds in (1.0, None):
        assert driven.lane.go_back(seconds) == ""
        assert driven.learned["forecasts"]["normaliser"]["mean"].shape == (3,)
    assert np.array_equal(driven.learned["forecasts"]["normaliser"]["mean"][:2], weights)
    assert driven.learned["forecasts"]["normaliser"]["mean"][2] == 0.0
    times = 13 + np.arange(100) / RATE_HZ
    results = [each for each in driven.lane.take(Block("s", 1300, times, waves(100, 3), 0.0))]
    assert any(isinstance(each, Result) and len(each.values[0]) == 3 for each in results)
