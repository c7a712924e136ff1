"""What is asked for while it runs: carried out between two steps, told, or refused whole."""

from __future__ import annotations

import numpy as np
import pytest
from streams import Listed, monitored, waves

from driftscope.core.commands import Reset, SetParam
from driftscope.core.errors import PluginError
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result

VALUES = waves(600)
SETTINGS = dict(learner__step_rows=8, detector__decision_rows=13)


def test_a_parameter_is_turned_between_two_steps_and_told() -> None:
    monitor, kept = monitored(Listed(VALUES, range(0, 600, 10)), **SETTINGS)

    class Turn(Sink):
        name = "turn"

        def write(self, item: Output) -> None:
            if isinstance(item, Result) and item.seq == 200:
                monitor.send(SetParam("learner.lr", 3.0))
                monitor.send(SetParam("learner.step_rows", 16))
                monitor.send(SetParam("learner.lr", 9e9))

        def close(self) -> None: ...

    monitor.add_sink(Turn())
    monitor.run()
    told = [event.data for event in kept.events("param")]
    assert [(d["name"], d["old"], d["new"]) for d in told] == [
        ("learner.lr", 1.0, 3.0), ("learner.step_rows", 8, 16)
    ]  # fmt: skip
    assert kept.events("param")[0].seq == 208
    assert "between 0 and 100" in kept.events("note")[0].data["message"]
    assert len(next(r for r in kept.results if r.seq > 208)) == 16 or len(
        next(r for r in kept.results if r.seq >= 208)
    ) in (2, 16)


def test_reset_starts_learning_anew() -> None:
    monitor, kept = monitored(Listed(VALUES, range(0, 600, 10)), **SETTINGS)

    class Turn(Sink):
        name = "turn"

        def write(self, item: Output) -> None:
            if isinstance(item, Result) and item.seq == 400:
                monitor.send(Reset())

        def close(self) -> None: ...

    monitor.add_sink(Turn())
    monitor.run()
    finite = np.isfinite(kept.column("prediction")).all(axis=1)
    assert finite[395] and not finite[420] and finite[599]


def test_what_is_asked_for_within_a_step_waits_for_its_end() -> None:
    monitor, kept = monitored(Listed(VALUES, [203, 205, 300]), **SETTINGS)
    asked: list[int] = []

    class Turn(Sink):
        name = "turn"

        def write(self, item: Output) -> None: ...

        def tick(self) -> None:
            fill = monitor.lanes["s"].grid.fill if monitor.lanes else 0
            if fill and not asked:
                asked.append(fill)
                monitor.send(SetParam("detector.one_in", 50.0))

        def close(self) -> None: ...

    monitor.add_sink(Turn())
    monitor.run()
    assert asked == [203 % 8] and [event.seq for event in kept.events("param")] == [208]


def test_a_model_that_cannot_be_built_leaves_all_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitor, kept = monitored(Listed(VALUES, range(0, 600, 10)), **SETTINGS)
    before: list[object] = []

    def broken(*_: object) -> None:
        raise PluginError("The model is broken.")

    class Turn(Sink):
        name = "turn"

        def write(self, item: Output) -> None:
            if isinstance(item, Result) and item.seq == 400:
                before.extend(
                    (monitor.lanes["s"].learner, monitor.params["device"].sections["model"])
                )
                monkeypatch.setattr("driftscope.core.knowledge.make_learner", broken)
                monitor.send(SetParam("learner.model", "gru"))

        def close(self) -> None: ...

    monitor.add_sink(Turn())
    monitor.run()
    assert before == [monitor.lanes["s"].learner, monitor.params["device"].sections["model"]]
    assert monitor.params["device"].get("learner.model") == "mlp"
    assert kept.events("note")[0].data == dict(
        message="The model is broken.", name="learner.model", new="mlp"
    )
