"""Make the pictures in docs/ from the running program: `make screenshots`.

Opens the real window on this screen, lets it run on the demo and on a device made of a
pseudo-terminal, and takes pictures of it.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from driftscope.core.teaching import NameClass
from driftscope.gui import theme
from driftscope.gui.classes_area import ClassesArea
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session

DOCS = Path(__file__).resolve().parent.parent / "docs"


def wait(until: Callable[[], bool], most_s: float) -> None:
    """Run the event loop until something is true, or for so long at most."""
    end_s = time.monotonic() + most_s
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if until() or time.monotonic() > end_s else None)
    timer.start(20)
    loop.exec()


def keep(widget: QWidget, name: str) -> None:
    """Save a picture of a widget in docs/."""
    path = DOCS / f"{name}.png"
    widget.grab().save(str(path))
    print(path.relative_to(DOCS.parent))


class Board(threading.Thread):
    """Stand for a board on a wire that prints two labelled values, 100 times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self.stopped = threading.Event()

    def run(self) -> None:
        begun_s, n = time.monotonic(), 0
        os.set_blocking(self._master, False)
        while not self.stopped.wait(max(0.0, begun_s + n / 100 - time.monotonic())):
            t = n / 100
            level = 1.5 + math.sin(2 * math.pi * t / 3)
            text = f"light:{level:.3f},temperature:{21 + 0.5 * math.cos(t):.2f}\r\n"
            if n % 400 == 399:
                text += "brownout detector was triggered\r\n"
            with contextlib.suppress(BlockingIOError):  # nobody reads it yet
                os.write(self._master, text.encode())
            n += 1


def main() -> None:
    app = QApplication(sys.argv[:1])
    theme.apply(app, theme.DARK)
    session = Session()
    window = MainWindow(session)
    window.resize(1600, 1000)
    window.show()
    wait(lambda: False, 0.5)
    keep(window, "nothing-connected")
    session.connect_to("demo:")
    wait(lambda: session.health.updates > 500, 30)
    session.set_param("learner.lr", 2.0)
    wait(lambda: bool(session.alarms) and session.health.stream_s > 51.0, 120)
    keep(window, "window")
    theme.apply(app, theme.LIGHT)
    wait(lambda: False, 0.5)
    keep(window, "window-light")
    theme.apply(app, theme.DARK)
    window.resize(1024, 700)
    wait(lambda: False, 0.5)
    keep(window, "window-small")
    window.resize(1600, 1000)
    board = Board()
    board.start()
    dialog = ConnectDialog((), window)
    dialog.show()
    dialog.picker.choose(f"serial:{board.path}")
    wait(lambda: False, 2.5)
    keep(dialog, "connect")
    dialog.reject()
    session.connect_to(f"serial:{board.path}")
    wait(lambda: session.health.samples > 800, 30)
    keep(window, "device")
    board.stopped.set()
    pictures_of_a_camera(session, window)
    window.close()


def teach(session: Session, classes: ClassesArea, y: int, name: str, for_s: float) -> None:
    """Hold a class's key for a while, and name the class."""
    classes.hold(y, True)
    wait(lambda: False, for_s)
    classes.hold(y, False)
    session.ask(NameClass(y, name))
    wait(lambda: False, 0.3)


def pictures_of_a_camera(session: Session, window: MainWindow) -> None:
    """Watch the built-in workplace, teach it two classes, put the demo beside it."""
    session.connect_to("scene:?noise=0")  # noise makes large files
    classes = window.classes
    wait(lambda: session.health.stream_s > 8, 60)
    teach(session, classes, 0, "parts only", 3.0)
    wait(lambda: any(alarm.end is None for alarm in session.alarms.values()), 90)
    teach(session, classes, 1, "a spanner", 1.5)
    keep(window, "camera")
    window.resize(1440, 900)
    classes.show_page("Samples")
    wait(lambda: False, 0.6)
    keep(window, "camera-classes")
    classes.show_page("Classes")
    window.resize(1600, 1000)
    session.add_source("demo:")
    wait(lambda: session.health.updates > 500, 60)
    wait(lambda: bool(session.alarms), 90)
    wait(lambda: False, 1.0)
    keep(window, "several")


if __name__ == "__main__":
    main()
