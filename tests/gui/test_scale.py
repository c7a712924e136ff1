"""Slider positions and the way values are written and typed."""

from types import SimpleNamespace

import pytest

from driftscope.core.health import Health
from driftscope.core.params import Spec
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.gui.scale import STEPS, Scale, reading

LEARNER, DETECTOR = LearnerParams.specs(), DetectorParams.specs()
SLIDERS = [s for s in (*LEARNER.values(), *DETECTOR.values()) if s.type in (int, float)]


def context(rate_hz: float | None = None) -> SimpleNamespace:
    health = Health()
    health.rate_hz, health.horizon, health.step_rows, health.decision_rows = rate_hz, 8, 16, 1000
    return SimpleNamespace(info=None, health=health)


def test_the_learning_rate_has_zero_left_and_one_exactly_in_the_middle() -> None:
    scale = Scale(LEARNER["lr"])
    assert [scale.value(p) for p in (0, STEPS // 2, STEPS)] == [0.0, 1.0, 100.0]
    assert scale.value(1) == pytest.approx(0.01, rel=0.02)
    assert [scale.position(v) for v in (0.0, 1.0, 100.0)] == [0, STEPS // 2, STEPS]
    assert scale.position(0.001) == 1


@pytest.mark.parametrize("spec", SLIDERS, ids=lambda s: s.name)
@pytest.mark.parametrize("backwards", [False, True])
def test_every_position_is_a_value_the_parameter_takes(spec: Spec, backwards: bool) -> None:
    scale = Scale(spec, backwards)
    for position in range(0, STEPS + 1, 5):
        value = scale.value(position)
        assert spec.parse(value) == value
        again = scale.value(scale.position(value))
        assert again == pytest.approx(value, rel=0.02)
    assert scale.value(scale.position(spec.default)) == spec.default


def test_auto_is_the_left_end_and_a_key_always_changes_the_value() -> None:
    scale = Scale(LEARNER["step_rows"])
    assert scale.value(0) == 0
    place, seen = 0, [0]
    while place < STEPS:
        place = scale.beside(place, 1)
        seen.append(scale.value(place))
    assert seen[1] == 1
    assert len(set(seen)) >= len(seen) - 1  # the last one may find nothing further right
    assert seen[-1] == 64


@pytest.mark.parametrize(
    ("full", "value", "rate_hz", "text"),
    [
        ("learner.lr", 3.2, None, "x 3.2"),
        ("learner.momentum", 0.9, None, "0.90"),
        ("learner.step_rows", 16, 1000.0, "16"),
        ("learner.step_rows", 0, 1000.0, "auto (16)"),
        ("learner.horizon", 0, None, "auto (8 samples)"),
        ("learner.horizon", 1500, 1000.0, "1.5 s"),
        ("detector.one_in", 10_000.0, None, "1 in 10,000"),
        ("detector.one_in", 43_200.0, 1000.0, "2 a day"),
        ("detector.decision_rows", 1900, 1000.0, "1.9 s"),
    ],
)
def test_values_are_written_in_the_users_terms(full, value, rate_hz, text) -> None:
    spec = {**LEARNER, **DETECTOR}[full.split(".")[1]]
    assert reading(full, spec, context(rate_hz)).text(value) == text


@pytest.mark.parametrize(
    ("full", "typed", "rate_hz", "value"),
    [
        ("learner.lr", "x 3.2", None, 3.2),
        ("learner.lr", "0,5", None, 0.5),
        ("learner.step_rows", "auto (16)", None, 0),
        ("learner.horizon", "50 ms", 1000.0, 50),
        ("learner.horizon", "1.5", 1000.0, 1500),
        ("learner.horizon", "12 samples", 1000.0, 12),
        ("learner.horizon", "12", None, 12),
        ("detector.one_in", "2 a day", 1000.0, 43_200.0),
        ("detector.one_in", "1 in 20,000", 1000.0, 20_000.0),
        ("detector.one_in", "20,000", None, 20_000.0),
    ],
)
def test_typed_text_is_read_in_the_same_terms(full, typed, rate_hz, value) -> None:
    spec = {**LEARNER, **DETECTOR}[full.split(".")[1]]
    assert spec.parse(reading(full, spec, context(rate_hz)).parse(typed)) == value


def test_the_alarm_caption_is_honest_about_calibration() -> None:
    seen = context(1000.0)
    alarms = reading("detector.one_in", DETECTOR["one_in"], seen)
    assert alarms.caption(43_200.0) == "= 1 in 43,200 · not yet calibrated to this rate"
    seen.health.calibrated, seen.health.alarms, seen.health.stream_s = True, 14, 10 * 86_400.0
    assert alarms.caption(43_200.0) == "= 1 in 43,200 decisions · so far: 1.4 a day"
