"""The real window with real bytes: devices, files, plugs pulled, windows closed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from devices import PacedWriter, PtyDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from streams import waves
from windows import PATIENCE_S, Seen, button, lines, wait_for

from driftscope.gui.main_window import MainWindow


def test_a_device_is_read_every_line_and_rejects_are_shown(
    window: MainWindow, device: PtyDevice, play: Callable[..., PacedWriter]
) -> None:
    session, seen = window.session, Seen()
    session.sinks.append(seen)
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    play(lines(2000, rejects_every=100))
    wait_for(lambda: session.health.samples >= 2000 and session.health.rejected >= 20)
    values = np.concatenate([result.values for result in seen.results])
    assert np.allclose(values, np.round(waves(2000, 2), 4), atol=6e-5)
    assert session.health.rejected == 20  # the last line is one of them
    assert session.health.rejects[-1][0] == "ets Jun  8 2016 00:22:57"
    assert session.info.channels == ("value 1", "value 2")
    wait_for(lambda: "20" in window.controls.panel.health.window().said.text() or any(
        "ets Jun" in (child.text() + child.toolTip())
        for child in window.controls.panel.health.findChildren(type(window.said))))  # fmt: skip


def test_unplugging_is_a_gap_and_replugging_goes_on(
    window: MainWindow, device: PtyDevice, play: Callable[..., PacedWriter]
) -> None:
    session = window.session
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    play()
    wait_for(lambda: session.health.updates > 50)
    alarms = session.health.alarms
    device.unplug()
    wait_for(lambda: session.health.link == "lost")
    wait_for(lambda: "lost" in window.said.text().lower() or "gone" in window.said.text().lower())
    samples = session.health.samples
    device.replug()
    wait_for(lambda: session.health.link == "live")
    play()
    wait_for(lambda: session.health.samples > samples + 500)
    assert session.health.gaps == 1 and session.health.alarms == alarms
    assert any(band.kind == "gap" for band in session.history.bands)


def test_the_port_can_be_released_for_flashing_and_taken_again(
    window: MainWindow, device: PtyDevice, play: Callable[..., PacedWriter]
) -> None:
    session = window.session
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    writer = play()
    wait_for(lambda: session.health.samples > 100)
    QTest.mouseClick(button(window, "Release port"), Qt.MouseButton.LeftButton)
    wait_for(lambda: session.health.link == "released")
    writer.stop()
    wait_for(lambda: any("Take port" in b.text() for b in window.findChildren(QPushButton)))
    QTest.mouseClick(button(window, "Take port"), Qt.MouseButton.LeftButton)
    wait_for(lambda: session.health.link == "live")
    samples = session.health.samples
    play()
    wait_for(lambda: session.health.samples > samples + 100)


def test_what_cannot_be_opened_is_told_and_something_else_can_be(window: MainWindow) -> None:
    session = window.session
    session.connect_to("serial:/dev/ttyNOTHING")
    wait_for(lambda: session.health.link == "failed" and not session.running)
    wait_for(lambda: any("ttyNOTHING" in child.text() for child in window.findChildren(QLabel)))
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 10)


def test_changing_the_source_while_it_runs(window: MainWindow, tmp_path: Path) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.samples > 100)
    table = tmp_path / "t.csv"
    np.savetxt(table, waves(900, 5), delimiter=",", header="a,b,c,d,e", comments="")
    session.connect_to(f"csv:{table}?speed=max")
    wait_for(lambda: session.info is not None and session.info.channels == tuple("abcde"))
    wait_for(lambda: session.health.link == "ended")
    assert session.history.last_seq == 899


@pytest.mark.parametrize("after_s", [0.0, 0.3, 1.5])
def test_closing_at_any_moment_leaves_nothing_behind(
    window: MainWindow, device: PtyDevice, play: Callable[..., PacedWriter], after_s: float
) -> None:
    window.session.connect_to(device.address)
    play()
    QTest.qWait(int(1000 * after_s))
    window.close()
    assert not window.session.running


def test_recordings_of_others_are_shown(window: MainWindow, data_dir: Path) -> None:
    session = window.session
    for name, rows in (
        ("imu_xio/sensor_data.csv.gz", 13_514),
        ("nab/data/realKnownCause/ambient_temperature_system_failure.csv", 7267),
    ):
        session.connect_to(f"csv:{data_dir / name}?speed=max")
        wait_for(lambda rows=rows: session.history and session.history.last_seq == rows - 1, 120)
        wait_for(lambda: not session.running)
        assert np.isfinite(session.health.overall.skill())


@pytest.fixture
def screen() -> Iterator[str]:
    """Give a display of its own, so that keys pressed on it reach no other test's window."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with open(reading) as numbers:
        yield f":{numbers.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.mark.needs("xdotool", "Xvfb")
def test_ctrl_q_quits_the_program(tmp_path: Path, screen: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "driftscope.core.cli", "demo:"], stderr=subprocess.PIPE, text=True,
        cwd=tmp_path, env={**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"},
    )  # fmt: skip
    try:
        found = ""
        end_s = time.monotonic() + PATIENCE_S
        while not found and time.monotonic() < end_s:
            words = ("search", "--onlyvisible", "--name", "Driftscope")
            found = xdotool(screen, *words).split("\n")[0]
            time.sleep(0.05)
        assert found, "no window appeared"
        time.sleep(2)
        xdotool(screen, "windowfocus", found)
        xdotool(screen, "key", "--window", found, "ctrl+q")
        _, error = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0 and "Traceback" not in error, error
    finally:
        process.kill()
        process.wait()


def xdotool(screen: str, *words: str) -> str:
    done = subprocess.run(
        ["xdotool", *words], env={**os.environ, "DISPLAY": screen}, capture_output=True, text=True,
        timeout=10, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def test_a_file_is_stopped_by_its_button_and_what_was_read_stays(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    rows = np.column_stack([np.arange(200_000), waves(200_000, 2)])
    np.savetxt(path, rows, delimiter=",", header="time (ms),a,b", comments="", fmt="%.4f")
    session = window.session
    session.connect_to(f"csv:{path}?speed=max")
    wait_for(lambda: "% of long.csv" in window.progress.text.text())
    window.progress.stop.click()
    wait_for(lambda: not session.running)
    assert 0 < session.health.samples < 200_000
    assert session.history is not None and len(session.history) > 0
    assert session.health.link == "ended" and window.progress.isHidden()
