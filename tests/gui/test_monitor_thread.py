"""The thread that learns beside the window, and what the binding to Qt must not do."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from streams import Listed, waves

from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Output, Result
from driftscope.gui.monitor_thread import MonitorThread


class InThread(Sink):
    """Look at torch's thread setting from the thread that learns."""

    name = "the test"

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and len(item) == 64:
            import torch

            self.threads.add(torch.get_num_threads())

    def close(self) -> None: ...


def test_the_learning_thread_uses_one_torch_thread(qapp: QApplication) -> None:
    seen = InThread()
    params = default_params()
    params.set("learner.step_rows", 64)
    thread = MonitorThread(Monitor({"d": (Listed(waves(640)), params)}, [seen]))
    thread.start()
    assert thread.wait(30_000)
    assert seen.threads == {1}


def test_a_fault_of_ours_is_a_sentence_and_not_the_end(qapp: QApplication, capfd: object) -> None:
    class Faulty(Listed):
        def open(self) -> None:
            raise RuntimeError("by design")

    told: list[str] = []
    thread = MonitorThread(Monitor({"d": (Faulty(waves(10)), default_params())}, []))
    thread.failed.connect(told.append)
    thread.start()
    assert thread.wait(30_000)
    QTest.qWait(50)
    assert len(told) == 1 and "by design" in told[0]


def test_repainting_loses_no_reference_to_none(qapp: QApplication) -> None:
    """PySide6 6.12.0 lost one for each call, and aborted the program after some thousands."""
    label = QLabel()
    label.show()
    before = sys.getrefcount(None)
    for i in range(1000):
        label.setText(str(i))
        label.repaint()
    assert sys.getrefcount(None) > before - 500
    label.close()


def test_importing_the_window_takes_no_torch() -> None:
    code = "import sys, driftscope.gui.main_window; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_results_are_those_of_a_run_without_a_window(qapp: QApplication) -> None:
    from streams import Kept, run, same

    kept = Kept()
    thread = MonitorThread(Monitor({"d": (Listed(waves(300)), default_params())}, [kept]))
    thread.start()
    assert thread.wait(30_000)
    assert same(kept.table(), run(Listed(waves(300))).table())
    assert np.isfinite(kept.column("prediction")).any()
