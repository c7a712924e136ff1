import gzip
import itertools
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftscope.core.address import make, parse
from driftscope.core.errors import SourceError
from driftscope.core.pacing import MAX_BYTES
from driftscope.core.sources import _lines
from driftscope.core.sources.csv_file import CsvFile, CsvParams, rising
from driftscope.core.stream import Block, Event, StreamInfo

nan = np.nan


@dataclass
class Played:
    """What came out of a file."""

    info: StreamInfo
    blocks: list[Block] = field(default_factory=list)
    rejects: list[Event] = field(default_factory=list)
    notes: list[Event] = field(default_factory=list)

    @property
    def time_s(self) -> np.ndarray:
        return np.concatenate([block.time_s for block in self.blocks])

    @property
    def rows(self) -> list[list[float]]:
        return np.concatenate([block.values for block in self.blocks]).tolist()

    def take(self, item: object) -> None:
        if isinstance(item, Block):
            assert item.seq == sum(map(len, self.blocks))
            self.blocks.append(item)
        elif isinstance(item, Event):
            {"reject": self.rejects, "note": self.notes}[item.kind].append(item)

    @property
    def reasons(self) -> list[str]:
        return [event.data["reason"] for event in self.rejects]


def play(source: CsvFile, limit: int = 4096) -> Played:
    source.open()
    items = source.read(limit)
    assert items and isinstance(items[0], StreamInfo)
    played = Played(items[0])
    while items is not None:
        for item in items:
            played.take(item)
        items = source.read(limit)
    source.close()
    assert np.all(np.diff(played.time_s) > 0)
    return played


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., CsvFile]:
    def made(content: str | bytes, name: str = "run.csv", **params: object) -> CsvFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return CsvFile(str(path), CsvParams(speed="max", **params))

    return made


def same(rows: list[list[float]], expected: list[list[float]]) -> bool:
    return np.array_equal(rows, expected, equal_nan=True)


@pytest.mark.parametrize(
    "content",
    [
        "time (s),a (g),b\n0,1.5,-2\n0.5,1e3,4\n",
        "Time (s)\ta [g]\tb\r\n0\t1.5\t-2\r\n0.5\t1e3\t4",
        "time_ms;a (g);b\n0;1,5;-2\n500;1e3;4\n",
        "t [us],a (g),b\n0,1.5,-2\n500000,1000,4\n\n\n",
        '"time","a (g)","b"\n"0","1,5","-2"\n0.5,"1000","4"\n',
        "\ufefftime, a (g) ,b\n 0, 1.5 , -2\n0.5,1000,0x4\n",
        "sep=;\ntime;a (g);b\n0;1,5;-2\n0,5;1000,0;4\n",
        "Logger 7\nserial number,12\n\ntime,a (g),b\n0,1.5,-2\n0.5,1000,4\n",
        "time a(g) b\n0 1.5  -2\n0.5 1000 4\n",
        "time,a (g),b,\n0,1.5,-2,\n0.5,1000,4,\n",
    ],
    ids=["comma", "tab crlf", "decimal comma", "us blank end", "quoted", "bom", "sep", "preamble",
         "spaces", "trailing"],
)  # fmt: skip
def test_delimiters_headers_units_and_time_columns(table, content: str) -> None:
    played = play(table(content))
    assert played.info.channels == ("a", "b") and played.info.units == ("g", "")
    assert played.info.key == "run" and played.info.clock == "elapsed"
    assert played.info.rate_hz == 2.0
    assert same(played.rows, [[1.5, -2], [1000, 4]])
    assert played.time_s.tolist() == [0, 0.5]
    assert not played.rejects and not played.notes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020-02-08 13:30:47", "2020-02-08 13:30:57"),
        ("2020-02-08T13:30:47.000", "2020-02-08T13:30:57,000"),
        ("2020-02-08T13:30:47Z", "2020-02-08T14:30:57+01:00"),
        ("2020/02/08 13:30:47", "2020-02-08T13:30:57"),
        ("1581168647", "1581168657"),
        ("1581168647000", "1581168657000"),
        ("1581168647000000", "1581168657000000"),
    ],
)
def test_dates_are_unix_seconds(table, first: str, second: str) -> None:
    for delimiter in ";\t":
        content = f"timestamp,a\n{first},1\n{second},2\n".replace(
            ",1\n", f"{delimiter}1\n").replace(",2\n", f"{delimiter}2\n").replace(
            ",a\n", f"{delimiter}a\n")  # fmt: skip
        played = play(table(content))
        assert played.info.clock == "unix" and played.info.channels == ("a",)
        assert played.time_s.tolist() == [1581168647, 1581168657]
        assert played.info.rate_hz == 0.1 and not played.rejects


def test_dates_need_no_header(table) -> None:
    played = play(table("2020-02-08 13:30:47,1\n2020-02-08 13:30:48,2\n"))
    assert played.info.channels == ("value 1",) and played.info.clock == "unix"
    assert played.rows == [[1], [2]]


