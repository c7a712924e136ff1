"""Saving from the window: what is offered, where it is written, how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from windows import wait_for

from driftscope.core.errors import DriftscopeError
from driftscope.core.reports import Report, Sample
from driftscope.core.stream import StreamInfo
from driftscope.gui import saving as module
from driftscope.gui.main_window import MainWindow
from driftscope.gui.saving import CLIP, MODEL, PICTURE, SAMPLES
from driftscope.gui.session import Session


@pytest.fixture
def window(session: Session, qtbot) -> Iterator[MainWindow]:
    shown = session.shown
    shown.info = StreamInfo("door", ("picture",), ("",), 25.0, 1, (48, 64, 3), "uint8", "unix")
    made = MainWindow(session)
    made.resize(1280, 900)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Answer every question for a file with the one proposed, in a new folder."""
    found: list[str] = []

    def answer(parent: object, title: str, name: str, kinds: str) -> tuple[str, str]:
        found.append(title)
        return str(tmp_path / name), kinds.split(";;", maxsplit=1)[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return found


def report() -> Report:
    picture = np.full((16, 16, 3), 90, np.uint8)
    found = tuple(Sample(n, n, n / 25, n % 2, n % 2, False, picture) for n in range(6))
    return Report(
        "door", ("cup", "none"), np.zeros((2, 3), np.int64), "test samples", {}, (), found
    )


def test_only_what_there_is_can_be_saved(window: MainWindow, alarm) -> None:
    session = window.session
    assert window.saving.offers() == []
    assert [action.text() for action in window.saving.menu().actions()] == ["Nothing to save yet"]
    session.alarms[1] = alarm(1, 2.0)
    session.shown.report, session.health.updates = report(), 3
    window.refresh_texts()
    assert window.saving.offers() == [CLIP, PICTURE, SAMPLES, MODEL]


def test_samples_are_written_and_told(window: MainWindow, asked: list[str], tmp_path: Path) -> None:
    window.session.shown.report = report()
    window.saving.save(SAMPLES)
    wait_for(lambda: "6 samples were saved in" in window.said.text())
    assert len(list((tmp_path / "samples" / "cup").iterdir())) == 3
    assert asked == ["Save samples by class"]
    window.saving.save(SAMPLES)
    wait_for(lambda: "is there already and not empty" in window.said.text())


def test_a_film_and_a_picture_of_the_chosen_alarm(
    window: MainWindow, alarm, asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session, futures = window.session, []
    session.alarms.update({1: alarm(1, 2.0), 2: alarm(2, 9.0)})
    window.refresh_texts()

    def save_clip(path: Path, key: str, start_s: float, end_s: float) -> Future[Path]:
        futures.append((path, key, start_s, end_s, Future()))
        return futures[-1][-1]

    def save_frame(path: Path, key: str, time_s: float) -> Path:
        raise DriftscopeError(f"There is no picture of {time_s} s any more.")

    monkeypatch.setattr(session.clips, "save_clip", save_clip)
    monkeypatch.setattr(session.clips, "save_frame", save_frame)
    window.saving.save(CLIP)
    assert futures[0][:4] == (tmp_path / "alarm 2.mp4", "door", 9.0, 10.2)
    assert "is being written" in window.said.text()
    futures[0][-1].set_result(tmp_path / "alarm 2.mp4")
    wait_for(lambda: "The film was saved as" in window.said.text())
    panel = window.alarms.panel
    panel.list.setCurrentIndex(panel.model.index(1))
    window.saving.save(PICTURE)
    wait_for(lambda: "There is no picture of 2.0 s any more." in window.said.text())


def test_no_path_no_file(window: MainWindow, monkeypatch: pytest.MonkeyPatch, alarm) -> None:
    window.session.alarms[1] = alarm(1, 2.0)
    window.session.shown.report = report()
    window.refresh_texts()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    began: list[str] = []
    monkeypatch.setattr(module.Saving, "_work", lambda *_: began.append("work"))
    for what in (CLIP, PICTURE, SAMPLES, MODEL):
        window.saving.save(what)
    assert began == []


def test_a_model_is_written_while_it_runs_and_after_its_end(
    session: Session, qtbot, asked: list[str], tmp_path: Path
) -> None:
    window = MainWindow(session)
    table = tmp_path / "t.csv"
    table.write_text("a,b\n" + "\n".join(f"{i % 7},{i % 5}" for i in range(600)))
    session.connect_to(f"csv:{table}?speed=max")
    wait_for(lambda: session.health.link == "ended" and session.health.updates > 10)
    window.saving.save(MODEL)
    wait_for(lambda: "The model was saved as" in window.said.text())
    assert (tmp_path / "model.safetensors").stat().st_size > 1000
    window.close()
    window.deleteLater()
