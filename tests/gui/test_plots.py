"""The plot panels: what they show, when they redraw, how one moves through time."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QWidget

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.params import DetectorParams, LearnerParams, ParamSet
from driftscope.core.stream import Alarm, Event, Result, StreamInfo
from driftscope.gui import theme
from driftscope.gui.panels.loss import LossPanel, merged
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel

RATE_HZ = 100.0


@dataclass
class StandIn:
    """A session's numbers without a session."""

    channels: int = 2
    info: StreamInfo | None = None
    history: History | None = None
    health: Health = field(default_factory=Health)
    params: ParamSet = field(
        default_factory=lambda: ParamSet(learner=LearnerParams(), detector=DetectorParams())
    )
    alarms: dict[int, Alarm] = field(default_factory=dict)
    marks: list[Event] = field(default_factory=list)
    paused: bool = False

    def describe(self) -> None:
        names = tuple(f"ch{k}" for k in range(self.channels))
        self.info = StreamInfo("s", names, ("g",) * self.channels, RATE_HZ)
        self.history = History(self.info)
        self.health.horizon = 8

    def feed(self, seq: int, rows: int, values: np.ndarray | None = None, **fields) -> None:
        """Append rows of a slow sine, in steps of 10."""
        for at in range(seq, seq + rows, 10):
            i = np.arange(at, at + 10)
            sine = np.sin(i / 30)[:, None] * np.ones(self.channels)
            given = sine if values is None else values[at - seq : at - seq + 10]
            off, loss = i < 0, np.full(10, 0.1)
            result = Result(
                "s", at, i / RATE_HZ, given, sine + 0.1, sine[:8], loss,
                {"last value": 4 * loss, "running mean": 8 * loss}, sine, loss, 4.0, off, off,
                True, 0.0,
            )  # fmt: skip
            result = replace(result, **fields)
            self.history.append(result)
            self.health.write(result)


@pytest.fixture
def session() -> StandIn:
    made = StandIn()
    made.describe()
    made.feed(0, 3000)
    return made


def shown(qtbot, panel: QWidget, width: int = 900, height: int = 400) -> QWidget:
    """Put a panel on screen, painted once."""
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    panel.refresh()
    panel.grab()
    return panel


def colours_at(plot: QWidget, left: float, right: float) -> set[str]:
    """Return every colour painted between two places, in pixels of a plot."""
    image = plot.grab().toImage()
    area = plot.area()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(int(left), int(right))
        for y in range(int(area.top()), int(area.bottom()))
    }


@pytest.mark.parametrize("panel", [SignalPanel, ScorePanel, LossPanel])
def test_with_nothing_to_show_there_is_a_sentence(qtbot, panel) -> None:
    found = shown(qtbot, panel(StandIn()))
    assert theme.current().secondary.name() in colours_at(found.plot, 100, 800)
    assert found.drawn_seq == -1


def test_all_three_begin_and_end_one_above_the_other(qtbot, session) -> None:
    panels = [shown(qtbot, p(session)) for p in (SignalPanel, ScorePanel, LossPanel)]
    plots = [panel.plot for panel in panels]
    assert len({(p.mapTo(p.window(), QPoint()).x(), p.area().left()) for p in plots}) == 1
    assert len({p.area().right() for p in plots}) == 1


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
    before = panel.plot.grab().toImage()
    session.paused = True
    panel.refresh()
    after = panel.plot.grab().toImage()
    different = [y for y in range(before.height()) if before.pixel(300, y) != after.pixel(300, y)]
    assert 15 < len(different) < 40
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


def test_an_alarm_is_shaded_where_it_was_and_only_in_its_lane(qtbot, session) -> None:
    session.alarms[7] = Alarm(7, "s", 2600, 2610, 2650, 26.0, 26.5, {"ch1": 1.0}, 5.49)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    image = plot.grab().toImage()
    area = plot.area()
    shade = QColor(theme.current().panel)
    x = int(plot.place(26.25))
    lanes = [
        {QColor(image.pixel(x, y)).name() for y in range(int(top) + 20, int(top) + 120)}
        for top in (area.top(), area.center().y())
    ]
    assert shade.name() in lanes[0]
    assert shade.name() not in lanes[1]
    assert theme.current().alarm.name() in colours_at(plot, plot.place(26.0) - 2, x)


def test_an_open_alarm_grows_with_time(qtbot, session) -> None:
    session.alarms[1] = Alarm(1, "s", 2900, 2950, None, 29.0, 29.5, {}, 6.0)
    panel = shown(qtbot, SignalPanel(session))
    ((_, left, right),) = panel.plot.alarms_in_view()
    assert left == panel.plot.place(29.0)
    assert right == panel.plot.place(session.history.end_s)


