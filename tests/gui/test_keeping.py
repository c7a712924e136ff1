"""Log to CSV and exports from the window: what is written, when, and how it is told."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from windows import activate, button, wait_for

from driftscope.core.errors import DriftscopeError
from driftscope.gui import keeping as module
from driftscope.gui.keeping import Progress, size
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def window(session: Session, qtbot) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.resize(1280, 900)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def live(window: MainWindow) -> MainWindow:
    """Return a window that is shown and connected to the demo, in which samples come."""
    window.show()
    window.session.connect_to("demo:?seed=3")
    wait_for(lambda: window.session.history is not None and len(window.session.history) > 500)
    return window


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Answer a question for a file with `name`, of the kind that holds the word `kind`."""
    found = {"name": "run.csv", "kind": ""}

    def answered(parent: object, title: str, name: str, kinds: str) -> tuple[str, str]:
        found["title"], found["proposed"] = title, name
        kind = next(each for each in kinds.split(";;") if found["kind"] in each)
        return (str(tmp_path / found["name"]) if found["name"] else ""), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answered)
    return found


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_a_log_begins_and_ends_with_its_button(live: MainWindow, answer, tmp_path: Path) -> None:
    assert not live.top_bar.log.isChecked()
    button(live, "Log to CSV").click()
    assert f"What comes from now on is logged to {tmp_path / 'run.csv'}" in live.said.text()
    assert live.top_bar.log.isChecked() and live.top_bar.log.text() == "End log"
    log = live.keeping.log
    assert log is not None
    wait_for(lambda: log.rows > 100)
    live.refresh_texts()
    assert live.figures.text().startswith("log ") and " kB · " in live.figures.text()
    button(live, "End log").click()
    wait_for(lambda: "The log is complete: " in live.said.text())
    written = rows_of(tmp_path / "run.csv")
    assert f"{len(written) - 1:,} rows, {size(log.nbytes)}, in {tmp_path}" in live.said.text()
    assert written[0][:3] == ["time (s)", "x (g)", "y (g)"] and len(written) > 100
    assert not live.top_bar.log.isChecked() and "log" not in live.figures.text()
    times = np.array([float(row[0]) for row in written[1:]])
    assert np.allclose(np.diff(times), 0.001)


def test_a_log_ends_with_its_source_and_the_button_shows_it(live, answer, tmp_path: Path) -> None:
    live.keeping.turn_log()
    log = live.keeping.log
    wait_for(lambda: log.rows > 0)
    live.session.connect_to("demo:?seed=4")
    wait_for(lambda: "The log is off: it ended with its source; " in live.said.text())
    assert live.keeping.log is None and not live.top_bar.log.isChecked()
    assert (tmp_path / "run.csv").read_text().endswith("\n")


def test_closing_the_window_leaves_a_whole_last_line(live, answer, tmp_path: Path) -> None:
    live.keeping.turn_log()
    log = live.keeping.log
    wait_for(lambda: log.rows > 300)
    live.close()
    text = (tmp_path / "run.csv").read_text()
    assert text.endswith("\n")
    assert len({len(row) for row in rows_of(tmp_path / "run.csv")}) == 1
    assert text.count("\n") > 300


def test_a_log_that_fails_is_told_and_the_run_goes_on(live: MainWindow) -> None:
    live.keeping.begin_log(Path("/dev/full"))
    wait_for(lambda: "The log is off: no space left on device; 0 rows" in live.said.text())
    assert not live.top_bar.log.isChecked()
    rows = live.session.history.total
    wait_for(lambda: live.session.history.total > rows + 100)


def test_what_cannot_be_begun_is_a_sentence(window, answer, tmp_path: Path) -> None:
    assert not window.top_bar.log.isEnabled()
    window.keeping.turn_log()
    assert "There is nothing to log yet: connect a source first" in window.said.text()
    window.keeping.begin_log(tmp_path)
    assert "it is a folder. Name a file in it." in window.said.text()
    assert window.keeping.log is None


