"""The spectrum's plot: what is read in it, zoomed, and drawn of any signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from spectra import choose, describe, fresh, sine, whole
from windows import focus

from driftscope.gui.panels.spectrum import SpectrumPanel
from driftscope.gui.session import Session
from driftscope.gui.spectrum_plot import thinned
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces


@pytest.fixture
def panel(session: Session, qtbot) -> Iterator[SpectrumPanel]:
    describe(session, np.hstack([sine(50, 2.0), sine(123.4, 0.5), sine(7, 1.0)]))
    made = SpectrumPanel(session, TimeView(), Traces())
    made.resize(900, 320)
    with qtbot.waitExposed(made):
        made.show()
    whole(made)
    yield made
    made.close()


def test_a_frequency_is_read_by_mouse_and_keys(panel: SpectrumPanel) -> None:
    plot = panel.curves
    x = round(plot.across(np.array(51.0), plot.area()).item())
    none = Qt.MouseButton.NoButton
    at = QPointF(x, 100)
    QApplication.sendEvent(
        plot, QMouseEvent(QMouseEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier(0))
    )
    fresh(panel)
    told = plot.accessibleDescription()  # a few pixels beside a peak means the peak
    assert told == "50.00 Hz  ·  every 20 ms  ·  2.00 g  ·  predicted 1.00 g"
    focus(plot)
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.hovered is None
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert round(plot.hovered) == 50
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    fresh(panel)
    assert plot.accessibleDescription().startswith("42.72 Hz  ·  every 23 ms")
    QApplication.processEvents()


@pytest.mark.parametrize("chosen", ["Linear", "Log", "dB"])
@pytest.mark.parametrize("what", ["Amplitude", "Density"])
@pytest.mark.parametrize("signal", ["tiny", "huge", "absurd"])
def test_anything_is_drawn(panel: SpectrumPanel, chosen: str, what: str, signal: str) -> None:
    size = {"tiny": 1e-150, "huge": 1e120, "absurd": 1e300}[signal]
    describe(panel.session, sine(50.0) * size)
    choose(panel.scale, chosen)
    choose(panel.what, what)
    panel.log.click()
    whole(panel)
    assert panel.curves._failure is None


def test_a_thinned_curve_keeps_its_highest_and_lowest_points() -> None:
    random = np.random.default_rng(0)
    x, y = np.linspace(0, 100, 5000), random.random(5000)
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) < 250 and thin_y.max() == y.max() and thin_y.min() == y.min()
    assert np.array_equal(thinned(x[:50] * 50, y[:50])[1], y[:50])


def test_frequencies_are_zoomed_by_wheel_and_keys_and_moved_by_dragging(
    panel: SpectrumPanel,
) -> None:
    plot, none = panel.curves, Qt.MouseButton.NoButton
    at = QPointF(plot.across(np.array(50.0), plot.area()).item(), 60)
    turn = QWheelEvent(
        at, at, QPoint(), QPoint(0, 600), none, Qt.KeyboardModifier(0),
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, turn)
    low, high = plot.axis.ends
    assert low < 50 < high and high - low == pytest.approx(500 / 1.25**5)
    assert plot.frequency_at(at.x()) == pytest.approx(50)
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(400, 60))
    QTest.mouseMove(plot, QPoint(300, 60))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    assert plot.axis.ends[0] > low
    fresh(panel)
    QTest.mouseDClick(plot, Qt.MouseButton.LeftButton)
    assert plot.axis.part is None
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.axis.part is not None
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert plot.axis.part is None
