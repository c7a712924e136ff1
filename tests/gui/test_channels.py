"""The list of channels: what it shows, finds, hides and puts together."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from windows import activate, focus

from driftscope.core.history import History
from driftscope.core.stream import Result, StreamInfo
from driftscope.gui.channel_editor import ChannelEditor
from driftscope.gui.channel_list import ChannelList, packed
from driftscope.gui.channel_rows import MORE_PX
from driftscope.gui.main_window import MainWindow
from driftscope.gui.panels.channels import ChannelsPanel
from driftscope.gui.session import Session
from driftscope.gui.traces import Traces

rich = QtGui.Qt.mightBeRichText
CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def panel(session: Session, qtbot) -> ChannelsPanel:
    made = ChannelsPanel(session, Traces())
    made.resize(280, 300)
    with qtbot.waitExposed(made):
        made.show()
        made.refresh()
    yield made
    for each in QApplication.topLevelWidgets():
        if isinstance(each, ChannelEditor | QMenu):
            each.close()
    made.close()


def describe(session: Session, names: tuple[str, ...], units: tuple[str, ...] = ()) -> None:
    """Have the stream hold other channels, with one row of values."""
    session.shown.info = StreamInfo("demo", names, units or ("",) * len(names), version=2)
    session.shown.history = History(session.info, 1_000_000)
    feed(session, np.arange(float(len(names)))[None])


def feed(session: Session, values: np.ndarray) -> None:
    """Take in (1, C) values."""
    history, no = session.history, np.zeros(1, bool)
    seq = history.last_seq + 1
    history.append(
        Result(
            "demo", seq, np.array([seq / 1000]), values, values, None, np.zeros(1), {}, values,
            np.zeros(1), 4.0, no, no, True, time.monotonic(),
        )
    )  # fmt: skip


def shown(panel: ChannelsPanel) -> list[str]:
    found = panel.list.found()
    rows = range(panel.list.rowCount())
    on = [panel.list.data(panel.list.index(row), CHECK) == Qt.CheckState.Checked for row in rows]
    return [name for name, ticked in zip(found, on, strict=True) if ticked]


def press(panel: ChannelsPanel, row: int, x: int, held=Qt.KeyboardModifier.NoModifier) -> None:
    room = panel.view.visualRect(panel.list.index(row))
    at = QPoint(x if x >= 0 else room.right() + x, room.center().y())
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, held, at)


def word(menu: QMenu, start: str):
    return next(action for action in menu.actions() if action.text().startswith(start))


def test_every_channel_shows_its_last_known_value(panel: ChannelsPanel) -> None:
    feed(panel.session, np.array([[0.5, np.nan, 1e30]]))
    panel.refresh()
    before = f"{np.sin(4999 / 70):.3f}"
    assert [panel.list.value(k) for k in range(3)] == ["0.500", before, "1.00e+30"]
    told = panel.list.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "x, 0.500 g, shown"


def test_a_tick_hides_a_channel_also_when_a_new_one_comes(panel: ChannelsPanel) -> None:
    press(panel, 1, 8)
    assert shown(panel) == ["x", "z"]
    describe(panel.session, ("x", "y", "z", "t"))
    panel.refresh()
    assert shown(panel) == ["x", "z", "t"]
    assert panel.traces.plots(panel.session.info) == [[0], [2], [3]]
    press(panel, 1, 8)
    assert shown(panel) == ["x", "y", "z", "t"]


def test_a_panel_without_a_stream_is_hidden(panel: ChannelsPanel) -> None:
    panel.session.shown.info, panel.session.shown.history = None, None
    panel.refresh()
    assert panel.isHidden()


def test_searching_finds_as_one_types_and_says_how_many(panel: ChannelsPanel) -> None:
    describe(panel.session, (*(f"Motor {k} temp" for k in range(30)), "STRASSE", "ötemp"))
    panel.refresh()
    assert panel.found.accessibleName() == "32 channels"
    panel.focus_search()
    focus(panel.search)
    QTest.keyClicks(panel.search, "oTOr 2")
    assert panel.list.found()[:2] == ["Motor 2 temp", "Motor 20 temp"]
    assert panel.found.accessibleName() == "11 of 32"
    panel.search.setText("straße")
    assert panel.list.found() == ["STRASSE"]
    panel.search.setText("nothing like it")
    assert panel.found.accessibleName() == "none of 32 has this in its name"
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert len(panel.list.found()) == 32 and not panel.search.text()
    assert panel.search.hasFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert not panel.search.hasFocus()  # the keys of the plots are theirs again


def test_all_and_none_mean_what_was_found(panel: ChannelsPanel) -> None:
    describe(panel.session, ("a 1", "a 2", "b 1", "b 2"))
    panel.search.setText("a")
    panel.none.click()
    assert not panel.none.isEnabled() and panel.all.isEnabled()
    panel.search.setText("2")
    assert shown(panel) == ["b 2"]
    panel.all.click()
    panel.search.clear()
    assert shown(panel) == ["a 2", "b 1", "b 2"]


def test_channels_are_chosen_and_turned_by_keys_alone(panel: ChannelsPanel) -> None:
    focus(panel.search)
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    focus(panel.view)
    assert panel.view.chosen() == ["x"]
    QTest.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_Space)
    assert shown(panel) == ["z"]
    QTest.keyClick(panel.view, Qt.Key.Key_Space)
    assert shown(panel) == ["x", "y", "z"]
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    word(menu, "Into one plot").trigger()
    assert panel.traces.plots(panel.session.info) == [[0, 1], [2]]


def test_the_menu_key_and_the_button_in_the_row_open_its_menu(panel: ChannelsPanel) -> None:
    asked: list[list[str]] = []
    panel.view.asked.disconnect()
    panel.view.asked.connect(lambda _: asked.append(panel.view.chosen()))
    press(panel, 2, -MORE_PX // 2)
    panel.view.setCurrentIndex(panel.list.index(1))
    reason = QContextMenuEvent.Reason.Keyboard
    panel.view.contextMenuEvent(QContextMenuEvent(reason, QPoint(1, 1), QPoint(1, 1)))
    assert asked == [["z"], ["y"]]


def test_the_menu_puts_channels_together_and_parts_them(panel: ChannelsPanel) -> None:
    info, traces = panel.session.info, panel.traces
    menu = panel.menu(["z"], QPoint())
    assert not word(menu, "A plot of its own").isEnabled()
    into = word(menu, "Put into plot with").menu()
    assert [action.text() for action in into.actions()] == ["x", "y"]
    into.actions()[0].trigger()
    assert traces.plots(info) == [[0, 2], [1]]
    menu = panel.menu(["x"], QPoint())
    assert [a.text() for a in word(menu, "Put into plot").menu().actions()] == ["y"]
    word(menu, "A plot of its own").trigger()
    assert traces.plots(info) == [[0], [1], [2]]
    word(panel.menu(["y"], QPoint()), "Show only this").trigger()
    assert shown(panel) == ["y"]
    word(panel.menu(["y"], QPoint()), "Hide").trigger()
    word(panel.menu(["x", "z"], QPoint()), "Show 2 channels").trigger()
    assert shown(panel) == ["x", "z"]


def test_a_channel_is_dropped_on_another_and_out_again(panel: ChannelsPanel) -> None:
    info, dropped = panel.session.info, Qt.DropAction.CopyAction
    rows, root = panel.list, panel.view.rootIndex()
    assert rows.dropMimeData(packed(["z"]), dropped, -1, -1, rows.index(0))
    assert panel.traces.plots(info) == [[0, 2], [1]]
    assert rows.dropMimeData(packed(["z"]), dropped, -1, -1, root)
    assert panel.traces.plots(info) == [[0], [1], [2]]
    assert not rows.dropMimeData(rows.mimeData([]), dropped, -1, -1, rows.index(0))


def test_overlaying_is_one_word_there_and_back(panel: ChannelsPanel) -> None:
    panel.over.click()
    assert panel.traces.overlaid(panel.session.info) and panel.over.text() == "separate"
    panel.overlay()
    assert panel.traces.plots(panel.session.info) == [[0], [1], [2]]
    assert panel.over.text() == "overlay"


def test_a_unit_that_changes_is_shown(panel: ChannelsPanel) -> None:
    session = panel.session
    session.shown.info = StreamInfo("demo", ("x", "y", "z"), ("m/s²", "g", "g"), 1000.0, version=2)
    panel.refresh()
    told = panel.list.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told.endswith(" m/s², shown")


class Counted(ChannelList):
    """Count which rows are drawn."""

    drawn: set[int]

    def value(self, channel: int) -> str:
        self.drawn.add(channel)
        return super().value(channel)


def test_of_256_channels_only_those_on_screen_are_drawn_and_none_without_need(
    session: Session, qtbot
) -> None:
    describe(session, tuple(f"channel {k}" for k in range(256)))
    panel = ChannelsPanel(session, Traces())
    panel.list.__class__ = Counted
    panel.list.drawn = set()
    resets: list[int] = []
    panel.list.modelReset.connect(lambda: resets.append(1))
    panel.resize(280, 300)
    with qtbot.waitExposed(panel):
        panel.show()
        panel.refresh()
    for _ in range(5):
        feed(session, np.random.default_rng(0).random((1, 256)))
        panel.refresh()
        QApplication.processEvents()
    assert 5 < len(panel.list.drawn) <= 13
    assert resets == [1]
    panel.list.drawn = set()
    paints: list[QPaintEvent] = []
    panel.view.viewport().update = paints.append
    panel.refresh()
    assert paints == []
    panel.close()


def test_absurd_names_are_cut_and_their_tooltips_too(panel: ChannelsPanel, qtbot) -> None:
    names = ("n" * 10_000, "🌡️ 👩‍🔬", "درجة الحرارة", "two\nlines\t<b>")
    describe(panel.session, names)
    panel.refresh()
    panel.grab()
    rows = [panel.list.index(row) for row in range(4)]
    texts = [index.data(Qt.ItemDataRole.DisplayRole) for index in rows]
    assert len(texts[0]) == 200 and texts[1:] == [names[1], names[2], "two·lines·<b>"]
    tips = [index.data(Qt.ItemDataRole.ToolTipRole) for index in rows]
    assert len(tips[0]) < 600 and max(map(len, tips[0].splitlines())) <= 60
    assert "&lt;b&gt;" in tips[3] and rich(tips[3])
    assert not any(rich(tip) for tip in tips[:3])
    press(panel, 0, 8)
    assert shown(panel) == list(names[1:])


def test_what_is_in_one_plot_is_told(panel: ChannelsPanel) -> None:
    panel.traces.join(["x"], "z")
    panel.traces.change("y", hidden=True)
    tips = [panel.list.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert "In one plot with z." in tips[0] and "In one plot" not in tips[1]
    assert "It is hidden" in tips[1]


def test_in_the_window_space_ticks_a_channel_and_pauses_elsewhere(session: Session, qtbot) -> None:
    window = MainWindow(session)
    with qtbot.waitExposed(window):
        window.show()
    window.refresh_texts()
    panel = window.controls.panel.channels
    activate(window)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.search.hasFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_Space)
    assert shown(panel) == ["y", "z"] and not session.paused
    QTest.keyClick(panel.view, Qt.Key.Key_V)
    assert window.panels.traces.overlaid(session.info)
    window.signal.panel.plot.setFocus()
    QTest.keyClick(window.signal.panel.plot, Qt.Key.Key_Space)
    assert session.paused and shown(panel) == ["y", "z"]
    window.close()
    window.deleteLater()
