import gzip
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import Played, play, same, write

from driftscope.core.errors import SourceError
from driftscope.core.sources import _lines
from driftscope.core.sources.csv_file import CsvFile, CsvParams

nan = np.nan


@pytest.fixture
def table(tmp_path: Path):
    return partial(write, tmp_path)


def test_a_line_without_end_is_one_bad_line(table) -> None:
    played = play(table("a,b\n1,2\n" + "9" * 3_000_000 + "\n3,4\n"))
    assert same(played.rows, [[1, 2], [nan, nan], [3, 4]])
    assert (
        played.rejects[0].data["text"].startswith("999")
        and len(played.rejects[0].data["text"]) < 300
    )
    last = play(table("a,b\n1,2\n" + "9" * 1_500_000))
    assert same(last.rows, [[1, 2], [nan, nan]]) and len(last.rejects) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"time,a\n", "a header and no rows"),
        (b"all work\nand no play\n", "no table of numbers"),
        (b"a,b\n" + b"nan,\n" * 500, "missing values only in its first 100 lines"),
        (b"1" * 100 + b"\0" * 100, "binary"),
        ("time,a\n0,1\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04" + bytes(100), "workbook or a zip"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(b"a\n1\n" * 10_000)[:15], "damaged or cut off"),
        (b"\x1f\x8bnothing of the kind", "damaged or cut off"),
        (b"," * 5_000_000, "no table of numbers"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_told_in_a_sentence(table, content: bytes, told: str) -> None:
    source = table(content)
    with pytest.raises(SourceError, match=told) as error:
        source.open()
    source.close()
    assert "run.csv" in str(error.value) and str(error.value).endswith(".")


def test_what_is_not_there_is_told_with_what_is_near(tmp_path: Path) -> None:
    (tmp_path / "motor_run1.csv").write_text("a\n1\n")
    for name, told in (
        ("motor_run.csv", "did you mean motor_run1.csv"),
        ("zzz.csv", "There is no file"),
        ("nowhere/run.csv", "no folder"),
        ("", f"is a folder: name one file in it, such as {tmp_path / 'motor_run1.csv'}"),
    ):
        with pytest.raises(SourceError) as error:
            CsvFile(str(tmp_path / name), CsvParams()).open()
        assert told in str(error.value)
    with pytest.raises(SourceError, match="path is missing"):
        CsvFile("", CsvParams()).open()


def test_a_file_that_may_not_be_read(table, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    source = table("a\n1\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match="change its permissions"):
        source.open()


def test_a_cut_off_gz_gives_its_rows_and_says_where_it_breaks(table) -> None:
    random = np.random.default_rng(0)
    content = "a,b\n" + "".join(f"{x:.6f},{y:.6f}\n" for x, y in random.random((20_000, 2)))
    source = table(gzip.compress(content.encode())[:-50_000], "run.csv.gz")
    source.open()
    played = Played(source.read()[0])
    with pytest.raises(SourceError, match=r"breaks off after row \d+: .* cut off") as error:
        while (items := source.read()) is not None:
            for item in items:
                played.take(item)
    source.close()
    rows = len(played.rows)
    whole = play(table(content, "whole.csv"))
    assert 1000 < rows < 20_000 and f"row {rows}:" in str(error.value)
    assert same(played.rows, whole.rows[:rows]) and not played.rejects


def test_plain_text_named_gz_is_read_and_told_so(table) -> None:
    played = play(table("a\n1\n2\n", "run.csv.gz"))
    assert played.rows == [[1], [2]] and played.info.key == "run"
    assert "not compressed" in played.notes[0].data["message"]
    assert play(table(gzip.compress(b"a\n1\n2\n"))).rows == [[1], [2]]


def test_a_broken_disk_is_told_where_reading_stops(table, monkeypatch) -> None:
    monkeypatch.setattr(_lines, "CHUNK_BYTES", 1000)
    source = table("a\n" + "1\n" * 5000)
    source.open()
    real = source._file._file

    class Failing:
        def read1(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

        def close(self) -> None:
            real.close()

    source._file._file = Failing()
    with pytest.raises(SourceError, match=r"after row \d+: reading it failed \(Input/output"):
        while source.read() is not None:
            pass
    source.close()


RUBBISH = st.lists(
    st.sampled_from(
        [b"1", b"-2.5e3", b",", b";", b"\t", b" ", b"\n", b"\r\n", b'"', b"time", b"2020-01-01",
         b"0x", b"1e999", b"nan", b"1_0", b"\xff", b"\xc3\xa9", b"T12:00Z", b"#", b"/", b"+24:00"]
    )
    | st.binary(max_size=4),
    max_size=60,
).map(b"".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(content=RUBBISH, head=st.sampled_from([b"", b"time,a\n0,1\n", b"1;2\n"]))
def test_rubbish_is_played_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes
) -> None:
    try:
        played = play(write(tmp_path_factory.mktemp("rubbish"), head + content))
    except SourceError as error:
        assert str(error).endswith(".")
    else:
        assert all(np.isfinite(block.time_s).all() for block in played.blocks)
        assert not any(np.isinf(block.values).any() for block in played.blocks)


def test_times_that_no_clock_can_mean_are_made_up_and_counted(table) -> None:
    times = [str(i) for i in range(100)]
    times[20], times[50], times[70] = "1e300", "-1e15", "9e12"
    source = table("time,a\n" + "".join(f"{t},{i}\n" for i, t in enumerate(times)))
    played = play(source)
    assert np.array_equal(np.concatenate([b.time_s for b in played.blocks]), np.arange(100.0))
    assert source.not_rising == 3


def test_a_time_column_beyond_all_clocks_is_told_and_rows_are_counted(table) -> None:
    played = play(table("time,a\n" + "".join(f"{1e300 * i},{i}\n" for i in range(1, 50))))
    assert "rows are counted" in played.notes[0].data["message"]
    assert played.info.channels == ("a",)
    assert np.array_equal(np.concatenate([b.time_s for b in played.blocks]), np.arange(49.0))