def test_an_index_is_no_time_and_no_channel(table) -> None:
    played = play(table("index,a\n7,1\n8,2\n9,3\n"))
    assert played.info.channels == ("a",) and played.info.rate_hz is None
    assert played.time_s.tolist() == [0, 1, 2] and played.info.clock == "elapsed"


def test_a_rate_that_is_said_makes_the_times(table) -> None:
    for content in ("a\n1\n2\n3\n", "time,a\n0,1\n100,2\n50,3\n", "2020-01-01,1\n2020-01-02,2\n,3"):
        played = play(table(content, rate_hz=50.0))
        assert played.info.rate_hz == 50.0 and played.info.clock == "elapsed"
        assert played.time_s.tolist() == [0, 0.02, 0.04] and played.rows == [[1], [2], [3]]
        assert not played.notes


def test_names_are_made_and_told_apart(table) -> None:
    assert play(table("1,2\n3,4\n")).info.channels == ("value 1", "value 2")
    assert play(table("a,a,\n1,2,3\n")).info.channels == ("a", "a 2", "value 3")
    latin = play(table("time,Wärme (°C),µ\n0,1,2\n".encode("latin-1")))
    assert latin.info.channels == ("Wärme", "µ") and latin.info.units == ("°C", "")


def test_text_columns_are_left_out_and_named(table) -> None:
    rows = "".join(f"{i},ok,{i * 2}\n" for i in range(300))
    played = play(table("time,state,b\n" + rows))
    assert played.info.channels == ("b",) and len(played.rows) == 300
    (note,) = played.notes
    assert "'state'" in note.data["message"] and "'ok'" in note.data["message"]


def test_too_many_channels_are_told(table) -> None:
    row = ",".join(map(str, range(300)))
    played = play(table(f"{row}\n{row}\n"))
    assert len(played.info.channels) == 256 and "256" in played.notes[0].data["message"]


def test_what_is_missing_is_no_reject(table) -> None:
    played = play(table("a,b,c,d\n,nan,2,3\nNaN,inf,-Inf,null\n1,2,,\ntrue,FALSE,0x1F,N/A\n"))
    expected = [[nan, nan, 2, 3], [nan] * 4, [1, 2, nan, nan], [1, 0, 31, nan]]
    assert same(played.rows, expected) and not played.rejects


def test_a_constant_column_stays(table) -> None:
    played = play(table("a,b,c\n" + "1,5,\n" * 100))
    assert played.info.channels == ("a", "b", "c") and same(played.rows, [[1, 5, nan]] * 100)


def test_a_bad_line_is_a_row_of_missing_values_and_is_told(table) -> None:
    content = "time,a,b\n0,1,2\n1,x,2\n2,1\n\n4,1,2,3\nsoon,1,2\n6,1,2\n\n \n"
    played = play(table(content))
    assert same(played.rows, [[1, 2], *[[nan, nan]] * 5, [1, 2]])
    assert played.time_s.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert played.reasons == [
        "line 3: 'x' is no number",
        "line 4: 2 cells where 3 were expected",
        "line 5: a blank line",
        "line 6: 4 cells where 3 were expected",
        "line 7: 'soon' is no number",
    ]
    assert [event.seq for event in played.rejects] == [1, 2, 3, 4, 5]
    assert played.rejects[0].data["text"] == "1,x,2" and played.rejects[0].time_s == 1
    assert not played.notes


def test_a_bad_date_and_a_first_row_without_a_time(table) -> None:
    played = play(table("date,a\n,0\n2020-01-01,1\n2020-13-45,2\n2020-01-03,3\n"))
    day = np.datetime64("2020-01-01").astype("datetime64[s]").astype(float)
    assert played.time_s.tolist() == [day - 86400, day, day + 86400, day + 2 * 86400]
    assert same(played.rows, [[0], [1], [nan], [3]])
    assert played.reasons == ["line 4: '2020-13-45' is no date"]


def test_a_flood_of_bad_lines_is_counted_but_not_told_one_by_one(table) -> None:
    played = play(table("a,b\n" + "1,2\n" * 100 + "rubbish\n" * 10_000 + "1,2\n"))
    assert len(played.rows) == 10_101 and len(played.rejects) < 400
    assert sum(event.data["count"] for event in played.rejects) == 10_000


def test_time_that_does_not_rise_goes_on_by_the_nominal_period(table) -> None:
    times = [0, 1, 1, 2, 5, 4, 3, 6, 9]
    source = table("time,a\n" + "".join(f"{t},{i}\n" for i, t in enumerate(times)))
    played = play(source)
    assert played.time_s.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert source.not_rising == 5 and played.notes[-1].data["count"] == 5
    assert not played.rejects


