"""What a log, the counts and the summary tell of labels."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from labelled_rows import written
from streams import Listed, monitored, waves

from driftscope.core.health import Health
from driftscope.core.reports import Graded, Label, Report
from driftscope.core.sinks.csv_log import CsvLog
from driftscope.core.stream import Result, StreamInfo
from driftscope.core.summary import summary
from driftscope.core.watch import watch


def logged(tmp_path: Path, values: np.ndarray, **settings: object) -> tuple[list[str], list]:
    """Return the header and the rows, as text, of a run's log."""
    monitor, _ = monitored(Listed(values, [7, 30], gaps=(50,)), stream__label="c2", **settings)
    monitor.add_sink(CsvLog(tmp_path / "log.csv"))
    monitor.run()
    names, *rows = csv.reader((tmp_path / "log.csv").open(encoding="utf-8"))
    return names, rows


@pytest.mark.parametrize("step_rows", [1, 8])
def test_a_log_tells_label_and_what_was_said_of_each_row(tmp_path: Path, step_rows: int) -> None:
    labels = np.tile([3.0, 5, 5, np.nan], 25)
    values = np.column_stack([waves(100), labels])
    names, rows = logged(tmp_path, values, learner__step_rows=step_rows)
    assert names[-2:] == ["c2", "c2 predicted"] and len(rows) == 100
    assert [row[-2] for row in rows] == ["3", "5", "5", ""] * 25
    assert {row[-1] for row in rows[20:] if row[-2]} <= {"3", "5", ""}
    assert sum(row[-1] in ("3", "5") for row in rows) > 60
    assert [float(row[1]) for row in rows] == values[:, 0].tolist()


def test_a_log_tells_values_as_they_were(tmp_path: Path) -> None:
    values = np.column_stack([waves(100), np.arange(100) / 8])
    names, rows = logged(tmp_path, values)
    assert names[-2:] == ["c2", "c2 predicted"]
    assert [float(row[-2]) for row in rows] == values[:, 2].tolist()
    assert np.isfinite([float(row[-1]) for row in rows[50:]]).all()


def test_a_label_that_comes_later_leaves_its_cell_empty(tmp_path: Path) -> None:
    values = np.column_stack([waves(100), np.tile([0.0, 1], 50)])
    _, rows = logged(tmp_path, values, stream__label_delay=20, learner__step_rows=4)
    assert len(rows) == 100 and not any(row[-2] or row[-1] for row in rows)


def test_losses_of_labels_are_not_mixed_with_those_of_forecasts() -> None:
    health, one = Health(), np.ones(1)
    none, no = np.full(1, np.nan), np.zeros(1, bool)

    def result(seq: int, loss: np.ndarray) -> Result:
        return Result(
            "s", seq, one * seq, one[:, None], one[:, None], None, loss, {"last value": 2 * loss},
            one[:, None], one, 3.0, no, no, True, 0.0,
        )  # fmt: skip

    graded = Graded("s", np.zeros(1, int), one, np.zeros(1, int), np.zeros(1, int), 9 * one,
                    {"no change": one}, no)  # fmt: skip
    for item in (result(0, none), graded, result(1, one), graded):
        health.write(item)
    assert health.overall.means() == (1.0, {"last value": 2.0})


def test_the_summary_tells_of_all_rows() -> None:
    health = Health()
    health.write(StreamInfo("s", ("a",), ("",), label=Label("class"), classes=("up", "down")))
    figures = dict(accuracy=0.9, overall_accuracy=0.8, overall_kappa_t=0.25, kappa_t=0.5)
    health.write(Report("s", ("up", "down"), np.zeros((2, 3), int), "rows", figures))
    told = summary(health)
    assert told["accuracy"] == 0.8 and told["recent_accuracy"] == 0.9
    assert told["kappa_t"] == 0.25 and told["label"] == "class"
    assert told["classes"] == ["up", "down"] and "passes" not in told


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("class", {"accuracy", "kappa", "kappa_t", "f1", "no_change_accuracy",
                   "majority_accuracy"}),
        ("value", {"mae", "r2", "no_change_mae", "mean_mae"}),
    ],
)  # fmt: skip
def test_watch_writes_how_well_labels_were_told(tmp_path: Path, kind: str, names: set[str]) -> None:
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 400))
    label = ["up" if each > 0 else "down" for each in a] if kind == "class" else 2 * a + b
    path = written(tmp_path, list(zip(a, b, label, strict=True)))
    to = tmp_path / "s.json"
    settings = [("stream.label", "class")]
    assert watch([str(path)], speed="max", settings=settings, summary_file=str(to)) == 0
    told = json.loads(to.read_text())
    assert names <= told.keys() and all(np.isfinite(told[name]) for name in names)
    if kind == "class":
        assert told["accuracy"] > max(0.75, told["no_change_accuracy"], told["majority_accuracy"])
    else:
        assert told["mae"] < 0.5 * told["mean_mae"] and told["r2"] > 0.7
