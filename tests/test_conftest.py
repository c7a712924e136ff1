"""The check for leftovers is worth nothing if it cannot fail: here it must."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import threading, time
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

held = []

def test_thread():
    threading.Thread(target=time.sleep, args=(30,), name="left behind", daemon=True).start()

def test_ended_thread():
    thread = threading.Thread(target=time.sleep, args=(0.1,))
    thread.start()

class Worker(QThread):
    def run(self):
        time.sleep(5)

def test_qthread(qapp):
    held.append(Worker())
    held[-1].setObjectName("worker behind")
    held[-1].start()

def test_ended_qthread(qapp):
    class Short(QThread):
        def run(self):
            threading.current_thread()

    thread = Short()
    thread.start()
    assert thread.wait(5000)

def test_timer(qapp):
    timer = QTimer(qapp)
    timer.setObjectName("tick")
    timer.start(54321)

def test_stopped_timer(qapp):
    timer = QTimer(qapp)
    timer.start(10)
    timer.stop()

def test_window(qapp):
    held.append(QWidget())
    held[-1].setObjectName("window behind")
    held[-1].show()

def test_closed_window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
"""


def test_names_what_a_test_leaves_alive(tmp_path: Path) -> None:
    rules = Path(__file__).with_name("conftest.py").read_text()
    assert "GRACE_S = 10.0" in rules
    (tmp_path / "conftest.py").write_text(rules.replace("GRACE_S = 10.0", "GRACE_S = 0.3"))
    (tmp_path / "test_leaves.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nqt_api = pyside6\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--no-xvfb", "-p", "no:cacheprovider", "-rA", "."],
        cwd=tmp_path,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    for name in ("thread", "qthread", "timer", "window"):
        assert f"ERROR test_leaves.py::test_{name} -" in ran.stdout, ran.stdout
    for what in ("'left behind'", "'worker behind'", "'tick' of 54321 ms", "'window behind'"):
        assert what in ran.stdout
    assert "8 passed, 4 errors" in ran.stdout, ran.stdout
