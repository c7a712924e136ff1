"""Opening the window: what must be right before Qt is asked for one."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from driftscope.gui import app


def test_a_clashing_opencv_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "why_no_window", lambda: None)
    monkeypatch.setattr(app, "wrong_wheel", lambda: "opencv-python clashes: uninstall it.")
    assert app.run(["demo:"], []) == 2
    assert capsys.readouterr().err == "driftscope: opencv-python clashes: uninstall it.\n"


def test_a_source_that_is_named_twice_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "why_no_window", lambda: None)
    assert app.run(["demo:", "scene:", "demo:"], []) == 2
    assert "demo: is named twice" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGTERM") or sys.platform == "win32", reason="POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_window_that_is_told_to_end_closes_as_by_hand(name: str) -> None:
    code = (
        "from driftscope.gui import main_window as m\n"
        "shown = m.MainWindow.showEvent\n"
        "from PySide6.QtCore import QTimer\n"
        "def show(*given):\n"
        "    shown(*given)\n"
        "    QTimer.singleShot(0, lambda: print('shown', flush=True))  # once it runs\n"
        "m.MainWindow.showEvent = show\n"
        "from driftscope.core import cli\n"
        "raise SystemExit(cli.main(['scene:']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "shown\n"
        time.sleep(1.0)  # it listens to signals by now, and perhaps opens its source
        window.send_signal(getattr(signal, name))
        _, error = window.communicate(timeout=200)
    assert window.returncode == 0 and "Traceback" not in error
