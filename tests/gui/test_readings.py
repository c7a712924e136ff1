"""What is read in the plots: exactly the samples, wherever the cursor stands."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from stand_in import StandIn, shown
from windows import activate

from driftscope.core.stream import Event
from driftscope.gui import measuring, readings, words
from driftscope.gui.actions import Actions
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel
from driftscope.gui.traces import Traces

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> StandIn:
    """Return one whose values have three decimal places."""
    made = StandIn()
    made.describe()
    random = np.random.default_rng(1)
    made.feed(0, 3000, np.round(random.normal(size=(3000, 2)), 3))
    return made


def hover(panel: SignalPanel, qtbot, x: float, y: float = 60.0) -> None:
    qtbot.mouseMove(panel.lanes, QPoint(int(x), int(y)))
    panel.refresh()


def cells(panel: SignalPanel) -> dict[str, dict[str, str]]:
    """Return what the table says: {channel: {column: text}}."""
    panel.refresh()
    table = panel.readout.table
    return {name: dict(zip(table.columns, row, strict=True)) for _, name, row in table.rows}


def actions_of(panel: SignalPanel, qtbot) -> Actions:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(panel)
    found = Actions(window)
    panel.offer(found)
    window.resize(900, 500)
    window.show()
    activate(window)
    return found


def test_without_cursor_nothing_takes_room_and_a_resting_mouse_paints_nothing(
    qtbot, session
) -> None:
    panel = shown(qtbot, SignalPanel(session))
    assert panel.readout.isHidden()
    hover(panel, qtbot, 400)
    panel.grab()
    qtbot.wait(50)
    told: list[int] = []
    panel.after_paint.append(told.append)
    for _ in range(5):
        panel.refresh()
        qtbot.wait(5)
    assert told == []


def test_the_cursor_reads_exactly_the_sample_under_the_mouse(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    measuring.switch_cursor(panel.lanes)
    for x in (150, 333, 600):
        hover(panel, qtbot, x)
        row = panel.view.cursor.row
        kept = session.history.row(row.seq)
        found = cells(panel)
        for k, name in enumerate(("ch0 (g)", "ch1 (g)")):
            assert float(found[name]["measured"]) == kept.values[k]
            assert float(found[name]["predicted"]) == pytest.approx(kept.prediction[k], abs=6e-4)
        assert abs(panel.lanes.place(kept.time_s) - x) <= 3
        assert words.thousands(kept.seq) in panel.readout.table.said[0]
        assert words.rarity(kept.rarity) in panel.readout.table.said[0]


def test_arrow_keys_go_from_sample_to_sample_and_the_mouse_takes_over(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    cursor, lanes = panel.view.cursor, panel.lanes
    measuring.switch_cursor(lanes)
    begun = cursor.seq
    span_s, end_s = panel.view.span_s, panel.view.end_s
    for key, held, by in (
        (Qt.Key.Key_Right, None, 1), (Qt.Key.Key_Left, None, -1), (Qt.Key.Key_Left, SHIFT, -10),
    ):  # fmt: skip
        qtbot.keyClick(lanes, key, held or Qt.KeyboardModifier.NoModifier)
        begun += by
        assert cursor.seq == begun
    assert (panel.view.span_s, panel.view.end_s) == (span_s, end_s)
    qtbot.keyClick(lanes, Qt.Key.Key_Left, CTRL)
    assert panel.view.end_s is not None
    for _ in range(400):
        qtbot.keyClick(lanes, Qt.Key.Key_Left, SHIFT)
    assert cursor.seq == 0
    assert panel.view.lo_s <= cursor.time_s <= panel.view.hi_s
    hover(panel, qtbot, 400)
    assert cursor.seq > 0


def test_both_plots_show_the_same_cursor(qtbot, session) -> None:
    signal = shown(qtbot, SignalPanel(session))
    score = shown(qtbot, ScorePanel(session, signal.view))
    measuring.switch_cursor(signal.lanes)
    before = score.plot.grab().toImage()
    qtbot.mouseMove(score.plot, QPoint(500, 50))
    score.refresh()
    signal.refresh()
    at_s = signal.view.cursor.time_s
    assert signal.lanes.place(at_s) == pytest.approx(500, abs=1.5)
    after = score.plot.grab().toImage()
    x = int(score.plot.place(at_s))
    ys = range(int(score.plot.area().top()) + 2, int(score.plot.area().bottom()) - 2)
    assert sum(before.pixel(x, y) != after.pixel(x, y) for y in ys) > 0.9 * len(ys)


def test_hovering_means_the_curve_and_the_peak_that_is_nearest(qtbot) -> None:
    session = StandIn(channels=2)
    session.describe()
    values = np.zeros((20_000, 2))
    values[:, 1] = 1.0
    values[15_000, 0] = 0.7
    session.feed(0, 20_000, values)
    traces = Traces()
    traces.overlay(session.info)
    panel = shown(qtbot, SignalPanel(session, traces=traces))
    panel.view.show_all()
    panel.refresh()
    panel.grab()
    lanes = panel.lanes
    (lane,) = lanes.lanes()
    y = lane.y(np.array([0.7, 1.0]), lanes.ranges.of(0))
    hover(panel, qtbot, lanes.place(150.0) + 1, float(y[0]))
    assert (panel.view.cursor.seq, panel.view.cursor.channel) == (15_000, 0)
    hover(panel, qtbot, 300, float(y[1]) - 4)
    assert panel.view.cursor.channel == 1


def test_a_gap_missing_values_and_unscored_samples_are_said(qtbot, session) -> None:
    values = np.ones((100, 2))
    values[50, 0] = np.nan
    session.history.note_gap(Event("s", 3300, 33.0, "gap"))
    session.feed(3300, 100, values)
    session.feed(3400, 10, scored=False, prediction=np.full((10, 2), np.nan))
    panel = shown(qtbot, SignalPanel(session))
    cursor, history = panel.view.cursor, session.history
    cursor.on = True
    cursor.point(history, 31.5)
    assert cells(panel)["ch0 (g)"]["measured"] == "gap"
    assert panel.readout.table.said[0].endswith("gap: nothing came")
    panel.grab()
    qtbot.keyClick(panel.lanes, Qt.Key.Key_Right)
    assert cursor.seq == 3300
    cursor.read(history, 3350)
    assert cells(panel)["ch0 (g)"]["measured"] == "missing"
    cursor.read(history, 3405)
    assert cells(panel)["ch0 (g)"]["predicted"] == "not scored"
    assert "not scored" in panel.readout.table.said[0]
    panel.grab()


def test_paused_the_readings_stay_alive(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    session.paused = True
    panel.refresh()
    session.feed(3000, 500)
    measuring.switch_cursor(panel.lanes)
    hover(panel, qtbot, 200)
    one = panel.readout.table
    hover(panel, qtbot, 500)
    assert panel.readout.table != one
    assert panel.view.cursor.seq < 3000


def test_of_38_channels_those_near_the_mouse_are_told_and_hidden_ones_are_not_read(
    qtbot, monkeypatch
) -> None:
    session = StandIn(channels=38)
    session.describe()
    session.feed(0, 500)
    panel = shown(qtbot, SignalPanel(session), width=500)
    for k in (3, 4):
        panel.lanes.traces.change(f"ch{k}", hidden=True)
    measuring.switch_cursor(panel.lanes)
    measuring.switch_statistics(panel.lanes)
    panel.view.cursor.channel = 30
    panel.refresh()
    qtbot.wait(1)
    panel.refresh()
    numbers = [k for k, _, _ in panel.readout.shown()]
    assert 30 in numbers
    assert 1 < len(numbers) < 36
    assert not {3, 4} & {k for k, _, _ in panel.readout.table.rows}
    assert not {3, 4} & set(panel.readout.statistics.of.channels)
    panel.grab()


def test_places_of_a_channel_off_screen_are_worked_out_once(session, monkeypatch) -> None:
    looks: list[float] = []
    monkeypatch.setattr(readings, "places", lambda values, height: looks.append(height) or 2)
    decimals = readings.Decimals()
    assert [decimals.of(session.history, 0, math.nan) for _ in range(3)] == [2, 2, 2]
    assert len(looks) == 1


def test_the_readings_cover_no_curve(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    for act in (measuring.switch_cursor, measuring.switch_statistics):
        act(panel.lanes)
    hover(panel, qtbot, 400)
    qtbot.waitUntil(lambda: panel.readout.y() >= panel.lanes.geometry().bottom())
    assert panel.readout.geometry().bottom() <= panel.height()
    assert panel.lanes.height() > panel.readout.height()
    assert panel.readout.accessibleDescription() == panel.readout.table.text()


def test_another_stream_begins_without_marks(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    measuring.switch_cursor(panel.lanes)
    measuring.mark(panel.lanes, "A")
    session.describe()
    session.feed(0, 400)
    panel.refresh()
    assert panel.view.cursor.marks == {}
    assert panel.view.cursor.on


def test_all_of_it_by_keys_alone(qtbot, session) -> None:
    panel = SignalPanel(session)
    actions = actions_of(panel, qtbot)
    panel.refresh()
    panel.grab()
    view, cursor = panel.view, panel.view.cursor
    actions.refresh()

    def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(panel.lanes, key, held)
        panel.refresh()

    press(Qt.Key.Key_C)
    assert cursor.on
    assert panel.lanes.hasFocus()
    press(Qt.Key.Key_A)
    for _ in range(30):
        press(Qt.Key.Key_Right, SHIFT)
    press(Qt.Key.Key_B)
    assert cursor.marks["B"].seq - cursor.marks["A"].seq == 300
    press(Qt.Key.Key_Z)
    assert view.lo_s == pytest.approx(cursor.marks["A"].time_s)
    assert view.hi_s == pytest.approx(cursor.marks["B"].time_s)
    actions.refresh()
    qtbot.keyClick(panel.lanes, Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.AltModifier)
    assert "B − A" in QGuiApplication.clipboard().text()
    press(Qt.Key.Key_M)
    assert cursor.marks == {}
    press(Qt.Key.Key_T)
    assert "mean" in panel.readout.table.columns
    press(Qt.Key.Key_Home, CTRL)
    assert view.lo_s == pytest.approx(session.history.start_s)
    press(Qt.Key.Key_Down)
    assert cursor.channel == 1
    before = panel.lanes.ranges.of(1)
    press(Qt.Key.Key_Up, CTRL)
    panel.grab()
    after = panel.lanes.ranges.of(1)
    assert after.high - after.low == pytest.approx((before.high - before.low) / 1.25)
    press(Qt.Key.Key_Y)
    panel.grab()
    assert panel.lanes.ranges.of(1) == before
    press(Qt.Key.Key_C)
    press(Qt.Key.Key_T)
    assert panel.readout.isHidden()
