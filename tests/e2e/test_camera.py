"""The real window with real video over HTTP: killed, hung, taught, beside another source."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from mjpeg_server import MjpegServer, clip
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import focus, wait_for

from driftscope.core.sources.scene import PLUGIN as Scene
from driftscope.core.stream import Alarm, Block
from driftscope.gui.main_window import MainWindow
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded

SECONDS = 4
SIZE = (320, 240)


def synthetic(seconds: int = SECONDS) -> Sequence[np.ndarray]:
    """Return pictures of the built-in workplace, in which nothing happens yet."""
    params = Scene.Params.from_options({"speed": "max"})
    scene, found = Scene("", params), []
    scene.open()
    while len(found) < 30 * seconds:
        for item in scene.read() or ():
            if isinstance(item, Block):
                found += list(item.values)
    scene.close()
    return found


@pytest.fixture(params=["synthetic", "clip"])
def frames(request: pytest.FixtureRequest) -> Sequence[np.ndarray | bytes]:
    """Return pictures made up, and with DRIFTSCOPE_DATA those of a real clip."""
    if request.param == "synthetic":
        return synthetic()
    folder: Path = request.getfixturevalue("data_dir")
    return clip(str(folder / "video" / "bottle-detection.mp4"), SIZE)


@pytest.fixture
def camera(frames: Sequence[np.ndarray | bytes]) -> Iterator[MjpegServer]:
    with MjpegServer(frames) as made:
        yield made


def whole(window: MainWindow) -> bool:
    """Say whether every panel is still there."""
    return not any(panel.text() for panel in window.findChildren(Guarded))


def said(window: MainWindow, text: str) -> None:
    wait_for(lambda: text in f"{window.stage.text()} {window.said.text()}")
    assert whole(window)


def watching(window: MainWindow, camera: MjpegServer) -> Session:
    """Connect to the camera, until it is learned and drawn."""
    session = window.session
    session.connect_to(camera.url)
    wait_for(lambda: session.health.updates > 20, 60)
    wait_for(lambda: window.picture.panel.drawn_seq > 0)
    return session


def test_a_camera_is_seen_scored_and_learned(window: MainWindow, camera: MjpegServer) -> None:
    session = watching(window, camera)
    assert session.info is not None and session.info.pictures
    assert window.panels.seen.currentWidget() is window.picture
    assert not window.controls.panel.channels.isVisible() and window.classes.isVisible()
    picture = session.picture
    assert picture is not None and picture.values.shape[1:] == session.info.sample_shape
    wait_for(lambda: session.picture is not None and "heat" in session.picture.extras)
    assert "reconstruction" in window.loss.panel.accessibleName()
    said(window, "Learning.")
    assert whole(window)


def test_a_server_killed_in_mid_picture_is_lost_and_found_again(
    window: MainWindow, camera: MjpegServer
) -> None:
    session = watching(window, camera)
    camera.kill()
    wait_for(lambda: phase(session) == "lost")
    said(window, "has been lost for")
    said(window, "the next try is")
    updates, gaps = session.health.updates, session.health.gaps
    camera.start()
    wait_for(lambda: phase(session) == "learning")
    wait_for(lambda: session.health.updates > updates + 20)
    assert gaps >= 1 and any(mark.kind == "gap" for mark in session.marks)
    drawn = window.picture.panel.drawn_seq
    wait_for(lambda: window.picture.panel.drawn_seq > drawn)
    wait_for(lambda: window.alarms.panel.model.rowCount() >= 1)
    assert not any(isinstance(alarm, Alarm) and alarm.end is None for alarm in session.alarms)


def test_a_stream_that_freezes_is_stalled_and_goes_on(
    window: MainWindow, camera: MjpegServer
) -> None:
    session = watching(window, camera)
    camera.frozen = True
    wait_for(lambda: phase(session) == "stalled")
    said(window, "No picture has come from")
    camera.frozen = False
    wait_for(lambda: phase(session) in ("learning", "held", "warming up"))
    seq = window.picture.panel.drawn_seq
    wait_for(lambda: window.picture.panel.drawn_seq > seq + 5)
    said(window, "earn")


def test_a_capture_process_killed_from_outside_is_started_again(
    window: MainWindow, camera: MjpegServer
) -> None:
    session = watching(window, camera)
    device = session.shown.device
    before = device.pid  # type: ignore[union-attr]  # a source of pictures has one
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: device.pid not in (None, before))  # type: ignore[union-attr]  # as above
    updates = session.health.updates
    wait_for(lambda: session.health.updates > updates + 20)
    said(window, "earn")


@pytest.mark.parametrize("how", ["silent", "frozen", "gone"])
@pytest.mark.parametrize("after_ms", [0, 400, 1500])
def test_the_window_closes_at_any_moment_whatever_the_server_does(
    window: MainWindow, how: str, after_ms: int
) -> None:
    with MjpegServer(synthetic(1)) as camera:
        camera.silent, camera.frozen = how == "silent", how == "frozen"
        if how == "gone":
            camera.kill()
        window.session.connect_to(camera.url)
        QTest.qWait(after_ms)
        window.close()
        assert not window.session.running
        camera.silent = False


def test_a_server_that_is_not_there_is_told_with_what_to_try(window: MainWindow) -> None:
    with MjpegServer(synthetic(1)) as camera:
        url = camera.url
    session = window.session
    session.connect_to(url)
    wait_for(lambda: session.health.link == "failed" and not session.running)
    said(window, url.removeprefix("http://").partition("/")[0])


def test_a_password_is_asked_for_and_never_shown(window: MainWindow) -> None:
    session = window.session
    with MjpegServer(synthetic(1), user="ann", password="hush") as camera:
        session.connect_to(camera.url.replace("://", "://ann:wrong-one@"))
        wait_for(lambda: session.health.link == "failed" and not session.running)
        said(window, "password")
        session.connect_to(camera.url.replace("://", "://ann:hush@"))
        wait_for(lambda: session.health.samples > 5)
        window.refresh_texts()
        chip = window.top_bar.chips.chips[0]
        shown = f"{window.said.text()} {chip.text()} {chip.toolTip()} {window.stage.text()}"
        assert "hush" not in shown and "wrong-one" not in shown


def test_a_camera_and_a_sensor_have_one_list_of_alarms(
    window: MainWindow, camera: MjpegServer
) -> None:
    session = window.session
    camera.rate_hz = 5  # the sensor is to come to its first fault soon
    session.connect_all([camera.url, "demo:?speed=10"], [("detector.one_in", "100")])
    sensor = session.connections["demo:?speed=10"]
    wait_for(lambda: session.health.updates > 5 and sensor.alarms, 150)
    camera.kill()
    camera.start()
    model = window.alarms.panel.model
    wait_for(lambda: {model.entry(model.index(row)).source for row in range(model.rowCount())} == {
        session.connections[camera.url], sensor})  # fmt: skip
    when = [model.entry(model.index(row)).at_s for row in range(model.rowCount())]
    assert when == sorted(when, reverse=True)
    index = next(
        found for found in map(model.index, range(model.rowCount()))
        if model.entry(found).source is sensor
    )  # fmt: skip
    assert sensor.source_name in str(model.data(index))
    window.alarms.panel.chosen.emit(model.entry(index))
    assert session.shown is sensor
    assert window.panels.seen.currentWidget() is window.signal
    view = window.panels.view
    assert view.lo_s < model.entry(index).began_s < view.hi_s
    window.close_source(camera.url)
    updates = sensor.health.updates
    wait_for(lambda: sensor.health.updates > updates + 20)
    assert list(session.connections) == ["demo:?speed=10"] and whole(window)


@pytest.mark.needs("xdotool")
@pytest.mark.skipif(
    os.environ.get("QT_QPA_PLATFORM") == "offscreen", reason="needs a screen with keys to press"
)
def test_classes_are_taught_by_holding_real_keys(window: MainWindow, camera: MjpegServer) -> None:
    session = watching(window, camera)
    panel = window.classes.pages["Classes"].panel
    focus(window.picture.panel.view)
    taught = {}
    for key in ("1", "2"):
        xdotool("keydown", key)
        wait_for(lambda key=key: panel.taught == int(key) - 1)
        wait_for(lambda key=key: len(samples(session, int(key) - 1)) >= 3)
        xdotool("keyup", key)
        wait_for(lambda: panel.taught is None and window.held.held is None)
        taught[key] = len(samples(session, int(key) - 1))
    assert session.report is not None and len(session.report.classes) == 2
    QTest.qWait(500)
    for key, count in taught.items():
        assert len(samples(session, int(key) - 1)) <= count + 5, "it was let go"
    wait_for(lambda: session.picture is not None and "classes" in session.picture.extras)
    for name in ("Samples", "Confusion", "Classes"):
        window.classes.show_page(name)
        QTest.qWait(100)
    assert whole(window)


def samples(session: Session, y: int) -> list[int]:
    """Return the ids of the remembered samples of one class."""
    return [s.id for s in session.report.samples if s.y == y] if session.report else []


def xdotool(*words: str) -> None:
    """Press real keys of the screen this test runs on."""
    program = shutil.which("xdotool")
    assert program
    subprocess.run([program, *words], timeout=10, check=True)


def test_a_digit_typed_into_a_field_teaches_nothing(
    window: MainWindow, camera: MjpegServer
) -> None:
    session = watching(window, camera)
    typed = window.controls.panel.learning.fields["learner.momentum"].typed
    focus(typed)
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_1)
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_1)
    assert window.held.held is None
    QTest.qWait(200)
    assert not samples(session, 0)
