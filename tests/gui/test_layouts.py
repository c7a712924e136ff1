"""Docks: moved, floated, closed, shown again, remembered; what cannot be read falls back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from windows import activate, focus

from driftscope.core.stream import StreamInfo
from driftscope.gui.layouts import SIDES
from driftscope.gui.main_window import MainWindow
from driftscope.gui.palette import Palette
from driftscope.gui.places import PANELS
from driftscope.gui.preferences import LAYOUT, TURNED_PANELS, Preferences
from driftscope.gui.session import Session


@pytest.fixture
def opened(session: Session, qtbot) -> Iterator[Callable[[], MainWindow]]:
    """Return what opens a window, as at a start."""
    made: list[MainWindow] = []

    def open_one() -> MainWindow:
        window = MainWindow(session)
        window.resize(1400, 900)
        with qtbot.waitExposed(window):
            window.show()
        made.append(window)
        return window

    yield open_one
    for window in made:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(opened: Callable[[], MainWindow]) -> MainWindow:
    return opened()


def test_every_panel_stands_where_the_table_says(window: MainWindow) -> None:
    docks = window.panels.docks
    for place in PANELS:
        assert window.panels.dockWidgetArea(docks[place.name]) == SIDES[place.area], place.name
        wanted = place.shown and place.applies(window.session)
        assert docks[place.name].seen == wanted, place.name
    left, below, right = docks["settings"], docks["score"], docks["alarms"]
    assert left.width() == 288 and right.width() == 324
    assert docks["loss"].y() > below.y() > window.stage.y()
    assert window.stage.height() > docks["loss"].height() > below.height()
    assert left.geometry().right() < below.x() and below.geometry().right() < right.x()


def test_a_heading_stands_as_high_as_without_a_dock(window: MainWindow) -> None:
    tops = {
        name: held.panel.title.mapTo(held.parentWidget() or held, QPoint()).y()
        for name, held in window.panels.panels.items()
        if name in ("score", "loss")
    }
    signal = window.signal.panel
    assert set(tops.values()) == {signal.title.mapTo(signal, QPoint()).y()}


def test_a_key_closes_a_panel_and_shows_it_again(window: MainWindow) -> None:
    activate(window)
    score = window.panels.docks["score"]
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert not score.seen and not window.panels.wants("score")
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert score.seen and window.panels.wants("score")


def test_what_is_closed_by_its_cross_is_off_in_the_menu(window: MainWindow) -> None:
    dock = window.panels.docks["loss"]
    dock.corner.close_.click()
    window.can_do.refresh()
    (action,) = (a for a in window.can_do.all() if a.data() == "Panels" and a.text() == "Loss")
    assert not dock.seen and not action.isChecked()
    action.trigger()
    assert dock.seen and action.isChecked()


def test_a_panel_that_is_not_seen_is_not_drawn(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for name in ("score", "loss"):
        held = window.panels.panels[name]
        monkeypatch.setattr(held, "refresh", lambda name=name: drawn.append(name))
    window.refresh()
    assert drawn == ["score", "loss"]
    window.panels.show_panel("loss", False)
    window.panels.tabifyDockWidget(window.panels.docks["alarms"], window.panels.docks["score"])
    window.panels.docks["alarms"].raise_()
    QApplication.processEvents()
    del drawn[:]
    window.refresh()
    assert drawn == []
    window.panels.turn_panel("score")  # it is behind a tab: it comes to the front
    assert drawn == ["score"]


def test_a_key_for_something_in_a_panel_brings_it_forward(window: MainWindow, qtbot) -> None:
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.panels.narrow)
    settings = window.panels.docks["settings"]
    window.panels.show_panel("settings", False)
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert settings.seen and window.panels.wants("settings")
    assert settings.isAncestorOf(QApplication.focusWidget())


def test_a_double_click_on_the_heading_floats_a_panel(window: MainWindow) -> None:
    dock = window.panels.docks["alarms"]
    QTest.mouseDClick(dock, Qt.MouseButton.LeftButton, pos=QPoint(60, 24))
    assert dock.isFloating()
    dock.corner.float.click()
    assert not dock.isFloating()
    QTest.mouseDClick(dock, Qt.MouseButton.LeftButton, pos=QPoint(60, 200))
    assert not dock.isFloating()


def test_the_panel_in_use_is_floated_from_the_menu(window: MainWindow) -> None:
    dock = window.panels.docks["loss"]
    focus(window.loss.panel.plot)
    window.panels.float_used()
    assert dock.isFloating()


def test_the_panel_in_use_is_floated_from_the_menu_and_from_the_palette(
    window: MainWindow,
) -> None:
    dock = window.panels.docks["loss"]
    for menu in ("&Panels", "palette"):
        floats = dock.isFloating()
        activate(window)
        focus(window.loss.panel.plot)
        if menu == "palette":
            QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
            window.can_do.refresh()  # as four times a second
            palette = window.findChild(Palette)
            assert palette is not None and palette.isVisible()
            QTest.keyClicks(palette.line, "float or dock")
            QTest.keyClick(palette.line, Qt.Key.Key_Return)
        else:
            QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
            opened = QApplication.activePopupWidget()
            assert isinstance(opened, QMenu) and opened.title() == menu
            opened.setActiveAction(next(a for a in opened.actions() if "Float" in a.text()))
            QTest.keyClick(opened, Qt.Key.Key_Return)
        assert dock.isFloating() != floats, menu


def test_places_are_remembered_and_reset(opened: Callable[[], MainWindow]) -> None:
    window = opened()
    panels = window.panels
    panels.addDockWidget(SIDES["left"], panels.docks["alarms"])
    panels.show_panel("loss", False)
    panels.show_panel("spectrum", True)
    window.close()
    window = opened()
    panels = window.panels
    assert panels.dockWidgetArea(panels.docks["alarms"]) == SIDES["left"]
    assert not panels.docks["loss"].seen and panels.docks["spectrum"].seen
    panels.reset()
    assert panels.dockWidgetArea(panels.docks["alarms"]) == SIDES["right"]
    assert panels.docks["loss"].seen and not panels.docks["spectrum"].seen
    assert panels.docks["settings"].width() == 288


def test_a_narrow_window_leaves_the_wide_arrangement_as_it_was(window: MainWindow, qtbot) -> None:
    panels = window.panels
    panels.addDockWidget(SIDES["below"], panels.docks["alarms"])
    QApplication.processEvents()
    window.refresh_texts()
    before = {name: dock.geometry() for name, dock in panels.docks.items() if dock.seen}
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: panels.narrow and not panels.docks["alarms"].seen)
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: not panels.narrow and panels.docks["alarms"].seen)
    QApplication.processEvents()
    after = {name: dock.geometry() for name, dock in panels.docks.items() if dock.seen}
    assert after.keys() == before.keys()
    for name, place in before.items():
        assert abs(after[name].height() - place.height()) <= 3, name
        assert abs(after[name].width() - place.width()) <= 3, name


def test_below_the_middle_keeps_its_share_of_the_height(window: MainWindow) -> None:
    window.refresh_texts()
    docks = window.panels.docks
    before = docks["loss"].height() / window.panels.height()
    window.resize(1400, 1300)
    QApplication.processEvents()
    assert abs(docks["loss"].height() / window.panels.height() - before) < 0.02


def test_panels_in_tabs_do_not_shrink_as_the_window_changes(window: MainWindow) -> None:
    panels = window.panels
    panels.show_panel("spectrum", True)
    QApplication.processEvents()
    before = panels.docks["spectrum"].height()
    for height in (880, 900) * 4:
        window.refresh_texts()
        window.resize(1400, height)
        QApplication.processEvents()
    assert abs(panels.docks["spectrum"].height() - before) <= 2


@pytest.mark.parametrize("kept", [b"rubbish", b"\x00\x00\x00\xff", b"\x00\x00\x00\xff" * 500])
def test_a_damaged_layout_falls_back_to_the_first_one(
    opened: Callable[[], MainWindow], kept: bytes
) -> None:
    Preferences().set(LAYOUT, QByteArray(kept))
    Preferences().set(TURNED_PANELS, ["no such panel"])
    window = opened()
    test_every_panel_stands_where_the_table_says(window)


def test_a_layout_of_another_version_falls_back_too(opened: Callable[[], MainWindow]) -> None:
    window = opened()
    window.panels.addDockWidget(SIDES["left"], window.panels.docks["alarms"])
    Preferences().set(LAYOUT, window.panels.saveState(77))
    window.panels.remember = lambda: None  # else it writes its own
    window.close()
    again = opened()
    assert again.panels.dockWidgetArea(again.panels.docks["alarms"]) == SIDES["right"]


def test_classes_come_and_go_with_the_stream_and_stay_closed_if_closed(
    window: MainWindow,
) -> None:
    session, docks = window.session, window.panels.docks
    assert not docks["classes"].seen
    session.shown.info = StreamInfo("cam", ("picture",), ("",), 30.0, 1, (8, 8, 3), "uint8")
    window.refresh_texts()
    assert docks["classes"].seen and not docks["console"].seen
    QApplication.processEvents()
    assert docks["classes"].height() > docks["alarms"].height()
    docks["classes"].close()
    window.refresh_texts()
    assert not docks["classes"].seen
