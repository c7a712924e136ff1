"""The plot panels: what they show of what came in."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from stand_in import RATE_HZ, StandIn, colours_at, shown

from driftscope.core import registry
from driftscope.core.history import History
from driftscope.core.stream import Alarm, Event, StreamInfo
from driftscope.gui import draw, theme, words
from driftscope.gui.alarm_marks import Caption, write
from driftscope.gui.loss_curves import smoothed
from driftscope.gui.loss_marks import caption, merged
from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel


@pytest.fixture
def session() -> StandIn:
    made = StandIn()
    made.describe()
    made.feed(0, 3000)
    return made


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


def test_what_is_left_of_old_samples_is_drawn_and_said(qtbot, monkeypatch) -> None:
    session = StandIn()
    session.describe()
    session.history = History(session.info, 400_000)
    session.feed(0, 20_000)
    assert session.history.total > len(session.history)
    panel = shown(qtbot, SignalPanel(session))
    said: list[str] = []
    caption = draw.caption

    def heard(painter, at, text, *colours, **how):
        said.append(text)
        return caption(painter, at, text, *colours, **how)

    monkeypatch.setattr(draw, "caption", heard)
    panel.show_interval(1.0, 2.0)
    plot = panel.plot
    assert theme.current().text.name() in colours_at(plot, plot.place(1.0), plot.place(2.0))
    each = words.duration(session.history.group_s)
    assert f"of this only the lowest and highest of each {each} are left" in said
    said.clear()
    panel.follow_live()
    panel.grab()
    assert not any("lowest and highest" in text for text in said)


@pytest.mark.parametrize("starts", [(400.0, 398.0), (780.0, 690.0, 640.0), (-50.0, -60.0, 120.0)])
def test_captions_of_alarms_never_lie_over_each_other(
    qtbot, monkeypatch: pytest.MonkeyPatch, starts: tuple[float, ...]
) -> None:
    written: list[QRectF] = []
    caption = draw.caption

    def kept(*told: Any, **more: Any) -> QRectF:
        written.append(caption(*told, **more))
        return written[-1]

    monkeypatch.setattr(draw, "caption", kept)
    picture = QPixmap(800, 100)
    painter = QPainter(picture)
    captions = [Caption(x, 0.0, "alarm 12 · under 1 in 1 billion") for x in starts]
    write(painter, QRectF(0, 0, 800, 100), captions, [])
    painter.end()
    assert written
    assert not any(a.intersects(b) for a, b in combinations(written, 2))


def test_one_absurd_value_leaves_the_signal_readable(qtbot, session) -> None:
    values = np.sin(np.arange(1000) / 30)[:, None] * np.ones(2)
    values[500, 0] = 1e30
    values[600, 1] = np.inf
    session.feed(3000, 1000, values)
    panel = shown(qtbot, SignalPanel(session))
    plot = panel.plot
    for channel in (0, 1):
        found = plot.ranges.of(channel)
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
    for name in session.info.channels:
        panel.lanes.traces.change(name, hidden=name not in ("ch1", "ch3"))
    panel.grab()
    assert panel.plot.channels() == [1, 3]


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


def test_a_mark_says_what_was_turned(session) -> None:
    data = {"name": "learner.lr", "old": 1.0, "new": 3.2}
    assert caption(Event("s", 0, 1.0, "param", data), session) == "learning rate x 1 → x 3.2"
    for name, old, new, said in (
        ("learner.frozen", False, True, "freeze learning on"),
        ("learner.model", "mlp", "gru", "model MLP → GRU"),
        ("model.gone", 3, 4, "hidden units 3 → 4"),
    ):
        data = {"name": name, "label": "Hidden units", "old": old, "new": new}
        assert caption(Event("s", 0, 1.0, "param", data), session) == said
    session.params.attach("model", registry.load("picture_models", "cells").Params())
    for old, new, said in (
        ("", "14,38,67,71", "region changed"),
        ("1,1,9,9", "", "region cleared"),
    ):
        data = {"name": "model.region", "old": old, "new": new}
        assert caption(Event("s", 0, 1.0, "param", data), session) == said
    reset = Event("s", 0, 20.0, "note", {"message": "The model was reset.", "reset": True})
    assert caption(reset, session) == "reset"
    assert merged([reset, Event("s", 0, 20.0, "note", {"message": "Hm."})], 0.0, 1.0) == [reset]


def test_what_is_not_calibrated_yet_is_said_beside_the_legend_with_the_time_left(
    qtbot, session
) -> None:
    panel = shown(qtbot, ScorePanel(session))
    assert panel.note.text() == ""
    session.history.calibrated = False
    session.health.decision_rows, session.health.stream_s = int(RATE_HZ), 40.0
    panel.refresh()
    assert panel.note.text() == "not yet calibrated to this rate"
    assert "until 10,000 decisions were seen, in about 2 h 46 min." in panel.note.toolTip()


def test_a_rarity_beyond_words_stays_at_the_upper_edge(qtbot, session) -> None:
    session.feed(3000, 50, rarity=np.full(10, 200.0))
    panel = shown(qtbot, ScorePanel(session))
    plot = panel.plot
    assert plot._top == 10.0
    assert plot._y(np.array(200.0), plot.area()) == plot.area().top()


def test_smoothing_keeps_the_course_and_what_is_missing() -> None:
    falling = np.exp(-np.linspace(0, 3, 200))[:, None] * np.ones(2)
    rippled = falling * (1 + 0.3 * np.sin(np.arange(200) * 2.1))[:, None]
    rippled[50:60, 1] = np.nan
    found = smoothed(rippled)
    assert np.nanmax(np.abs(found / falling - 1)[10:-10]) < 0.1
    assert np.isnan(found[50:60, 1]).all()
    assert np.isfinite(found[:, 0]).all()
    assert smoothed(rippled[:3]) == pytest.approx(rippled[:3])
