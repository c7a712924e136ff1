"""The list of alarms: newest first, followed cheaply, one click away from its place."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from windows import focus

from driftscope.core.history import Band
from driftscope.core.stream import Alarm, Event, StreamInfo
from driftscope.gui.alarm_list import AlarmList, Entry
from driftscope.gui.connection import Connection
from driftscope.gui.main_window import MainWindow
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.session import Session


def shown(model: AlarmList) -> list[str]:
    return [str(model.data(model.index(row))) for row in range(model.rowCount())]


@pytest.fixture
def panel(session: Session) -> AlarmsPanel:
    made = AlarmsPanel(session)
    made.resize(324, 600)
    return made


def test_alarms_and_gaps_stand_newest_first(panel: AlarmsPanel, alarm) -> None:
    session = panel.session
    session.set_param("detector.one_in", 43_200)
    panel.refresh()
    assert not panel.empty.isHidden() and panel.list.isHidden()
    session.alarms.update({1: alarm(1, 10.0), 2: alarm(2, 40.0, end=None)})
    session.shown.marks += [Event("demo", 5, 20.0, "gap"), Event("demo", 5, 21.0, "note")]
    session.history.bands.append(Band("gap", 20.0, 22.5))
    panel.refresh()
    assert shown(panel.model) == [
        "0:00:40.000, now, 1.2 s, z, x, 1 in 320,000",
        "0:00:20.000, 2.5 s, link gap, not learned",
        "0:00:10.000, 1.2 s, z, x, 1 in 320,000",
    ]
    assert panel.empty.isHidden() and not panel.list.isHidden()
    assert panel.counted.text() == "2 so far · 2 a day asked"


def test_an_alarm_that_goes_on_is_brought_up_to_date(panel: AlarmsPanel, alarm) -> None:
    panel.session.alarms[1] = alarm(1, 10.0, end=None)
    panel.refresh()
    ended = Alarm(1, "demo", 0, 1, 99, 10.0, 14.0, {"y": 1.0}, 6.0)
    panel.session.alarms[1] = ended
    panel.refresh()
    assert shown(panel.model) == ["0:00:10.000, 4.0 s, y, 1 in 1M"]


def test_a_running_alarm_grows_and_a_gap_gets_its_length_at_the_next_refresh(
    panel: AlarmsPanel, alarm
) -> None:
    session = panel.session
    session.alarms[1] = alarm(1, 10.0, end=None)
    session.marks.append(Event("demo", 5, 9.0, "gap"))
    session.health.last_time_s = 10.5
    panel.refresh()
    assert shown(panel.model)[0].startswith("0:00:10.000, now, 1.2 s")
    assert shown(panel.model)[1] == "0:00:09.000, link gap, not learned"
    changed: list[int] = []
    panel.model.dataChanged.connect(lambda first, _: changed.append(first.row()))
    session.health.last_time_s = 20.0
    session.history.bands.append(Band("gap", 9.0, 9.6))
    panel.refresh()
    assert sorted(changed) == [0, 1]
    assert shown(panel.model)[0].startswith("0:00:10.000, now, 10 s")
    assert shown(panel.model)[1] == "0:00:09.000, 0.6 s, link gap, not learned"
    session.history.bands.clear()  # the history goes on, the list remembers
    session.alarms[1] = alarm(1, 10.0)
    panel.refresh()
    changed.clear()
    panel.refresh()
    assert changed == []
    assert [text.split(", ")[1] for text in shown(panel.model)] == ["1.2 s", "0.6 s"]


def test_an_alarm_says_when_it_is_decided(panel: AlarmsPanel, alarm) -> None:
    panel.session.alarms[1] = alarm(1, 10.0)
    panel.refresh()
    tip = panel.model.data(panel.model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("It is decided once each time scale interval (1.0 s), at its end")


def test_several_sources_stand_in_one_list_on_one_clock(panel: AlarmsPanel, alarm) -> None:
    session, other = panel.session, Connection("serial:/dev/ttyX")
    other.source_name = "Uno (ttyX)"
    other.info = StreamInfo("uno", ("t",), ("°C",), 10.0, clock="unix")
    session.connections["serial:/dev/ttyX"] = other
    began_s = time.mktime((2026, 5, 1, 14, 32, 0, 0, 0, -1))
    session.shown._to_unix_s = began_s
    session.alarms.update({1: alarm(1, 10.0), 2: alarm(2, 30.0)})
    other.alarms[1] = alarm(1, began_s + 20.0)
    other.marks.append(Event("uno", 5, began_s + 5.0, "gap"))
    panel.refresh()
    assert shown(panel.model) == [
        "2026-05-01 14:32:30, 1.2 s, demo: vibration · z, x, 1 in 320,000",
        "2026-05-01 14:32:20, 1.2 s, Uno (ttyX) · z, x, 1 in 320,000",
        "2026-05-01 14:32:10, 1.2 s, demo: vibration · z, x, 1 in 320,000",
        "2026-05-01 14:32:05, Uno (ttyX) · link gap, not learned",
    ]
    assert panel.counted.text() == "3 so far"
    assert panel.model.entry(panel.model.index(1)).source is other
    del session.connections["serial:/dev/ttyX"]
    panel.refresh()
    assert panel.model.rowCount() == 2 and shown(panel.model)[0].startswith("0:00:30.000")


def test_a_new_connection_begins_with_an_empty_list(panel: AlarmsPanel, alarm) -> None:
    panel.session.alarms[1] = alarm(1, 10.0)
    panel.refresh()
    panel.session.shown.alarms, panel.session.shown.marks = {}, []
    panel.refresh()
    assert panel.model.rowCount() == 0


def test_ten_thousand_alarms_are_no_widgets_and_one_more_costs_one_row(
    panel: AlarmsPanel, alarm
) -> None:
    panel.session.alarms.update({i: alarm(i, 2.0 * i) for i in range(1, 10_001)})
    panel.refresh()
    assert panel.model.rowCount() == 10_000
    assert len(panel.findChildren(object)) < 60
    added: list[tuple[int, int]] = []
    panel.model.rowsInserted.connect(lambda _, first, last: added.append((first, last)))
    panel.session.alarms[10_001] = alarm(10_001, 30_000.0)
    panel.refresh()
    panel.refresh()
    assert added == [(0, 0)]
    assert panel.model.since(29_999.0) == 1


def test_a_click_and_the_arrow_keys_choose_the_interval(panel: AlarmsPanel, alarm, qtbot) -> None:
    panel.session.alarms.update({1: alarm(1, 10.0), 2: alarm(2, 40.0)})
    panel.refresh()
    chosen: list[Entry] = []
    panel.chosen.connect(chosen.append)
    with qtbot.waitExposed(panel):
        panel.show()
    focus(panel.list)
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert chosen[-1].began_s == 40.0
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert chosen[-1].began_s == 10.0
    assert not panel.grab().isNull()
    panel.hide()


def test_the_keys_of_the_plots_go_on_working_after_a_click(session: Session, alarm, qtbot) -> None:
    window = MainWindow(session)
    with qtbot.waitExposed(window):
        window.show()
    session.alarms.update({1: alarm(1, 1.0), 2: alarm(2, 2.0)})
    view, alarms = window.panels.view, window.panels.alarms.panel
    assert isinstance(alarms, AlarmsPanel)
    alarms.refresh()
    focus(alarms.list)
    QTest.mouseClick(alarms.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 90))
    assert view.end_s is not None
    chosen, span_s, end_s = alarms.list.currentIndex().row(), view.span_s, view.end_s
    QTest.keyClick(alarms.list, Qt.Key.Key_Minus)
    assert view.span_s > span_s
    QTest.keyClick(alarms.list, Qt.Key.Key_Left)
    assert view.end_s is not None and view.end_s < end_s
    QTest.keyClick(alarms.list, Qt.Key.Key_End)
    assert view.end_s is None
    assert alarms.list.currentIndex().row() == chosen == 1
    window.close()
    window.deleteLater()
