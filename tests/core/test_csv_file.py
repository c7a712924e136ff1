import gzip
import itertools
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import Played, play, same, write

from driftscope.core.address import make, parse
from driftscope.core.pacing import MAX_BYTES
from driftscope.core.sources import _lines
from driftscope.core.sources.csv_file import CsvFile, CsvParams, rising
from driftscope.core.stream import StreamInfo

nan = np.nan


@pytest.fixture
def table(tmp_path: Path):
    return partial(write, tmp_path)


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


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("a,b\n" + "".join(f"{k},{k % 7}\n" for k in range(60_000)))
    source = CsvFile(str(path), CsvParams(speed="max"))
    source.open()
    told = [source.progress()]
    while source.read() is not None:
        told.append(source.progress())
    source.close()
    assert told[0] == 0 and told[-1] == 1 and told == sorted(told)
    assert len(set(told)) > 10
