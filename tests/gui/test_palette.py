"""The palette: everything by typing a part of its name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import activate

from driftscope.gui.findings import found
from driftscope.gui.main_window import MainWindow
from driftscope.gui.palette import NOTHING, Palette
from driftscope.gui.session import Session


def opened(window: MainWindow) -> Palette:
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert isinstance(palette, Palette) and palette.isVisible()
    return palette


def titles(palette: Palette) -> list[str]:
    return [each.title for each in palette.findings]


def test_a_part_of_a_word_finds_it_and_return_does_it(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "fre lear")
    assert titles(palette)[0] == "Freeze learning"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.session.params.get("learner.frozen") is True
    assert not palette.isVisible()


def test_a_name_and_a_value_turn_a_parameter(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "learning rate 0.3")
    assert titles(palette)[0] == "Learning rate: x 0.3"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.session.params.get("learner.lr") == 0.3


def test_a_value_out_of_range_is_refused_in_a_sentence(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "learning rate 999")
    assert palette.said.text() == "Learning rate must be between x 0 and x 100; x 1 stays."
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert window.session.params.get("learner.lr") == 1.0


def test_choices_are_found_by_their_own_names(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "optimizer sgd")
    assert "Optimizer: SGD" in titles(palette)
    place = titles(palette).index("Optimizer: SGD")
    for _ in range(place):
        QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.session.params.get("learner.optimizer") == "sgd"


def test_what_cannot_be_done_now_stands_last_and_does_nothing(window: MainWindow) -> None:
    everything = found("", window.can_do, window.session)
    possible = [each.possible for each in everything]
    assert possible == sorted(possible, reverse=True) and not all(possible)
    palette = opened(window)
    QTest.keyClicks(palette.line, "close source")
    assert palette.said.text() == "This cannot be done now."
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_what_is_not_found_is_said_and_escape_closes(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "xyzzy")
    assert palette.findings == [] and palette.said.text() == NOTHING
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    QTest.keyClick(palette, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_every_action_is_found_by_its_own_text(window: MainWindow) -> None:
    for action in window.can_do.all():
        text = action.text().replace("&", "").rstrip("…")
        assert not action.isVisible() or text in [
            each.title.rstrip("…") for each in found(text, window.can_do, window.session)
        ]


@pytest.mark.parametrize(
    ("typed", "address"), [("temperature", "demo:temperature"), ("vib", "demo:")]
)
def test_a_demo_is_found_by_its_name_and_connected(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, typed: str, address: str
) -> None:
    connected: list[str] = []
    monkeypatch.setattr(Session, "connect_to", lambda _, address: connected.append(address))
    palette = opened(window)
    QTest.keyClicks(palette.line, typed)
    assert titles(palette)[0].startswith("Demo: ")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert connected == [address]
