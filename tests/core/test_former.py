"""The model before goes on to be compared: live, never in the way, saved and let go of."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
from streams import Kept, Listed, monitored, same, waves

from driftscope.core.commands import Command, Reset, SetParam, StopComparing
from driftscope.core.interfaces import Sink
from driftscope.core.lane import Lane
from driftscope.core.learner import Forecaster
from driftscope.core.load import Load
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Event, Output, Result, StreamInfo

prepare_thread()
VALUES = waves(1600)
SWITCH = SetParam("learner.model", "linear")
AT = 400


class Tell(Sink):
    """Send commands when a row has been handed over."""

    name = "tell"

    def __init__(self, send: Callable[[Command], None], at: dict[int, list[Command]]) -> None:
        self.send, self.at = send, at

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            for command in self.at.pop(item.seq, []):
                self.send(command)

    def close(self) -> None:
        assert not self.at


def run(at: dict[int, list[Command]], gaps: tuple[int, ...] = (), **settings: object) -> Kept:
    source = Listed(VALUES, range(0, len(VALUES), 20), gaps=gaps)
    monitor, kept = monitored(source, learner__step_rows=8, **settings)
    monitor.add_sink(Tell(monitor.send, at))
    monitor.run()
    return kept


def names(kept: Kept) -> list[str]:
    """Return who was compared, in the order they came and went."""
    found = [",".join(result.former_loss) for result in kept.results]
    return [name for k, name in enumerate(found) if not k or name != found[k - 1]]


@pytest.mark.parametrize("gaps", [(), (803,)])
def test_its_loss_is_that_of_never_having_been_changed(gaps: tuple[int, ...]) -> None:
    alone, compared = run({}, gaps), run({AT: [SWITCH]}, gaps)
    former = [r for r in compared.results if r.former_loss]
    assert former[0].seq == AT + 8
    loss = np.concatenate([r.former_loss["mlp"] for r in former])
    assert np.array_equal(loss, alone.column("loss")[AT + 8 :], equal_nan=True)


def test_it_never_changes_a_result() -> None:
    beside, without = run({AT: [SWITCH]}), run({AT: [SWITCH, StopComparing()]})
    assert names(beside) == ["", "mlp"] and names(without) == [""]
    assert same(beside.table(), without.table())


def test_it_is_let_go_of_when_told_at_a_reset_and_for_the_next_one() -> None:
    kept = run({
        AT: [SWITCH], 600: [SetParam("learner.model", "tcn")], 800: [Reset()],
        1000: [SetParam("model.hidden", 16)], 1200: [StopComparing()],
    })  # fmt: skip
    assert names(kept) == ["", "mlp", "linear", "", "tcn, hidden units 32", ""]


def test_it_keeps_its_own_settings() -> None:
    kept = run({AT: [SetParam("model.hidden", 16)], 600: [SetParam("model.window", 8)]})
    assert names(kept) == ["", "mlp, hidden units 64", "mlp, window 16"]
    assert np.isfinite(kept.results[-1].former_loss["mlp, window 16"]).all()


class Lived:
    """A live lane whose load is as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.late = False
        for what in ("skip_learning", "leave_unscored"):
            monkeypatch.setattr(Load, what, lambda *_: False)
        monkeypatch.setattr(Load, "spare", lambda *_: not self.late)
        params = default_params()
        params.set("learner.step_rows", 8)
        self.params = params
        self.lane = Lane(StreamInfo("s", ("a", "b"), ("", ""), 100.0), params, live=True)
        self.row = 0

    def take(self, rows: int) -> list[Result]:
        at = slice(self.row, self.row + rows)
        self.row = at.stop
        times = np.arange(at.start, at.stop) / 100.0
        came = self.lane.take(Block("s", at.start, times, VALUES[at], 0.0))
        return [item for item in came if isinstance(item, Result)]

    def switch(self, model: str) -> None:
        self.params.sections.pop("model")
        before = self.params.learner.model
        self.params.set("learner.model", model)
        self.lane.replace(self.lane.fresh_learner(), before)


def test_while_the_lane_is_late_it_neither_scores_nor_learns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lived = Lived(monkeypatch)
    lived.take(400)
    lived.switch("linear")
    assert np.isfinite(lived.take(80)[-1].former_loss["mlp"]).all()
    lived.late = True
    former = lived.lane.former.learner
    assert former is not None
    before = copy.deepcopy(former.learned())
    assert all(np.isnan(r.former_loss["mlp"]).all() for r in lived.take(80))
    assert np.array_equal(before["training"]["weights"], former.learned()["training"]["weights"])
    lived.late = False
    assert np.isfinite(lived.take(160)[-1].former_loss["mlp"]).all()


def test_it_is_trusted_as_far_as_the_one_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    lived = Lived(monkeypatch)
    lived.take(400)
    lived.lane.learner.trust = 0.01
    lived.switch("linear")
    lived.take(80)
    former = lived.lane.former.learner
    assert former is not None and former.trust == lived.lane.learner.trust == 1.0


def test_of_a_stream_with_labels_it_forecasts_alone() -> None:
    table = np.column_stack((VALUES, VALUES[:, 0] > 0))
    losses = []
    for switched in (False, True):
        monitor, kept = monitored(
            Listed(table, range(0, len(table), 20)), learner__step_rows=8, stream__label="c2"
        )
        if switched:
            monitor.add_sink(Tell(monitor.send, {AT: [SetParam("model.hidden", 16)]}))
        monitor.run()
        name = "mlp, hidden units 64"
        results = [r for r in kept.results if r.former_loss or not switched]
        columns = [r.former_loss[name] if switched else r.loss for r in results]
        losses.append(np.concatenate(columns)[-1000:])
        former = monitor.lanes["s"].former.learner
        assert type(former) is (Forecaster if switched else type(None))
    assert np.array_equal(*losses)


def test_a_new_channel_lets_it_go(monkeypatch: pytest.MonkeyPatch) -> None:
    lived = Lived(monkeypatch)
    lived.take(80)
    lived.switch("linear")
    said = lived.lane.extend(StreamInfo("s", ("a", "b", "c"), ("", "", ""), 100.0, version=2))
    assert any(isinstance(item, Event) for item in said) and lived.lane.former.learner is None


def test_saved_and_loaded_it_goes_on_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Lived(monkeypatch), Lived(monkeypatch)
    one.take(400)
    one.switch("tcn")
    one.take(204)
    two.params.set("learner.model", "tcn")
    two.params.sections.pop("model")
    two.lane = Lane(one.lane.info, two.params, live=True)
    two.lane.load_state_dict(copy.deepcopy(one.lane.state_dict()))
    two.row = one.row
    for a, b in zip(one.take(400), two.take(400), strict=True):
        assert np.array_equal(a.former_loss["mlp"], b.former_loss["mlp"], equal_nan=True)
        assert np.array_equal(a.loss, b.loss, equal_nan=True)
