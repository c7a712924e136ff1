"""What can be done to the learning: buttons, menu and keys ask for the same; models say what they
are good for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from driftscope.core import registry
from driftscope.core.commands import Bookmark, Command, GoBack, Reset
from driftscope.core.sections import LearnerParams
from driftscope.gui.actions import Actions
from driftscope.gui.controls import Controls
from driftscope.gui.fields import ChoiceField
from driftscope.gui.panels.health import Figures
from driftscope.gui.scale import GOOD_FOR, NAMES
from driftscope.gui.session import Session
from driftscope.gui.top_bar import TopBar
from driftscope.gui.traces import Traces

KEYS = {
    "Ctrl+Z": GoBack(10.0, "demo:"),
    "Ctrl+Shift+Z": GoBack(60.0, "demo:"),
    "Ctrl+B": Bookmark("demo:"),
    "Ctrl+Shift+B": GoBack(None, "demo:"),
    "Ctrl+R": Reset("demo:"),
}


@pytest.fixture
def sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[Command]:
    found: list[Command] = []
    monkeypatch.setattr(session, "send", found.append)
    return found


def test_every_key_of_the_learning_asks_for_what_its_menu_says(qtbot, session, sent) -> None:
    window = QMainWindow()
    controls = Controls(session, Figures(), Traces())
    for widget in (window, controls):
        qtbot.addWidget(widget)
    actions = Actions(window)
    controls.offer(actions)
    by_key = {
        key.toString(QKeySequence.SequenceFormat.PortableText): action
        for action in actions.all() if action.data() == "Learning"
        for key in action.shortcuts()
    }  # fmt: skip
    assert by_key.keys() == KEYS.keys()
    for key, command in KEYS.items():
        by_key[key].trigger()
        assert sent.pop() == command
    session.shown.info = None
    actions.refresh()
    assert not any(action.isEnabled() for action in by_key.values())


def test_the_buttons_ask_for_the_same(qtbot, session, sent) -> None:
    controls, bar = Controls(session, Figures(), Traces()), TopBar(session)
    for widget in (controls, bar):
        qtbot.addWidget(widget)
        widget.show()
    bar.refresh()
    for button, key in (
        (controls.reset, "Ctrl+R"), (controls.mark, "Ctrl+B"), (bar.undo, "Ctrl+Z")
    ):  # fmt: skip
        assert key in button.toolTip()
        button.click()
        assert sent.pop() == KEYS[key]


def test_models_stand_in_order_of_size_and_say_what_they_are_good_for(qtbot) -> None:
    field = ChoiceField(LearnerParams.specs()["model"])
    qtbot.addWidget(field)
    combo = field.combo
    shown = [combo.itemText(k) for k in range(combo.count())]
    assert shown == ["Linear", "MLP", "GRU", "TCN", "Attention"]
    tips = [combo.itemData(k, Qt.ItemDataRole.ToolTipRole) for k in range(combo.count())]
    assert len({tip for tip in tips if tip}) == len(registry.names("models"))
    field.show_value("tcn")
    assert combo.toolTip() == f"TCN: {GOOD_FOR['tcn']}"


def test_every_optimizer_has_a_name_people_know() -> None:
    options = LearnerParams.specs()["optimizer"].options()
    assert [NAMES[option] for option in options] == ["SGD", "SGD, normalised", "Adam"]
    assert all(option in GOOD_FOR for option in options)
