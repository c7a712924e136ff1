"""Several sources in one window: chips, keys, one list of alarms, what is said of the others."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from windows import activate, wait_for

from driftscope.core.stream import StreamInfo
from driftscope.gui.connection import Connection
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session
from driftscope.gui.source_chips import fitted, source_words


def test_of_a_source_its_name_stays_when_there_is_little_room(qtbot) -> None:
    metrics = QLabel().fontMetrics()
    told = "book.mkv · 640 × 480 · 30 pictures/s · ended"
    for text in (told, "book.mkv · ended", "book.mkv"):
        assert fitted(metrics, told, metrics.horizontalAdvance(text) + 1) == text
    assert fitted(metrics, told, metrics.horizontalAdvance("book…") + 1).startswith("boo")


@pytest.fixture
def other(session: Session) -> Connection:
    """Return a second source beside the one that is shown."""
    made = Connection("rtsp://guest:secret@10.0.0.7/door")
    made.source_name = "rtsp://10.0.0.7/door"
    made.info = StreamInfo("door", ("picture",), ("",), 25.0, 1, (480, 640, 3), "uint8", "unix")
    made.health.link, made.health.state = "live", "learning"
    session.connections = {"demo:": session.shown, made.address: made}
    return made


def chips(window: MainWindow) -> list[str]:
    window.refresh_texts()
    return [chip.text() for chip in window.top_bar.chips.chips]


def test_one_source_has_one_chip_that_says_all_of_it(window: MainWindow) -> None:
    assert chips(window) == [source_words(window.session)]
    assert not window.top_bar.chips.chips[0].cross.isVisible()


def test_a_click_on_a_chip_shows_its_source(other: Connection, window: MainWindow) -> None:
    assert chips(window) == ["demo: vibration", "rtsp://10.0.0.7/door"]
    chip = window.top_bar.chips.chips[1]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert window.session.shown is other
    window.refresh()
    assert window.panels.seen.currentWidget() is window.picture
    assert window.classes.isVisible() and not window.controls.panel.channels.isVisible()
    assert "secret" not in chip.toolTip() + chip.text()


def test_keys_go_from_source_to_source(other: Connection, window: MainWindow, qtbot) -> None:
    activate(window)
    window.stage.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    for key, shown in ((Qt.Key.Key_2, other), (Qt.Key.Key_1, window.session.connections["demo:"])):
        QTest.keyClick(window, key, control)
        assert window.session.shown is shown
    for shown in (other, window.session.connections["demo:"]):
        QTest.keyClick(window, Qt.Key.Key_Tab, control)
        assert window.session.shown is shown


def test_closing_one_says_what_is_lost(other: Connection, window: MainWindow) -> None:
    chips(window)
    QTest.mouseClick(window.top_bar.chips.chips[1].cross, Qt.MouseButton.LeftButton)
    assert list(window.session.connections) == ["demo:"]
    assert "rtsp://10.0.0.7/door was closed: what was learned of it is forgotten" in (
        window.said.text()
    )
    window.close_source()
    assert list(window.session.connections) == ["demo:"], "the last one stays"


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("lost", "rtsp://10.0.0.7/door: the link is lost."),
        ("stalled", "rtsp://10.0.0.7/door: nothing comes."),
        ("failed", "rtsp://10.0.0.7/door: No such door."),
    ],
)
def test_what_is_wrong_with_another_one_is_said(
    other: Connection, window: MainWindow, link: str, told: str
) -> None:
    other.health.link, other.health.link_message = link, "No such door."
    window.refresh_texts()
    assert told in window.said.text() and window.said.text().startswith("Learning.")
    assert window.top_bar.chips.chips[1].text().endswith(
        {"lost": "link lost"}.get(link, link)
    )  # fmt: skip


def test_an_alarm_of_another_source_shows_it_and_goes_there(
    other: Connection, window: MainWindow, alarm
) -> None:
    session = window.session
    session.alarms[1] = alarm(1, 2.0)
    session.show(other.address)
    window.refresh_texts()
    panel = window.alarms.panel
    assert panel.model.rowCount() == 1
    panel.chosen.emit(panel.model.entry(panel.model.index(0)))
    view = window.signal.panel.view
    assert session.address == "demo:"
    assert view.end_s is not None and view.lo_s < 2.0 and view.end_s >= 3.2


def test_one_more_is_opened_beside_and_let_go_again(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.samples > 50)
    first = session.shown
    session.add_source("scene:?noise=0")
    wait_for(lambda: session.address == "scene:?noise=0" and session.info is not None)
    wait_for(lambda: session.picture is not None and session.health.samples > 3)
    samples = first.health.samples
    wait_for(lambda: first.health.samples > samples + 100)
    window.close_source()
    assert session.shown is first and list(session.connections) == ["demo:"]
    samples = first.health.samples
    wait_for(lambda: first.health.samples > samples + 100)
