"""Colour, range and unit of channels, asked for beside the list of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from driftscope.gui.channel_editor import ChannelEditor
from driftscope.gui.panels.channels import ChannelsPanel
from driftscope.gui.session import Session
from driftscope.gui.traces import Traces


@pytest.fixture
def panel(session: Session, qtbot) -> Iterator[ChannelsPanel]:
    made = ChannelsPanel(session, Traces())
    with qtbot.waitExposed(made):
        made.show()
        made.refresh()
    yield made
    for each in made.findChildren(ChannelEditor):
        each.close()
    made.close()


def editor(panel: ChannelsPanel, names: list[str], what: str = "Range…") -> ChannelEditor:
    panel.edit(names, what, QPoint(10, 10))
    return next(w for w in panel.findChildren(ChannelEditor) if w.isVisible())


def enter(line, text: str) -> None:
    line.setText(text)
    line.editingFinished.emit()


def test_a_range_is_typed_and_a_refused_one_is_told_in_place(panel: ChannelsPanel) -> None:
    made, look = editor(panel, ["y"]), panel.traces.look
    enter(made.low, "-2,5")
    assert (look("y").low, look("y").high) == (-2.5, None)
    enter(made.high, "-3")
    told = "A range must end above its beginning: -2.5 is not below -3."
    assert made.refused.isVisible() and made.refused.text() == told
    assert look("y").high is None and made.high.text() == "-3"
    enter(made.high, "warm")
    assert made.refused.text().startswith("‘warm’ is no number: type one such as -2.5")
    enter(made.high, "1e3")
    assert not made.refused.isVisible() and look("y").high == 1000.0
    enter(made.low, "automatic")
    assert look("y").low is None
    for text in ("nan", "1e999"):
        enter(made.high, text)
        assert "A range ends at a number" in made.refused.text()


def test_a_range_may_move_wholly_beyond_the_one_before(panel: ChannelsPanel) -> None:
    panel.traces.change("x", low=0.0, high=1.0)
    made = editor(panel, ["x"])
    enter(made.low, "5")
    assert made.refused.isVisible()
    enter(made.high, "10")
    assert (panel.traces.look("x").low, panel.traces.look("x").high) == (5.0, 10.0)
    assert not made.refused.isVisible()


def test_colour_and_unit_of_several_at_once_and_back(panel: ChannelsPanel) -> None:
    made = editor(panel, ["x", "y"], "Colour…")
    assert made.accessibleName() == "Colour, range and unit of 2 channels"
    next(each for each in made.colours if each.accessibleName() == "violet").click()
    enter(made.unit, " m/s² ")
    assert [panel.traces.look(n).colour for n in "xyz"] == ["#8a6fc7", "#8a6fc7", ""]
    assert panel.traces.unit(panel.session.info, 1) == "m/s²"
    assert [each.accessibleName() for each in made.colours if each.isChecked()] == ["violet"]
    next(b for b in made.findChildren(QPushButton) if b.text() == "As it comes").click()
    assert panel.traces.as_dict() == {}


def test_the_editor_closes_by_its_button_unless_something_is_refused(
    panel: ChannelsPanel,
) -> None:
    made = editor(panel, ["x"])
    done = next(b for b in made.findChildren(QPushButton) if b.text() == "Done")
    made.low.setText("warm")
    done.click()
    assert made.isVisible() and made.refused.isVisible()
    made.low.setText("")
    done.click()
    assert not made.isVisible()
    other = editor(panel, ["x"], "Unit…")
    QTest.keyClick(other, Qt.Key.Key_Escape)
    assert not other.isVisible()
