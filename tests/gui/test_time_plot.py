"""Moving through time, and painting only when there is something new."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget
from stand_in import StandIn, shown

from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel


@pytest.fixture
def session() -> StandIn:
    made = StandIn()
    made.describe()
    made.feed(0, 3000)
    return made


def test_painting_tells_the_newest_sample_on_screen(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    told: list[int] = []
    panel.after_paint.append(told.append)
    session.feed(3000, 10)
    panel.refresh()
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == panel.drawn_seq == 3009


@pytest.mark.parametrize("panel", [SignalPanel, ScorePanel, LossPanel])
def test_nothing_new_is_nothing_painted(qtbot, session, panel) -> None:
    found = shown(qtbot, panel(session))
    qtbot.wait(120)
    told: list[int] = []
    found.after_paint.append(told.append)
    for _ in range(5):
        found.refresh()
        qtbot.wait(5)
    assert told == []
    session.feed(3000, 10)
    found.refresh()
    qtbot.waitUntil(lambda: bool(told))


def test_paused_the_view_stands_still_and_says_so(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    panel.grab()
    top = panel.plot.area().top()
    session.paused = True
    panel.refresh()
    after = panel.plot.grab().toImage()
    below = panel.plot.area().top()
    band = [after.pixel(300, y) for y in range(int(top) + 2, int(below) - 8)]
    assert below > top + 15 and len(set(band)) == 1  # a band above the curves that hides none
    assert band[0] != after.pixel(300, after.height() - 2)
    session.feed(3000, 200)
    panel.refresh()
    panel.grab()
    assert panel.drawn_seq == 2999
    session.paused = False
    panel.refresh()
    panel.grab()
    assert panel.drawn_seq == 3199


def test_an_interval_of_the_past_can_be_shown_and_left_again(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    panel.show_interval(4.0, 6.0)
    panel.grab()
    view = panel.view
    assert view.lo_s <= 4.0
    assert 6.0 <= view.hi_s < session.history.end_s
    assert panel.drawn_seq < 2999
    assert panel.plot.back.isVisible()
    qtbot.mouseClick(panel.plot.back, Qt.MouseButton.LeftButton)
    panel.grab()
    assert panel.drawn_seq == 2999
    assert not panel.plot.back.isVisible()


def wheel(plot: QWidget, x: float, turns: int, qapp) -> None:
    at = QPointF(x, 50.0)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton,
        none, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    qapp.sendEvent(plot, event)


def test_the_wheel_zooms_about_now_or_about_the_pointer(qtbot, qapp, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    view, plot = panel.view, panel.plot
    before_s = view.span_s
    wheel(plot, 400, 2, qapp)
    assert view.span_s == pytest.approx(before_s / 1.25**2)
    assert view.end_s is None
    panel.show_interval(10.0, 11.0)
    pointed_s = plot.time_at(300)
    wheel(plot, 300, 1, qapp)
    assert plot.time_at(300) == pytest.approx(pointed_s)


def test_keys_zoom_move_and_return(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    view, plot = panel.view, panel.plot
    span_s = view.span_s
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert view.span_s < span_s
    qtbot.keyClick(plot, Qt.Key.Key_Minus)
    assert view.span_s == pytest.approx(span_s)
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert view.span_s == pytest.approx(span_s)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert view.end_s == pytest.approx(session.history.end_s - 0.1 * span_s)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert view.end_s is None
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(plot, Qt.Key.Key_Left)
        qtbot.keyClick(plot, key)
        assert view.end_s is None


def test_dragging_goes_back_in_time_and_a_double_click_returns(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    left, plot = Qt.MouseButton.LeftButton, panel.plot
    grabbed_s = plot.time_at(300)
    qtbot.mousePress(plot, left, pos=QPoint(300, 60))
    qtbot.mouseMove(plot, QPoint(500, 60))
    qtbot.mouseRelease(plot, left, pos=QPoint(500, 60))
    assert plot.time_at(500) == pytest.approx(grabbed_s)
    qtbot.mouseDClick(plot, left, pos=QPoint(300, 60))
    assert panel.view.end_s is None


def test_a_shared_view_moves_both_panels(qtbot, session) -> None:
    signal = shown(qtbot, SignalPanel(session))
    score = shown(qtbot, ScorePanel(session, signal.view))
    signal.show_interval(5.0, 6.0)
    score.refresh()
    signal.grab()
    score.grab()
    assert score.drawn_seq == signal.drawn_seq < 2999
    assert score.plot.place(5.5) == signal.plot.place(5.5)


@pytest.mark.parametrize("panel", [SignalPanel, ScorePanel, LossPanel])
def test_painting_before_the_first_refresh_is_harmless(qtbot, session, panel) -> None:
    found = panel(session)
    qtbot.addWidget(found)
    found.grab()
    found.refresh()
    found.grab()
    assert found.drawn_seq == 2999


def test_moving_about_with_nothing_to_show_is_harmless(qtbot, qapp) -> None:
    panel = shown(qtbot, SignalPanel(StandIn()))
    panel.show_interval(1.0, 2.0)
    wheel(panel.plot, 300, 1, qapp)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_0, Qt.Key.Key_Left, Qt.Key.Key_Home):
        qtbot.keyClick(panel.plot, key)
    qtbot.mousePress(panel.plot, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseMove(panel.plot, QPoint(400, 60))
    panel.follow_live()
    panel.grab()
    assert panel.view.end_s is None