def test_a_long_standing_clock_is_told_a_few_times_only(table) -> None:
    rows = "".join(f"{i},{i}\n" for i in range(100))
    played = play(table("time,a\n" + rows + "99,2\n" * 20_000), limit=100)
    assert played.time_s.tolist() == list(range(20_100))
    assert len(played.notes) < 12 and played.notes[-1].data["count"] == 20_000


def test_seconds_that_repeat_still_give_the_mean_rate(table) -> None:
    played = play(table("time,a\n" + "".join(f"{i // 10},{i}\n" for i in range(200))))
    assert played.info.rate_hz == pytest.approx(10, rel=0.1)
    assert played.time_s[-1] == pytest.approx(20, abs=1)


@given(
    st.lists(st.floats(allow_nan=True, width=32), min_size=1, max_size=30),
    st.floats(-1e6, 1e6),
    st.floats(1e-6, 1e6),
)
def test_times_always_rise(times: list[float], last_s: float, period_s: float) -> None:
    found, fixed = rising(np.array(times), last_s, period_s)
    assert np.all(np.diff(found, prepend=last_s) > 0)
    assert np.array_equal(found[~fixed], np.array(times)[~fixed])


LINES = st.sampled_from(
    [
        "1,2,3",
        "4,,6",
        "x,1,2",
        "7,8",
        "",
        "  ",
        '9,"1,5",2',
        "nan,inf,0x10",
        "1e3,-2,.5\r",
        "5,6,7,",
    ]
)


@settings(max_examples=40, deadline=None)
@given(
    lines=st.lists(LINES, max_size=40),
    limits=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    chunk=st.integers(30, 300),
    packed=st.booleans(),
)
def test_any_block_and_any_chunk_give_the_same_rows_one_a_line(
    tmp_path_factory, lines: list[str], limits: list[int], chunk: int, packed: bool
) -> None:
    content = "\n".join(["a,b,c", "1,2,3", *lines]).encode()
    path = tmp_path_factory.mktemp("rows") / "run.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    whole = play(CsvFile(str(path), CsvParams(speed="max")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_lines, "CHUNK_BYTES", chunk)
        source = CsvFile(str(path), CsvParams(speed="max"))
        source.open()
        parts = Played(whole.info)
        for limit in itertools.cycle(limits):
            items = source.read(limit)
            if items is None:
                break
            for item in items:
                parts.take(item)
        source.close()
    assert max(map(len, parts.blocks)) <= max(limits)
    assert same(parts.rows, whole.rows) and np.array_equal(parts.time_s, whole.time_s)
    assert [e.data["text"] for e in parts.rejects] == [e.data["text"] for e in whole.rejects]
    kept = ["1,2,3", *lines]
    while not kept[-1].strip():
        kept.pop()
    assert len(whole.rows) == len(kept)


def test_only_what_is_due_is_read_and_memory_stays_small(table) -> None:
    source = table("a,b\n" + "1.25,2.5\n" * 3_000_000)
    tracemalloc.start()
    source.open()
    for _ in range(40):
        source.read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    source.close()
    assert peak < 5_000_000


def test_blocks_are_bounded(table) -> None:
    played = play(table(("1," * 199 + "1\n") * 3000))
    assert max(block.values.nbytes for block in played.blocks) <= MAX_BYTES
    assert len(played.rows) == 3000


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


def test_at_real_speed_the_first_row_comes_at_once_and_the_next_when_due(table) -> None:
    source = table("time,a\n0,1\n3600,2\n")
    source.params.speed = "1"
    source.open()
    assert isinstance(source.read()[0], StreamInfo)
    (block,) = source.read()
    assert len(block) == 1 and source.read() == []
    source.params.speed = "max"
    (block,) = source.read()
    assert block.seq == 1 and source.read() is None and source.read() is None
    source.close()
    source.close()
    assert source.read() is None


@pytest.mark.parametrize("name", ["run.csv", "RUN.CSV.GZ", "run.tsv", "run.tsv.gz"])
def test_a_files_name_alone_is_an_address(name: str) -> None:
    source = make(parse(f"data/{name}"))
    assert isinstance(source, CsvFile) and source.name == name and source.key.lower() == "run"


@pytest.mark.parametrize(
    "name",
    [
        "imu_xio/sensor_data.csv.gz",
        "nab/data/realKnownCause/ambient_temperature_system_failure.csv",
        "nab/data/realAWSCloudwatch/ec2_network_in_5abac7.csv",
        "skab/data/valve1/0.csv",
    ],
)
def test_public_recordings_give_a_row_a_line(data_dir: Path, name: str) -> None:
    path = data_dir / name
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = raw.decode().split()
    played = play(CsvFile(str(path), CsvParams(speed="max")))
    rows = [line for line in raw.splitlines() if line.strip()][1:]
    assert lines and len(played.rows) == len(rows) and not played.rejects
    last = rows[-1].replace(b";", b",").split(b",")[1:]
    assert played.rows[-1] == [float(cell) for cell in last]
