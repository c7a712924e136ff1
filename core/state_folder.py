"""Keep what is learned of each device in a folder, to be gone on from another day."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from driftscope.core.address import masked
from driftscope.core.autosave import Writer
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.keeper import Keeper

if TYPE_CHECKING:
    from driftscope.core.monitor import Monitor
    from driftscope.core.state_file import Copied

EVERY_S = 60.0
"""Between two copies, in wall time; what was learned for a shorter time is not kept."""
BEFORE = ".before"
"""In the name of what an earlier run left, while a later one that began anew is kept beside it."""
MOST_FILES = 40
"""The oldest ones are deleted beyond that."""


class StateFolder(Keeper):
    """Keep each device's state in a file of its own, every `EVERY_S` and when it is let go of;
    and write all of it where it is asked to be.

    `wanted` says of an address whether it is to be kept by itself; None keeps nothing so.
    """

    def __init__(self, folder: Path | None = None, wanted: Callable[[str], bool] = bool) -> None:
        self.folder = folder
        self.wanted = wanted
        self.trouble = ""
        self._began_s: dict[str, float] = {}
        self._due_s = time.monotonic() + EVERY_S
        self._writers: dict[Path, Writer] = {}
        self._asked: deque[tuple[Path, Future[Path]]] = deque()
        self._last: Copied | None = None
        """The state at the end of the run, for who asks later."""

    def save(self, path: Path) -> Future[Path]:
        """Have the state of all sources written to a file; the Future gives its path, or raises
        StateError. Any thread, also once the run has ended."""
        done: Future[Path] = Future()
        if self._last is None:
            self._asked.append((path, done))
        else:
            self._put(self._last, path, done)
        return done

    def tick(self, monitor: Monitor) -> None:
        while self._asked:
            self._answer(monitor, *self._asked.popleft())
        now_s = time.monotonic()
        for key in monitor.healths:
            self._began_s.setdefault(key, now_s)
        if now_s >= self._due_s:
            self._due_s = now_s + EVERY_S
            for key in self._began_s:
                self.leave(monitor, key)

    def leave(self, monitor: Monitor, key: str) -> None:
        if self.folder is None or not self.wanted(key):
            return
        health, now_s = monitor.healths.get(key), time.monotonic()
        lasted_s = now_s - self._began_s.get(key, now_s)
        if health is not None and health.updates and lasted_s >= EVERY_S:
            self._keep(monitor, key, self.folder)

    def end(self, monitor: Monitor) -> None:
        from driftscope.core.state_file import Copied

        for key in list(self._began_s):
            self.leave(monitor, key)
        if monitor.lanes:
            with suppress(StateError):  # told to whoever asks for it
                self._last = Copied.of(monitor)
        while self._asked:
            self._answer(monitor, *self._asked.popleft())

    def close(self) -> str:
        for writer in list(self._writers.values()):
            writer.close()
        return self.trouble

    def _answer(self, monitor: Monitor, path: Path, done: Future[Path]) -> None:
        from driftscope.core.state_file import Copied

        try:
            if not monitor.lanes:
                raise StateError("There is nothing to save yet: no sample has come.")
            copied = Copied.of(monitor)
        except DriftscopeError as error:
            done.set_exception(error)
        else:
            self._put(copied, path, done)

    def _put(self, copied: Copied, path: Path, done: Future[Path]) -> None:
        self._writers.setdefault(path, Writer(path)).put(copied, done)

    def _keep(self, monitor: Monitor, key: str, folder: Path) -> None:
        from driftscope.core.state_file import Copied

        path = file_of(folder, key)
        writer = self._writers.setdefault(path, Writer(path))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            writer.put(Copied.of(monitor, key))
            trouble = writer.trouble
        except OSError as error:
            trouble = f"What is learned cannot be kept in {folder}: {error.strerror or error}."
        except StateError as error:
            trouble = f"What is learned of {masked(key)} cannot be kept: {error}."
        if trouble and trouble != self.trouble:
            monitor.tell(trouble, key)
        self.trouble = trouble


def file_of(folder: Path, address: str) -> Path:
    """Return the file in which what was learned of a device is kept."""
    text = masked(address)
    word = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:60]
    return folder / f"{word}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.safetensors"


def set_aside(folder: Path, address: str) -> Path | None:
    """Return the file with what an earlier run learned of a device, put where a run that begins
    anew does not write over it; None if there is none."""
    path = file_of(folder, address)
    before = path.with_suffix(BEFORE + path.suffix)
    with suppress(OSError):
        if path.exists():
            os.replace(path, before)
        kept = sorted(folder.glob("*.safetensors"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    return before if before.exists() else None
