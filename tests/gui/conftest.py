"""A session as panels see it, with nothing connected behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from driftscope.core.health import Losses
from driftscope.core.history import History
from driftscope.core.stream import Alarm, Result, StreamInfo
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    """Return a session on which three channels at 1 kHz are being learned."""
    # else the last window of one test, closing late, ends the next one's dialog and window
    qapp.setQuitOnLastWindowClosed(False)
    made = Session()
    shown = made.shown
    made.connections = {"demo": shown}
    shown.address, shown.source_name = "demo:", "demo: vibration"
    shown.info = StreamInfo("demo", ("x", "y", "z"), ("g", "g", "g"), 1000.0)
    shown.history = History(shown.info, 1_000_000)
    n = 5000
    values = np.sin(np.arange(n)[:, None] / np.array([50.0, 70.0, 90.0]))
    shown.history.append(
        Result(
            "demo", 0, np.arange(n) / 1000, values, values, None, np.full(n, 0.1),
            {"last value": np.full(n, 0.5)}, np.abs(values), np.zeros(n), 4.0,
            np.zeros(n, bool), np.zeros(n, bool), True, time.monotonic(),
        )
    )  # fmt: skip
    health = made.health
    health.link, health.state, health.rate_hz = "live", "learning", 1000.0
    health.step_rows, health.horizon, health.decision_rows = 8, 50, 1000
    health.samples, health.stream_s, health.last_time_s = n, 5.0, 5.0
    health.recent = Losses(1000, 190.0, {"last value": 1000.0})
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> Iterator[MainWindow]:
    """Return the main window of that session, on the screen."""
    made = MainWindow(session)
    made.resize(1280, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def alarm() -> Callable[..., Alarm]:
    """Return what makes an alarm of 1.2 s."""

    def make(number: int, start_s: float, end: int | None = 9) -> Alarm:
        blame = {"z": 0.9, "x": 0.1}
        return Alarm(number, "demo", 0, 1, end, start_s, start_s + 1.2, blame, 5.5)

    return make