def test_a_question_that_is_not_answered_begins_nothing(live, answer) -> None:
    answer["name"] = ""
    button(live, "Log to CSV").click()
    assert live.keeping.log is None and not live.top_bar.log.isChecked()
    live.keeping.export_all()
    assert "export" not in live.said.text()


def test_a_name_without_an_ending_replaces_nothing(live, answer, tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("mine\n")
    answer["name"] = "run"
    live.keeping.turn_log()
    assert live.keeping.log.path == tmp_path / "run 2.csv"
    assert (tmp_path / "run.csv").read_text() == "mine\n"


def test_the_key_begins_and_ends_a_log(live, answer, qtbot) -> None:
    from PySide6.QtCore import Qt

    activate(live)
    qtbot.keyClick(live, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert live.keeping.log is not None
    qtbot.keyClick(live, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert live.keeping.log is None


def test_all_that_is_kept_is_exported(window: MainWindow, answer, tmp_path: Path) -> None:
    window.keeping.export_all()
    wait_for(lambda: "5,000 rows were exported to" in window.said.text())
    written = rows_of(tmp_path / "run.csv")
    assert written[0][:4] == ["time (s)", "x (g)", "y (g)", "z (g)"]
    values = np.array([[float(cell) for cell in row[1:4]] for row in written[1:]])
    assert np.array_equal(values, window.session.history.rows.values[:, :5000].T)
    assert answer["title"] == "Export all that is kept"


def test_what_is_shown_is_exported(window: MainWindow, answer, tmp_path: Path) -> None:
    window.panels.refresh()
    window.panels.view.show(2.0, 2.5)
    window.keeping.export_shown()
    wait_for(lambda: "rows were exported to" in window.said.text())
    times = [float(row[0]) for row in rows_of(tmp_path / "run.csv")[1:]]
    view = window.panels.view
    assert view.lo_s <= times[0] <= 2.0 and 2.5 <= times[-1] <= view.hi_s
    assert len(times) < 5000


def test_edge_impulse_takes_whole_milliseconds(window, answer, tmp_path: Path) -> None:
    answer["kind"] = "Edge"
    window.keeping.export_all()
    wait_for(lambda: "5,000 rows were exported to" in window.said.text())
    written = rows_of(tmp_path / "run.csv")
    assert written[0] == ["timestamp", "x", "y", "z"]
    assert [row[0] for row in written[1:4]] == ["0", "1", "2"]


def test_a_folder_that_cannot_be_written_to_is_told(window, answer) -> None:
    answer["name"] = "none/run.csv"
    window.keeping.export_all()
    wait_for(lambda: "could not be exported to" in window.said.text())
    assert "there is no folder" in window.said.text()


def test_one_export_at_a_time_and_none_outlives_the_window(
    window, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(path: Path, table: object, info: object, kind: str, **rest: object) -> str:
        rest["stop"].wait(20)  # type: ignore[attr-defined]
        raise DriftscopeError("stopped")

    monkeypatch.setattr(module.exports, "write", slow)
    window.keeping.export_all()
    window.keeping.export_all()
    assert "One export is still being written: wait for its end." in window.said.text()
    window.keeping.close()
    assert not window.keeping._worker.is_alive()


def test_how_far_it_has_come_is_told_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s, told = [0.0], []
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s[0])
    progress = Progress("run.csv", told.append)
    for share in range(10):
        now_s[0] += 0.3
        progress(share / 10)
    assert told == ["run.csv is being written: 30%.", "run.csv is being written: 70%."]


def test_sizes_are_said_in_short() -> None:
    sizes = (1, 812, 1_234, 999_499, 1_234_567, 99_000_000, 3_100_000_000)
    assert [size(each) for each in sizes] == [
        "1 byte", "812 bytes", "1 kB", "999 kB", "1.2 MB", "99 MB", "3.1 GB"
    ]  # fmt: skip
