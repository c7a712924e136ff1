"""Driftscope's learner as River's estimators."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from river import (
    base,
    checks,
    compose,
    evaluate,
    linear_model,
    metrics,
    preprocessing,
    stats,
    time_series,
)
from river.checks import anomaly as anomaly_checks
from river.checks import clf, common
from river.checks import time_series as series_checks
from streams import waves

from driftscope.core.errors import DriftscopeError, ParamError, PluginError
from driftscope.core.pipeline import results
from driftscope.core.river import AnomalyDetector, Classifier, Forecaster, Regressor, use

Row = tuple[dict[str, float], Any]
OURS = [AnomalyDetector(), Classifier(), Forecaster(horizon=4), Regressor()]


def rows(count: int = 120, seed: int = 0) -> list[Row]:
    """Rows of four features that follow one another, and whether the first is high."""
    values = waves(count, 4, seed=seed)
    return [({f"f{c}": float(v) for c, v in enumerate(row)}, bool(row[0] > 0.2)) for row in values]


def whole(found: Any) -> list[Callable[..., None]]:
    """Return River's own checks of a module, by the word they begin with."""
    named = inspect.getmembers(found, inspect.isfunction)
    return [check for name, check in named if name.startswith("check_")]


ONE = [check for check in whole(common) if list(inspect.signature(check).parameters) == ["model"]]
assert len(ONE) > 10
STREAM = [
    common.check_learn_one, common.check_pickling, common.check_shuffle_features_no_impact,
    common.check_emerging_features, common.check_disappearing_features,
    common.check_radically_disappearing_features, common.check_predict_one_pure,
    common.check_predict_one_before_any_learn, common.check_no_state_aliasing_with_input,
    common.check_clone_is_independent, common.check_bounded_memory_growth,
]  # fmt: skip


@pytest.mark.parametrize("model", OURS, ids=str)
@pytest.mark.parametrize("check", ONE, ids=lambda check: check.__name__)
def test_rivers_checks_of_an_estimator(model: base.Estimator, check: Callable[..., None]) -> None:
    check(model.clone())


@pytest.mark.parametrize("model", [m for m in OURS if not isinstance(m, Forecaster)], ids=str)
@pytest.mark.parametrize("check", STREAM, ids=lambda check: check.__name__)
def test_rivers_checks_on_a_stream(model: base.Estimator, check: Callable[..., None]) -> None:
    check(model.clone(), [(x, float(y)) if isinstance(model, Regressor) else (x, y)
                          for x, y in rows(60)])  # fmt: skip


def test_rivers_checks_of_each_kind() -> None:
    series_checks.check_learn_one(Forecaster(), [(x, 1.0 + y) for x, y in rows(20)])
    series_checks.check_forecast(Forecaster(), [({"time": 1.0, "period": 0.0}, 2.0)] * 8)
    clf.check_predict_proba_one(Classifier(), rows(60))
    clf.check_classifier_tracks_seen_labels(Classifier(), rows(60))


def test_they_are_of_rivers_types() -> None:
    assert isinstance(AnomalyDetector(), base.AnomalyDetector)
    assert isinstance(Classifier(), base.Classifier) and Classifier()._multiclass
    assert isinstance(Regressor(), base.Regressor)
    assert isinstance(Forecaster(), time_series.base.Forecaster)
    assert {check.__name__ for check in STREAM} <= {check.__name__ for check in whole(common)}
    assert anomaly_checks.check_roc_auc and checks.check_estimator


def test_the_example_in_the_docstring() -> None:
    import doctest

    from driftscope.core.river import estimators

    failed, tried = doctest.testmod(estimators)
    assert tried and not failed


def test_what_is_odd_is_scored_higher_than_what_is_usual() -> None:
    detector = preprocessing.StandardScaler() | AnomalyDetector()
    usual, odd = [], []
    for k, (x, _) in enumerate(rows(800)):
        if k > 400 and k % 50 == 0:
            odd.append(detector.score_one({**x, "f1": x["f1"] + 4.0}))
        usual.append(detector.score_one(x))
        detector.learn_one(x)
    assert np.median(odd) > 0.99 > np.quantile(usual[400:], 0.97)
    assert all(0.0 <= score <= 1.0 for score in usual + odd)
    said = detector["AnomalyDetector"].predict_one()
    assert said.keys() == {"f0", "f1", "f2", "f3"}


