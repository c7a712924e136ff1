"""What is measured in the plots, between two marks and of the view: numpy says the same."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from stand_in import RATE_HZ, StandIn, shown

from driftscope.core.history import History
from driftscope.core.stream import StreamInfo
from driftscope.gui import measure, measuring, readings, words
from driftscope.gui.measure import Span, Statistics, Tally
from driftscope.gui.panels.signal import SignalPanel

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


def cells(panel: SignalPanel) -> dict[str, dict[str, str]]:
    """Return what the table says: {channel: {column: text}}."""
    panel.refresh()
    table = panel.readout.table
    return {name: dict(zip(table.columns, row, strict=True)) for _, name, row in table.rows}


def test_from_a_to_b(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    history, cursor = session.history, panel.view.cursor
    for name, seq in (("A", 2100), ("B", 2225)):
        cursor.read(history, seq)
        cursor.mark(name)
    found = cells(panel)["ch1 (g)"]
    a, b = (history.row(seq).values[1] for seq in (2100, 2225))
    assert panel.readout.table.said == ["A to B: 1.250 s · 800.0 mHz · 126 samples"]
    assert (float(found["A"]), float(found["B"])) == (a, b)
    assert float(found["B − A"]) == pytest.approx(b - a, abs=1e-9)
    assert float(found["per s"]) == pytest.approx((b - a) / 1.25, rel=1e-3)
    between = history.rows.numbered(2100, 2225).values[1]
    assert (float(found["lowest"]), float(found["highest"])) == (between.min(), between.max())
    assert float(found["mean"]) == pytest.approx(between.mean(), abs=1e-4)
    assert float(found["deviation"]) == pytest.approx(between.std(), abs=1e-4)
    cursor.marks.clear()
    panel.refresh()
    assert panel.readout.isHidden()


def test_one_mark_is_measured_against_the_cursor(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    cursor = panel.view.cursor
    measuring.switch_cursor(panel.lanes)
    cursor.read(session.history, 2500)
    measuring.mark(panel.lanes, "A")
    cursor.step(session.history, 50)
    assert "cursor − A" in cells(panel)["ch0 (g)"]
    assert any(s.startswith("A to cursor: 0.500 s · 2.000 Hz") for s in panel.readout.table.said)


def test_marks_outlive_what_is_kept(qtbot) -> None:
    session = StandIn()
    session.describe()
    session.history = History(session.info, 100_000)
    session.feed(0, 500)
    panel = shown(qtbot, SignalPanel(session))
    panel.view.cursor.read(session.history, 100)
    panel.view.cursor.mark("A")
    session.feed(500, 20_000)
    assert session.history.row(100) is None
    panel.view.cursor.read(session.history, session.history.last_seq)
    panel.view.cursor.mark("B")
    assert float(cells(panel)["ch0 (g)"]["A"]) == pytest.approx(np.sin(100 / 30), abs=1e-4)
    assert "still kept one by one" in panel.readout.table.said[-1]
    panel.grab()


def test_a_control_drag_measures_and_control_clicks_set_one_after_the_other(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    lanes, marks = panel.lanes, panel.view.cursor.marks
    qtbot.mousePress(lanes, LEFT, CTRL, QPoint(300, 60))
    qtbot.mouseMove(lanes, QPoint(500, 60))
    qtbot.mouseRelease(lanes, LEFT, CTRL, QPoint(500, 60))
    assert [round(lanes.place(marks[m].time_s) / 4) for m in ("A", "B")] == [75, 125]
    for x, there in ((350, {"A"}), (450, {"A", "B"}), (550, {"A"})):
        qtbot.mouseClick(lanes, LEFT, CTRL, QPoint(x, 60))
        assert set(marks) == there


def test_statistics_of_the_view_are_those_of_its_rows(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    measuring.switch_statistics(panel.lanes)
    found = cells(panel)["ch0 (g)"]
    view = panel.view
    values = session.history.rows.between(view.lo_s, view.now_s).values[0]
    assert len(values) == round(view.span_s * RATE_HZ) + 1
    assert float(found["mean"]) == pytest.approx(values.mean(), abs=1e-4)
    assert float(found["deviation"]) == pytest.approx(values.std(), abs=1e-4)
    assert panel.readout.table.said == [f"in view: {len(values):,} samples"]


def test_statistics_are_worked_out_in_pieces_and_no_more_often_than_needed(monkeypatch) -> None:
    monkeypatch.setattr(measure, "PIECE", 700)
    session = StandIn()
    session.describe()
    random = np.random.default_rng(2)
    values = random.normal(1e6, 1.0, size=(3000, 2))
    values[::7, 1] = np.nan
    session.feed(0, 3000, values)
    statistics, wanted = Statistics(), Span(100, 2899, (1, 0))
    for _ in range(7):
        statistics.work(session.history, wanted, 0.0)
        assert statistics.tally is None
    statistics.work(session.history, wanted, 0.0)
    part = values[100:2900, [1, 0]]
    tally = statistics.tally
    assert tally.samples == 2800
    for mine, theirs in (
        (tally.low, np.nanmin), (tally.high, np.nanmax), (tally.mean, np.nanmean),
        (tally.deviation, np.nanstd),
    ):  # fmt: skip
        np.testing.assert_allclose(mine, theirs(part, axis=0), rtol=1e-10)
    moved_on = Span(110, 2909, (1, 0))
    statistics.work(session.history, moved_on, 0.1)
    assert statistics._doing is None
    statistics.work(session.history, moved_on, 0.3)
    assert statistics._doing is not None
    assert statistics.of == wanted


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=60), st.integers(1, 7))
def test_a_tally_in_pieces_is_numpys(values: list[float], size: int) -> None:
    tally = Tally(1)
    whole = np.array(values)[None, :].reshape(1, -1)
    for at in range(0, len(values), size):
        tally.add(whole[:, at : at + size])
    known = whole[np.isfinite(whole)]
    if not len(known):
        assert np.isnan([tally.low[0], tally.high[0], tally.deviation[0]]).all()
        return
    assert (tally.low[0], tally.high[0]) == (known.min(), known.max())
    assert tally.mean[0] == pytest.approx(known.mean(), rel=1e-9, abs=1e-6)
    assert tally.deviation[0] == pytest.approx(known.std(), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("clock", "times", "said", "lapse"),
    [
        ("rows", 100.0, "row 2,500", "A to B: 50 rows"),
        ("elapsed", 1.0, "0:00:25.000", "A to B: 0.500 s · 2.000 Hz"),
    ],
)
def test_what_the_clock_counts(qtbot, clock, times, said, lapse) -> None:
    session = StandIn()
    session.describe()
    session.info = StreamInfo("s", ("ch0", "ch1"), ("g", "g"), clock=clock)
    session.history = History(session.info)
    for at in range(0, 3000, 10):
        session.feed(at, 10, time_s=np.arange(at, at + 10) / RATE_HZ * times)
    panel = shown(qtbot, SignalPanel(session))
    cursor = panel.view.cursor
    cursor.on = True
    for name, seq in (("A", 2450), ("B", 2500)):
        cursor.read(session.history, seq)
        cursor.mark(name)
    found = cells(panel)
    assert panel.readout.table.said[0].startswith(said)
    assert panel.readout.table.said[1] == f"{lapse} · 51 samples"
    assert ("per row" if clock == "rows" else "per s") in found["ch0 (g)"]
    panel.grab()


def test_a_channel_that_came_later_has_no_value_before(qtbot, session) -> None:
    panel = shown(qtbot, SignalPanel(session))
    panel.view.cursor.read(session.history, 2900)
    panel.view.cursor.mark("A")
    session.channels = 3
    session.info = StreamInfo("s", ("ch0", "ch1", "new"), ("g", "g", ""), RATE_HZ, version=2)
    session.history.extend(session.info)
    session.feed(3000, 50)
    panel.view.cursor.read(session.history, 3040)
    panel.view.cursor.mark("B")
    found = cells(panel)["new"]
    assert (found["A"], found["B − A"]) == ("missing", words.UNKNOWN)
    panel.grab()


def test_numbers_say_what_was_sent_and_no_more() -> None:
    assert readings.places(np.array([0.021, -1.5]), 2.0) == 3
    assert readings.places(np.array([512.0, 1023.0]), 1000.0) == 0
    assert readings.places(np.array([1 / 3, 2 / 3]), 1.0) == readings.fine_places(1.0) == 4
    assert readings.value(-0.021, 3) == "-0.021"
    assert readings.value(1.5e12, 3) == "1.5000e+12"
    assert readings.value(math.nan, 3) == words.UNKNOWN
    assert [readings.time_places(s) for s in (2e-4, 0.00999, 1.0, 300.0)] == [5, 3, 1, 0]
    assert readings.instant(59.9999, "elapsed", 3) == "0:01:00.000"
    assert readings.instant(1e300, "unix", 3) == words.UNKNOWN
    assert readings.lapse(-1.0, "rows", 3) == "-1 row"
    assert [readings.frequency(s) for s in (0.02, 1e-4, 3600.0, 0.0)] == [
        "50.00 Hz", "10.00 kHz", "277.8 µHz", words.UNKNOWN,
    ]  # fmt: skip
