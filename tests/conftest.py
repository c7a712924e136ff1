"""What holds for every test: one torch thread, fixed seeds, a screen, and nothing left alive."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything imports torch or Qt. More threads are many times slower on small models.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What the window remembers from one start to the next must not be the developer's own.
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="driftscope-tests-")
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="driftscope-tests-")
if "QT_QPA_PLATFORM" not in os.environ and sys.platform.startswith("linux"):
    os.environ["QT_QPA_PLATFORM"] = "xcb" if shutil.which("Xvfb") else "offscreen"

import hypothesis
import numpy as np
import pytest

# The same examples each time, so that red means something changed; HYPOTHESIS_PROFILE=explore
# looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("explore", max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

GRACE_S = 10.0
"""How long a thread or timer may take to end after its test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have a test of the real window, if it failed, run once more: whom the screen gives the keys
    to, and when, is not ours alone. It is listed as RERUN; what fails twice is red."""
    for item in items:
        if {"gui", "e2e"} & set(item.path.parts):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `needs("socat", ...)` where a program is missing, and say so."""
    for mark in item.iter_markers("needs"):
        absent = [name for name in mark.args if shutil.which(name) is None]
        if absent:
            pytest.skip(f"needs {', '.join(absent)}: `make setup` and `make test` say how")


@pytest.fixture
def data_dir() -> Path:
    """Return the folder of public recordings that DRIFTSCOPE_DATA names; skip without one."""
    folder = os.environ.get("DRIFTSCOPE_DATA")
    if not folder:
        pytest.skip("DRIFTSCOPE_DATA names no folder of recordings")
    return Path(folder)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Let no test find what a window of an earlier one remembered."""
    yield
    module = sys.modules.get("driftscope.gui.preferences")
    if module is not None:
        module.Preferences().forget()


@pytest.fixture(autouse=True)
def _nothing_left_alive() -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a window behind, and name it."""
    random.seed(0)
    np.random.seed(0)
    _settle_torch()
    before = _alive()
    yield
    left = _left(before)
    end_s = time.monotonic() + GRACE_S
    while left and time.monotonic() < end_s:
        _let_qt_work()
        time.sleep(0.01)
        left = _left(before)
    if left:
        pytest.fail("the test left alive:\n" + "\n".join(f"  {what}" for what in left), False)


def _settle_torch() -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(0)
        if torch.get_num_threads() != 1:
            torch.set_num_threads(1)


def _left(before: dict[int, Any]) -> list[str]:
    return [_name(thing) for key, thing in _alive().items() if key not in before]


def _alive() -> dict[int, Any]:
    """Return by identity every thread, active QTimer, running animation and open window.

    The things themselves are held, so that no identity can be given to another one.
    """
    found: list[Any] = [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and _really_runs(thread)
    ]
    return {id(thing): thing for thing in found + _alive_in_qt()}


def _really_runs(thread: threading.Thread) -> bool:
    """Say whether a thread exists. Python 3.11 lists a QThread that once ran Python for ever."""
    if isinstance(thread, threading._DummyThread) and Path("/proc/self/task").exists():
        return Path(f"/proc/self/task/{thread.native_id}").exists()
    return thread.is_alive()


def _alive_in_qt() -> list[Any]:
    core, widgets = sys.modules.get("PySide6.QtCore"), sys.modules.get("PySide6.QtWidgets")
    if core is None:
        return []
    import shiboken6

    app = core.QCoreApplication.instance()
    found = []
    for thing in shiboken6.getAllValidWrappers():
        if isinstance(thing, core.QThread):
            if thing.isRunning() and (app is None or thing is not app.thread()):
                found.append(thing)
        elif isinstance(thing, core.QTimer):
            if thing.isActive():
                found.append(thing)
        elif isinstance(thing, core.QAbstractAnimation):
            if thing.state() == core.QAbstractAnimation.State.Running:
                found.append(thing)
        elif widgets and isinstance(thing, widgets.QWidget) and thing.isWindow():
            found += [thing] if thing.isVisible() else []
    return found


def _let_qt_work() -> None:
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        core.QCoreApplication.processEvents()


def _name(thing: Any) -> str:
    """Say what a leftover is, and where its thread stands or who owns its timer."""
    if isinstance(thing, threading.Thread):
        frame = sys._current_frames().get(thing.ident or 0)
        where = f", now at {frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""
        return f"thread {thing.name!r}{where}"
    kind, name = type(thing).__name__, thing.objectName()
    text = f"{kind} {name!r}" if name else kind
    if hasattr(thing, "interval"):
        text += f" of {thing.interval()} ms"
    owner = thing.parent()
    return f"{text} of {type(owner).__name__}" if owner is not None else text
