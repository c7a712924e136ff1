"""The window: its states, its small form, its keys, and a panel that breaks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QTabBar,
    QWidget,
)
from windows import activate

from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.connection import Connection
from driftscope.gui.keys import Keys
from driftscope.gui.main_window import MainWindow
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.session import Session
from driftscope.gui.source_chips import source_words
from driftscope.gui.stage import Guarded


def buttons(window: MainWindow) -> list[str]:
    page = window.stage.currentWidget()
    return [b.text() for b in page.findChildren(QAbstractButton) if b.isVisible()]


def tabs(window: MainWindow) -> QTabBar | None:
    """Return the tabs of panels that share a place, None if none do."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    found = window.panels.findChildren(QTabBar, options=direct)
    return next((bar for bar in found if bar.isVisible() and bar.count() > 1), None)


def test_the_plain_sentence_and_the_figures_stand_below(window: MainWindow) -> None:
    assert window.said.text() == "Learning. The forecast beats “same as before” by 81 %."
    assert " redraws/s · " in window.figures.text()
    assert source_words(window.session) == "demo: vibration · 3 channels · 1.00 kHz"
    assert window.controls.panel.state.text() == "learning"


def test_with_nothing_connected_there_is_a_sentence_and_two_buttons(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    session = window.session
    session.shown = Connection()
    window.refresh()
    window.refresh_texts()
    assert window.stage.text() == "Nothing is connected."
    qtbot.waitUntil(lambda: buttons(window) == ["Try the demo", "Connect…"])
    asked: list[str] = []
    monkeypatch.setattr(session, "connect_to", asked.append)
    demo = next(b for b in window.findChildren(QAbstractButton) if b.text() == "Try the demo")
    QTest.mouseClick(demo, Qt.MouseButton.LeftButton)
    assert asked == ["demo:"]


def test_a_failure_offers_to_try_again(window: MainWindow, qtbot) -> None:
    session = window.session
    session.shown.info, session.shown.history = None, None
    session.health.link, session.health.link_message = "failed", "The port is busy. Close it."
    window.refresh()
    window.refresh_texts()
    assert window.stage.text() == window.said.text() == "The port is busy. Close it."
    qtbot.waitUntil(lambda: buttons(window) == ["Try again", "Change…"])


def test_what_fails_before_anything_runs_is_told_on_the_stage_at_once(
    window: MainWindow,
) -> None:
    session = window.session
    session.shown = Connection()
    window.refresh()
    assert window.stage.text() == "Nothing is connected."
    session.connect_to("demo:", [("learner.lr", "fast")])
    assert "learner.lr must be a number" in window.stage.text()


def test_a_window_opens_no_larger_than_its_screen(session: Session, qtbot) -> None:
    made = MainWindow(session)
    room = made.screen().availableSize()
    assert made.height() <= max(room.height(), made.minimumHeight())
    assert made.width() <= max(room.width(), made.minimumWidth())
    made.close()
    made.deleteLater()


def test_loading_and_connecting_show_a_moving_line(window: MainWindow) -> None:
    session = window.session
    session.shown.info, session.shown.history, session.health.link = None, None, "opening"
    window.refresh()
    assert window.stage.text() == "Connecting to demo: vibration."
    assert window.stage.notice.waiting.isVisible()
    session.health.state = "loading"
    window.refresh()
    assert window.stage.text().startswith("Loading the model")
    assert window.stage.notice.waiting.isVisible()


@pytest.mark.parametrize("link", ["lost", "released", "ended"])
def test_a_link_that_is_away_is_told_in_a_band_above_the_plots(
    window: MainWindow, link: str
) -> None:
    assert window.stage.text() == ""
    window.session.health.link = link
    window.refresh()
    window.refresh_texts()
    assert window.stage.band.isVisible() and window.signal.isVisible()
    assert window.stage.text() and window.stage.text() not in window.said.text()
    assert "redraws/s" not in window.figures.text()
    assert window.controls.panel.channels.view.rows.old
    window.session.health.link = "live"
    window.refresh()
    assert not window.stage.band.isVisible()


def test_a_small_window_folds_the_alarms_into_a_tab_and_cuts_nothing_off(
    window: MainWindow, qtbot
) -> None:
    alarms = window.panels.docks["alarms"]
    assert tabs(window) is None and alarms.seen
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: tabs(window) is not None and tabs(window).count() == 3)
    assert (window.width(), window.height()) == (1024, 700)
    bar = tabs(window)
    assert [bar.tabText(k) for k in range(bar.count())] == ["Settings", "Alarms", "Console"]
    assert not alarms.seen
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert alarms.seen
    whole = window.rect()
    for widget in window.findChildren(QAbstractButton):
        if widget.isVisible() and not window.controls.isAncestorOf(widget):
            corner = widget.mapTo(window, widget.rect().bottomRight())
            assert whole.contains(corner), widget.text()
    window.resize(1280, 900)
    qtbot.waitUntil(lambda: tabs(window) is None)
    assert alarms.seen and window.controls.isVisible()


