"""What labels said reaches the counts, the loss curve and the summary."""

from __future__ import annotations

import json

import numpy as np
import pytest
from labelled import Labelled, classes, drawn

from driftscope.core.health import Health
from driftscope.core.loss_trace import LossTrace
from driftscope.core.monitor import Monitor
from driftscope.core.reports import Graded
from driftscope.core.sections import default_params
from driftscope.core.status_line import status
from driftscope.core.stream import Result
from driftscope.core.summary import summary_of_all


def graded(
    losses: list[float], at: int = 0, test: bool = False, plain: str = "class frequency"
) -> Graded:
    n = len(losses)
    seq = at + np.arange(n)
    none = np.zeros(n, np.int64)
    return Graded("p", seq, seq * 1.0, none, none, np.array(losses), {plain: np.full(n, 2.0)},
                  np.full(n, test))  # fmt: skip


def result(losses: list[float], plain: str) -> Result:
    n = len(losses)
    no, none = np.zeros(n, bool), np.full((n, 1), np.nan)
    return Result("p", 0, np.arange(n) * 1.0, none, none, None, np.array(losses),
                  {plain: np.full(n, 4.0)}, none, np.zeros(n), 3.0, no, no, False, 0.0)  # fmt: skip


def test_graded_rows_count_as_losses_but_not_those_held_out() -> None:
    health = Health()
    health.write(graded([1.0, 0.5, np.nan]))
    health.write(graded([9.0], test=True))
    loss, baselines = health.overall.means()
    assert loss == 0.75 and baselines == {"class frequency": 2.0}
    assert health.recent.skill() == pytest.approx(1 - 0.75 / 2)


def test_losses_of_two_kinds_are_never_added_up() -> None:
    health, trace = Health(), LossTrace()
    health.write(result([1.0, 1.0], "running mean"))
    health.write(graded([5.0]))
    trace.add(result([1.0, 1.0], "running mean"))
    trace.add(graded([5.0]))
    assert health.overall.means() == (1.0, {"running mean": 4.0})
    assert trace.names == ("learner", "running mean") and trace.means(10)[1][:, 0].max() == 1.0


def test_graded_rows_make_a_loss_curve_without_those_held_out() -> None:
    trace = LossTrace()
    for k in range(20):
        trace.add(graded([1.0 / (k + 1)] * 8, 10 * k))
        trace.add(graded([7.0] * 2, 10 * k + 8, test=True))
    time_s, means = trace.means(1000)
    assert trace.names == ("learner", "class frequency")
    assert len(time_s) == 160 and means[0, 0] == 1.0 and means[-1, 0] == pytest.approx(1 / 20)
    assert (np.diff(time_s) > 0).all() and (means[:, 1] == 2.0).all()


def test_a_label_that_comes_late_does_not_turn_the_curve_back() -> None:
    trace = LossTrace()
    trace.add(graded([1.0] * 8, 100))
    trace.add(graded([0.5] * 8, 20))
    time_s, means = trace.means(100)
    assert (np.diff(time_s) >= 0).all() and time_s[-1] == 107.0 and means[-1, 0] == 0.5


def test_the_summary_of_a_set_says_how_well_it_is_known() -> None:
    y = classes(90)
    source = Labelled(np.concatenate([drawn(y)] * 4), np.tile(y, 4), passes=range(90, 361, 90),
                      test=np.tile(np.arange(90) % 10 == 0, 4))  # fmt: skip
    params = default_params(source.params, pictures=True, labelled=True)
    params.set("learner.step_rows", 8)
    monitor = Monitor({"set": (source, params)}, [])
    monitor.run()
    figures = json.loads(json.dumps(summary_of_all(monitor.healths)))
    assert figures["accuracy"] > 0.8 and figures["held_out_accuracy"] > 0.8
    assert {"kappa", "kappa_t", "f1"} <= figures.keys()
    assert figures["skill"] > 0.5 and figures["first_prediction_s"] > 0
    assert figures["baseline_loss"].keys() == {"class frequency"}
    passes = figures["passes"]
    assert len(passes) == 4 and passes[3]["loss"] < passes[0]["loss"]
    assert passes[3]["train_accuracy"] > passes[0]["train_accuracy"]
    assert figures["updates"] == 360 // 8 and figures["samples"] == 360
    assert f"accuracy {figures['accuracy']:.1%}" in status(monitor.health)
