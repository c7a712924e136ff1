"""The command line without a window, as a user types it."""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from streams import Listed, run, waves

from driftscope.core import watch as watching
from driftscope.core.cli import duration_s, main
from driftscope.core.export import model

KEYS = {
    "samples", "rejected", "dropped", "gaps", "updates", "skipped_updates", "alarms", "seconds",
    "first_prediction_s", "step_ms_p50", "step_ms_p99", "loss", "baseline_loss", "skill",
    "peak_memory_mb",
}  # fmt: skip


def table(path: Path, rows: int = 400, bad: int | None = None) -> Path:
    lines = ["time (s),a,b"]
    lines += [f"{i / 100},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(waves(rows))]
    if bad is not None:
        lines[1 + bad] = "oops"
    path.write_text("\n".join(lines) + "\n")
    return path


def scores(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_a_sample_and_a_summary(tmp_path: Path) -> None:
    data, out, told = table(tmp_path / "t.csv", bad=100), tmp_path / "o.csv", tmp_path / "s.json"
    words = ["watch", str(data), "--speed", "max", "--scores", str(out), "--summary", str(told)]
    assert main(words) == 0
    rows = scores(out)
    assert [int(row["index"]) for row in rows] == list(range(400))
    assert [float(row["time_s"]) for row in rows[:3]] == [0.0, 0.01, 0.02]
    for row in rows:
        rarity, score = float(row["rarity"]), float(row["anomaly_score"])
        assert score == pytest.approx(1 - 10**-rarity, abs=1e-15) and 0 <= score <= 1
        assert row["onset"] in "01" and row["alarm"] in "01" and row["onset"] <= row["alarm"]
    assert float(rows[0]["rarity"]) == 0
    summary = json.loads(told.read_text())
    assert set(summary) >= KEYS
    assert (summary["samples"], summary["rejected"]) == (400, 1)
    assert summary["seconds"] == pytest.approx(3.99)
    assert set(summary["baseline_loss"]) == {"last value", "running mean"}
    assert summary["updates"] > 300 and math.isfinite(summary["skill"])


def test_the_demo_reaches_a_skill_of_a_half_within_a_minute(tmp_path: Path) -> None:
    told = tmp_path / "s.json"
    assert main(["watch", "demo:", "--for", "60s", "--speed", "max", "--summary", str(told)]) == 0
    summary = json.loads(told.read_text())
    assert summary["seconds"] == pytest.approx(59.999) and summary["samples"] == 60_000
    assert summary["skill"] >= 0.5


@pytest.mark.parametrize(("channels", "rows"), [(1, 1), (3, 8)])
def test_on_white_noise_it_is_as_good_as_the_best_baseline(channels: int, rows: int) -> None:
    noise = np.random.default_rng(7).standard_normal((9000, channels))
    kept = run(Listed(noise, rate_hz=None), learner__step_rows=rows)
    means = {name: float(np.nanmean(each[2000:])) for name, each in kept.table().items()
             if name in ("loss", "last value", "running mean")}  # fmt: skip
    skill = 1 - means["loss"] / min(means["last value"], means["running mean"])
    assert abs(skill) < 0.02


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["watch", "nothing.csv"], 3, "nothing.csv"),
        (["watch", "serial:/dev/ttyNOTHING"], 3, "/dev/ttyNOTHING"),
        (["watch", "rubbish"], 2, "no source"),
        (["watch", "demo:", "--set", "learner.lr=5000"], 2, "between 0 and 100"),
        (["watch", "demo:", "--set", "learner.foo=1"], 2, "no parameter"),
        (["watch", "demo:", "--set", "learner.model=nonsense"], 2, "nonsense"),
        (["watch", "demo:", "--speed", "fast"], 2, "speed must be"),
        (["watch", "-", "--speed", "max"], 2, "standard input sets its own pace"),
        (["watch", "demo:", "--scores", "/no/such/folder/x.csv"], 2, "/no/such/folder/x.csv"),
        (["watch", "serial:spy:///dev/ttyS0"], 2, "spy"),
    ],
)
def test_what_cannot_be_done_is_told_with_an_exit_status(
    words: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == status
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error


@pytest.mark.parametrize("words", [["watch"], ["watch", "demo:", "--for", "soon"], ["--nonsense"]])
def test_bad_words_end_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_ctrl_c_ends_with_130_after_everything_was_saved(tmp_path: Path) -> None:
    out, told = tmp_path / "o.csv", tmp_path / "s.json"
    words = ["watch", "demo:", "--scores", str(out), "--summary", str(told)]
    process = subprocess.Popen(
        [sys.executable, "-m", "driftscope.core.cli", *words], stderr=subprocess.PIPE, text=True
    )
    end_s = time.monotonic() + 60
    while (not out.exists() or out.stat().st_size < 50_000) and time.monotonic() < end_s:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=200)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert len(scores(out)) == json.loads(told.read_text())["samples"] > 500


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_being_told_to_end_while_saving_saves_all_the_same(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "m.safetensors"
    save = model.save

    def told_to_end(saved: model.Saved, path: str | Path) -> Path:
        signal.raise_signal(getattr(signal, name))
        return save(saved, path)

    monkeypatch.setattr(model, "save", told_to_end)
    words = ["watch", "demo:", "--speed", "max", "--for", "1s", "--model-out", str(to)]
    assert main(words) == 130 and model.load(to).learner().state != "warming up"


def test_ctrl_c_while_the_program_is_being_loaded_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pressed(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "watch", pressed)
    assert main(["watch", "demo:"]) == 130


def test_a_pipe_can_be_watched(tmp_path: Path) -> None:
    told = tmp_path / "s.json"
    lines = "".join(f"{a:.3f},{b:.3f}\n" for a, b in waves(500))
    done = subprocess.run(
        [sys.executable, "-m", "driftscope.core.cli", "watch", "-", "--summary", str(told)],
        input="banner of the board\n" + lines + "rubbish in between\n" + lines,
        capture_output=True, text=True, timeout=200, check=False,
        env=os.environ | {"COLUMNS": "80"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(told.read_text())
    assert summary["samples"] == 1000 and summary["rejected"] in (1, 2)


def test_help_and_devices_need_no_torch_and_no_qt() -> None:
    code = (
        "import sys\nfrom driftscope.core.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'PySide6', 'pyqtgraph'}\n"
        "heavy |= set() if 'devices' in sys.argv else {'cv2'}\n"
        "loaded = heavy & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    for words in (["--help"], ["watch", "--help"], ["devices"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and done.stdout.strip(), (words, done.stderr)


@pytest.mark.parametrize(
    ("text", "seconds"), [("20s", 20), ("500ms", 0.5), ("5m", 300), ("24h", 86400), ("2.5", 2.5)]
)
def test_durations(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


def test_recordings_of_others_play_through(data_dir: Path, tmp_path: Path) -> None:
    for name, rows in (
        ("imu_xio/sensor_data.csv.gz", 13_514),
        ("nab/data/realKnownCause/ambient_temperature_system_failure.csv", 7267),
    ):
        out = tmp_path / "o.csv"
        assert main(["watch", str(data_dir / name), "--speed", "max", "--scores", str(out)]) == 0
        assert len(scores(out)) == rows
