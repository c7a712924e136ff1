"""The counts of the link."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from driftscope.core.clock import ClockQuality
from driftscope.gui.panels.health import Figures, HealthPanel, clock_words
from driftscope.gui.session import Session


@pytest.fixture
def health(session: Session) -> HealthPanel:
    panel = HealthPanel(session, Figures())
    panel.resize(280, 300)
    return panel


def said(panel: HealthPanel) -> dict[str, str]:
    return {name: value.accessibleName() for name, value in panel.values.items()}


def test_counts_are_told_and_nothing_is_left_out(health: HealthPanel) -> None:
    counts = health.session.health
    counts.rejected, counts.dropped, counts.skipped_updates = 3, 1200, 7
    counts.unscored, counts.gaps = 64, 2
    counts.rejects.append(("ets Jun  8 2016", "no number"))
    counts._step_ms.extend([0.5, 0.6, 20.0])
    counts.clock = ClockQuality(None, 12.3, 0.4)
    health.session.history.not_shown = 3
    health.session.latency_ms = (24.2, 41.4)
    health.refresh()
    told = said(health)
    assert told["rejected"] == "3 last: ‘ets Jun  8 2016’"
    assert told["dropped · skipped"] == "1,200 · 7"
    assert (told["not scored"], told["not drawn"], told["gaps"]) == ("64", "3", "2")
    assert told["clock"] == "drift +12 ppm · jitter 0.4 ms"
    assert told["learn time"] == "0.6 ms (p99 20)"
    assert told["sample to screen"] == "24 ms (p99 41)"
    assert health.rejects.property("role") == "alarm"


def test_the_clock_tells_what_is_known_of_it(health: HealthPanel) -> None:
    assert clock_words(ClockQuality()) == ""
    assert clock_words(ClockQuality(99.9963, None, 16.2)) == "99.996 Hz · jitter 16 ms"
    assert clock_words(ClockQuality(1000.2134)) == "1,000.2 Hz"
    assert clock_words(ClockQuality(0.2)) == "0.20000 Hz"
    assert clock_words(ClockQuality(None, None, 0.41)) == "jitter 0.4 ms"
    health.session.health.clock = ClockQuality()
    health.refresh()
    for name in ("clock", "not drawn", "left out"):
        assert health.values[name].isHidden() and health._names[name].isHidden()


def test_the_rejected_lines_can_be_read_by_mouse_and_key(health: HealthPanel, qtbot) -> None:
    counts = health.session.health
    counts.rejected = 30
    counts.rejects.extend((f"<b>line {i}</b>", "no number") for i in range(30))
    health.refresh()
    with qtbot.waitExposed(health):
        health.show()
    QTest.mouseClick(health.rejects, Qt.MouseButton.LeftButton)
    listing = QToolTip.text()
    assert listing.startswith("The last 20 of 30 rejected lines:")
    assert "‘<b>line 29</b>’  no number" in listing
    QToolTip.hideText()
    QTest.keyClick(health.rejects, Qt.Key.Key_Return)
    assert QToolTip.text() == listing
    QToolTip.hideText()
    health.hide()
