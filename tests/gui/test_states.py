"""States in the window: saved, opened, kept by themselves and offered again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windows import wait_for

from driftscope.core import state_file, state_folder
from driftscope.core.state_folder import file_of, set_aside
from driftscope.gui import states as module
from driftscope.gui.main_window import MainWindow
from driftscope.gui.preferences import Preferences
from driftscope.gui.session import Session
from driftscope.gui.states import States


@pytest.fixture
def real(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window whose demo counts as a device of one's own."""
    qapp.setQuitOnLastWindowClosed(False)
    monkeypatch.setattr(States, "folder", tmp_path / "learned")
    monkeypatch.setattr(States, "_kept", lambda self, text: True)
    monkeypatch.setattr(state_folder, "EVERY_S", 0.0)
    session = Session()
    made = MainWindow(session, Preferences(tmp_path / "p.ini"))
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    session.close()
    made.deleteLater()


def said(window: MainWindow) -> list[str]:
    told: list[str] = []
    window.states.told.connect(told.append)
    return told


def learn(window: MainWindow, updates: int = 20) -> None:
    wait_for(lambda: window.session.health.updates >= updates)


def test_a_state_is_saved_and_opened_where_it_stood(real: MainWindow, tmp_path: Path) -> None:
    told, path = said(real), tmp_path / "s.safetensors"
    real.states.save(path)
    assert told == ["There is nothing to save yet: connect a source (Ctrl+O)."]
    real.session.connect_to("demo:", [("source.speed", "max"), ("learner.lr", "0.5")])
    learn(real)
    real.states.save(path)
    wait_for(lambda: len(told) > 1)
    assert told[1] == f"The state was saved as {path}."
    (source,) = state_file.read(path).sources.values()
    rows = source.state["lanes"]["vibration"]["seq"]
    real.states.open(path)
    wait_for(lambda: real.session.shown.resumed and real.session.health.samples > 0)
    assert f"goes on behind sample {rows:,}" in told[2]
    assert real.session.params.get("learner.lr") == 0.5
    first_s = real.session.health.first_time_s
    assert first_s is not None and first_s >= (rows - 64) / 1000
    assert real.preferences.lines("state/recent") == [str(path)]


def test_a_state_can_still_be_saved_after_the_end(real: MainWindow, tmp_path: Path) -> None:
    told, path = said(real), tmp_path / "s.safetensors"
    real.session.connect_to("demo:", [("source.speed", "max")])
    learn(real)
    real.session.disconnect_source()
    wait_for(lambda: not real.session.running)
    real.states.save(path)
    wait_for(lambda: told)
    assert path.exists()


def test_what_cannot_be_opened_is_told_and_all_stays(real: MainWindow, tmp_path: Path) -> None:
    told, path = said(real), tmp_path / "s.safetensors"
    path.write_bytes(b"nothing of the kind")
    real.session.connect_to("demo:")
    learn(real, 1)
    real.states.open(path)
    assert "holds no state to go on from" in told[0] and real.session.running
    real.states.save(tmp_path / "no such folder" / "s.safetensors")
    wait_for(lambda: len(told) > 1)
    assert "cannot be written" in told[1] and real.session.running


def test_what_was_learned_is_kept_and_offered_quietly(real: MainWindow, tmp_path: Path) -> None:
    told, folder = said(real), tmp_path / "learned"
    real.session.connect_to("demo:", [("source.speed", "max")])
    learn(real)
    assert not real.states.band.isVisible(), "nothing was kept before"
    real.session.disconnect_source()
    wait_for(lambda: not real.session.running)
    real.session.keeper.close()
    rows = state_file.read(file_of(folder, "demo:")).sources["demo:"].state["lanes"]
    real.session.connect_to("demo:", [("source.speed", "max")])
    wait_for(real.states.band.isVisible)
    assert real.states.band.said.text().startswith("What was learned of demo: vibration up to ")
    learn(real)
    real.states.band.go_on.click()
    wait_for(lambda: real.session.shown.resumed and real.session.health.samples > 0)
    assert not real.states.band.isVisible() and "goes on with what was learned" in told[-1]
    first_s = real.session.health.first_time_s
    assert first_s is not None and first_s >= (rows["vibration"]["seq"] - 64) / 1000


def test_keeping_can_be_switched_off(real: MainWindow, tmp_path: Path) -> None:
    real.states.turn_keeping()
    real.session.connect_to("demo:", [("source.speed", "max")])
    learn(real)
    real.session.disconnect_source()
    wait_for(lambda: not real.session.running)
    assert not real.states.keeps and not (tmp_path / "learned").exists()
    real.states.turn_keeping()
    assert real.states.keeps


def test_what_is_offered_is_not_written_over_and_old_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, "serial:/dev/ttyUSB0")
    assert set_aside(tmp_path, "serial:/dev/ttyUSB0") is None
    path.write_bytes(b"yesterday")
    before = set_aside(tmp_path, "serial:/dev/ttyUSB0")
    assert before is not None and before.read_bytes() == b"yesterday" and not path.exists()
    assert set_aside(tmp_path, "serial:/dev/ttyUSB0") == before, "it is offered again"
    assert file_of(tmp_path, "rtsp://me:one@h/") == file_of(tmp_path, "rtsp://me:two@h/")
    monkeypatch.setattr(state_folder, "MOST_FILES", 2)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.safetensors").write_bytes(b"")
    set_aside(tmp_path, "another")
    assert len(list(tmp_path.glob("*.safetensors"))) == 2


def test_days_are_said_as_one_says_them(tmp_path: Path) -> None:
    import os
    import time

    path = tmp_path / "x"
    path.write_bytes(b"")
    noon = time.mktime((*time.localtime()[:3], 0, 0, 1, 0, 0, -1))
    for ago_s, begin in ((-1, "up to 00:00"), (3600, "up to yesterday"), (9e5, "up to ")):
        os.utime(path, (noon - ago_s, noon - ago_s))
        assert module._when(path).startswith(begin)