def test_scores_are_those_of_the_pipeline() -> None:
    values = waves(300)
    detector = AnomalyDetector(horizon=3)
    one = []
    for a, b in values.tolist():
        one.append(detector.score_one({"c0": a, "c1": b}))
        detector.learn_one({"c0": a, "c1": b})
    settings = {"learner.step_rows": 1, "learner.horizon": 3, "detector.decision_rows": 1}
    rarity = np.concatenate([made.rarity for made in results(values, settings)])
    assert np.allclose(one, 1 - 10**-rarity) and max(one) > 0.5


def test_what_is_pickled_or_copied_goes_on_as_if_nothing_had_been() -> None:
    detector = AnomalyDetector()
    for x, _ in rows(100):
        detector.learn_one(x)
    twins = [pickle.loads(pickle.dumps(detector)), copy.deepcopy(detector)]
    for x, _ in rows(60, seed=1):
        scores = {made.score_one(x) for made in (detector, *twins)}
        assert len(scores) == 1
        for made in (detector, *twins):
            made.learn_one(x)
    assert detector.clone().score_one(rows(1)[0][0]) == 0.0


def test_a_forecast_beats_repeating_the_last_value() -> None:
    draw = np.random.default_rng(0)
    y = np.sin(np.arange(900) / 7) + 0.05 * draw.standard_normal(900)
    model, ours, last = Forecaster(horizon=6), stats.Mean(), stats.Mean()
    for k in range(len(y) - 6):
        model.learn_one(float(y[k]))
        if k > 500:
            said = model.forecast(6)
            ours.update(float(np.abs(said - y[k + 1 : k + 7]).mean()))
            last.update(float(np.abs(y[k] - y[k + 1 : k + 7]).mean()))
    assert ours.get() < 0.4 * last.get()


def test_rivers_evaluations_take_them() -> None:
    data = [(x, y) for x, y in rows(400)]
    classifier = preprocessing.StandardScaler() | Classifier()
    accuracy = evaluate.progressive_val_score(data, classifier, metrics.Accuracy())
    assert accuracy.get() > 0.8
    regressor = compose.Select("f0", "f1") | Regressor()
    told = [(x, 3.0 * x["f0"] + 1.0) for x, _ in data]
    error = evaluate.progressive_val_score(told, regressor, metrics.MAE())
    plain = np.abs(np.array([y for _, y in told]) - np.mean([y for _, y in told])).mean()
    assert error.get() < 0.6 * plain


def test_missing_values_and_odd_ones_do_no_harm() -> None:
    detector = AnomalyDetector()
    for k, (x, _) in enumerate(rows(150)):
        given: dict[str, Any] = dict(x)
        if k % 7 == 0:
            given["f1"] = None
        if k % 11 == 0:
            given["f2"] = math.nan
        if k == 50:
            given["f0"] = 1e30
        if k > 80:
            given[7] = float(k % 5)
        detector.learn_one(given)
        assert math.isfinite(detector.score_one(given))
    assert 7 in detector.predict_one()
    detector.learn_one({})


@pytest.mark.parametrize("model", [AnomalyDetector(), Regressor(), Classifier()], ids=str)
def test_text_is_told(model: Any) -> None:
    args = () if isinstance(model, AnomalyDetector) else (1.0,)
    with pytest.raises(ParamError, match=r"'colour' is 'red', no number.*OneHotEncoder"):
        model.clone().learn_one({"colour": "red"}, *args)


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(ParamError, match="12 rows ahead, not 13"):
        Forecaster().forecast(13)
    with pytest.raises(ParamError, match="lr"):
        AnomalyDetector(lr=-1.0).learn_one({"a": 1.0})
    with pytest.raises(DriftscopeError, match="nothing"):
        AnomalyDetector(model="nothing").learn_one({"a": 1.0})
    with pytest.raises(PluginError, match="LogisticRegression"):
        use("odd", linear_model.LogisticRegression())
