"""Whatever is fed in or asked for, a run without a window ends in a sentence, not a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from devices import PtyDevice
from streams import Kept, Listed, waves

from driftscope.core.cli import main
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Output

PROGRAM = [sys.executable, "-m", "driftscope.core.cli", "watch"]


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["watch", *words])
    error = capsys.readouterr().err
    assert "Traceback" not in error
    return status, error


def table(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n")
    return path


NUMBERS = {
    "constant": ["5,7"] * 300,
    "missing": ["1,2", *["nan,"] * 300],
    "huge": [f"{1e30 if i % 50 == 0 else i % 7},-1e300" for i in range(300)],
    "one row": ["1,2"],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_odd_numbers_are_played_to_the_end(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = table(tmp_path / "t.csv", ["a,b", *NUMBERS[name]]), tmp_path / "o.csv"
    status, _ = told([str(data), "--speed", "max", "--scores", str(out)], capsys)
    with open(out, newline="") as file:
        rows = list(csv.DictReader(file))
    assert status == 0 and len(rows) == len(NUMBERS[name])
    assert all(0 <= float(row["anomaly_score"]) <= 1 for row in rows)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--summary", "{folder}"], 2, "The summary cannot be written to {folder}"),
        (["--scores", "{folder}"], 2, "The scores cannot be written to {folder}"),
        (["--set", "decoder.format=csv"], 2, "no parameter 'decoder.format'"),
    ],
)
def test_what_is_asked_wrongly_is_told_before_anything_runs(
    tmp_path: Path, words: list[str], status: int, sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = [word.format(folder=tmp_path) for word in words]
    found, error = told([str(table(tmp_path / "t.csv", ["1,2"])), *words], capsys)
    assert found == status and sentence.format(folder=tmp_path) in error


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full disk to offer")
@pytest.mark.parametrize("option", ["--scores", "--summary"])
def test_a_full_disk_is_told_and_the_rest_goes_on(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = table(tmp_path / "t.csv", [f"{i},1" for i in range(300)])
    status, error = told([str(data), "--speed", "max", option, "/dev/full"], capsys)
    assert status == 1 and "300 samples" in error
    assert f"Not complete: the {'file of scores' if option == '--scores' else 'summary'}" in error


def test_a_terminal_that_is_gone_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    data, out = table(tmp_path / "t.csv", ["1,2"] * 300), tmp_path / "o.csv"
    monkeypatch.setattr(sys, "stderr", Gone())
    assert main(["watch", str(data), "--speed", "max", "--scores", str(out)]) == 0
    assert len(out.read_text().splitlines()) == 301


def test_a_device_that_is_not_there_is_told_even_if_time_is_up_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, error = told(["serial:/dev/ttyNOTHING", "--for", "1ms"], capsys)
    assert status == 3 and "/dev/ttyNOTHING is not there" in error


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [(b"", "It sent nothing"), (b"hello\nworld\nyou\n", "rejected, the last: 'you' (not only")],
)
def test_a_device_without_numbers_is_told_to_have_none(
    tmp_path: Path, sent: bytes, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with PtyDevice(tmp_path / "ttyTEST0") as device:
        writer = subprocess.Popen(  # once the port is open: what came before is thrown away
            [sys.executable, "-c", "import sys, time; time.sleep(0.7); sys.stdout.buffer.write("
             f"{sent!r}); sys.stdout.flush(); time.sleep(9)"], stdout=device._master,
        )  # fmt: skip
        try:
            status, error = told([device.address, "--for", "1.2s"], capsys)
        finally:
            writer.kill()
            writer.wait()
    assert status == 0 and "Not one sample came from" in error and sentence in error


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_being_told_to_end_saves_everything_first(tmp_path: Path, name: str) -> None:
    out, end = tmp_path / "o.csv", tmp_path / "s.json"
    process = subprocess.Popen(
        [*PROGRAM, "demo:", "--scores", str(out), "--summary", str(end)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end_s = time.monotonic() + 60
    while (not out.exists() or out.stat().st_size < 20_000) and time.monotonic() < end_s:
        time.sleep(0.05)
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=200)
    assert process.returncode == 130 and "Traceback" not in error
    assert len(out.read_text().splitlines()) == 1 + json.loads(end.read_text())["samples"]


def test_a_pipe_that_stays_silent_ends_when_time_is_up() -> None:
    process = subprocess.Popen(
        [*PROGRAM, "-", "--for", "500ms"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None and process.wait(timeout=200) == 0
        assert "It sent nothing" in process.stderr.read()
    finally:
        process.kill()


class Failing(Sink):
    """Fail in one method."""

    name = "the failing one"

    def __init__(self, where: str) -> None:
        self.where = where

    def write(self, item: Output) -> None:
        self._fail("write")

    def tick(self) -> None:
        self._fail("tick")

    def close(self) -> None:
        self._fail("close")

    def _fail(self, where: str) -> None:
        if where == self.where:
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("where", ["write", "tick", "close"])
def test_a_sink_that_fails_anywhere_is_switched_off_and_told_once(where: str) -> None:
    kept = Kept()
    monitor = Monitor({"d": (Listed(waves(100)), default_params())}, [Failing(where), kept])
    monitor.run()
    notes = [event.data["message"] for event in kept.events("note")]
    assert notes == ["The failing one was switched off: No space left on device."]
    assert monitor.switched_off == ["the failing one"]
    assert np.array_equal(kept.column("values"), waves(100))
