"""The loss panel: the model before beside the one in use, gaps, and marks of going back."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMainWindow
from stand_in import StandIn, shown

from driftscope.core.stream import Event
from driftscope.gui.actions import Actions
from driftscope.gui.loss_curves import smoothed
from driftscope.gui.panels.loss import LossPanel, before_words, merged


class Comparing(StandIn):
    """A session that can be told to stop."""

    stopped = 0

    def stop_comparing(self) -> None:
        self.stopped += 1


@pytest.fixture
def session() -> Comparing:
    made = Comparing()
    made.describe()
    made.feed(0, 3000)
    return made


def note(time_s: float, **data: Any) -> Event:
    return Event("s", 0, time_s, "note", dict(message="Something.", **data))


def test_the_model_before_has_a_curve_a_name_and_a_button_while_it_is_compared(
    qtbot, session
) -> None:
    panel = shown(qtbot, LossPanel(session))
    actions = Actions(window := QMainWindow())
    qtbot.addWidget(window)
    panel.offer(actions)
    (stop,) = [each for each in actions.all() if each.text() == "Stop comparing"]
    actions.refresh()
    assert panel.stop.isHidden() and not stop.isEnabled()
    session.feed(3000, 3000, former_loss={"gru": np.full(10, 0.02)})
    panel.curves._taken_at_s = 0.0
    panel.refresh()
    panel.grab()
    assert panel.legend.accessibleName() == "learner, last value, running mean, GRU, before"
    image, colour = panel.plot.grab().toImage(), panel.curves.pen(3).color()
    assert 0 < colour.alpha() < 255 and panel.curves.range[0] <= 0.02
    area = panel.plot.area()
    low = int(panel.curves._y(np.array(0.02), area))
    ground = QColor(image.pixel(int(area.left() + 40), low)).name()
    drawn = {QColor(image.pixel(int(area.right() - 60), low + d)).name() for d in (-1, 0, 1)}
    assert drawn - {ground}, "its curve begins where the model was changed"
    assert panel.stop.isVisible()
    qtbot.mouseClick(panel.stop, Qt.MouseButton.LeftButton)
    actions.refresh()
    stop.trigger()
    assert session.stopped == 2
    session.feed(6000, 10)
    panel.curves._taken_at_s = 0.0
    panel.refresh()
    assert panel.legend.accessibleName() == "learner, last value, running mean"
    assert panel.stop.isHidden()


def test_what_it_was_is_said_as_people_say_it() -> None:
    assert before_words("gru") == "GRU, before"
    assert before_words("mlp, hidden units 64") == "MLP, hidden units 64, before"


def test_going_back_and_bookmarks_are_marked(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    marks = [note(1, mark="bookmark"), note(5, mark=""), note(9, mark="back 10 s"), note(9.1)]
    found = merged(marks, 0.0, 2.0)
    assert [panel.curves.caption(mark) for mark in found] == ["back 10 s", "bookmark"]


def test_no_curve_is_smoothed_across_a_gap() -> None:
    losses = np.array([[1.0]] * 30 + [[np.nan]] + [[9.0]] * 30)
    drawn = smoothed(losses)[:, 0]
    assert (drawn[:30] == 1).all() and np.isnan(drawn[30]) and (drawn[31:] == 9).all()
    one = smoothed(np.array([[4.0]]))
    assert one.tolist() == [[4.0]]
