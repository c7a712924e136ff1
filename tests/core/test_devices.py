"""`driftscope devices`: ports beside cameras, by name and address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from driftscope.core import cameras, ports
from driftscope.core.cameras import Camera
from driftscope.core.cli import main
from driftscope.core.ports import Port

FULL = Path("/dev/full")


@pytest.fixture
def there(monkeypatch):
    """Say which ports and cameras are there."""

    def plug(some_ports: list[Port], some_cameras: list[Camera]) -> None:
        monkeypatch.setattr(ports, "serial_ports", lambda: some_ports)
        monkeypatch.setattr(cameras, "cameras", lambda: some_cameras)

    return plug


def test_ports_and_cameras_are_listed_by_address_and_name(there, capsys) -> None:
    there(
        [Port("/dev/ttyACM0", "Arduino Uno")],
        [Camera(0, 200, "HD Webcam", "/dev/video0", 0x46D, 0x825, "A1B2")],
    )
    assert main(["devices"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "serial:/dev/ttyACM0  Arduino Uno",
        "camera:046d:0825:A1B2  HD Webcam",
    ]


def test_nothing_there_is_said(there, capsys) -> None:
    there([], [])
    assert main(["devices"]) == 0
    out = capsys.readouterr().out
    assert "No serial port found." in out and "No camera found." in out


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_an_output_that_is_full_ends_with_a_sentence() -> None:
    with FULL.open("w") as full:
        _ended_with_a_sentence(stdout=full)


def test_an_output_that_nobody_reads_ends_with_a_sentence() -> None:
    _ended_with_a_sentence(shell_tail="| true")


@pytest.mark.skipif(sys.platform == "win32", reason="its shell cannot close an output")
def test_an_output_that_is_closed_ends_with_a_sentence() -> None:
    _ended_with_a_sentence(shell_tail=">&-")


def _ended_with_a_sentence(shell_tail: str = "", **more: object) -> None:
    words = [sys.executable, "-m", "driftscope.core.cli", "devices"]
    command: object = words
    if shell_tail:  # a pipe's first program says how it ended on its standard error
        command = ["sh", "-c", f'("$@"; echo "status $?" >&2) {shell_tail}', "sh", *words]
    ran = subprocess.run(  # type: ignore[call-overload]  # `more` is whatever run() takes
        command, stderr=subprocess.PIPE, text=True, timeout=200, check=False, **more
    )
    assert "The list could not be written whole" in ran.stderr and "Traceback" not in ran.stderr
    assert ran.returncode == 1 or "status 1" in ran.stderr, ran.stderr
