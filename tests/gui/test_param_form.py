"""Fields made from declarations: they turn what they name, at once, and follow the session."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import focus

from driftscope.core import devices, registry
from driftscope.core.params import Params, param
from driftscope.gui.fields import ChoiceField, SliderField, SwitchField, TextField
from driftscope.gui.param_form import ParamForm
from driftscope.gui.session import Session
from driftscope.gui.slider import Slider


@pytest.fixture
def form(session: Session) -> ParamForm:
    return ParamForm(session, ("learner", "detector"))


def rate(form: ParamForm) -> SliderField:
    field = form.fields["learner.lr"]
    assert isinstance(field, SliderField)
    return field


def wheel(slider: Slider, turned: int) -> None:
    place = QPointF(slider.rect().center())
    event = QWheelEvent(
        place, place, QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, event)


def test_every_visible_parameter_is_there_with_a_name_and_help(form: ParamForm) -> None:
    assert list(form.fields) == [
        "learner.lr", "learner.momentum", "learner.step_rows", "learner.horizon",
        "learner.model", "learner.optimizer", "learner.precision", "learner.rates",
        "learner.replay",
        "detector.one_in", "detector.decision_rows",
    ]  # fmt: skip
    assert all(len(field.toolTip()) > 40 for field in form.fields.values())
    assert rate(form).slider.accessibleName() == "Learning rate"


def test_each_move_of_a_slider_is_sent_and_said_at_once(form: ParamForm) -> None:
    for position in (600, 900, 750):
        rate(form).slider.setValue(position)
        sent = form.session.params.get("learner.lr")
        assert sent == rate(form).scale.value(position)
        assert rate(form).typed.text() == f"x {float(sent):.2g}"


def test_double_click_gives_the_default_and_auto(form: ParamForm) -> None:
    batch = form.fields["learner.step_rows"]
    assert isinstance(batch, SliderField)
    for field, default, text in ((rate(form), 1.0, "x 1"), (batch, 0, "auto (8)")):
        field.slider.setValue(900)
        QTest.mouseDClick(field.slider, Qt.MouseButton.LeftButton)
        assert form.session.params.get(f"learner.{field.spec.name}") == default
        assert field.typed.text() == text


def test_a_click_and_a_drag_move_the_slider_there(form: ParamForm) -> None:
    form.resize(300, 600)
    form.show()
    slider = rate(form).slider
    middle = slider.height() // 2
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 8, middle))
    assert form.session.params.get("learner.lr") == 100.0
    QTest.mouseMove(slider, QPoint(2, middle))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert form.session.params.get("learner.lr") == 0.0
    form.hide()


def test_the_wheel_turns_only_the_slider_that_has_the_focus(form: ParamForm, qtbot) -> None:
    slider = rate(form).slider
    wheel(slider, 120)
    assert form.session.params.get("learner.lr") == 1.0
    with qtbot.waitExposed(form):
        form.show()
    focus(slider)
    wheel(slider, 120)
    assert form.session.params.get("learner.lr") > 1.0
    form.hide()


def test_a_key_moves_on_by_one_value(form: ParamForm) -> None:
    field = form.fields["learner.step_rows"]
    assert isinstance(field, SliderField)
    for value in (1, 2, 3):
        QTest.keyClick(field.slider, Qt.Key.Key_Right)
        assert form.session.params.get("learner.step_rows") == value


def test_a_number_can_be_typed_and_a_refused_one_says_why(form: ParamForm) -> None:
    typed = rate(form).typed
    typed.selectAll()
    QTest.keyClicks(typed, "2,5\r")
    assert form.session.params.get("learner.lr") == 2.5
    typed.selectAll()
    QTest.keyClicks(typed, "1000\r")
    assert form.session.params.get("learner.lr") == 2.5
    told = "Learning rate must be between x 0 and x 100; x 2.5 stays."
    assert rate(form).refused.text() == told
    assert typed.text() == "x 2.5"
    rate(form).slider.setValue(500)
    assert rate(form).refused.isHidden()


def test_the_form_follows_what_is_turned_elsewhere(form: ParamForm) -> None:
    form.session.set_param("learner.lr", 10.0)
    form.session.set_param("learner.optimizer", "adam")
    form.refresh()
    assert rate(form).typed.text() == "x 10"
    assert rate(form).slider.value() == 750
    choice = form.fields["learner.optimizer"]
    assert isinstance(choice, ChoiceField) and choice.combo.currentText() == "Adam"


def test_alarms_are_asked_for_by_the_day(form: ParamForm) -> None:
    field = form.fields["detector.one_in"]
    assert isinstance(field, SliderField)
    QTest.keyClicks(field.typed, "\b" * 20 + "2\r")
    assert form.session.params.get("detector.one_in") == pytest.approx(43_200)
    assert field.typed.text() == "2 a day"
    before = field.slider.value()
    QTest.keyClick(field.slider, Qt.Key.Key_Right)
    assert field.slider.value() > before
    assert form.session.params.get("detector.one_in") < 43_200


@dataclass
class ModelParams(Params):
    hidden: int = param(64, low=4, high=512, log=True, live=False, label="Hidden units")
    residual: bool = param(True, label="Residual")
    note: str = param("", label="Note")


def test_a_model_s_own_parameters_come_once_it_is_loaded(session: Session) -> None:
    form = ParamForm(session, ("learner", "model"))
    assert "model.hidden" not in form.fields
    before = dict(form.fields)
    session.params.attach("model", ModelParams())
    form.refresh()
    assert all(form.fields[full] is field for full, field in before.items())  # focus stays
    hidden, residual = form.fields["model.hidden"], form.fields["model.residual"]
    assert isinstance(hidden, TextField)  # each position of a slider would begin anew
    assert isinstance(residual, SwitchField)
    QTest.keyClicks(hidden.line, "\b\b128\r")
    residual.box.click()
    assert session.params.get("model.hidden") == 128
    assert session.params.get("model.residual") is False
    QTest.keyClicks(hidden.line, "\b\b\b5.5\r")
    assert hidden.refused.text() == "Hidden units must be between 4 and 512; 128 stays."


def test_a_graphics_card_can_be_chosen_only_where_there_is_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_cuda", False)
    form = ParamForm(session, ("learner",))
    assert "learner.device" not in form.fields
    monkeypatch.setattr(devices, "_cuda", True)  # it is looked for once the model was loaded
    form.refresh()
    field = form.fields["learner.device"]
    assert isinstance(field, ChoiceField)
    shown = [field.combo.itemText(k) for k in range(field.combo.count())]
    assert shown == ["processor", "graphics card (CUDA)"]


def test_a_model_of_one_s_own_is_in_the_list_by_its_file_s_name(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_added", {"models": {"/some/where/my.py:make": object}})
    field = ParamForm(session, ("learner",)).fields["learner.model"]
    assert isinstance(field, ChoiceField)
    place = field.combo.findText("my.py:make")
    assert field.combo.itemData(place) == "/some/where/my.py:make"
    tip = field.combo.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert tip == "Your own code: /some/where/my.py:make"
