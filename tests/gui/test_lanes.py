"""Lanes: several channels in one plot, and ranges that are zoomed, moved and left to themselves."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from stand_in import RATE_HZ, StandIn, colours_at, shown

from driftscope.core.history import History
from driftscope.core.stream import StreamInfo
from driftscope.gui import axes, theme
from driftscope.gui.lane import spaced
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel
from driftscope.gui.plot import LEFT_PX
from driftscope.gui.ranges import Ranges
from driftscope.gui.traces import Traces

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


def lived(units: tuple[str, ...]) -> StandIn:
    """Return a stream whose channel k swings by 10**k, in these units."""
    session = StandIn(channels=len(units))
    session.describe()
    names = tuple(f"ch{k}" for k in range(len(units)))
    session.info = StreamInfo("s", names, units, RATE_HZ)
    session.history = History(session.info)
    phase = np.arange(3000)[:, None] / 30 + np.arange(len(units))
    values = np.sin(phase) * 10.0 ** np.arange(len(units))
    session.feed(0, 3000, values)
    return session


def overlaid(qtbot, units: tuple[str, ...]) -> SignalPanel:
    session, traces = lived(units), Traces()
    traces.overlay(session.info)
    return shown(qtbot, SignalPanel(session, traces=traces))


def wheel(qapp, plot, at: QPointF, turns: int, held: Qt.KeyboardModifier = NONE) -> None:
    event = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton,
        held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    qapp.sendEvent(plot, event)
    plot.grab()


def dragged(qtbot, plot, begin, end, *, button=LEFT, held=NONE) -> None:
    qtbot.mousePress(plot, button, held, QPoint(*begin))
    qtbot.mouseMove(plot, QPoint(*end))
    qtbot.mouseRelease(plot, button, held, QPoint(*end))
    plot.grab()


def test_channels_of_one_unit_share_their_plots_axis(qtbot) -> None:
    panel = overlaid(qtbot, ("g", "g"))
    ranges = panel.lanes.ranges
    assert panel.lanes.plots() == [[0, 1]]
    assert ranges.of(0) == ranges.of(1)
    assert ranges.of(0).low <= -10
    assert ranges.of(0).high >= 10


def test_those_of_other_units_and_fixed_ones_have_their_own(qtbot) -> None:
    panel = overlaid(qtbot, ("g", "g", "V"))
    lanes = panel.lanes
    assert lanes.ranges.of(0) == lanes.ranges.of(1) != lanes.ranges.of(2)
    (lane,) = lanes.lanes()
    assert not lanes.ranges.shared(lane.channels)
    assert lanes.axis(lane) == lanes.ranges.of(0)
    lanes.view.cursor.channel = 2
    assert lanes.axis(lane) == lanes.ranges.of(2)
    lanes.traces.change("ch0", low=-3.0, high=4.0)
    panel.grab()
    assert (lanes.ranges.of(0).low, lanes.ranges.of(0).high) == (-3.0, 4.0)
    assert lanes.ranges.of(1).high >= 10


def test_each_curve_has_its_colour_and_one_its_prediction(qtbot) -> None:
    panel = overlaid(qtbot, ("g", "V", "A"))
    plot = panel.lanes
    (lane,) = plot.lanes()
    found = colours_at(plot, plot.place(22.0), plot.place(28.0))
    wanted = {plot.pen(lane, k).color().name() for k in range(3)}
    assert len(wanted) == 3
    assert wanted | {theme.current().prediction.name()} <= found
    assert panel.legend.accessibleName().startswith("measured, predicted 80 ms before, of ch0")


def test_a_single_channel_is_drawn_in_the_texts_colour_or_the_chosen_one(qtbot) -> None:
    session = lived(("g",))
    panel = shown(qtbot, SignalPanel(session))
    (lane,) = panel.lanes.lanes()
    assert panel.lanes.pen(lane, 0).color() == theme.current().text
    panel.lanes.traces.change("ch0", colour="#8a6fc7")
    assert panel.lanes.pen(lane, 0).color() == QColor("#8a6fc7")


def test_the_wheel_over_the_axis_or_with_control_zooms_values_about_the_pointer(
    qtbot, qapp
) -> None:
    panel = shown(qtbot, SignalPanel(lived(("g", "g"))))
    lanes, span_s = panel.lanes, panel.view.span_s
    lane = lanes.lanes()[1]
    for at, held in (
        (QPointF(20, lane.space.center().y() + 20), NONE),
        (QPointF(400, lane.space.center().y() - 30), CTRL),
    ):
        before, other = lanes.ranges.of(1), lanes.ranges.of(0)
        value = lane.value_at(at.y(), before)
        wheel(qapp, lanes, at, 2, held)
        after = lanes.ranges.of(1)
        assert after.high - after.low == pytest.approx((before.high - before.low) / 1.25**2)
        assert lane.value_at(at.y(), after) == pytest.approx(value)
        assert lanes.ranges.of(0) == other
    look = lanes.traces.look("ch1")
    assert (look.low, look.high) == (after.low, after.high)
    assert panel.view.span_s == span_s


def test_zooming_in_ends_where_values_can_no_longer_be_told_apart(qtbot) -> None:
    panel = shown(qtbot, SignalPanel(lived(("g",))))
    lanes = panel.lanes
    for _ in range(60):
        lanes.values.zoom(lanes.lanes()[0], 0.5, lanes.lanes()[0].space.top())
        panel.grab()
    span = lanes.ranges.of(0)
    assert 0 < span.high - span.low < 1e-6
    assert span.high == pytest.approx(1.0)


def test_the_axis_is_dragged_and_a_double_click_lets_it_follow_again(qtbot) -> None:
    panel = shown(qtbot, SignalPanel(lived(("g", "g"))))
    lanes = panel.lanes
    y = int(lanes.lanes()[0].space.center().y())
    before = lanes.ranges.of(0)
    value = lanes.lanes()[0].value_at(y, before)
    dragged(qtbot, lanes, (30, y), (30, y + 25))
    moved = lanes.ranges.of(0)
    assert lanes.lanes()[0].value_at(y + 25, moved) == pytest.approx(value)
    assert panel.view.end_s is None
    qtbot.mouseDClick(lanes, LEFT, pos=QPoint(30, y))
    panel.grab()
    assert lanes.ranges.of(0) == before
    assert lanes.traces.look("ch0").low is None


@pytest.mark.parametrize(("button", "held"), [(LEFT, SHIFT), (RIGHT, NONE)])
def test_a_box_is_zoomed_into(qtbot, button, held) -> None:
    panel = shown(qtbot, SignalPanel(lived(("g", "g"))))
    lanes, view = panel.lanes, panel.view
    lane = lanes.lanes()[1]
    top, bottom = int(lane.space.top()) + 20, int(lane.space.top()) + 90
    times = lanes.time_at(300), lanes.time_at(500)
    ends = lane.value_at(bottom, lanes.axis(lane)), lane.value_at(top, lanes.axis(lane))
    dragged(qtbot, lanes, (300, top), (500, bottom), button=button, held=held)
    assert (view.lo_s, view.hi_s) == pytest.approx(times)
    found = lanes.ranges.of(1)
    assert (found.low, found.high) == pytest.approx(ends)
    assert lanes.traces.look("ch0").low is None


def test_a_flat_box_zooms_in_time_alone_and_a_click_does_nothing(qtbot) -> None:
    session = lived(("g",))
    panel = shown(qtbot, SignalPanel(session))
    score = shown(qtbot, ScorePanel(session, panel.view))
    view = panel.view
    for plot in (panel.lanes, score.plot):
        before = (view.lo_s, view.hi_s)
        qtbot.mouseClick(plot, RIGHT, pos=QPoint(300, 50))
        assert (view.lo_s, view.hi_s) == before
        times = plot.time_at(300), plot.time_at(600)
        dragged(qtbot, plot, (600, 52), (300, 50), held=SHIFT)
        assert (view.lo_s, view.hi_s) == pytest.approx(times)
    assert panel.lanes.traces.look("ch0").low is None


def test_one_end_may_be_fixed_while_the_other_follows(qtbot) -> None:
    panel = shown(qtbot, SignalPanel(lived(("g",))))
    for what, wanted in (
        ({"low": 0.0}, (0.0, 1.0)), ({"low": 50.0}, (50.0, 52.0)),
        ({"low": None, "high": -50.0}, (-52.0, -50.0)),
    ):  # fmt: skip
        panel.lanes.traces.change("ch0", **what)
        panel.grab()
        found = panel.lanes.ranges.of(0)
        assert (found.low, found.high) == pytest.approx(wanted)


def test_a_range_as_set_has_ticks_on_round_numbers_within() -> None:
    for low, high, most, wanted in (
        (0.13, 0.77, 6, ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]),
        (0.0, 100.0, 3, ["0", "50", "100"]),
        (5.0, 5.0000001, 3, None), (-3e8, 4e8, 4, None), (1e9, 1e9 + 3, 6, None),
    ):  # fmt: skip
        ticks = axes.fixed_range(low, high).ticks(most)
        assert 2 <= len(ticks) <= most
        assert all(low - 1e-9 * abs(low) <= v <= high + 1e-9 * abs(high) for v, _ in ticks)
        texts = [text for _, text in ticks]
        assert len(set(texts)) == len(texts)
        assert wanted is None or texts == wanted


def test_channels_whose_curves_were_never_seen_have_no_range(qtbot) -> None:
    session = StandIn(channels=2)
    session.describe()
    values = np.full((300, 2), np.nan)
    values[:, 0] = 1.0
    session.feed(0, 300, values)
    panel = shown(qtbot, SignalPanel(session))
    ranges: Ranges = panel.lanes.ranges
    assert ranges.of(0) is not None
    assert ranges.of(1) is None
    qtbot.mouseMove(panel.lanes, QPoint(400, int(panel.lanes.lanes()[1].space.center().y())))
    panel.refresh()
    panel.grab()
    panel.lanes.values.zoom(panel.lanes.lanes()[1], 0.5)
    assert panel.lanes.traces.look("ch1").low is None


def test_nothing_is_drawn_outside_the_plot(qtbot) -> None:
    panel = overlaid(qtbot, ("g", "V"))
    plot = panel.lanes
    plot.traces.change_all(["ch0", "ch1"], low=-0.1, high=0.1)
    panel.grab()
    image, area = plot.grab().toImage(), plot.area()
    panel_colour = theme.current().panel.name()
    (lane,) = plot.lanes()
    for y in range(0, int(lane.space.top()) - 2):
        row = {QColor(image.pixel(x, y)).name() for x in range(LEFT_PX, int(area.right()) - 60)}
        assert row == {panel_colour}


@pytest.mark.parametrize("height", [120, 200, 400])
def test_the_values_at_the_ends_of_lanes_do_not_run_into_each_other(height: int) -> None:
    lanes = spaced([[0], [1], [2]], QRectF(0, 0, 600, height))
    for upper, lower in pairwise(lanes):
        ends = upper.clear(upper.space.bottom()), lower.clear(lower.space.top())
        assert ends[1] - ends[0] > 11.9
