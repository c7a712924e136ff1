from functools import partial
from pathlib import Path

import numpy as np
import pytest
from played import play, same, write

nan = np.nan


@pytest.fixture
def table(tmp_path: Path):
    return partial(write, tmp_path)


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
    assert played.time_s.tolist() == [0, 1, 2] and played.info.clock == "rows"


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