def test_keys_pause_freeze_and_quit(window: MainWindow, qtbot) -> None:
    session = window.session
    activate(window)
    window.stage.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert session.paused and window.top_bar.pause.text() == "Resume view"
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not session.paused
    QTest.keyClick(window, Qt.Key.Key_F)
    assert session.params.get("learner.frozen") is True
    assert window.top_bar.freeze.text() == "Unfreeze learning"
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_space_presses_the_button_that_has_the_focus(window: MainWindow, qtbot) -> None:
    activate(window)
    window.top_bar.freeze.setFocus()
    QTest.keyClick(window.top_bar.freeze, Qt.Key.Key_Space)
    assert window.session.params.get("learner.frozen") is True
    assert not window.session.paused


def test_a_click_on_an_alarm_goes_to_it(window: MainWindow, alarm, qtbot) -> None:
    window.session.alarms[1] = alarm(1, 2.0)
    window.refresh_texts()
    window.alarms.panel.list.setFocus()
    QTest.keyClick(window.alarms.panel.list, Qt.Key.Key_Down)
    view = window.signal.panel.view
    assert view.end_s is not None
    assert view.lo_s < 2.0 and view.end_s >= 3.2


def test_a_panel_that_raises_is_replaced_by_its_message(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: QWidget) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(ScorePanel, "refresh", broken)
    window.refresh()
    window.refresh()
    assert window.score.panel is None and window.signal.panel is not None
    assert "ScorePanel stopped: ZeroDivisionError: a slip." in window.score.text()


def test_a_panel_that_cannot_even_be_made_is_a_message_too(qtbot) -> None:
    def broken() -> QWidget:
        raise RuntimeError("no")

    holder = Guarded(broken)
    assert "RuntimeError: no" in holder.text()


def test_every_control_says_what_it_is(window: MainWindow) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_the_buttons_of_the_top_bar_stay_where_they_are(window: MainWindow) -> None:
    bar, session = window.top_bar, window.session

    def places() -> list[int]:
        bar.refresh()
        bar.layout().activate()
        return [button.x() for button in (bar.open, bar.pause, bar.freeze)]

    before = places()
    session.shown.source_name = "a device with quite a long name that goes on and on"
    session.health.link = "lost"
    session.pause(True)
    session.freeze(True)
    assert places() == before
    session.shown.address, session.shown.source_name = "", ""
    assert places() == before


def test_a_file_that_ended_can_be_played_again_and_is_proposed(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    window.session.shown.address, window.session.health.link = "csv:run.csv", "ended"
    window.refresh()
    qtbot.waitUntil(lambda: buttons(window)[:2] == ["Play again", "Change…"])
    asked: list[str] = []
    monkeypatch.setattr(window.session, "connect_to", lambda text, _=(): asked.append(text))
    again = next(b for b in window.findChildren(QAbstractButton) if b.text() == "Play again")
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert asked == ["csv:run.csv"]
    dialog = ConnectDialog((), window, window.session.address)
    assert dialog.picker.line.text() == "csv:run.csv"
    dialog.reject()


def test_no_frames_are_counted_while_the_view_is_paused(window: MainWindow) -> None:
    assert "redraws/s" in window.figures.text()
    window.session.pause(True)
    window.refresh_texts()
    assert "redraws/s" not in window.figures.text() and "learn" in window.figures.text()


def test_f1_shows_the_keys_in_a_table(window: MainWindow, qtbot) -> None:
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_F1)
    table = window.findChild(Keys)
    assert table.isVisible()
    said = [found.text() for found in table.findChildren(QLabel)]
    for key, does in (("Space", "Pause view"), ("F", "Freeze learning"), ("Ctrl+Q", "Quit")):
        assert said[said.index(key) + 1] == does
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert not table.isVisible()


def test_ctrl_q_in_the_connect_dialog_closes_all(window: MainWindow, qtbot) -> None:
    pressed: list[ConnectDialog] = []

    def quit_all() -> None:
        dialog = window.findChild(ConnectDialog)
        if dialog is not None and dialog.isVisible():
            dialog.activateWindow()  # again and again: its keys work once it is the active one
            pressed.append(dialog)
            if len(pressed) > 200:
                dialog.reject()  # rather than wait for ever: the assertions then fail
            QTest.keyClick(dialog, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)

    looks = QTimer(window)
    looks.timeout.connect(quit_all)
    looks.start(50)
    window.connect_source()
    looks.stop()
    assert pressed and not window.isVisible()
