"""River's models as detector and model of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from river import (
    anomaly,
    base,
    linear_model,
    preprocessing,
    time_series,
)
from streams import Kept, Listed, waves

from driftscope.core import registry
from driftscope.core.cli import main
from driftscope.core.monitor import Monitor
from driftscope.core.pipeline import outputs
from driftscope.core.river import use
from driftscope.core.sections import default_params


@pytest.fixture
def named() -> Iterator[list[str]]:
    """Give a list of names under which River's models are known; they are forgotten behind."""
    before = {kind: dict(found) for kind, found in registry._added.items()}
    yield []
    registry._added.clear()
    registry._added.update(before)


def faulty() -> np.ndarray:
    values = waves(1500)
    values[1200:1230, 0] += 5.0
    return values


@pytest.mark.parametrize(
    "model",
    [
        preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(n_trees=10, seed=1),
        anomaly.LocalOutlierFactor(n_neighbors=5),
    ],
    ids=["trees", "lof"],
)
@pytest.mark.usefixtures("named")
def test_a_river_detector_finds_a_fault(model: base.Estimator) -> None:
    assert use("theirs", model) == "detector.kind"
    settings = {
        "detector.kind": "theirs", "detector.decision_rows": 5, "detector.one_in": 100,
        "learner.step_rows": 5,
    }  # fmt: skip
    kept = Kept()
    for output in outputs(faulty()[600 if "Outlier" in str(model) else 0 :], settings):
        kept.write(output)
    rarity = kept.column("rarity")
    assert rarity[-300:-265].max() > np.quantile(rarity[:-300], 0.95)


@pytest.mark.parametrize(
    ("name", "model", "skill"),
    [
        ("lags", preprocessing.StandardScaler() | linear_model.LinearRegression(), 0.3),
        ("holt", time_series.HoltWinters(alpha=0.4, beta=0.1), -2.0),
    ],
)
@pytest.mark.usefixtures("named")
def test_a_river_model_predicts(name: str, model: base.Estimator, skill: float) -> None:
    assert use(name, model) == "learner.model"
    kept = Kept()
    for output in outputs(waves(1200), {"learner.model": name, "learner.horizon": 4}):
        kept.write(output)
    loss = kept.column("loss")
    baseline = np.concatenate([r.baseline_loss["last value"] for r in kept.results])
    assert np.isfinite(loss[40:]).all()
    assert 1 - loss[500:].mean() / baseline[500:].mean() > skill
    assert {learned.state for learned in kept.learned} == {"warming up", "learning"}


@pytest.mark.usefixtures("named")
def test_watch_takes_a_river_model_from_a_file_and_a_detector_from_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    np.savetxt("log.csv", waves(400), delimiter=",", header="a,b", comments="")
    Path("my.py").write_text(
        "from river import anomaly, linear_model, preprocessing\n"
        "lags = preprocessing.StandardScaler() | linear_model.LinearRegression()\n"
        "trees = anomaly.HalfSpaceTrees(seed=1)\n"
    )
    use("trees", anomaly.HalfSpaceTrees(n_trees=5, seed=1))
    command = ["watch", "log.csv", "--speed", "max", "--set", "detector.kind=trees"]
    assert main([*command, "--model", "my.py:lags", "--summary", "s.json"]) == 0
    summary = json.loads(Path("s.json").read_text())
    assert summary["samples"] == 400 and summary["skill"] > 0.1
    assert main([*command, "--model", "my.py:trees"]) == 2
    assert "River's HalfSpaceTrees, which predicts no numbers" in capfd.readouterr().err


@pytest.mark.usefixtures("named")
def test_rivers_models_keep_the_rules() -> None:
    """In a Monitor with gaps and missing values; how blocks are cut changes nothing."""
    use("trees", anomaly.HalfSpaceTrees(n_trees=5, seed=1))
    use("lags", preprocessing.StandardScaler() | linear_model.LinearRegression())
    values = waves(700)
    values[300:305, 1] = np.nan
    tables = []
    for cuts in ((), (13, 14, 333, 500)):
        source = Listed(values, cuts=cuts, gaps=(400,))
        params = default_params(source.params)
        for full, value in {"learner.model": "lags", "detector.kind": "trees"}.items():
            params.set(full, value)
        kept = Kept()
        Monitor({"listed": (source, params)}, [kept]).run()
        tables.append(kept.table())
    one, two = tables
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)
    assert np.isnan(one["prediction"][400]).all() and np.isfinite(one["prediction"][399]).all()


@pytest.mark.usefixtures("named")
def test_saved_in_memory_a_run_goes_on_the_same() -> None:
    from driftscope.core.lane import Lane
    from driftscope.core.stream import Block, StreamInfo

    use("trees", anomaly.HalfSpaceTrees(n_trees=5, seed=1))
    use("lags", linear_model.LinearRegression())
    values = waves(400)

    def lane() -> Lane:
        params = default_params()
        for full, value in {"learner.model": "lags", "detector.kind": "trees"}.items():
            params.set(full, value)
        return Lane(StreamInfo("s", ("a", "b"), ("", ""), 50.0), params, False)

    def fed(into: Lane, a: int, b: int) -> np.ndarray:
        block = Block("s", a, np.arange(a, b) / 50, values[a:b], 0.0)
        made = [each for each in into.take(block) if hasattr(each, "rarity")]
        return np.concatenate([np.column_stack([m.prediction, m.rarity]) for m in made
                               if hasattr(m, "prediction")])  # fmt: skip

    one, two = lane(), lane()
    fed(one, 0, 250)
    two.load_state_dict(one.state_dict())
    assert np.array_equal(fed(one, 250, 400), fed(two, 250, 400), equal_nan=True)
