"""Films and models from the command line, and of a monitor that runs or has ended."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from pathlib import Path

import cv2
import numpy as np
import pytest
from streams import Listed, monitored, waves

from driftscope.core.cli import main
from driftscope.core.commands import SaveModel
from driftscope.core.errors import DriftscopeError
from driftscope.core.export import model
from driftscope.core.pictures.files import encoded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 420 pictures of noise; a disc lies in the 30 from number 360 on."""
    made = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(0)
    still = cv2.GaussianBlur(draw.integers(0, 256, (48, 64, 3), np.uint8), (0, 0), 3)
    for number in range(420):
        noisy = still + draw.normal(0, 3, still.shape)
        picture = np.clip(noisy, 0, 255).astype(np.uint8)
        if 360 <= number < 390:
            cv2.circle(picture, (40, 20), 9, (250, 20, 240), -1)
        (made / f"{number}.png").write_bytes(encoded(picture, ".png"))
    return made


def test_the_command_line_writes_films_and_the_model(folder: Path, tmp_path: Path) -> None:
    films, to = tmp_path / "films", tmp_path / "m.safetensors"
    words = ["watch", f"pictures:{folder}?speed=max", "--set", "detector.one_in=50"]
    assert main([*words, "--clips", str(films), "--model-out", str(to)]) == 0
    found = sorted(films.iterdir())
    assert found and all(each.name.endswith(".mp4") for each in found)
    discs = 0
    for each in found:
        film = cv2.VideoCapture(str(each))
        while (read := film.read())[0]:
            blue, green, red = (int(each) for each in read[1][20, 40])
            discs += red > 180 and blue > 180 and green < 90
        film.release()
    assert discs >= 30, "the alarm's film shows it"
    saved = model.load(to)
    assert saved.info.pictures and saved.model == "cells" and saved.learner().state != "warming up"


def test_each_stream_of_the_command_line_has_its_model(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rows = "\n".join(f"{a:.4f},{b:.4f}" for a, b in waves(200))
        (tmp_path / f"{name}.csv").write_text("a,b\n" + rows + "\n")
    words = ["watch", str(tmp_path / "one.csv"), str(tmp_path / "two.csv"), "--speed", "max"]
    assert main([*words, "--model-out", str(tmp_path / "m.safetensors")]) == 0
    saved = {path.name: model.load(path) for path in tmp_path.glob("*.safetensors")}
    assert len(saved) == 2 and {each.info.key for each in saved.values()} == {"one", "two"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--model-out", "m.pth"], "end its name with"),
        (["--model-out", "absent/m.pt2"], "There is no folder absent"),
        (["--clips", "file/films"], "Name another folder"),
    ],
)
def test_what_cannot_be_written_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    assert main(["watch", "demo:?speed=max", "--for", "1s", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_model_that_could_not_be_written_is_told_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model, "write_whole", full)
    to = str(tmp_path / "m.safetensors")
    assert main(["watch", "demo:?speed=max", "--for", "1s", "--model-out", to]) == 1
    assert "No space left on device. Name another file." in capsys.readouterr().err


def test_a_running_monitor_saves_between_two_steps(tmp_path: Path) -> None:
    monitor, kept = monitored(Listed(waves(2000), cuts=range(0, 2000, 20)))
    wish = SaveModel("s", tmp_path / "m.safetensors")
    missing = SaveModel("none", tmp_path / "n.safetensors")
    thread = threading.Thread(target=monitor.run)
    thread.start()
    while len(kept.all) < 300:
        time.sleep(0.001)
    monitor.send(wish)
    monitor.send(missing)
    thread.join()
    saved = model.load(wish.done.result(10))
    assert saved.info.key == "s" and saved.learner().state == "learning"
    with pytest.raises(DriftscopeError, match="no stream 'none'"):
        missing.done.result(10)


def test_a_monitor_that_has_ended_still_saves(tmp_path: Path) -> None:
    monitor, _ = monitored(Listed(waves(500)))
    monitor.run()
    wish = SaveModel("s", tmp_path / "m.safetensors", Future())
    monitor.send(wish)
    loaded = model.load(wish.done.result(10)).learner()
    now = monitor.lanes["s"].learner
    nets = [dict(model.nets_in(each))["training.net"].state_dict() for each in (loaded, now)]
    assert all(np.array_equal(a, b) for a, b in zip(*(n.values() for n in nets), strict=True))
    bad = SaveModel("s", tmp_path / "absent" / "m.safetensors")
    monitor.send(bad)
    with pytest.raises(DriftscopeError, match="make it first"):
        bad.done.result(10)
