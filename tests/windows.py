"""Ways to drive the window in tests, and what flows into it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSlider, QWidget
from streams import waves

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result
from driftscope.gui.main_window import MainWindow

PATIENCE_S = 30.0
ASIDE_S = 3.0


class Seen(Sink):
    """Keep what the monitor gave out, beside the window."""

    name = "the test"

    def __init__(self) -> None:
        self.results: list[Result] = []

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            self.results.append(item)

    def close(self) -> None:
        self.results = list(self.results)


def wait_for(what: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end_s, "it did not happen in time"
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.01)  # QTest.qWait would keep Python's lock, and the monitor waiting for it


def focus(widget: QWidget) -> None:
    """Give a widget the focus for sure: without a window manager a window that has just closed
    may keep the keys for a moment."""
    activate(widget.window())

    def taken() -> bool:
        if not widget.hasFocus():
            widget.setFocus()
        return widget.hasFocus()

    wait_for(taken)


def activate(window: QWidget) -> None:
    """Make a window the active one for sure, for the same reason."""
    began_s = time.monotonic()
    forced = 0

    def active() -> bool:
        nonlocal forced
        if not window.isActiveWindow():
            if time.monotonic() - began_s > ASIDE_S * (forced + 1):
                forced += 1
                _take_keys(window)
            window.raise_()
            window.activateWindow()
        return window.isActiveWindow()

    try:
        wait_for(active)
    except AssertionError:
        now = QApplication.activeWindow(), QApplication.focusWidget()
        over = QApplication.activeModalWidget(), QApplication.activePopupWidget()
        raise AssertionError(
            f"active: {now}; over all: {over}; visible: {window.isVisible()}"
        ) from None


def _take_keys(window: QWidget) -> None:
    """Have the keys go to another window and come back: where a window has them already but Qt
    missed it, as when a popup closed in between, nothing else tells it so. Qt's own asking is
    ignored by the X server if another program has asked later; xdotool's is not."""
    program = shutil.which("xdotool")
    other = QWidget()
    other.show()
    for each in (other, window):
        if program and QApplication.platformName() == "xcb":
            subprocess.run(
                [program, "windowfocus", str(int(each.winId()))], check=False, timeout=10
            )
        else:
            each.activateWindow()
        end_s = time.monotonic() + 0.3
        while time.monotonic() < end_s:
            QApplication.processEvents()
            time.sleep(0.01)
    other.close()
    other.deleteLater()


def button(window: MainWindow, text: str) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if text in b.text())


def slider(window: MainWindow, name: str) -> QSlider:
    return next(s for s in window.findChildren(QSlider) if s.accessibleName() == name)


def lines(rows: int = 100_000, rejects_every: int = 0) -> Iterator[bytes]:
    for i, row in enumerate(waves(rows, 2)):
        yield b"%.4f,%.4f\n" % tuple(row)
        if rejects_every and i % rejects_every == rejects_every - 1:
            yield b"ets Jun  8 2016 00:22:57\n"


def batched(pieces: Iterator[bytes], n: int) -> Iterator[bytes]:
    while batch := b"".join(itertools.islice(pieces, n)):
        yield batch
