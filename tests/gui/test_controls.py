"""The left column: all of it is seen in a window of the usual size."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from driftscope.core.sections import default_params
from driftscope.core.sources.demo import Demo
from driftscope.gui.controls import Controls
from driftscope.gui.panels.health import Figures
from driftscope.gui.session import Session
from driftscope.gui.traces import Traces


def shown(session: Session, height_px: int, qtbot) -> Controls:
    """Return the column as it stands in a window, on the demo."""
    session.shown.params = default_params(Demo.Params())
    made = Controls(session, Figures(), Traces())
    qtbot.addWidget(made)
    made.resize(288, height_px)
    made.show()
    made.refresh()
    return made


def test_all_of_it_is_seen_in_a_window_of_1600_by_1000(session: Session, qtbot) -> None:
    column = shown(session, 790, qtbot)
    bar = column.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: column.health.isVisible() and bar.maximum() == 0)


def test_what_is_seldom_turned_is_folded_away_until_its_line_is_clicked(
    session: Session, qtbot
) -> None:
    column = shown(session, 790, qtbot)
    replay, rate = (column.learning.fields[f"learner.{name}"] for name in ("replay", "lr"))
    assert rate.isVisible() and not replay.isVisible()
    column.learning.more.line.click()
    assert rate.isVisible() and replay.isVisible()
    column.learning.more.line.click()
    assert not replay.isVisible()


def test_the_line_tells_that_something_in_it_was_changed(session: Session, qtbot) -> None:
    column = shown(session, 790, qtbot)
    line = column.learning.more.line
    assert line.text() == "More settings"
    session.params.set("learner.replay", 8)
    column.refresh()
    assert line.text() == "More settings · 1 changed"
    line.click()
    column.refresh()
    assert line.text() == "More settings"


def test_a_source_with_one_thing_to_turn_is_named_by_it(session: Session, qtbot) -> None:
    column = shown(session, 790, qtbot)
    (field,) = column.source.fields.values()
    assert field.called.property("role") == "title" and column.source_title.isHidden()


def test_counts_of_what_did_not_happen_take_no_room(session: Session, qtbot) -> None:
    column = shown(session, 790, qtbot)
    assert column.health.values["gaps"].isHidden() and column.health.values["not scored"].isHidden()
    session.health.gaps = session.health.unscored = 1
    column.refresh()
    assert not column.health.values["gaps"].isHidden()
    assert not column.health.values["not scored"].isHidden()
