"""Profiles opened and saved from the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from windows import wait_for

from driftscope.core import profile_file
from driftscope.core.cli import main
from driftscope.gui import profiles as module
from driftscope.gui.main_window import MainWindow
from driftscope.gui.preferences import Preferences
from driftscope.gui.session import Session


@pytest.fixture
def window(qapp, qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    qapp.setQuitOnLastWindowClosed(False)
    session = Session()
    made = MainWindow(session, Preferences(tmp_path / "kept.ini"))
    yield made
    made.close()
    session.close()
    made.deleteLater()


@pytest.fixture
def live(window: MainWindow) -> MainWindow:
    window.session.connect_to("demo:?seed=3")
    wait_for(lambda: window.session.history is not None and len(window.session.history) > 300)
    return window


def written(folder: Path, text: str) -> Path:
    path = folder / "bench.toml"
    path.write_text(text)
    return path


def test_what_was_saved_is_what_is_opened(live: MainWindow, tmp_path: Path) -> None:
    live.session.set_param("learner.lr", 0.3)
    live.session.set_param("detector.one_in", 5000.0)
    live.panels.traces.change("x", unit="mg", colour="#8a6fc7")
    live.panels.refresh()
    live.panels.view.zoom(0.5)
    span_s = live.panels.view.span_s
    live.profiles.save(tmp_path / "bench.toml")
    assert "The profile was saved as" in live.said.text()
    before = live.session.params.as_dict()
    live.session.set_param("learner.lr", 7.0)
    live.session.set_param("learner.momentum", 0.5)
    live.panels.traces.change("x", unit="")
    thread = live.session._thread
    live.profiles.open(tmp_path / "bench.toml")
    assert "bench.toml was opened: learning begins anew." in live.said.text()
    wait_for(lambda: live.session._thread not in (None, thread))
    wait_for(lambda: live.session.params.has("model.hidden"))
    assert live.session.params.as_dict() == before
    assert live.panels.traces.as_dict() == {"x": {"unit": "mg", "colour": "#8a6fc7"}}
    wait_for(lambda: live.session.history is not None and len(live.session.history) > 300)
    live.panels.refresh()
    assert live.panels.view.span_s == pytest.approx(span_s, rel=1e-3)


def test_one_that_names_no_source_is_taken_by_what_is_connected(live, tmp_path: Path) -> None:
    thread = live.session._thread
    live.profiles.open(written(tmp_path, "learner.lr = 0.25\n"))
    wait_for(lambda: live.session._thread not in (None, thread))
    assert live.session.address == "demo:?seed=3"
    assert live.session.params.get("learner.lr") == 0.25


def test_without_a_source_there_is_nothing_to_open_or_save(window, tmp_path: Path) -> None:
    window.profiles.open(written(tmp_path, "learner.lr = 0.25\n"))
    assert "bench.toml names no source: connect one (Ctrl+O)" in window.said.text()
    window.profiles.save(tmp_path / "other.toml")
    assert "There is nothing to save in a profile" in window.said.text()
    assert not (tmp_path / "other.toml").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("learner.lrr = 1", "line 2: learner.lrr is no parameter; did you mean learner.lr?"),
        ("[channels.x]\ncolour = 'red'", "line 2: Channel 'x': 'red' is no colour"),
        ("[channels.x]\ncolr = 'red'", "line 2: Channel 'x' has no 'colr'"),
        ("[view]\nspan = 3", "line 3: span is nothing a view has; did you mean span_s?"),
        ("[view]\nspan_s = -1", "line 3: span_s must be a number of seconds above 0, not -1."),
        ("[view]\nspan_s = nan", "line 3: span_s must be a number"),
    ],
)
def test_a_mistake_leaves_all_as_it_is(live, tmp_path: Path, text: str, said: str) -> None:
    thread = live.session._thread
    live.profiles.open(written(tmp_path, f'sources = ["demo:"]\n{text}\n'))
    assert f"bench.toml, {said}" in live.said.text()
    assert live.session._thread is thread and live.session.address == "demo:?seed=3"
    assert live.profiles.recent() == []


def test_of_a_later_version_what_was_left_out_is_told(window, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'version = 9\nsources = ["demo:"]\n[view]\nspan_s = 3\nmood = 1\n'
        "[channels.x]\nunit = 'mg'\n[channels.y]\nshade = 3\n",
    )
    window.profiles.open(path)
    assert "was made by a later version (9; this one knows 1)" in window.said.text()
    assert "line 5, view.mood" in window.said.text()
    assert "line 8, channels.y" in window.said.text()
    assert window.panels.traces.as_dict() == {"x": {"unit": "mg"}}


def test_no_log_is_opened_by_a_profile_only_its_name_is_proposed(
    window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    window.profiles.open(written(tmp_path, f'sources = ["demo:"]\nlog = "{log}"\n'))
    wait_for(lambda: window.session.info is not None)
    assert window.keeping.log is None and not log.exists()
    proposed: list[str] = []

    def answer(parent: object, title: str, name: str, kinds: str) -> tuple[str, str]:
        proposed.append(name)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    window.keeping.turn_log()
    assert proposed == [str(log)] and not log.exists()


def test_a_password_is_asked_for(window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Dialog:
        def __init__(self, running: object, parent: object, proposed: str) -> None:
            asked.append(proposed)

        def ask(self) -> str | None:
            return None

        def deleteLater(self) -> None:
            asked.append("gone")

    monkeypatch.setattr(module, "ConnectDialog", Dialog)
    window.profiles.open(written(tmp_path, 'sources = ["rtsp://me:•••@10.0.0.7/x"]\n'))
    assert asked == ["rtsp://me:•••@10.0.0.7/x", "gone"]
    assert "bench.toml was not opened: a password is missing." in window.said.text()


def test_those_used_lately_are_offered_again(window, tmp_path: Path) -> None:
    path = written(tmp_path, 'sources = ["demo:"]\n')
    window.profiles.open(path)
    assert window.profiles.recent() == [str(path)]
    again = next(each for each in window.can_do.all() if "Open profile bench" in each.text())
    assert again.isVisible() and again.toolTip() == str(path)
    path.unlink()
    again.trigger()
    assert f"There is no profile {path}." in window.said.text()


def test_what_is_saved_can_be_read_by_watch(live, tmp_path: Path) -> None:
    live.profiles.save(tmp_path / "bench.toml")
    read = profile_file.read(tmp_path / "bench.toml")
    assert list(read.inputs()) == ["demo:?seed=3"] and not read.told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("learner.lrr = 1\n", "a.toml, line 1: learner.lrr is no parameter; did you mean"),
        (
            "[channels.x]\nlow = 3\nhigh = 2\n",
            "a.toml, line 1: Channel 'x': A range must end above",
        ),
        ("[view]\nspan = 2\n", "a.toml, line 2: span is nothing a view has; did you mean span_s?"),
        ("sources = ['wat:']\n", "a.toml, line 1: 'wat:' is no source Driftscope knows."),
    ],
)
def test_a_mistake_is_told_before_the_window_opens(
    qapp, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (tmp_path / "a.toml").write_text(text)
    assert main(["--profile", str(tmp_path / "a.toml")]) == 2
    assert f"driftscope: {said}" in capsys.readouterr().err
