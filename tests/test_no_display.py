"""Where there is no screen, `driftscope` says so and what to do, instead of aborting in Qt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a screen")
def test_says_what_to_do_without_a_screen(tmp_path: Path) -> None:
    screen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ran = subprocess.run(
        [Path(sys.executable).with_name("driftscope")],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name not in screen},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert "driftscope watch" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "qt.qpa" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) <= 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a screen")
def test_says_what_to_do_when_the_screen_does_not_answer(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    ran = subprocess.run(
        [Path(sys.executable).with_name("driftscope")],
        cwd=tmp_path,
        env=env | {"DISPLAY": ":9999", "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert "driftscope watch" in ran.stderr
    assert "Traceback" not in ran.stderr
