"""The real window, on a screen, driven as a user would, with real bytes from a device."""

from __future__ import annotations

import itertools
import os
import shutil
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
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider
from streams import waves

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session

PATIENCE_S = 30.0


class Seen(Sink):
    """Keep what the monitor gave out, beside the window."""

    name = "the test"

    def __init__(self) -> None:
        self.results: list[Result] = []

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            self.results.append(item)

    def close(self) -> None:
        self.results = list(self.results)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    session = Session()
    made = MainWindow(session)
    made.resize(1280, 900)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()
    session.deleteLater()


def wait_for(what: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end_s, "it did not happen in time"
        QTest.qWait(20)


def button(window: MainWindow, text: str) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if text in b.text())


def slider(window: MainWindow, name: str) -> QSlider:
    return next(s for s in window.findChildren(QSlider) if s.accessibleName() == name)


def lines(rows: int = 100_000, rejects_every: int = 0) -> Iterator[bytes]:
    for i, row in enumerate(waves(rows, 2)):
        yield b"%.4f,%.4f\n" % tuple(row)
        if rejects_every and i % rejects_every == rejects_every - 1:
            yield b"ets Jun  8 2016 00:22:57\n"


@pytest.fixture
def device(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as made:
        yield made


@pytest.fixture
def play(device: PtyDevice) -> Iterator[Callable[..., PacedWriter]]:
    """Start writing lines at about 1,000 a second."""
    writers: list[PacedWriter] = []

    def start(pieces: Iterator[bytes] | None = None) -> PacedWriter:
        grouped = batched(pieces or lines(), 5)
        writers.append(PacedWriter(device, grouped, 15_000))
        writers[-1].start()
        return writers[-1]

    yield start
    for each in writers:
        each.stop()


def batched(pieces: Iterator[bytes], n: int) -> Iterator[bytes]:
    while batch := b"".join(itertools.islice(pieces, n)):
        yield batch


def test_the_demo_is_learned_and_drawn(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 300)
    wait_for(lambda: window.signal.panel.drawn_seq > 1000)
    assert session.info is not None and session.info.channels
    wait_for(lambda: np.isfinite(session.health.recent.skill()) and "earning" in window.said.text())
    row = session.history.row(session.history.last_seq)
    assert np.isfinite(row.prediction).all() and np.isfinite(row.values).all()
    wait_for(lambda: session.frames_per_s > 5)


def test_a_slider_reaches_the_optimizer_while_it_runs(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 20)
    lane = next(iter(session._thread.monitor.lanes.values()))
    for name, read in (
        ("Learning rate", lambda: lane.learner.params.lr),
        ("Momentum", lambda: lane.learner.params.momentum),
        ("Batch size", lane.step_rows),
        ("Alarms", lambda: lane.detector.params.one_in),
    ):
        moved, before = slider(window, name), read()
        moved.setFocus()
        for _ in range(3):
            QTest.keyClick(moved, Qt.Key.Key_PageUp)
        wait_for(lambda read=read, before=before: read() != before)
    wait_for(lambda: any(mark.kind == "param" for mark in session.marks))
    names = {mark.data["name"] for mark in session.marks if mark.kind == "param"}
    wait_for(lambda: {"learner.lr", "learner.momentum"} <= names | {
        mark.data["name"] for mark in session.marks if mark.kind == "param"})  # fmt: skip


def test_learning_rate_0_by_the_slider_freezes_the_weights(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 50)
    learner = next(iter(session._thread.monitor.lanes.values())).learner
    rate = slider(window, "Learning rate")
    rate.setFocus()
    QTest.keyClick(rate, Qt.Key.Key_Home)
    wait_for(lambda: learner.params.lr == 0)
    QTest.qWait(100)
    before = [p.detach().numpy().copy() for p in learner.net.parameters()]
    samples = session.health.samples
    wait_for(lambda: session.health.samples > samples + 500)
    after = [p.detach().numpy() for p in learner.net.parameters()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_freeze_holds_learning_and_scoring_goes_on(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 50)
    QTest.mouseClick(button(window, "Freeze"), Qt.MouseButton.LeftButton)
    wait_for(lambda: session.health.state == "frozen")
    updates, samples = session.health.updates, session.health.samples
    wait_for(lambda: session.health.samples > samples + 500)
    assert session.health.updates == updates
    wait_for(lambda: "rozen" in window.said.text())


def test_pausing_the_view_stops_neither_reading_nor_learning(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: window.signal.panel.drawn_seq > 500)
    QTest.mouseClick(button(window, "Pause"), Qt.MouseButton.LeftButton)
    assert session.paused
    QTest.qWait(100)
    drawn, updates = window.signal.panel.drawn_seq, session.health.updates
    wait_for(lambda: session.health.updates > updates + 60)
    assert window.signal.panel.drawn_seq == drawn
    QTest.mouseClick(button(window, "view"), Qt.MouseButton.LeftButton)
    wait_for(lambda: window.signal.panel.drawn_seq > drawn)


def test_a_device_is_read_every_line_and_rejects_are_shown(
    window: MainWindow, device: PtyDevice, play: Callable[..., PacedWriter]
) -> None:
    session, seen = window.session, Seen()
    session.sinks.append(seen)
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    play(lines(2000, rejects_every=100))
    wait_for(lambda: session.health.samples >= 2000)
    values = np.concatenate([result.values for result in seen.results])
    assert np.allclose(values, np.round(waves(2000, 2), 4), atol=6e-5)
    assert session.health.rejected == 20
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
    np.savetxt(table, waves(3000, 5), delimiter=",", header="a,b,c,d,e", comments="")
    session.connect_to(f"csv:{table}?speed=max")
    wait_for(lambda: session.info is not None and session.info.channels == tuple("abcde"))
    wait_for(lambda: session.health.link == "ended")
    assert session.history.last_seq == 2999


def test_changing_the_model_and_the_optimizer_while_it_runs(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 20)
    session.set_param("learner.optimizer", "adam")
    session.set_param("learner.model", "gru")
    lane = next(iter(session._thread.monitor.lanes.values()))
    wait_for(lambda: type(lane.learner.net).__name__ != "" and "model" in session.params.sections)
    wait_for(lambda: lane.learner.params.model == "gru")
    updates = session.health.updates
    wait_for(lambda: session.health.updates > updates + 10)
    assert "hidden" in session.params.sections["model"].specs()


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


@pytest.mark.needs("xdotool")
@pytest.mark.skipif(
    os.environ.get("QT_QPA_PLATFORM") == "offscreen", reason="needs a screen with keys to press"
)
def test_ctrl_q_quits_the_program(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "driftscope.core.cli", "demo:"], stderr=subprocess.PIPE, text=True,
        cwd=tmp_path,
    )  # fmt: skip
    try:
        found = ""
        end_s = time.monotonic() + PATIENCE_S
        while not found and time.monotonic() < end_s:
            found = xdotool("search", "--onlyvisible", "--name", "Driftscope").split("\n")[0]
            time.sleep(0.05)
        assert found, "no window appeared"
        time.sleep(2)
        xdotool("windowfocus", found)
        xdotool("key", "--window", found, "ctrl+q")
        assert process.wait(PATIENCE_S) == 0
        assert "Traceback" not in process.communicate()[1]
    finally:
        process.kill()
        process.communicate()


def xdotool(*words: str) -> str:
    program = shutil.which("xdotool")
    assert program
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, timeout=10, check=False
    )
    return done.stdout.strip()