def test_a_gap_is_visibly_empty(qtbot, session) -> None:
    session.history.note_gap(Event("s", 3300, 33.0, "gap"))
    session.feed(3300, 500)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    colours = theme.current()
    inside = colours_at(plot, plot.place(30.1), plot.place(32.9))
    assert colours.background.name() in inside
    assert not inside & {colours.text.name(), colours.prediction.name(), colours.panel.name()}


def test_unscored_rows_are_hatched_and_still_drawn(qtbot, session) -> None:
    session.feed(3000, 200, scored=False, prediction=np.full((10, 2), np.nan))
    session.feed(3200, 100)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    inside = colours_at(plot, plot.place(30.1), plot.place(31.9))
    assert {theme.current().lines.name(), theme.current().text.name()} <= inside
    assert theme.current().prediction.name() not in inside


def test_one_absurd_value_leaves_the_signal_readable(qtbot, session) -> None:
    values = np.sin(np.arange(1000) / 30)[:, None] * np.ones(2)
    values[500, 0] = 1e30
    values[600, 1] = np.inf
    session.feed(3000, 1000, values)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    for channel in (0, 1):
        found = plot.ranges[channel].range
        assert -2 <= found.low < found.high <= 2


def test_values_that_stand_alone_are_seen(qtbot) -> None:
    session = StandIn(channels=1)
    session.describe()
    values = np.full((400, 1), np.nan)
    values[::10] = 0.5
    session.feed(0, 400, values, prediction=np.full((10, 1), np.nan), forecast=None)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    assert theme.current().text.name() in colours_at(plot, plot.place(2.0), plot.place(3.0))


def test_many_channels_scroll_and_a_choice_of_them_is_shown(qtbot) -> None:
    session = StandIn(channels=38)
    session.describe()
    session.feed(0, 500)
    panel = shown(qtbot, SignalPanel(session))
    first = panel.plot.channels()
    assert first[0] == 0
    assert len(first) < 38
    assert "of 38" in panel.note.text()
    qtbot.keyClick(panel.plot, Qt.Key.Key_PageDown)
    panel.refresh()
    assert panel.plot.channels()[0] == len(first)
    panel.show_channels([3, 1])
    panel.grab()
    assert panel.plot.channels() == [3, 1]


def test_a_channel_added_in_mid_stream_gets_a_lane(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    session.channels = 3
    session.info = StreamInfo("s", ("ch0", "ch1", "new"), ("g", "g", ""), RATE_HZ, version=2)
    session.history.extend(session.info)
    session.feed(3000, 50)
    panel.refresh()
    panel.grab()
    assert panel.plot.channels() == [0, 1, 2]
    assert panel.drawn_seq == 3049


def test_another_theme_is_taken_at_the_next_refresh(qtbot, qapp, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    before = theme.current()
    try:
        theme.apply(qapp, theme.LIGHT)
        panel.refresh()
        assert theme.LIGHT.panel.name() in colours_at(panel.plot, 100, 800)
    finally:
        theme.apply(qapp, before)


def test_the_legend_says_how_long_before(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    assert panel.legend.accessibleName() == "measured, predicted 80 ms before, forecast"


def test_the_loss_panel_covers_the_whole_run(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    assert panel.legend.accessibleName() == "learner, last value, running mean"
    assert theme.current().good_text.name() in colours_at(panel.plot, 600, 890)
    low, high = panel.curves.range
    assert low <= 0.1
    assert high >= 0.8


def test_a_slider_moved_in_many_steps_is_one_mark() -> None:
    def turned(time_s: float, old: float, new: float, name: str = "learner.lr") -> Event:
        return Event("s", 0, time_s, "param", {"name": name, "old": old, "new": new})

    marks = [turned(0.0, 9, 1), turned(10.0, 1, 2), turned(10.2, 2, 3), turned(20.0, 3, 4)]
    found = merged([*marks, Event("s", 0, 21.0, "gap"), turned(22.0, 5, 6, "learner.momentum")],
                   start_s=5.0, close_s=1.0)  # fmt: skip
    assert [(m.time_s, m.data["old"], m.data["new"]) for m in found] == [
        (22.0, 5, 6), (20.0, 3, 4), (10.0, 1, 3),
    ]  # fmt: skip


def test_a_mark_says_what_was_turned(qtbot, session) -> None:
    panel = shown(qtbot, LossPanel(session))
    data = {"name": "learner.lr", "old": 1.0, "new": 3.2}
    assert panel.curves.turned(Event("s", 0, 1.0, "param", data)) == "learning rate x 1 → x 3.2"
