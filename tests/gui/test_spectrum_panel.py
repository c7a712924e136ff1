"""The spectrum panel: what it shows of the stretch in view, and what it says of it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from spectra import ROWS, T, choose, describe, feed, fresh, sine, whole

from driftscope.core.stream import Event
from driftscope.gui.panels.spectrum import SpectrumPanel
from driftscope.gui.session import Session
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces


@pytest.fixture
def panel(session: Session, qtbot) -> SpectrumPanel:
    describe(session, np.hstack([sine(50, 2.0), sine(123.4, 0.5), sine(7, 1.0)]))
    made = SpectrumPanel(session, TimeView(), Traces())
    made.resize(900, 320)
    with qtbot.waitExposed(made):
        made.show()
    whole(made)
    yield made
    made.close()


def peaks(panel: SpectrumPanel) -> list[str]:
    now, shown = panel.curves.shown.now, panel.curves.shown
    return [
        f"{now.frequency(peak.frequency)} {shown.height(now.measured, place, peak)}"
        for place, peak in now.peaks
    ]


def test_the_first_plot_is_shown_with_what_was_predicted_of_it(panel: SpectrumPanel) -> None:
    now = panel.curves.shown.now
    assert peaks(panel) == ["50.00 Hz 2.00 g"]
    assert now.predicted.amplitude[0].max() == pytest.approx(1.0, rel=0.2)
    assert panel.note.text() == "4,096 samples, Hann, 3 averaged"
    assert panel.told.isHidden()
    assert panel.legend.accessibleName() == "measured, predicted"
    assert panel.curves.drawn_seq == ROWS - 1


def test_another_channel_is_chosen_and_overlaid_ones_come_together(panel: SpectrumPanel) -> None:
    choose(panel.channel, "c1")
    assert peaks(panel) == ["123.40 Hz 0.500 g"]
    panel.traces.overlay(panel.session.info)
    fresh(panel)
    assert panel.channel.currentText() == "c0 and 2 more"
    assert peaks(panel) == ["50.00 Hz 2.00 g", "7.00 Hz 1.00 g", "123.40 Hz 0.500 g"]
    assert panel.legend.accessibleName() == "c0, c1, c2"
    panel.traces.separate()
    fresh(panel)
    assert panel.channel.currentText() == "c1"


def test_the_figures_follow_what_is_chosen(panel: SpectrumPanel) -> None:
    shown = panel.curves.shown
    choose(panel.scale, "dB")
    assert peaks(panel) == ["50.00 Hz 6.0 dB"] and shown.caption() == "amplitude, dB re 1 g"
    choose(panel.what, "Density")
    assert shown.caption() == "power density, dB re 1 g²/Hz"
    choose(panel.scale, "Linear")
    density = shown.now.measured.density[0]
    assert density.sum() * shown.now.measured.step == pytest.approx(2.0, rel=1e-3)  # 2² / 2
    assert shown.caption() == "power density (g²/Hz)"
    choose(panel.rows_box, "4,096")
    assert shown.now.measured.rows == 4096
    panel.log.click()
    fresh(panel)
    ends = [panel.curves.frequency_at(x) for x in (0.0, 2000.0)]
    assert ends == pytest.approx([shown.now.measured.step, 500.0])
    assert not panel.told.isVisible()


def test_a_window_that_does_not_fit_is_told(panel: SpectrumPanel) -> None:
    choose(panel.rows_box, "65,536")
    assert panel.told.accessibleName() == (
        "▲ 65,536 samples are not in view in one piece: 8,192 are used. Zoom out."
    )


def test_it_follows_the_stretch_in_view_at_most_five_times_a_second(panel: SpectrumPanel) -> None:
    shown = panel.curves.shown
    before = shown.now
    feed(panel.session, sine(200.0) @ np.ones((1, 3)), T + 8.192, ROWS)
    shown._due_s = time.monotonic() + 0.2
    shown.update(time.monotonic())
    assert shown.now is before
    shown.update(time.monotonic() + 0.2)
    assert shown.now is not before and peaks(panel)[0].startswith("200.0")
    later = shown.now
    shown.update(time.monotonic() + 9)  # nothing new
    assert shown.now is later
    assert shown._due_s >= 0.2


def test_hidden_nothing_is_worked_out(panel: SpectrumPanel) -> None:
    panel.hide()
    before = panel.curves.shown.now
    feed(panel.session, np.ones((10, 3)), 9 + T[:10], ROWS)
    panel.curves.shown._due_s = 0.0
    panel.refresh()
    assert panel.curves.shown.now is before


def test_without_a_rate_frequencies_are_per_sample(panel: SpectrumPanel) -> None:
    describe(panel.session, sine(125.0), np.arange(float(ROWS)), clock="rows")
    whole(panel)
    assert peaks(panel) == ["0.12500 cycles/sample 1.00 g"]
    assert panel.told.accessibleName() == "▲ No rate is known: frequencies are per sample."
    assert panel.curves.shown.read(0.125, 256, False)[:2] == [
        "0.12500 cycles/sample", "every 8.0 samples",
    ]  # fmt: skip


def test_missing_and_uneven_samples_are_told(panel: SpectrumPanel) -> None:
    values = sine(50.0)
    values[::40] = np.nan
    describe(panel.session, values)
    whole(panel)
    told = panel.told.accessibleName()
    assert told == "▲ 2.5 % of the samples are missing: filled in between."
    uneven = np.cumsum(np.random.default_rng(0).exponential(1e-3, ROWS))
    describe(panel.session, sine(50.0), uneven)
    whole(panel)
    told = panel.told.accessibleName()
    assert told.startswith("▲ Samples come unevenly, intervals vary by ")
    values[::3] = np.nan
    describe(panel.session, np.hstack([values, sine(7)]))
    panel.traces.overlay(panel.session.info)
    whole(panel)
    assert "% of c0 is missing: too much for a spectrum." in panel.told.accessibleName()
    assert peaks(panel) == ["7.00 Hz 1.00 g"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.full((ROWS, 1), 3.0), "The signal does not change here"),
        (np.full((ROWS, 1), np.nan), "Too many samples are missing here"),
        (np.zeros((9, 1)), "Too few samples in view in one piece: 9, and 16 are needed."),
    ],
)
def test_an_empty_spectrum_says_why(
    panel: SpectrumPanel, values: np.ndarray, sentence: str
) -> None:
    describe(panel.session, values, T[: len(values)])
    whole(panel)
    shown = panel.curves.shown
    assert shown.now is None and shown.sentence.startswith(sentence)
    assert panel.note.text() == "" and panel.told.isHidden()
    panel.grab()


def test_no_channel_and_no_stream(panel: SpectrumPanel) -> None:
    panel.traces.change_all(panel.session.info.channels, hidden=True)
    fresh(panel)
    assert panel.curves.shown.sentence == "No channel is ticked."
    panel.session.shown.info, panel.session.shown.history = None, None
    fresh(panel)
    assert panel.curves.shown.sentence.startswith("The spectrum stands here")
    assert panel.channel.count() == 0


def test_no_window_crosses_a_gap(panel: SpectrumPanel) -> None:
    describe(panel.session, sine(50.0)[:5000], T[:5000])
    panel.session.history.note_gap(Event("demo", 5000, 5.0, "gap"))
    feed(panel.session, sine(50.0)[:3000] + 100, T[:3000] + 5.5, 5000)
    whole(panel)
    found = panel.curves.shown.now.found
    assert [len(piece) for piece in found.pieces] == [5000, 3000]
    assert panel.curves.shown.now.measured.amplitude[0, :5].max() < 0.01


def test_only_so_much_is_looked_at(session: Session, panel: SpectrumPanel) -> None:
    n = 600_000
    describe(session, np.sin(np.arange(n) / 3.0)[:, None], np.arange(n) / 1000)
    whole(panel)
    assert sum(map(len, panel.curves.shown.now.found.pieces)) == 2**17
    assert "the newest 2 min of the view" in panel.note.text()
    describe(session, np.random.default_rng(0).random((ROWS, 20)))
    panel.traces.overlay(session.info)
    whole(panel)
    assert "8 of 20 channels" in panel.note.text()
