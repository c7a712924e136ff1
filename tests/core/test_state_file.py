"""The state file: what it refuses and why, which parameters win, and what a full disk does."""

from __future__ import annotations

import errno
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from streams import waves

from driftscope.core import autosave, cli, state_file
from driftscope.core.pictures import files

FAST = ["--speed", "max", "--set", "learner.step_rows=8", "--set", "learner.model=linear"]


def table(path: Path, rows: int = 600, names: str = "a,b", start_s: float = 0.0) -> str:
    lines = [
        f"{start_s + i / 100:.2f}," + ",".join(f"{v:.4f}" for v in row)
        for i, row in enumerate(waves(rows, names.count(",") + 1))
    ]
    path.write_text("\n".join([f"time_s,{names}", *lines, ""]))
    return str(path)


def watched(*words: str) -> int:
    return cli.main(["watch", *words])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A state that stands at 3 s of t.csv."""
    path = tmp_path / "s.safetensors"
    assert watched(table(tmp_path / "t.csv"), *FAST, "--for", "3s", "--state", str(path)) == 0
    return path


def rows(path: Path) -> list[str]:
    return path.read_text().splitlines()[1:]


def test_a_run_goes_on_row_for_row_and_the_state_names_its_source(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, rest = tmp_path / "whole.csv", tmp_path / "rest.csv"
    assert watched(str(tmp_path / "t.csv"), *FAST, "--scores", str(whole)) == 0
    assert watched("--speed", "max", "--scores", str(rest), "--state", str(saved)) == 0
    assert len(rows(rest)) == 304 and rows(rest) == rows(whole)[-304:], "the open step comes again"
    assert "t.csv goes on behind sample 296" in capsys.readouterr().err
    assert watched("--speed", "max", "--state", str(saved)) == 0, "there is nothing left of it"
    table(tmp_path / "t.csv", 700)
    assert watched("--speed", "max", "--scores", str(rest), "--state", str(saved)) == 0
    assert len(rows(rest)) == 100, "what the file has grown by since"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert watched(*words) == 2
    return capsys.readouterr().err


def test_what_does_not_fit_is_told_and_the_state_stays(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, same = saved.read_bytes(), str(tmp_path / "t.csv")
    other = table(tmp_path / "u.csv", names="x,y,z")
    assert "of the channels a, b, but u gives the channels x, y, z" in refused(
        capsys, other, "--speed", "max", "--state", str(saved)
    )
    later = table(tmp_path / "v.csv", start_s=9.0)
    said = refused(capsys, later, "--speed", "max", "--state", str(saved))
    assert "v.csv is not what was learned from" in said and "at 11.99 s, and was at 2.99 s" in said
    assert "saved with learner.model=linear, and cannot go on with gru" in refused(
        capsys, same, "--set", "learner.model=gru", "--state", str(saved)
    )
    assert "was saved with " in refused(capsys, "demo:", other, "--state", str(saved))
    assert saved.read_bytes() == before, "it was written over"
    table(tmp_path / "t.csv", rows=200)
    assert watched(same, "--speed", "max", "--state", str(saved)) == 3
    assert "holds 200 rows, and 300 of them" in capsys.readouterr().err
    table(tmp_path / "t.csv")
    assert watched(same, "--speed", "max", "--state", str(saved)) == 0, "it stood where it had"


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("evil",)


def test_no_damaged_newer_or_strange_file_is_taken_and_nothing_is_run(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data, source = saved.read_bytes(), str(tmp_path / "t.csv")
    tensors = safetensors.torch.load(data)
    said = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    newer = safetensors.torch.save(tensors, dict(said, version="2"))
    empty = safetensors.torch.save({}, said)
    model = safetensors.torch.save(tensors, dict(format="driftscope model 1"))
    absurd = safetensors.torch.save(tensors, dict(said, state=json.dumps({"list": [{"x": 1}]})))
    for bad, why in (
        (data[: len(data) // 2], "holds no state to go on from"),
        (b"", "holds no state to go on from"),
        (pickle.dumps(Evil()), "holds no state to go on from"),
        (newer, "written by a newer Driftscope"),
        (model, "another kind of file"),
        (empty, "it is damaged"),
        (absurd, "holds no state to go on from"),
    ):
        saved.write_bytes(bad)
        assert why in refused(capsys, source, *FAST, "--state", str(saved)), why
        assert saved.read_bytes() == bad and not (tmp_path / "evil").exists()
    changed = dict(tensors)
    name = next(each for each in changed if each.endswith(".learner.weights"))
    changed[name] = torch.zeros(3)
    saved.write_bytes(safetensors.torch.save(changed, said))
    assert "weights" in refused(capsys, source, *FAST, "--state", str(saved))
    assert "make it first" in refused(capsys, source, "--state", str(tmp_path / "no" / "s"))
    assert "is a folder" in refused(capsys, source, "--state", str(tmp_path))


def test_what_is_named_wins_over_the_file(saved: Path, tmp_path: Path) -> None:
    given = ["--speed", "max", "--set", "learner.lr=0.25", "--for", "1s", "--state", str(saved)]
    assert watched(str(tmp_path / "t.csv"), *given) == 0
    (source,) = state_file.read(saved).sources.values()
    assert source.params["learner.lr"] == 0.25 and source.params["learner.model"] == "linear"
    assert source.params["learner.step_rows"] == 8


def test_a_full_disk_is_told_once_the_run_goes_on_and_the_last_whole_file_stays(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(state_file, "write_whole", full)
    scores = tmp_path / "scores.csv"
    words = ["--speed", "10", "--state-every", "5ms", "--scores", str(scores)]
    assert watched(str(tmp_path / "t.csv"), *words, "--state", str(saved)) == 1
    assert len(rows(scores)) == 304, "the run did not go on"
    said = capsys.readouterr().err
    assert said.count("No space left on device. Look at the disk") == 2, "while it ran; at the end"
    assert saved.read_bytes() == before


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    files.write_whole(path, b"old", lasting=True)

    def cut(number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(OSError, match="Input/output"):
        files.write_whole(path, b"new", lasting=True)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_of_two_programs_that_write_one_file_each_writes_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace = tmp_path / "x", os.replace

    def while_another_writes(part: Path, to: Path) -> None:
        monkeypatch.setattr(os, "replace", replace)
        other = threading.Thread(target=files.write_whole, args=(path, b"theirs"))
        other.start()
        other.join()
        assert path.read_bytes() == b"theirs"
        replace(part, to)

    monkeypatch.setattr(os, "replace", while_another_writes)
    files.write_whole(path, b"ours")
    assert path.read_bytes() == b"ours" and list(tmp_path.iterdir()) == [path]


def test_a_password_stands_in_no_file(tmp_path: Path) -> None:
    from driftscope.core.renaming import renamed

    tree = {"rtsp://me:secret@h/": [("x", "rtsp://me:secret@h/", 1.0)], "n": np.zeros(1)}
    hidden = renamed(tree, {"rtsp://me:secret@h/": "rtsp://me:•••@h/"})
    assert "secret" not in str(hidden) and hidden["rtsp://me:•••@h/"][0][2] == 1.0


def test_only_states_of_streams_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.safetensors"
    assert watched(str(tmp_path / "none.csv"), "--state", str(path)) == 3
    assert not path.exists() and autosave.check(path) == ""


def killed(words: list[str], path: Path) -> None:
    """Kill a run the hard way once it has saved itself a few times."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "driftscope.core.cli", "watch", *words],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until_s, stamps = time.monotonic() + 200, set()
        while len(stamps) < 3 and time.monotonic() < until_s and begun.poll() is None:
            if path.exists():
                stamps.add(path.stat().st_mtime_ns)
            time.sleep(0.01)
    finally:
        begun.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        begun.wait()
    assert len(stamps) >= 3


def test_killed_after_an_autosave_it_goes_on_row_for_row(tmp_path: Path) -> None:
    source, path = table(tmp_path / "t.csv", 3000), tmp_path / "s.safetensors"
    whole, rest = tmp_path / "whole.csv", tmp_path / "rest.csv"
    given = ["--set", "learner.step_rows=8", "--set", "learner.model=linear"]
    words = [source, *given, "--speed", "5", "--state", str(path), "--state-every", "50ms"]
    killed(words, path)
    assert watched(source, *given, "--speed", "max", "--scores", str(whole)) == 0
    words = [source, "--speed", "max", "--scores", str(rest), "--state", str(path)]
    assert watched(*words) == 0
    assert 0 < len(rows(rest)) < 3000 and rows(rest) == rows(whole)[-len(rows(rest)) :]
