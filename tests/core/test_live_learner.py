"""Gradients and weights from outside for the learner of a Monitor that runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from streams import Kept, Listed, monitored, waves

from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.live_learner import LiveLearner
from driftscope.core.monitor import Monitor
from driftscope.core.stream import Item

AT = 400


class Waits(Listed):
    """Give some rows, and the rest when told to."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__(values, cuts=(AT,))
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._blocks = 0

    def read(self) -> list[Item] | None:
        items = super().read()
        self._blocks += 1
        if self._blocks == 3:  # the description, the first block, then this
            self.reached.set()
            assert self.go_on.wait(100)
        return list(items) if items is not None else None


@contextmanager
def running(**settings: object) -> Iterator[tuple[Monitor, Kept]]:
    """Give a Monitor that has learned some rows and waits for more; let it end behind."""
    source = Waits(waves(600))
    monitor, kept = monitored(source, learner__step_rows=4, **settings)
    thread = threading.Thread(target=monitor.run)
    thread.start()
    assert source.reached.wait(100)
    until(lambda: len(kept.learned) >= AT / 4)  # the last step was learned as well
    try:
        yield monitor, kept
    finally:
        source.go_on.set()
        thread.join(100)


def until(done: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(10_000):
        if done():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come to that")


def weights(monitor: Monitor) -> dict[str, torch.Tensor]:
    net = monitor.lanes["s"].learner.net  # type: ignore[attr-defined]  # it is the Forecaster
    return {name: each.detach().clone() for name, each in net.named_parameters()}


@pytest.mark.parametrize("model", ["mlp", "gru"])
def test_a_run_takes_gradients_and_weights_and_goes_on(model: str) -> None:
    with running(learner__model=model) as (monitor, kept):
        before = weights(monitor)
        live = LiveLearner(monitor, "s")
        live.update_parameters({name: torch.ones_like(w) for name, w in before.items()})
        after = weights(monitor)
        assert any(not torch.equal(after[name], before[name]) for name in before)
        live.update_model(before | dict(monitor.lanes["s"].learner.net.named_buffers()))  # type: ignore[attr-defined]  # it is the Forecaster
        again = weights(monitor)
        assert all(torch.equal(again[name], before[name]) for name in before)
        rows = monitor.lanes["s"].learner.training.optimizer.weights  # type: ignore[attr-defined]  # it is the Forecaster
        assert all(torch.equal(row, rows[0]) for row in rows)
    assert np.isfinite(kept.column("prediction")[-100:]).all()
    assert not [e for e in kept.events("note") if "refused" in str(e.data)]


def test_what_is_refused_changes_nothing_and_says_why() -> None:
    with running() as (monitor, _):
        before = weights(monitor)
        name = next(iter(before))
        live = LiveLearner(monitor, "s")
        for given, said in (
            ({name: torch.full_like(before[name], float("nan"))}, "finite"),
            ({name: torch.ones(1, 1, 1)}, "shape"),
            ({"nothing": torch.ones(1)}, "nothing"),
            ([torch.ones(1)], "parameters"),
        ):
            with pytest.raises(StateError, match=said):
                live.update_parameters(given)
        with pytest.raises(StateError, match="another model's"):
            live.update_model({name: before[name]})
        with pytest.raises(DriftscopeError, match="no stream 'other'"):
            LiveLearner(monitor, "other").update_model(before)
        assert all(torch.equal(w, before[name]) for name, w in weights(monitor).items())


def test_a_run_that_has_ended_says_so() -> None:
    with running() as (monitor, _):
        pass
    with pytest.raises(StateError, match="has ended"):
        LiveLearner(monitor, "s").update_model({})
