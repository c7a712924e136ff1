"""Make the pictures in docs/ from the running program: `make screenshots`.

Opens the real window on this screen, lets it run on the demos, on a device made of a
pseudo-terminal and on a workplace under a camera, and takes pictures of it: those of the guide,
and one of each state and dialog, to be looked at.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
# what the user's own window remembers is none of this one's business
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="driftscope-screenshots-")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from driftscope.core.teaching import NameClass
from driftscope.gui import theme
from driftscope.gui.classes_area import ClassesArea
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.keys import Keys
from driftscope.gui.main_window import MainWindow
from driftscope.gui.palette import Palette
from driftscope.gui.preferences import LAST_SOURCE
from driftscope.gui.session import Session

DOCS = Path(__file__).resolve().parent.parent / "docs"
STATES = "states"
"""The folder in docs/ of those pictures that no page shows."""


def wait(until: Callable[[], bool], most_s: float) -> None:
    """Run the event loop until something is true, or for so long at most."""
    end_s = time.monotonic() + most_s
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if until() or time.monotonic() > end_s else None)
    timer.start(20)
    loop.exec()


def rest(for_s: float = 0.5) -> None:
    """Let the window draw for a while."""
    wait(lambda: False, for_s)


def keep(widget: QWidget, name: str) -> None:
    """Save a picture of a widget in docs/."""
    path = DOCS / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    widget.grab().save(str(path))
    print(f"{path.relative_to(DOCS.parent)}  {time.monotonic() - BEGUN_S:.0f} s", flush=True)


BEGUN_S = time.monotonic()


class Board(threading.Thread):
    """Stand for a board on a wire that prints two labelled values, 100 times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self.stopped = threading.Event()
        os.close(slave)

    def run(self) -> None:
        begun_s, n = time.monotonic(), 0
        os.set_blocking(self._master, False)
        while not self.stopped.wait(max(0.0, begun_s + n / 100 - time.monotonic())):
            t = n / 100
            level = 1.5 + math.sin(2 * math.pi * t / 3)
            text = f"light:{level:.3f},temperature:{21 + 0.5 * math.cos(t):.2f}\r\n"
            if n % 400 == 399:
                text += "brownout detector was triggered\r\n"
            with contextlib.suppress(OSError):  # nobody reads it yet
                os.write(self._master, text.encode())
            n += 1
        os.close(self._master)


