"""Signals for the spectrum panel, and ways to draw it in tests."""

from __future__ import annotations

import time

import numpy as np

from driftscope.core.history import History
from driftscope.core.stream import Result, StreamInfo
from driftscope.gui.panels.spectrum import SpectrumPanel
from driftscope.gui.session import Session

ROWS = 8192
T = np.arange(ROWS) / 1000.0


def describe(session: Session, values: np.ndarray, times: np.ndarray = T, **info: object) -> None:
    """Have the stream hold these values (n, C), half of which was predicted."""
    names = tuple(f"c{k}" for k in range(values.shape[1]))
    session.shown.info = StreamInfo("demo", names, ("g",) * len(names), 1000.0, **info)
    session.shown.history = History(session.info, 64_000_000)
    feed(session, values, times)


def feed(session: Session, values: np.ndarray, times: np.ndarray, seq: int = 0) -> None:
    n, no = len(values), np.zeros(len(values), bool)
    session.history.append(
        Result(
            "demo", seq, times, values, values / 2, None, np.zeros(n), {}, values, np.zeros(n), 4.0,
            no, no, True, time.monotonic(),
        )
    )  # fmt: skip


def sine(frequency_hz: float, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency_hz * T)[:, None]


def whole(panel: SpectrumPanel) -> None:
    """Show all there is, and draw it."""
    view, history = panel.curves.shown.view, panel.session.history
    view.update(history, False)
    view._chosen, view.span_s = True, history.end_s - history.start_s + 0.001
    fresh(panel)


def fresh(panel: SpectrumPanel) -> None:
    panel.curves.shown._due_s = 0.0
    panel.refresh()
    panel.curves.repaint()


def choose(box, text: str) -> None:
    place = next(k for k in range(box.count()) if text in box.itemText(k))
    box.setCurrentIndex(place)
    box.activated.emit(place)
