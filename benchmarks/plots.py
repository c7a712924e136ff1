"""What one frame of the three plot panels costs: 8 channels, measured and predicted.

Beside it, measured in the same run: a repaint of the same curves by pyqtgraph, without its axes
and without the other two panels.
"""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.params import ParamSet
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import Result, StreamInfo
from driftscope.gui import theme
from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel

CHANNELS, RATE_HZ, ROWS, FRAMES = 8, 1000.0, 16, 300


def result(seq: int) -> Result:
    """Return the next rows of noisy sines."""
    i = np.arange(seq, seq + ROWS)
    sine = np.sin(i[:, None] / 300 + np.arange(CHANNELS))
    rng = np.random.default_rng(seq)
    values = sine + 0.05 * rng.normal(size=sine.shape)
    loss = 0.1 + 0.01 * rng.random(ROWS)
    arrays = (values, sine, sine[:8], loss, {"last value": 3 * loss}, values, 10 * loss)
    off = np.zeros(ROWS, bool)
    return Result("bench", seq, i / RATE_HZ, *arrays, 4.0, off, off, True, 0.0)


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.DARK)
    info = StreamInfo("bench", tuple("abcdefgh"), ("g",) * CHANNELS, RATE_HZ)
    session = SimpleNamespace(
        info=info, history=History(info), health=Health(), alarms={}, marks=[], paused=False,
        params=ParamSet(learner=LearnerParams(), detector=DetectorParams()),
    )  # fmt: skip
    signal = SignalPanel(session)
    panels = [signal, ScorePanel(session, signal.view), LossPanel(session)]
    window = QWidget()
    rows = QVBoxLayout(window)
    for panel, part in zip(panels, (58, 21, 27), strict=True):
        rows.addWidget(panel, part)
    window.resize(1000, 900)
    window.show()
    QTest.qWaitForWindowExposed(window)
    seq = 0
    for _ in range(400):
        session.history.append(result(seq))
        seq += ROWS
    app.processEvents()
    for span_s in (0.5, 4.0, 6.0):
        signal.view.zoom(span_s / signal.view.span_s)
        took = []
        for _ in range(FRAMES):
            session.history.append(result(seq))
            seq += ROWS
            begun_s = time.thread_time()
            for panel in panels:
                panel.refresh()
                panel.plot.repaint()
            took.append(1e3 * (time.thread_time() - begun_s))
        p50, p99 = np.percentile(took, [50, 99])
        print(
            f"plots, {CHANNELS} channels, {signal.plot.area().width():.0f} pixels, {span_s} s: "
            f"a frame of all three panels takes {p50:.1f} ms of processor time (p99 {p99:.1f})"
        )
    area = signal.plot.area()
    p50, p99 = by_pyqtgraph(session.history, int(area.width()), int(area.height()))
    print(f"pyqtgraph, the curves of the signal panel alone, 4.0 s: {p50:.1f} ms (p99 {p99:.1f})")


def by_pyqtgraph(history: History, width: int, height: int) -> tuple[float, float]:
    """Return median and 99th percentile, in ms, of setting and painting 4 s of the same curves."""
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    plot.hideAxis("left")
    plot.hideAxis("bottom")
    plot.resize(width, height)
    plot.setYRange(-1.5, 1.5 + 3 * CHANNELS)
    pens = [pg.mkPen("w", width=1), pg.mkPen("c", width=1)]
    curves = [plot.plot(pen=pens[i % 2], skipFiniteCheck=True) for i in range(2 * CHANNELS)]
    plot.show()
    QTest.qWaitForWindowExposed(plot)
    took = []
    for i in range(FRAMES):
        end_s = history.end_s - 0.001 * (i % 50)
        lines = history.lines(end_s - 4.0, end_s, width)
        begun_s = time.thread_time()
        for k, curve in enumerate(curves):
            measured = (lines.values, lines.prediction)[k % 2]
            curve.setData(lines.time_s - end_s, measured[:, k // 2] + 3 * (k // 2))
        plot.viewport().repaint()
        took.append(1e3 * (time.thread_time() - begun_s))
    plot.close()
    return tuple(np.percentile(took, [50, 99]))


if __name__ == "__main__":
    main()
