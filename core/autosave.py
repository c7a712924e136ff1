"""Keep a run's state in a file while it runs: now and then, and at the end."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from driftscope.core.errors import StateError
from driftscope.core.keeper import Keeper

if TYPE_CHECKING:
    from driftscope.core.monitor import Monitor
    from driftscope.core.state_file import Copied, Saved

EVERY_S = 30.0
"""Between two copies, in wall time."""
PATIENCE_S = 10.0
"""How long a disk may take for the last one."""


class Writer:
    """Write copies of states to one file in a thread of its own, the newest one last.

    `trouble` says why the last one could not be written, "" if it was; `nbytes` is its size.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""
        self.nbytes = 0
        self._waiting: tuple[Copied, Future[Path] | None] | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def put(self, copied: Copied, done: Future[Path] | None = None) -> None:
        """Have a copy written, in the place of one that still waits to be; `done` gives the path,
        or the error. Any thread."""
        with self._lock:
            if self._waiting is not None and self._waiting[1] is not None:
                self._waiting[1].set_exception(StateError("A newer state was saved instead."))
            self._waiting = copied, done
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="state to a file")
                self._thread.start()

    def close(self) -> None:
        """Wait until what was given is written."""
        thread = self._thread
        if thread is not None:
            thread.join(PATIENCE_S)

    def _work(self) -> None:
        while True:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                if waiting is None:
                    self._thread = None
                    return
            copied, done = waiting
            try:
                self.nbytes, self.trouble = copied.write(self.path), ""
            except Exception as error:  # whoever waits for it must be told, whatever it is
                self.trouble = str(error)
                if done is not None:
                    done.set_exception(error)
            else:
                if done is not None:
                    done.set_result(self.path)


class Autosave(Keeper):
    """Keep the state of all sources in one file, every `every_s` of wall time and at the end.

    Where that fails it is told once, the run goes on, and the last whole file stays.
    """

    def __init__(self, path: Path, every_s: float = EVERY_S) -> None:
        self._writer = Writer(path)
        self._every_s = every_s
        self._due_s = time.monotonic() + every_s
        self._told = ""

    def tick(self, monitor: Monitor) -> None:
        trouble = self._writer.trouble
        if trouble != self._told:
            self._told = trouble
            monitor.tell(trouble or f"The state is written to {self._writer.path} again.")
        if time.monotonic() >= self._due_s and not self._writer.busy:
            self._due_s = time.monotonic() + self._every_s
            self._keep(monitor)

    def end(self, monitor: Monitor) -> None:
        self._keep(monitor)

    def close(self) -> str:
        self._writer.close()
        return self._writer.trouble

    def _keep(self, monitor: Monitor) -> None:
        """Take a copy, once there is a stream of which anything could have been learned."""
        from driftscope.core.state_file import Copied

        if not monitor.lanes:
            return
        try:
            copied = Copied.of(monitor)
        except StateError as error:  # of a learner from elsewhere
            self._writer.trouble = f"The state cannot be kept: {error}."
        else:
            self._writer.put(copied)


def begin(state: str | None) -> Saved | None:
    """Return what is in the state file that the command line names, None if there is none yet;
    say at once if it cannot be written. Raise StateError."""
    if state is None:
        return None
    trouble = check(Path(state))
    if trouble:
        print(f"driftscope: {trouble}", file=sys.stderr)
    if not Path(state).exists():
        return None
    from driftscope.core import state_file

    return state_file.read(Path(state))


def check(path: Path) -> str:
    """Return why no state could be written there now, "" if it could; raise StateError if it
    never can."""
    if path.is_dir():
        raise StateError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
        raise StateError(f"There is no folder {path.parent} for {path.name}: make it first.")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb"):
            pass
        part.unlink()
    except OSError as error:
        return (
            f"The state cannot be written to {path}: {error.strerror or error}. What is learned "
            "now will be lost at the end, unless that is mended."
        )
    return ""
