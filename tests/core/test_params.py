"""Parameters are declared once and checked wherever they are set."""

import pytest

from driftscope.core.errors import ParamError
from driftscope.core.params import ParamSet
from driftscope.core.sections import DetectorParams, LearnerParams


@pytest.fixture
def params() -> ParamSet:
    return ParamSet(learner=LearnerParams(), detector=DetectorParams())


def test_text_from_the_command_line_becomes_the_declared_type(params: ParamSet) -> None:
    assert params.set("learner.lr", "0.3") == 0.3
    assert params.set("learner.step_rows", "16") == 16
    assert params.set("learner.step_rows", "auto") == 0
    assert params.set("learner.frozen", "yes") is True
    assert params.get("learner.lr") == 0.3


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("learner.lr", "1000", "between 0 and 100"),
        ("learner.lr", "nan", "between 0 and 100"),
        ("learner.lr", "fast", "a number"),
        ("learner.step_rows", "7.5", "a whole number"),
        ("learner.step_rows", "65", "between 1 and 64"),
        ("learner.frozen", "perhaps", "yes or no"),
        ("learner.optimizer", "lion", "sgd, rmsprop, adam"),
        ("learner.speed", "1", "known in 'learner'"),
        ("speed", "1", "section.name"),
        ("camera.speed", "1", "section is one of"),
    ],
)
def test_a_bad_value_is_told_and_the_old_one_stays(
    params: ParamSet, name: str, value: str, told: str
) -> None:
    before = params.as_dict()
    with pytest.raises(ParamError, match=told):
        params.set(name, value)
    assert params.as_dict() == before


def test_assigning_to_a_section_is_checked_too() -> None:
    learner = LearnerParams()
    with pytest.raises(ParamError, match="lr must be between"):
        learner.lr = -1
    with pytest.raises(ParamError, match="no parameter 'speed'"):
        learner.speed = 1
    assert learner.lr == 1.0


def test_what_is_set_before_its_section_comes_is_applied_and_checked_then() -> None:
    params = ParamSet(learner=LearnerParams())
    params.set("detector.one_in", "500")
    params.attach("detector", DetectorParams())
    assert params.get("detector.one_in") == 500
    params.set("model.width", "3")
    with pytest.raises(ParamError, match=r"model\.width"):
        params.attach("model", DetectorParams())


def test_every_parameter_has_words_for_the_form() -> None:
    params = ParamSet(learner=LearnerParams(), detector=DetectorParams())
    for name, spec, value in params:
        assert spec.label and spec.help, name
        assert spec.parse(value) == value, name
