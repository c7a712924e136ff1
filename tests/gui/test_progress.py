"""A file's progress, its button to stop, and how fast it is played."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from driftscope.core.commands import Stop
from driftscope.core.sources.csv_file import CsvParams
from driftscope.gui.fields import SpeedField, field
from driftscope.gui.progress import Progress, Remaining
from driftscope.gui.scale import Nothing, Reading
from driftscope.gui.session import Session


def test_it_says_how_far_it_is_and_how_long_it_takes_still() -> None:
    remaining = Remaining()
    assert remaining.text("run.csv", 0.30, 0.0) == "30 % of run.csv"
    assert remaining.text("run.csv", 0.34, 4.0) == "34 % of run.csv, 66 s left"
    assert remaining.text("b.csv", 0.01, 5.0) == "1 % of b.csv", "another file begins anew"
    assert remaining.text("b.csv", 0.01, 15.0) == "1 % of b.csv", "it stands still"


def test_the_button_stops_the_reading(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(session, "send", sent.append)
    monkeypatch.setattr(Session, "running", property(lambda _: True))
    shown = Progress(session)
    qtbot.addWidget(shown)
    shown.refresh()
    assert shown.isHidden(), "the demo has no end"
    session.health.progress = 0.5
    shown.refresh()
    assert not shown.isHidden() and shown.text.text() == "50 % of demo: vibration"
    shown.stop.click()
    assert sent == [Stop("demo:")]
    session.health.link = "ended"
    shown.refresh()
    assert shown.isHidden()


@pytest.mark.parametrize(
    ("typed", "speed"), [("as recorded", "1"), ("at full speed", "max"), ("25", "25"),
                         ("3 times", "3"), ("10x", "10")]
)  # fmt: skip
def test_a_speed_is_said_in_words_and_any_may_be_typed(
    qtbot: QtBot, typed: str, speed: str
) -> None:
    spec = CsvParams.specs()["speed"]
    made = field(spec, Reading(spec, Nothing()))
    qtbot.addWidget(made)
    assert isinstance(made, SpeedField)
    turned: list[object] = []
    made.turned.connect(turned.append)
    made.show_value("10")
    assert made.combo.currentText() == "10 times"
    made.combo.setEditText(typed)
    made.typed.editingFinished.emit()
    assert set(turned) == {speed}
