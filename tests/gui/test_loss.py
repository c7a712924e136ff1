"""The loss panel: the model before beside the one in use, gaps, and marks of going back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMainWindow
from stand_in import StandIn, colours_at, shown

from driftscope.core.stream import Event, Label
from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.loss_curves import smoothed
from driftscope.gui.loss_marks import caption, merged
from driftscope.gui.loss_words import before_words
from driftscope.gui.panels.loss import LossPanel


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


def test_going_back_and_bookmarks_are_marked(session) -> None:
    marks = [note(1, mark="bookmark"), note(5, mark=""), note(9, mark="back 10 s"), note(9.1)]
    found = merged(marks, 0.0, 2.0)
    assert [caption(mark, session) for mark in found] == ["back 10 s", "bookmark"]


def parts(rows: int = 10, **losses: float) -> dict[str, np.ndarray]:
    names = {"slow": "0.1x", "usual": "1x", "fast": "3x", "closed": "closed form"}
    return {names[name]: np.full(rows, loss) for name, loss in losses.items()}


def test_each_part_has_a_curve_when_asked_for_and_the_leading_one_is_named(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    actions = Actions(window := QMainWindow())
    qtbot.addWidget(window)
    panel.offer(actions)
    (each,) = [a for a in actions.all() if a.text() == "Loss of each learning rate"]
    actions.refresh()
    assert panel.each.isHidden() and not each.isEnabled() and panel.note.text() == ""
    session.feed(3000, 3000, parts=parts(slow=0.5, usual=0.11, fast=0.3, closed=0.9))
    panel.curves._taken_at_s = 0.0
    panel.refresh()
    assert panel.note.text() == "rate 1× leads" and panel.each.isVisible()
    assert panel.legend.accessibleName() == "learner, last value, running mean"
    part = theme.current().part.name()
    assert part not in colours_at(panel.plot, 500, 890)
    qtbot.mouseClick(panel.each, Qt.MouseButton.LeftButton)
    panel.refresh()
    assert panel.legend.accessibleName() == "learner, last value, running mean"
    assert panel.parts.isVisible(), "the parts have a line of their own"
    assert panel.parts.accessibleName() == "0.1×, 1×, 3×, closed form"
    assert panel.parts.needed_px() < 420, "as much as there is in a small window"
    whole = panel.picture_legend().accessibleName()
    assert whole == "learner, last value, running mean, 0.1×, 1×, 3×, closed form"
    assert part in colours_at(panel.plot, 500, 890)
    dashes = [panel.curves.pen(k).dashPattern() for k in range(3, 7)]
    assert len({tuple(each) for each in dashes}) == 4, "none is told by its colour alone"
    actions.refresh()
    assert each.isChecked()
    each.trigger()
    panel.refresh()
    assert panel.parts.isHidden()
    session.feed(6000, 3000, parts=parts(slow=0.5, usual=0.11, fast=0.05, closed=0.9))
    panel.curves._taken_at_s = 0.0
    panel.refresh()
    assert panel.note.text() == "rate 3× leads"


def test_a_part_far_above_all_others_does_not_flatten_them(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    panel.curves.each = True
    session.feed(3000, 3000, parts=parts(slow=1e6, usual=0.1))
    panel.curves._taken_at_s = 0.0
    panel.refresh()
    panel.grab()
    assert panel.curves.range[1] <= 10


def test_of_a_stream_with_labels_it_is_said_that_this_is_the_forecast_s(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    assert session.info is not None
    session.info = replace(session.info, label=Label("class"), classes=("up", "down"))
    panel.refresh()
    assert "error of the forecast" in panel.picture_title()
    assert "labels are said stands under Labels" in panel.title.toolTip()


def test_drifts_are_marked_and_counted_where_they_are_close() -> None:
    marks = [Event("s", 0, at, "drift", {"message": "Changed."}) for at in (1.0, 8.0, 8.5, 9.0)]
    found = merged(marks, 0.0, 1.0)
    assert [caption(mark, StandIn()) for mark in found] == ["drift, 3 times", "drift"]


def test_no_curve_is_smoothed_across_a_gap() -> None:
    losses = np.array([[1.0]] * 30 + [[np.nan]] + [[9.0]] * 30)
    drawn = smoothed(losses)[:, 0]
    assert (drawn[:30] == 1).all() and np.isnan(drawn[30]) and (drawn[31:] == 9).all()
    one = smoothed(np.array([[4.0]]))
    assert one.tolist() == [[4.0]]


@pytest.mark.filterwarnings("error")
def test_a_row_and_a_gap_at_the_same_time_are_no_curve_yet(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    means = np.array([[0.1, 0.4, 0.8], [np.nan, np.nan, np.nan]])
    panel.curves._held = (2.0, ("learner", "last value", "running mean"), np.full(2, 2.0), means)
    panel.curves.update()
    panel.curves.grab()
    assert panel.curves.accessibleName()
