"""What the history holds, written to a file: as the log has it, and for others' tools."""

from __future__ import annotations

import csv
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from streams import Kept, Listed, waves

from driftscope.core.errors import DriftscopeError
from driftscope.core.export import history as exports
from driftscope.core.history import History
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.sinks.csv_log import CsvLog
from driftscope.core.stream import Event, Result, StreamInfo

VALUES = waves(500)


def logged(folder: Path) -> tuple[History, Kept, Path]:
    """Return the history of a run, all that came out of it, and its log."""
    kept, path = Kept(), folder / "log.csv"
    source = Listed(VALUES, range(0, 500, 40), gaps=(240,))
    Monitor({"d": (source, default_params())}, [kept, CsvLog(path)]).run()
    info = next(item for item in kept.all if isinstance(item, StreamInfo))
    history = History(info)
    for item in kept.all:
        if isinstance(item, Result):
            history.append(item)
        elif isinstance(item, Event) and item.kind == "gap":
            history.note_gap(item)
    return history, kept, path


def made(rows: int, rate_hz: float = 100.0, missing: int = 0) -> tuple[History, StreamInfo]:
    info = StreamInfo("s", ("x", "=y"), ("g", ""), rate_hz)
    history, n = History(info), rows
    values = np.round(waves(n), 3)
    values[:missing, 1] = np.nan
    none = np.zeros(n, bool)
    history.append(
        Result(
            "s", 0, 5.0 + np.arange(n) / rate_hz, values, values, None, np.zeros(n), {}, values,
            np.zeros(n), 3.0, none, none, True, 0.0,
        )
    )  # fmt: skip
    return history, info


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_it_is_what_the_log_wrote(tmp_path: Path) -> None:
    history, _, log = logged(tmp_path)
    told = exports.write(tmp_path / "out.csv", exports.snapshot(history), history.info)
    assert (tmp_path / "out.csv").read_text() == log.read_text()
    assert told == f"500 rows were exported to {tmp_path / 'out.csv'}."
    gap = rows_of(tmp_path / "out.csv")[0].index("gap")
    assert [i for i, row in enumerate(rows_of(log)[1:]) if row[gap] == "1"] == [240]


def test_a_stretch_has_both_its_ends(tmp_path: Path) -> None:
    history, info = made(500)
    exports.write(tmp_path / "out.csv", exports.snapshot(history, 6.0, 7.0), info)
    times = [float(row[0]) for row in rows_of(tmp_path / "out.csv")[1:]]
    assert (times[0], times[-1], len(times)) == (6.0, 7.0, 101)


def test_the_snapshot_is_a_copy() -> None:
    history, _ = made(50)
    table = exports.snapshot(history)
    before = table.values.copy()
    history.rows.values[:] = -1
    assert np.array_equal(table.values, before)


def test_many_pieces_are_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history, info = made(500)
    whole, pieces, shares = tmp_path / "a.csv", tmp_path / "b.csv", []
    exports.write(whole, exports.snapshot(history), info)
    monkeypatch.setattr(exports, "CHUNK_ROWS", 7)
    exports.write(pieces, exports.snapshot(history), info, progress=shares.append)
    assert whole.read_bytes() == pieces.read_bytes()
    assert shares == sorted(shares) and (shares[0], shares[-1]) == (0.0, 1.0)


def test_edge_impulse_counts_whole_milliseconds_from_the_first_row(tmp_path: Path) -> None:
    history, info = made(40, missing=3)
    path = tmp_path / "out.csv"
    told = exports.write(path, exports.snapshot(history), info, exports.EDGE_IMPULSE)
    head, *rows = rows_of(path)
    assert head == ["timestamp", "x", "'=y"]
    assert [row[0] for row in rows] == [str(10 * i) for i in range(3, 40)]
    assert told.endswith(" 3 that miss a value were left out.")


def test_edge_impulse_above_a_thousand_a_second_says_what_it_cannot(tmp_path: Path) -> None:
    history, info = made(40, rate_hz=5000.0)
    path = tmp_path / "out.csv"
    told = exports.write(path, exports.snapshot(history), info, exports.EDGE_IMPULSE)
    assert "Above 1,000 rows a second some share a millisecond" in told


def test_told_to_stop_it_leaves_nothing_and_what_was_there(tmp_path: Path) -> None:
    history, info = made(40)
    path, stop = tmp_path / "out.csv", threading.Event()
    path.write_text("of before\n")
    stop.set()
    with pytest.raises(DriftscopeError, match="was not written"):
        exports.write(path, exports.snapshot(history), info, stop=stop)
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text() == "of before\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no/out.csv", "there is no folder"),
        ("x" * 260, "file name too long. Choose another folder or name."),
        ("", "it is a folder. Name a file in it."),
        ("a\0", "null byte"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    history, info = made(40)
    with pytest.raises(DriftscopeError) as caught:
        exports.write(tmp_path / name, exports.snapshot(history), info)
    assert str(caught.value).startswith("The rows could not be exported to ")
    assert said in str(caught.value)
    assert not list(tmp_path.parent.glob(".*.part")) and not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history, info = made(40)

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(DriftscopeError, match=r"no space left on device\. Choose"):
        exports.write(tmp_path / "out.csv", exports.snapshot(history), info)
    assert list(tmp_path.iterdir()) == []


def test_parquet_holds_the_same_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    history, info = made(40)
    path = tmp_path / "out.parquet"
    assert exports.PARQUET in exports.kinds()
    exports.write(path, exports.snapshot(history), info, exports.PARQUET)
    read = parquet.read_table(path)
    assert read.column_names[:3] == ["time (s)", "x (g)", "=y"]
    assert np.array_equal(np.asarray(read["x (g)"]), history.rows.values[0, :40])
