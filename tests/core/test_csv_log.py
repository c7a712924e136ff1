"""The log: what its rows hold, its parts and streams, and that it outlives a full disk."""

from __future__ import annotations

import csv
import errno
import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streams import Kept, Listed, waves

from driftscope.core.commands import Attach, Detach
from driftscope.core.errors import DriftscopeError
from driftscope.core.export import row_file
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.sinks.csv_log import CsvLog
from driftscope.core.stream import Event, Result, StreamInfo

VALUES = waves(400)
INFO = StreamInfo("s", ("x", "y"), ("g", ""), 100.0)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 64 KiB; skip where none may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if not shutil.which("mount") or subprocess.call(made, stderr=subprocess.DEVNULL):
        pytest.skip("no small disk may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def table(path: Path) -> tuple[list[str], np.ndarray]:
    """Return the header and the rows (n, columns), NaN where a cell is empty."""
    names, *rows = csv.reader(io.StringIO(path.read_text("utf-8")))
    return names, np.array([[float(cell or "nan") for cell in row] for row in rows])


def result(seq: int, values: np.ndarray, *, key: str = "s", scored: bool = True) -> Result:
    n = len(values)
    none = np.zeros(n, bool)
    return Result(
        key, seq, (seq + np.arange(n)) / 100, values, values + 0.5, None, np.zeros(n), {},
        values, np.full(n, 2.0), 3.0, none, none, True, 0.0, scored,
    )  # fmt: skip


def written(path: Path, *items: object) -> CsvLog:
    log = CsvLog(path)
    for item in items:
        log.write(item)  # type: ignore[arg-type]
    log.close()
    return log


def test_a_row_holds_what_was_measured_predicted_and_found(tmp_path: Path) -> None:
    log, kept = CsvLog(tmp_path / "run.csv"), Kept()
    Monitor({"d": (Listed(VALUES), default_params())}, [log, kept]).run()
    names, rows = table(tmp_path / "run.csv")
    assert names == [
        "time (s)", "c0", "c1", "c0 predicted", "c1 predicted", "anomaly_score", "rarity",
        "onset", "alarm", "gap",
    ]  # fmt: skip
    assert len(rows) == len(VALUES) == log.rows
    assert np.array_equal(rows[:, 1:3], VALUES)
    assert np.array_equal(rows[:, 6], kept.column("rarity"))
    expected = kept.column("prediction")
    assert np.array_equal(np.isnan(rows[:, 3:5]), np.isnan(expected))
    assert np.allclose(rows[:, 3:5], expected, rtol=1e-6, equal_nan=True)
    assert log.nbytes == (tmp_path / "run.csv").stat().st_size


def test_seconds_have_six_decimals_and_units_stand_in_brackets(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", INFO, result(1, np.array([[0.1, -2.0]])))
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[0].startswith("time (s),x (g),y,x predicted (g),y predicted,anomaly_score")
    assert lines[1].startswith("0.010000,0.1,-2.0,0.6,-1.5,0.98999999999999999,2,0,0,0")


def test_names_are_no_formulas_and_numbers_stay(tmp_path: Path) -> None:
    odd = ("=1+1", "+a", "-b", "@c", ' "q", r', "温度 🌡", "two\nlines", "שלום")
    info = StreamInfo("s", odd, ("",) * len(odd), 100.0)
    written(tmp_path / "a.csv", info, result(0, np.full((1, len(odd)), -1.5)))
    names, rows = table(tmp_path / "a.csv")
    assert names[1:9] == [
        "'=1+1", "'+a", "'-b", "'@c", ' "q", r', "温度 🌡", "two lines", "שלום"
    ]  # fmt: skip
    assert rows[0, 1] == -1.5


def test_rows_not_scored_have_empty_cells_and_gaps_are_marked(tmp_path: Path) -> None:
    values = np.array([[1.0, np.nan], [2.0, 3.0]])
    written(
        tmp_path / "a.csv", INFO, result(0, values), result(2, values, scored=False),
        Event("s", 4, 0.04, "gap", {}), result(4, values), result(9, values),
    )  # fmt: skip
    names, rows = table(tmp_path / "a.csv")
    assert np.isnan(rows[0, 2]) and np.isnan(rows[2:4, names.index("rarity")]).all()
    assert np.isnan(rows[2:4, names.index("alarm")]).all()
    assert rows[:, names.index("gap")].tolist() == [0, 0, 0, 0, 1, 0, 1, 0]


def test_new_channels_go_on_in_another_part_and_nothing_is_lost(tmp_path: Path) -> None:
    more = StreamInfo("s", ("x", "y", "z"), ("g", "", ""), 100.0, version=2)
    (tmp_path / "run.2.csv").write_text("of another day\n")
    log = written(
        tmp_path / "run.csv", INFO, result(0, np.ones((3, 2))),
        more, result(3, np.ones((2, 3))),
    )  # fmt: skip
    assert [path.name for path in log.files] == ["run.csv", "run.3.csv"]
    assert (tmp_path / "run.2.csv").read_text() == "of another day\n"
    assert table(tmp_path / "run.csv")[1].shape == (3, 10)
    assert table(tmp_path / "run.3.csv")[1].shape == (2, 12)
    assert log.rows == 5


def test_a_channel_before_the_first_row_needs_no_other_part(tmp_path: Path) -> None:
    more = StreamInfo("s", ("x", "y", "z"), ("g", "", ""), 100.0, version=2)
    log = written(tmp_path / "run.csv", INFO, more, result(0, np.ones((2, 3))))
    assert [path.name for path in log.files] == ["run.csv"]
    names, rows = table(tmp_path / "run.csv")
    assert names[3] == "z" and rows.shape == (2, 12)


def test_a_stream_that_begins_anew_does_not_go_back_in_time(tmp_path: Path) -> None:
    log = written(
        tmp_path / "run.csv", INFO, result(0, np.ones((2, 2))), INFO, result(0, np.ones((2, 2)))
    )
    assert [path.name for path in log.files] == ["run.csv", "run.2.csv"]
    assert table(tmp_path / "run.2.csv")[1][0, -1] == 1


def test_each_stream_has_a_file_of_its_own(tmp_path: Path) -> None:
    devices = {"a": Listed(VALUES, key="a"), "x/b": Listed(VALUES[:200], key="x/b")}
    inputs = {key: (each, default_params()) for key, each in devices.items()}
    Monitor(inputs, [CsvLog(tmp_path / "out.csv")]).run()
    rows = sorted(len(table(path)[1]) for path in tmp_path.iterdir())
    assert rows == [200, 400]
    assert {path.name for path in tmp_path.iterdir()} in (
        {"out.csv", "out.x_b.csv"}, {"out.csv", "out.a.csv"},
    )  # fmt: skip


def test_pictures_leave_their_scores(tmp_path: Path) -> None:
    info = StreamInfo("door", ("picture",), ("",), 10.0, 1, (4, 4, 3), "uint8", "unix")
    found = result(0, np.zeros((2, 4, 4, 3)), key="door")
    written(tmp_path / "a.csv", info, found)
    names, rows = table(tmp_path / "a.csv")
    assert names == ["time (s)", "anomaly_score", "rarity", "onset", "alarm", "gap"]
    assert rows.shape == (2, 6)


def test_a_file_that_only_counts_rows_says_so(tmp_path: Path) -> None:
    info = StreamInfo("s", ("x",), ("",), None, clock="rows")
    written(tmp_path / "a.csv", info, result(0, np.ones((2, 1))))
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("0,1.0,")
    assert table(tmp_path / "a.csv")[0][0] == "index"


def test_it_comes_and_goes_while_the_monitor_runs(tmp_path: Path) -> None:
    log, after = CsvLog(tmp_path / "mid.csv"), 100

    class Switch(Kept):
        def write(self, item: object) -> None:
            super().write(item)  # type: ignore[arg-type]
            if isinstance(item, Result) and item.seq <= after < item.seq + len(item):
                monitor.send(Attach(log))

    kept = Switch()
    cuts = range(0, 400, 16)
    monitor = Monitor({"d": (Listed(VALUES, cuts), default_params())}, [kept])
    monitor.run()
    assert log.closed and 0 < log.rows < 300
    _, rows = table(tmp_path / "mid.csv")
    assert rows[-1, 0] == kept.results[-1].time_s[-1]
    assert np.array_equal(rows[:, 1:3], VALUES[-len(rows) :])


def test_one_that_is_detached_is_whole_and_one_that_comes_late_is_closed(tmp_path: Path) -> None:
    first, late = CsvLog(tmp_path / "a.csv"), CsvLog(tmp_path / "b.csv")
    monitor = Monitor({"d": (Listed(VALUES), default_params())}, [first])
    monitor.send(Detach(first))
    monitor.run()
    monitor.send(Attach(late))
    assert first.closed and late.closed and monitor.switched_off == []
    assert (tmp_path / "a.csv").read_text() == ""


class Full:
    """A raw file on a disk that has room for so many bytes and no more."""

    def __init__(self, file: io.FileIO, room: int) -> None:
        self._file, self._room = file, room
        self.fileno, self.close = file.fileno, file.close

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, data: bytes) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = self._file.write(data[: self._room])
        self._room -= done
        return done


def test_a_full_disk_ends_the_log_with_a_whole_line_and_not_the_run(tmp_path: Path) -> None:
    log, kept = CsvLog(tmp_path / "run.csv"), Kept()
    log._files[0]._file = Full(log._files[0]._file, 5000)  # type: ignore[assignment]
    Monitor({"d": (Listed(VALUES), default_params())}, [log, kept]).run()
    assert len(kept.column("time_s")) == len(VALUES)
    _ends_whole(log, kept, tmp_path / "run.csv")


def test_a_disk_that_is_really_full(full_disk: Path) -> None:
    log, kept = CsvLog(full_disk / "run.csv"), Kept()
    values = waves(4000, 4)
    Monitor({"d": (Listed(values, range(0, 4000, 100)), default_params())}, [log, kept]).run()
    assert len(kept.column("time_s")) == len(values)
    _ends_whole(log, kept, full_disk / "run.csv")


def _ends_whole(log: CsvLog, kept: Kept, path: Path) -> None:
    text = path.read_text()
    _, rows = table(path)
    assert text.endswith("\n") and 0 < len(rows) == log.rows
    assert log.nbytes == len(text.encode())
    (note,) = [event.data["message"] for event in kept.events("note")]
    assert note.startswith("The log was switched off: no space left on device; ")
    assert f"{len(rows):,} rows stand whole in {path}. The run goes on: make room" in note
    assert log.trouble and log.closed


def test_a_file_that_was_deleted_is_told_not_written_into_the_void(tmp_path: Path) -> None:
    log = CsvLog(tmp_path / "run.csv")
    log.write(INFO)
    (tmp_path / "run.csv").unlink()
    log._files[0]._flushed_s = -1e9
    with pytest.raises(OSError, match="the file was deleted while it was written"):
        log.tick()
    log.close()


def test_rows_are_on_the_disk_after_a_second(tmp_path: Path, monkeypatch) -> None:
    log = CsvLog(tmp_path / "run.csv")
    log.write(INFO)
    log.write(result(0, np.ones((3, 2))))
    log.tick()
    assert log.rows == 0
    now_s = time.monotonic() + 1.01
    monkeypatch.setattr(row_file.time, "monotonic", lambda: now_s)
    log.tick()
    assert log.rows == 3 == len(table(tmp_path / "run.csv")[1])
    log.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", "it is a folder. Name a file in it."),
        ("no/such/run.csv", "there is no folder"),
        ("run.csv/inside.csv", "there is no folder"),
        ("pipe", "no such device or address. Choose"),
        ("a\0b.csv", "null byte"),
        ("x" * 300 + ".csv", "file name too long. Choose another folder or name."),
    ],
)
def test_what_cannot_be_logged_to_is_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "run.csv").write_text("")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DriftscopeError, match="Nothing can be logged to") as caught:
        CsvLog(tmp_path / name)
    assert said in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DriftscopeError, match=r"permission denied\. Choose another"):
        CsvLog(tmp_path / "run.csv")
    tmp_path.chmod(0o700)
