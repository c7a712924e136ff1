"""Run the real window in this process and measure it; shared by the window's benchmarks."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
# as for someone who opens it for the first time
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="driftscope-bench-")

import numpy as np
import psutil
from PySide6.QtCore import QTimer

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result


def process_age_s() -> float:
    """Return how long ago this process was started."""
    return time.time() - psutil.Process().create_time()


class Numbers(Sink):
    """Account for every line by the number it carries in its first value.

    `lag_s` compares the time a number comes out with the time its writer had it written.
    """

    name = "the line numbers"

    def __init__(self, written_s: Callable[[int], float] | None = None) -> None:
        self.seen = 0
        self.repeated = 0
        self.missing = 0
        self.unscored = 0
        self.last = -1
        self.first = -1
        self.lags: list[tuple[float, float]] = []
        self.of_seq: list[tuple[int, int]] = []
        self._written_s = written_s

    def write(self, item: Output) -> None:
        if not isinstance(item, Result):
            return
        numbers = item.values[:, 0]
        first, last = int(numbers[0]), int(numbers[-1])
        if self.first < 0:
            self.first, self.last = first, first - 1
        steps = np.diff(numbers, prepend=self.last)
        self.missing += int((steps[steps > 1] - 1).sum())
        self.repeated += int((steps < 1).sum())
        self.seen += len(numbers)
        self.last = last
        if not item.scored:
            self.unscored += len(numbers)
        self.of_seq.append((item.seq + len(item) - 1, last))
        if self._written_s is not None:
            now_s = time.monotonic()
            self.lags.append((now_s, now_s - self._written_s(last)))

    def close(self) -> None:
        """Keep the figures."""


class Pauses:
    """Measure the longest pause of the GUI's event loop, by a timer that wants to run all the
    time. `since` forgets what was before."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last_s = time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def since(self) -> float:
        """Return the longest pause so far in ms, and begin anew."""
        longest, self.longest_ms = self.longest_ms, 0.0
        return longest

    def _beat(self) -> None:
        now_s = time.monotonic()
        self.longest_ms = max(self.longest_ms, 1e3 * (now_s - self._last_s))
        self._last_s = now_s


def open_window(size: tuple[int, int], sinks: list[Sink]) -> tuple[Any, Any, Any]:
    """Build the application as the command does; return (app, session, window), shown."""
    from PySide6.QtWidgets import QApplication

    from driftscope.gui import theme
    from driftscope.gui.main_window import MainWindow
    from driftscope.gui.preferences import THEME, Preferences
    from driftscope.gui.session import Session

    sys.setswitchinterval(0.001)
    app = QApplication.instance() or QApplication(["driftscope"])
    preferences = Preferences()
    theme.follow(app, preferences.text(THEME))
    session = Session()
    session.sinks.extend(sinks)
    window = MainWindow(session, preferences)
    window.resize(*size)
    window.show()
    return app, session, window


def wait(app: Any, until: Callable[[], bool], timeout_s: float) -> bool:
    """Run the event loop until something is true; return False if it never was."""
    from PySide6.QtCore import QEventLoop

    ends_s = time.monotonic() + timeout_s
    loop = QEventLoop()
    check = QTimer()
    check.timeout.connect(lambda: loop.quit() if until() or time.monotonic() > ends_s else None)
    check.start(20)
    loop.exec()
    return until()