class Pictures:
    """Drive one window through its states, and keep a picture of each."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.session = Session()
        self.window = MainWindow(self.session)
        self.window.resize(1600, 1000)
        self.window.show()

    def do(self, text: str) -> None:
        """Do what is called so in a menu."""
        next(each for each in self.window.can_do.all() if each.text() == text).trigger()

    def states(self) -> None:
        """Nothing connected; what is shown over the window; where the panels may stand."""
        window, session = self.window, self.session
        rest()
        keep(window, "nothing-connected")
        window.preferences.set(LAST_SOURCE, "serial:/dev/ttyACM0")
        window.refresh()
        rest()
        keep(window, f"{STATES}/nothing-connected-last")
        window.preferences.set(LAST_SOURCE, "")
        window.habits.hint.dismiss()
        session.connect_to("demo:")
        wait(lambda: session.health.updates > 500, 30)
        session.set_param("learner.lr", 2.0)
        self.over_the_window()
        rest(4.0)  # till there is some loss to be seen
        panels = window.panels
        panels.tabifyDockWidget(panels.docks["score"], panels.docks["loss"])
        panels.show_panel("spectrum", True)
        panels.show_panel("console", False)
        rest(1.0)
        keep(window, f"{STATES}/panels-moved")
        self.do("Reset layout")

    def over_the_window(self) -> None:
        """The palette and the list of keys, which are windows of their own."""
        for text, kind in (("Do anything…", Palette), ("Keys", Keys)):
            self.do(text)
            rest(0.3)
            popup = self.window.findChild(kind)
            keep(popup, f"{STATES}/{kind.__name__.lower()}")
            popup.close()

    def demo(self) -> None:
        """The demo with its first alarm, in every look and size; measured; gone back in time."""
        window, session = self.window, self.session
        wait(lambda: bool(session.alarms) and session.health.stream_s > 51.0, 120)
        keep(window, "window")
        window.habits.choose_theme("light")
        rest()
        keep(window, "window-light")
        window.resize(1024, 700)
        rest()
        keep(window, f"{STATES}/small-light")
        window.habits.choose_theme("dark")
        rest()
        keep(window, "window-small")
        window.resize(3840, 2160)
        rest(1.5)
        keep(window, f"{STATES}/large")
        window.resize(1600, 1000)
        self.measured()
        session.pause(True)
        rest()
        keep(window, f"{STATES}/paused")
        session.pause(False)
        alarm = next(iter(session.alarms.values()))
        window.panels.view.show(alarm.start_s, alarm.end_s)
        rest()
        keep(window, f"{STATES}/history")
        self.do("Back to now")

    def measured(self) -> None:
        """All channels in one plot, a measurement from A to B, the statistics; the spectrum."""
        window, session = self.window, self.session
        self.do("Overlay all channels")
        cursor, view, history = (
            window.signal.panel.lanes.view.cursor,
            window.panels.view,
            session.history,
        )
        assert history is not None
        session.pause(True)
        self.do("Cursor")
        for mark, share in (("Mark A", 0.3), ("Mark B", 0.7)):
            cursor.point(history, view.lo_s + share * (view.hi_s - view.lo_s))
            self.do(mark)
        self.do("Statistics of the view")
        rest()
        keep(window, "measure")
        for text in ("Statistics of the view", "Clear marks", "Cursor", "Overlay all channels"):
            self.do(text)
        session.pause(False)
        window.panels.show_panel("spectrum", True)
        rest(1.5)
        keep(window, "spectrum")
        window.panels.reset()

    def scenes(self) -> None:
        """The other demos, played fast up to what each is about."""
        for name, speed, until_s in (("temperature", 10, 100.0), ("ecg", 4, 62.0)):
            self.session.connect_to(f"demo:{name}?speed={speed}")
            wait(lambda: self.session.health.stream_s > 5, 20)
            wait(lambda end_s=until_s: self.session.health.stream_s > end_s, 40)
            keep(self.window, f"{STATES}/demo-{name}")
        self.session.connect_to("demo:stress")
        wait(lambda: self.session.health.updates > 500, 20)
        rest(3.0)
        keep(self.window, f"{STATES}/demo-stress")

    def device(self) -> None:
        """The connect dialog, a board with its console, and what is told when it is pulled out."""
        board = Board()
        board.start()
        window, session = self.window, self.session
        for name, look in ((f"{STATES}/connect-light", "light"), ("connect", "dark")):
            window.habits.choose_theme(look)
            dialog = ConnectDialog((), window, recent=["run.csv"])
            dialog.show()
            dialog.picker.choose(f"serial:{board.path}")
            rest(2.5)
            keep(dialog, name)
            dialog.reject()
        session.connect_to("serial:/dev/ttyNOTHING")
        wait(lambda: session.health.link == "failed", 10)
        rest()
        keep(window, f"{STATES}/failed")
        session.connect_to(f"serial:{board.path}")
        wait(lambda: session.health.samples > 800, 30)
        keep(window, "device")
        board.stopped.set()
        wait(lambda: session.health.link == "lost", 10)
        rest(2.0)
        keep(window, f"{STATES}/link-lost")

    def camera(self) -> None:
        """Watch the built-in workplace, teach it two classes, put the demo beside it."""
        window, session, classes = self.window, self.session, self.window.classes
        session.connect_to("scene:?noise=0")  # noise makes large files
        wait(lambda: session.pictures and session.health.stream_s > 8, 60)
        self.teach(classes, 0, "parts only", 3.0)
        wait(lambda: any(alarm.end is None for alarm in session.alarms.values()), 90)
        self.teach(classes, 1, "a spanner", 1.5)
        keep(window, "camera")
        window.resize(1440, 900)
        classes.show_page("Samples")
        rest()
        keep(window, "camera-classes")
        classes.show_page("Classes")
        window.resize(1600, 1000)
        session.add_source("demo:")
        wait(lambda: session.health.updates > 500, 60)
        rest(3.0)
        keep(window, "several")

    def teach(self, classes: ClassesArea, y: int, name: str, for_s: float) -> None:
        """Hold a class's key for a while, and name the class."""
        classes.hold(y, True)
        rest(for_s)
        classes.hold(y, False)
        self.session.ask(NameClass(y, name))
        rest(0.3)


def main() -> None:
    """Take all pictures, or those of the parts that are named: states demo scenes device camera."""
    app = QApplication(sys.argv[:1])
    theme.follow(app, "dark")
    pictures = Pictures(app)
    parts = ("states", "demo", "scenes", "device", "camera")
    for part in sys.argv[1:] or parts:
        getattr(pictures, part)()
    pictures.window.close()


if __name__ == "__main__":
    main()
