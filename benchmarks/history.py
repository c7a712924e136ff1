"""How fast the window's memory takes results in and gives lines back, and what a move costs.

A move is one pan or zoom step of the real signal panel over 8 x 1,000,000 points, measured and
predicted: from the key to the last pixel, the longest of which is to stay below 100 ms. Beside it,
in the same run, pyqtgraph does the same with the same arrays: 16 curves, peaks kept, cut to what
is visible. Then with 64 MB, where most of it is minima and maxima only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.params import ParamSet
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import Result, StreamInfo
from driftscope.gui import theme
from driftscope.gui.panels.signal import SignalPanel

CHANNELS, ROWS, RATE_HZ, PIXELS = 8, 1_000_000, 1000.0, 900
INFO = StreamInfo("bench", tuple("abcdefgh"), ("",) * CHANNELS, RATE_HZ)
LIMIT_MS = 100.0
SPANS_S = (0.3, 1.0, 4.0, 15.0, 60.0, 250.0, 1000.0)


def results(rows: int, block: int) -> list[Result]:
    """Return results to append again and again under new numbers."""
    rng = np.random.default_rng(0)
    made = []
    for seq in range(0, rows, block):
        values = rng.normal(size=(block, CHANNELS))
        nothing = np.zeros(block, bool)
        loss = rng.random(block)
        arrays = (values, values, values[:1], loss, {"last value": loss}, values, loss)
        made.append(Result("bench", seq, loss, *arrays, 4.0, nothing, nothing, True, 0.0))
    return made


def fill(history: History, block: int, rows: int) -> np.ndarray:
    """Append `rows` rows; return the seconds of processor time each append took."""
    made = results(64 * 64, block)
    took = []
    at = 0
    while at < rows:
        for result in made:
            for name, value in (("seq", at), ("time_s", (at + np.arange(block)) / RATE_HZ)):
                object.__setattr__(result, name, value)
            begun = time.thread_time()
            history.append(result)
            took.append(time.thread_time() - begun)
            at += block
    return np.array(took)


def moves(show: Callable[[float, float], None], start_s: float, end_s: float) -> np.ndarray:
    """Show stretches as one does who zooms in, pans back and zooms out; return what each took."""
    took = []
    for asked_s in (*SPANS_S, *SPANS_S[::-1]):
        span_s = min(asked_s, end_s - start_s)
        for back in np.linspace(0, 1, 12):
            last_s = end_s - back * (end_s - start_s - span_s)
            begun = time.perf_counter()
            show(last_s - span_s, last_s)
            took.append(1e3 * (time.perf_counter() - begun))
    return np.array(took)


def by_panel(history: History) -> np.ndarray:
    """Return what moves take in the signal panel, in ms."""
    session = SimpleNamespace(
        info=INFO, history=history, health=Health(), alarms={}, marks=[], paused=False,
        params=ParamSet(learner=LearnerParams(), detector=DetectorParams()),
    )  # fmt: skip
    panel = SignalPanel(session)
    panel.resize(PIXELS + 100, 700)
    panel.show()
    QTest.qWaitForWindowExposed(panel)
    painted: list[int] = []
    panel.after_paint.append(painted.append)

    def show(lo_s: float, hi_s: float) -> None:
        panel.view.span_s, panel.view.end_s = hi_s - lo_s, hi_s
        panel.refresh()
        panel.plot.repaint()

    took = moves(show, history.start_s, history.end_s)
    panel.close()
    assert len(painted) >= len(took) and painted[-1] >= 0, "nothing was painted"
    return took


def by_pyqtgraph(history: History) -> np.ndarray:
    """Return what the same moves take in pyqtgraph, in ms."""
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    plot.resize(PIXELS + 100, 700)
    plot.setYRange(-4, 8 * CHANNELS + 4)
    kept = history.samples(history.start_s, history.end_s, ROWS)
    for k in range(CHANNELS):
        for pen, column in (("w", kept.values[:, k]), ("c", kept.prediction[:, k])):
            curve = plot.plot(pen=pg.mkPen(pen, width=1), skipFiniteCheck=True)
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            curve.setData(kept.time_s, np.ascontiguousarray(column) + 8 * k)
    plot.show()
    QTest.qWaitForWindowExposed(plot)

    def show(lo_s: float, hi_s: float) -> None:
        plot.setXRange(lo_s, hi_s, padding=0)
        plot.viewport().repaint()

    took = moves(show, history.start_s, history.end_s)
    plot.close()
    return took


def told(took: np.ndarray) -> str:
    return f"median {np.median(took):.1f} ms, worst {took.max():.1f} ms"


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.DARK)
    print(f"history, {CHANNELS} channels")
    for block in (1, 8, 64):
        took = fill(History(INFO), block, 900_000 if block > 1 else 100_000)
        print(
            f"  append in blocks of {block:2}: {block * len(took) / took.sum():11,.0f} rows/s, "
            f"the longest {1e3 * took.max():.1f} ms of processor time (64 MiB, moved up when full)"
        )
    history, small = History(INFO, 400 * 2**20), History(INFO)
    fill(history, 64, ROWS)
    fill(small, 64, 8 * ROWS)
    print(f"  lines of {len(history):,} rows at {PIXELS} pixels:")
    end_s = history.end_s
    for rows in (100, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, ROWS):
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            found = history.lines(end_s - rows / 1000, end_s, PIXELS)
            took.append(time.perf_counter() - begun)
        print(f"    {rows:9,} rows: {1e3 * np.median(took):6.2f} ms, {len(found.time_s):,} points")
    runs = [(by_panel(history), by_panel(small), by_pyqtgraph(history)) for _ in range(3)]
    ours, coarse, theirs = (np.median(each, axis=0) for each in zip(*runs, strict=True))
    print(f"a pan or zoom step over {CHANNELS} x {len(history):,} points, measured and predicted:")
    print(f"  signal panel: {told(ours)} (goal: none over {LIMIT_MS:.0f} ms)")
    print(f"  pyqtgraph, the same curves: {told(theirs)}")
    kept = f"{len(small):,} rows and groups of {small.group_s:.2f} s"
    print(f"  signal panel, {small.total:,} rows in 64 MiB ({kept}): {told(coarse)}")


if __name__ == "__main__":
    main()
