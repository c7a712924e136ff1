"""What is kept of the signal: the log that is being written, and exports of what is remembered."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from driftscope.core.commands import Attach, Detach
from driftscope.core.errors import DriftscopeError
from driftscope.core.export import history as exports
from driftscope.core.sinks.csv_log import CsvLog
from driftscope.gui import words
from driftscope.gui.actions import Actions
from driftscope.gui.asking import ask_where
from driftscope.gui.session import Session
from driftscope.gui.time_view import TimeView

LOG_KINDS = "CSV (*.csv)"
PATIENCE_S = 2.0
"""How long an export may take to stop when the window closes."""
TELL_S = 1.0


class Keeping(QObject):
    """Log to a file while it runs, and export what is remembered. GUI thread only.

    `told` says how it went, `changed` that the log has begun or ended.
    """

    told = Signal(str)
    changed = Signal()

    def __init__(self, session: Session, view: TimeView, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.view = view
        self.log: CsvLog | None = None
        """The log that is being written, None if none is."""
        self.proposed = ""
        """The name a profile has for a log; nothing is written there until it is asked for."""
        self._over = parent
        self._ending: list[CsvLog] = []
        """Those that were told to end, and may have rows to write."""
        self._worker: threading.Thread | None = None
        self._stop = threading.Event()

    def offer(self, actions: Actions) -> None:
        """Say what can be done."""
        something = lambda: bool(self.session.history)  # noqa: E731  used twice
        actions.add(
            "File", "Log to CSV…", self.turn_log, "Ctrl+G",
            "Write each sample with its prediction, score and alarms to a file from now on",
            on=lambda: self.log is not None,
            when=lambda: self.log is not None or self.session.running,
        )  # fmt: skip
        actions.add(
            "File", "Export all that is kept…", self.export_all, "Ctrl+E",
            "Write the samples that the window remembers to a file", when=something,
        )  # fmt: skip
        actions.add(
            "File", "Export what is shown…", self.export_shown, "Ctrl+Shift+E",
            "Write the stretch of time that the plots show to a file", when=something,
        )  # fmt: skip
        actions.gap("File")

    def refresh(self) -> None:
        """Notice that a log has ended without being asked to: its source has, or it failed."""
        for ended in [each for each in self._ending if each.closed]:
            self._ending.remove(ended)
            why = f"off: {ended.trouble}" if ended.trouble else f"complete: {written(ended)}"
            self.told.emit(f"The log is {why}.")
        log = self.log
        if log is not None and log.closed:
            self._forget()
            why = log.trouble or f"it ended with its source; {written(log)}"
            self.told.emit(f"The log is off: {why}.")

    def text(self) -> str:
        """Return how long the log is and how large, "" if there is none."""
        log = self.log
        if log is None:
            return ""
        return f"log {words.duration(time.monotonic() - log.began_s)}, {size(log.nbytes)}"

    def turn_log(self) -> None:
        """Begin a log, or end the one there is."""
        if self.log is not None:
            self.end_log()
        elif self.session.running:
            now = datetime.now().strftime("%Y-%m-%d %H%M%S")
            asked = ask_where(
                self._over, "Log to CSV", self.proposed or f"log {now}.csv", LOG_KINDS
            )
            if asked is not None:
                self.begin_log(asked[0])
        else:
            self.told.emit("There is nothing to log yet: connect a source first (Ctrl+O).")
        self.changed.emit()

    def begin_log(self, path: Path) -> None:
        """Write what comes from now on to a file."""
        try:
            self.log = CsvLog(path)
        except DriftscopeError as error:
            self.told.emit(str(error))
            return
        self.proposed = str(path)
        self.session.send(Attach(self.log))
        self.told.emit(f"What comes from now on is logged to {path}.")
        self.changed.emit()

    def end_log(self) -> None:
        """Have the log end with the last row that came."""
        log = self.log
        if log is None:
            return
        self._ending.append(log)
        self._forget()
        self.session.send(Detach(log))

    def export_all(self) -> None:
        """Ask where to, and write every row that is remembered."""
        self._export("Export all that is kept", -math.inf, math.inf)

    def export_shown(self) -> None:
        """Ask where to, and write the rows that the plots show."""
        self._export("Export what is shown", self.view.lo_s, self.view.hi_s)

    def close(self) -> None:
        """Let an export stop; the log ends with the Monitor."""
        self._stop.set()
        if self._worker is not None:
            self._worker.join(PATIENCE_S)

    def _export(self, title: str, lo_s: float, hi_s: float) -> None:
        history, info = self.session.history, self.session.info
        if history is None or info is None or not len(history):
            self.told.emit("There is nothing to export yet: no sample has come.")
            return
        if self._worker is not None and self._worker.is_alive():
            self.told.emit("One export is still being written: wait for its end.")
            return
        kinds = {f"{kind} (*{exports.SUFFIXES[kind]})": kind for kind in exports.kinds()}
        now = datetime.now().strftime("%Y-%m-%d %H%M%S")
        asked = ask_where(self._over, title, f"export {now}.csv", ";;".join(kinds))
        if asked is None:
            return
        path, kind = asked[0], kinds.get(asked[1], exports.CSV)
        table = exports.snapshot(history, lo_s, hi_s)

        def work() -> None:
            try:
                text = exports.write(
                    path, table, info, kind, progress=Progress(path.name, self.told.emit),
                    stop=self._stop,
                )  # fmt: skip
            except DriftscopeError as error:
                text = str(error)
            if not self._stop.is_set():
                self.told.emit(text)

        self._worker = threading.Thread(target=work, name="export", daemon=True)
        self._worker.start()

    def _forget(self) -> None:
        self.log = None
        self.changed.emit()


class Progress:
    """Tell how far an export has come, once a second; called by whoever writes it."""

    def __init__(self, name: str, tell: Callable[[str], object]) -> None:
        self._name, self._tell = name, tell
        self._told_s = time.monotonic()

    def __call__(self, share: float) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_S:
            self._told_s = now_s
            self._tell(f"{self._name} is being written: {share:.0%}.")


def written(log: CsvLog) -> str:
    """Return what a log holds and where."""
    more = len(log.files) - 1
    where = f"{log.path}" + (f" and {words.plural(more, 'file')} beside it" if more else "")
    return f"{words.plural(log.rows, 'row')}, {size(log.nbytes)}, in {where}"


def size(nbytes: int) -> str:
    """Return how large a file is: '812 bytes', '12 kB', '1.2 MB', '3.1 GB'."""
    if nbytes < 1000:
        return words.plural(nbytes, "byte")
    for unit, much in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if nbytes < 999.5 * much or unit == "GB":
            break
    count = nbytes / much
    return f"{count:.1f} {unit}" if count < 9.95 and unit != "kB" else f"{count:,.0f} {unit}"
