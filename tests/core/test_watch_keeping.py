"""`watch --log` and `watch --profile`, as a user types them."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from streams import waves

from driftscope.core.cli import main


def table(path: Path, rows: int = 300) -> Path:
    lines = ["time (s),a (V),-b"]
    lines += [f"{i / 100},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(waves(rows))]
    path.write_text("\n".join(lines) + "\n")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_log_holds_what_the_file_held_and_the_scores(tmp_path: Path) -> None:
    data, log, scores = table(tmp_path / "t.csv"), tmp_path / "log.csv", tmp_path / "scores.csv"
    words = ["watch", str(data), "--speed", "max", "--log", str(log), "--scores", str(scores)]
    assert main(words) == 0
    logged, scored = rows_of(log), rows_of(scores)
    assert len(logged) == len(scored) == 300
    for row, (a, b) in zip(logged, waves(300), strict=True):
        assert (float(row["a (V)"]), float(row["'-b"])) == (round(a, 4), round(b, 4))
    for name in ("anomaly_score", "rarity", "onset", "alarm"):
        assert [row[name] for row in logged] == [row[name] for row in scored]
    assert [row["time (s)"] for row in logged] == [row["time_s"] for row in scored]


def test_a_log_can_be_watched_again(tmp_path: Path) -> None:
    data, log, again = table(tmp_path / "t.csv"), tmp_path / "log.csv", tmp_path / "again.csv"
    assert main(["watch", str(data), "--speed", "max", "--log", str(log)]) == 0
    assert main(["watch", str(log), "--speed", "max", "--log", str(again)]) == 0
    first, second = rows_of(log), rows_of(again)
    assert [row["a (V)"] for row in first] == [row["a (V)"] for row in second]
    assert [row["time (s)"] for row in first] == [row["time (s)"] for row in second]


def test_a_profile_gives_sources_and_settings_and_what_is_typed_wins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, log = table(tmp_path / "t.csv"), tmp_path / "log.csv"
    profile = tmp_path / "a.toml"
    profile.write_text(
        f"version = 1\nsources = ['{data}']\n[learner]\nlr = 0\n[model]\nhidden = 8\n"
        f"[source]\nspeed = 'max'\n"
    )
    words = ["watch", "--profile", str(profile), "--log", str(log)]
    assert main([*words, "--set", "learner.step_rows=16"]) == 0
    frozen = rows_of(log)
    assert main([*words, "--set", "learner.step_rows=16", "--set", "learner.lr=1"]) == 0
    learned = rows_of(log)
    name = "a predicted (V)"
    assert frozen[0] == learned[0] and frozen[-1][name] != learned[-1][name]
    assert "left out" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("learner.lrr = 1\n", ["demo:"], "a.toml, line 1: learner.lrr is no parameter; did you"),
        ("model.hiddn = 1\n", ["demo:"], "line 1: model.hiddn is no parameter; did you mean"),
        ("", [], "a.toml names no source: name one behind `watch`."),
        ("version = 1", ["nothing"], "'nothing' is no source Driftscope knows"),
    ],
)
def test_a_mistake_ends_it_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: list[str], said: str
) -> None:
    (tmp_path / "a.toml").write_text(text)
    assert main(["watch", *words, "--profile", str(tmp_path / "a.toml")]) == 2
    assert said in capsys.readouterr().err


def test_what_a_later_version_wrote_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.toml").write_text("version = 2\nturbo = 1\n")
    words = ["watch", str(table(tmp_path / "t.csv", 60)), "--speed", "max"]
    assert main([*words, "--profile", str(tmp_path / "a.toml")]) == 0
    told = "a.toml was made by a later version (2; this one knows 1). Left out: line 2, turbo."
    assert capsys.readouterr().err.count(told) == 1


def test_neither_source_nor_profile_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["watch"])
    assert ended.value.code == 2
    assert "name a SOURCE, or a --profile or a --state that names one" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_is_told_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "demo:", "--for", "1s", "--log", str(tmp_path / "no" / "a.csv")]) == 2
    assert f"Nothing can be logged to {tmp_path / 'no' / 'a.csv'}: there is no" in (
        capsys.readouterr().err
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_ends_the_log_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, scores = table(tmp_path / "t.csv"), tmp_path / "scores.csv"
    words = ["watch", str(data), "--speed", "max", "--log", "/dev/full", "--scores", str(scores)]
    assert main(words) == 1
    assert len(rows_of(scores)) == 300
    told = capsys.readouterr().err
    assert "The log was switched off: no space left on device; 0 rows stand whole in" in told
    assert "Not complete: the log." in told


def test_a_log_can_go_to_another_program(tmp_path: Path) -> None:
    words = ["watch", str(table(tmp_path / "t.csv")), "--speed", "max", "--log", "/dev/stdout"]
    made = subprocess.run(
        [sys.executable, "-m", "driftscope.core.cli", *words],
        capture_output=True, text=True, timeout=200, check=True,
    )  # fmt: skip
    lines = made.stdout.splitlines()
    assert len(lines) == 301 and lines[0].startswith("time (s),a (V),'-b,")


def test_killed_it_leaves_a_whole_last_line(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    words = ["watch", "demo:", "--log", str(log)]
    run = subprocess.Popen(
        [sys.executable, "-m", "driftscope.core.cli", *words], stderr=subprocess.DEVNULL
    )
    try:
        end_s = time.monotonic() + 60
        while not (log.exists() and log.stat().st_size > 50_000):
            assert time.monotonic() < end_s and run.poll() is None
            time.sleep(0.05)
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    text = log.read_text()
    assert text.endswith("\n")
    assert len({line.count(",") for line in text.splitlines()}) == 1
