"""Theme, last sources, the hint, full screen, and preferences that cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from windows import activate

from driftscope.core.address import masked
from driftscope.gui import theme
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.connection import Connection
from driftscope.gui.main_window import MainWindow
from driftscope.gui.preferences import (
    GEOMETRY,
    HINT_SEEN,
    LAST_SOURCE,
    MOST_RECENT,
    RECENT_SOURCES,
    THEME,
    Preferences,
)
from driftscope.gui.session import Session
from driftscope.gui.source_picker import SourcePicker

CAMERA = "rtsp://ann:secret@10.0.0.7/door"


@pytest.fixture
def _theme_back(qapp: QApplication) -> Iterator[None]:
    before = theme.current()
    yield
    theme.choose(qapp, "system")
    theme.apply(qapp, before)


def opened(session: Session, address: str) -> None:
    """Have another source described, as after it was opened."""
    session.shown.address = address
    session.opened.emit()


def recent(window: MainWindow) -> QMenu:
    source = next(menu for menu in window.can_do.menus() if menu.title() == "&Source")
    inside = (action.menu() for action in source.actions())
    return next(menu for menu in inside if isinstance(menu, QMenu) and menu.title() == "&Recent")


def test_what_was_connected_is_offered_again_without_its_password(window: MainWindow) -> None:
    assert not recent(window).menuAction().isVisible()
    opened(window.session, "serial:/dev/ttyUSB0?baud=9600")
    opened(window.session, CAMERA)
    kept = window.habits.recent.all()
    assert kept == [masked(CAMERA), "serial:/dev/ttyUSB0?baud=9600"]
    assert window.habits.recent.last() == masked(CAMERA)
    shown = [action.text() for action in recent(window).actions() if action.isVisible()]
    assert [text.partition(": ")[2] for text in shown] == kept
    assert recent(window).menuAction().isVisible()
    window.close()
    assert "secret" not in Preferences().path.read_text()


@pytest.mark.parametrize("address", ["-", "demo:", "demo:vibration", "scene:?noise=0"])
def test_pipes_and_what_is_built_in_are_not_kept(window: MainWindow, address: str) -> None:
    opened(window.session, address)
    assert window.habits.recent.all() == [] and window.habits.recent.last() == ""


def test_no_more_than_eight_are_kept_and_each_once(window: MainWindow) -> None:
    for number in [*range(12), 11]:
        opened(window.session, f"csv:run{number}.csv")
    assert window.habits.recent.all() == [f"csv:run{n}.csv" for n in range(11, 3, -1)]
    assert MOST_RECENT == 8


def test_one_of_the_menu_is_connected_to(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window.session, "csv:run.csv")
    asked: list[str] = []
    monkeypatch.setattr(window.session, "connect_to", asked.append)
    recent(window).actions()[0].trigger()
    assert asked == ["csv:run.csv"]


def test_one_whose_password_was_cut_asks_for_it(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window.session, CAMERA)
    told: list[tuple[str, str, bool]] = []

    def look(dialog: ConnectDialog) -> None:
        picker = dialog.picker
        told.append((picker.line.text(), picker.trouble, dialog.take_button.isEnabled()))
        dialog.reject()

    monkeypatch.setattr(ConnectDialog, "ask", look)
    window.session.shown.address = "demo:"
    recent(window).actions()[0].trigger()
    ((line, trouble, enabled),) = told
    assert line == masked(CAMERA) and "passwords are not kept" in trouble and not enabled


def test_a_password_among_the_options_is_cut_as_well() -> None:
    kept = masked("http://10.0.0.7/video?usr=ann&pwd=secret&size=2")
    assert "secret" not in kept and "usr=ann" in kept and "size=2" in kept


def test_the_picker_lists_what_was_used_lately_first(qapp: QApplication) -> None:
    picker = SourcePicker(["csv:run.csv", masked(CAMERA)])
    texts = [picker.list.item(row).text() for row in range(picker.list.count())]
    assert texts[0].startswith("csv:run.csv") and texts[1].startswith("rtsp://ann:")
    picker.choose("csv:run.csv")
    assert picker.list.currentRow() == 0 and picker.address == "csv:run.csv"
    picker.deleteLater()


def test_the_last_source_is_proposed_while_only_the_demo_runs(
    session: Session, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Preferences().set(LAST_SOURCE, "csv:run.csv")
    Preferences().note(RECENT_SOURCES, "csv:run.csv")
    window = MainWindow(session)
    proposed: list[str] = []
    monkeypatch.setattr(
        ConnectDialog,
        "ask",
        lambda self: (proposed.append(self.picker.line.text()), self.reject())[1],
    )
    window.connect_source()
    assert proposed == ["csv:run.csv"]
    window.close()
    window.deleteLater()


def test_with_nothing_connected_the_last_source_has_a_button(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    Preferences().set(LAST_SOURCE, "csv:run.csv")
    window.session.shown = Connection()
    window.refresh()
    asked: list[str] = []
    monkeypatch.setattr(window.session, "connect_to", asked.append)
    words = window.stage.notice.buttons.row
    assert [words.itemAt(k).widget().text() for k in range(words.count())] == [
        "Try the demo", "Connect…", "Connect csv:run.csv",
    ]  # fmt: skip
    words.itemAt(2).widget().click()
    assert asked == ["csv:run.csv"]


@pytest.mark.usefixtures("_theme_back")
def test_a_theme_is_chosen_remembered_and_drawn_at_once(window: MainWindow) -> None:
    by_text = {action.text(): action for action in window.can_do.all()}
    by_text["Light colours"].trigger()
    assert theme.current() is theme.LIGHT and by_text["Light colours"].isChecked()
    assert Preferences().text(THEME) == "light"
    plot = window.signal.panel.lanes.grab().toImage()
    assert plot.pixelColor(2, 2) == theme.LIGHT.panel
    activate(window)
    QTest.keyClick(
        window, Qt.Key.Key_T,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    assert theme.current() is theme.DARK and not by_text["Light colours"].isChecked()
    plot = window.signal.panel.lanes.grab().toImage()
    assert plot.pixelColor(2, 2) == theme.DARK.panel


@pytest.mark.usefixtures("_theme_back")
def test_an_unknown_theme_goes_with_the_system(qapp: QApplication) -> None:
    theme.choose(qapp, "purple")
    assert theme.chosen() == "system"
    assert theme.current() is theme.of_scheme(qapp.styleHints().colorScheme())


def test_the_hint_is_one_line_and_stays_away_once_closed(session: Session, qtbot) -> None:
    window = MainWindow(session)
    window.resize(1024, 700)
    with qtbot.waitExposed(window):
        window.show()
    hint = window.habits.hint
    assert hint.isVisible() and "…" not in hint.said.text()
    QTest.mouseClick(hint.cross, Qt.MouseButton.LeftButton)
    assert not hint.isVisible() and Preferences().flag(HINT_SEEN)
    window.close()
    window.deleteLater()
    again = MainWindow(session)
    assert again.habits.hint.isHidden()
    again.close()
    again.deleteLater()


def test_the_hint_goes_with_the_first_source_of_ones_own(window: MainWindow) -> None:
    assert window.habits.hint.isVisible()
    opened(window.session, "csv:run.csv")
    window.refresh_texts()
    assert not window.habits.hint.isVisible()


def test_a_window_that_was_on_a_screen_that_is_gone_is_put_back_on_one(
    session: Session, qtbot
) -> None:
    first = MainWindow(session)
    first.setGeometry(QRect(9000, 7000, 1200, 800))
    Preferences().set(GEOMETRY, first.saveGeometry())
    first.deleteLater()
    window = MainWindow(session)
    with qtbot.waitExposed(window):
        window.show()
    screens = [screen.geometry() for screen in QGuiApplication.screens()]
    assert any(screen.intersects(window.geometry()) for screen in screens)
    window.close()
    window.deleteLater()


def test_a_damaged_geometry_counts_as_none(session: Session) -> None:
    Preferences().set(GEOMETRY, QByteArray(b"rubbish"))
    window = MainWindow(session)
    assert window.width() >= window.minimumWidth()
    window.close()
    window.deleteLater()


def test_preferences_that_cannot_be_written_are_told_once(
    session: Session, qtbot, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")
    window = MainWindow(session, Preferences(in_the_way / "driftscope.ini"))
    said: list[str] = []
    window.say = said.append  # type: ignore[method-assign]  # to listen to it
    with qtbot.waitExposed(window):
        window.show()
    assert len(said) == 1 and "cannot be kept" in said[0]
    window.habits.check()
    window.can_do.refresh()
    assert len(said) == 1
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("text", [b"[window\ntheme", b"\x00\xff" * 4000, b"[source]\nrecent=@Bad("])
def test_a_damaged_file_of_preferences_is_no_more_than_a_fresh_start(
    session: Session, qtbot, tmp_path: Path, text: bytes
) -> None:
    path = tmp_path / "driftscope.ini"
    path.write_bytes(text)
    window = MainWindow(session, Preferences(path))
    said: list[str] = []
    window.say = said.append  # type: ignore[method-assign]  # to listen to it
    with qtbot.waitExposed(window):
        window.show()
    assert said == [] and window.panels.docks["alarms"].seen
    window.habits.choose_theme("system")
    window.close()
    window.deleteLater()
    assert Preferences(path).text(THEME) == "system"


def test_full_screen_comes_and_goes(window: MainWindow, qtbot) -> None:
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not window.isFullScreen())
