"""Lines made of what went over the wire: whole, marked, bounded."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftscope.core.console import MOST_BYTES, MOST_LINES, SPARE_LINES, Console, save
from driftscope.core.errors import DriftscopeError
from driftscope.core.visible import visible
from driftscope.core.wire import Chunk


def chunks(*parts: bytes, kind: str = "in", at: int = 0) -> list[Chunk]:
    return [
        Chunk(at + i, part, 100.0 + (at + i) / 10, 1.7e9 + (at + i) / 10, kind)  # type: ignore[arg-type]
        for i, part in enumerate(parts)
    ]


def told(console: Console) -> list[str]:
    return [console.text(line) for line in console.shown]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=6))
def test_lines_are_the_same_however_the_bytes_came(data: bytes, cuts: list[int]) -> None:
    whole, cut = Console(), Console()
    borders = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    whole.take(chunks(data))
    cut.take(chunks(*(data[a:b] for a, b in itertools.pairwise(borders))))
    assert told(whole) == told(cut)
    plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = plain.removesuffix(b"\n").split(b"\n") if plain else []
    assert told(whole) == [visible(line) for line in lines]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_a_hex_dump_is_the_same_however_the_bytes_came(data: bytes, cuts: list[int]) -> None:
    console = Console("hex", 8)
    borders = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    for chunk in chunks(*(data[a:b] for a, b in itertools.pairwise(borders))):
        console.take([chunk])
    assert b"".join(line.data for line in console.lines) == data
    assert [line.offset for line in console.lines] == list(range(0, len(data), 8))
    assert all(len(line.data) == 8 for line in console.lines[:-1])


def test_a_line_of_a_dump_has_place_bytes_and_letters() -> None:
    console = Console("hex", 8)
    console.take(chunks(b"\x00Hello, w\xff"))
    assert told(console) == [
        "000000 00 48 65 6c 6c 6f 2c 20 ·Hello, ",
        "000008 77 ff                   w·",
    ]


def test_a_line_bears_the_time_its_first_byte_came() -> None:
    console = Console()
    console.take(chunks(b"12", b"3\n45", b"6\n"))
    assert told(console) == ["123", "456"]
    assert [console.time(line, "seconds").strip() for line in console.lines] == ["0.000", "0.100"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.000", console.time(console.lines[0], "time of day"))
    assert console.time(console.lines[0], "no time") == ""


@pytest.mark.parametrize(
    ("late_s", "lines"), [(0.01, ["on", "0.5,0.6"]), (5.0, ["0.5,", "on", "0.6"])]
)
def test_what_is_sent_stands_below_a_prompt_but_cuts_no_running_line(
    late_s: float, lines: list[str]
) -> None:
    console = Console()
    console.take(chunks(b"0.5,"))
    console.take([Chunk(1, b"on\n", 100.0 + late_s, 1.7e9, "out")])
    console.take(chunks(b"0.6\n", at=2))
    assert told(console) == lines
    assert [line.kind for line in console.lines if console.text(line) == "on"] == ["out"]


def test_a_lost_link_is_a_line_of_its_own() -> None:
    console = Console()
    console.take([*chunks(b"1\n2"), *chunks(b"The link was lost.", kind="link", at=1)])
    console.take(chunks(b"3\n", at=2))
    assert told(console) == ["1", "2", "The link was lost.", "3"]


def test_only_the_newest_lines_are_kept_and_the_rest_is_counted() -> None:
    console = Console()
    parts = [b"".join(b"%d\n" % (1000 * i + k) for k in range(1000)) for i in range(30)]
    console.take(chunks(*parts))
    assert console.lines[0].kind == "left out"
    assert told(console)[0] == "19,000 lines not shown"
    assert told(console)[1] == "19000" and told(console)[-1] == "29999"
    for i in range(5):
        console.take(chunks(b"".join(b"%d\n" % k for k in range(1000)), at=30 + i))
    assert len(console.lines) <= MOST_LINES + SPARE_LINES
    assert told(console)[-1] == "999"


def test_lines_without_an_end_are_bounded_too() -> None:
    console = Console()
    for i in range(100):
        console.take(chunks(b"\xff" * 60_000, at=i))
    assert sum(len(line.data) for line in console.lines) <= MOST_BYTES
    assert max(len(line.data) for line in console.lines) <= 400


def test_what_the_ring_no_longer_holds_is_told() -> None:
    console = Console()
    console.take(chunks(b"late\n", at=7))
    assert told(console) == ["what came before is no longer kept", "late"]


def test_a_filter_applies_to_what_is_there_and_to_what_comes() -> None:
    console = Console()
    console.take(chunks(b"Temp 1\nhum 2\nte", b"MP 3\n"))
    console.filter("temp")
    assert told(console) == ["Temp 1", "teMP 3"]
    console.take(chunks(b"temp 4\nhum 5\ntem", at=2))
    assert told(console) == ["Temp 1", "teMP 3", "temp 4"]
    console.take(chunks(b"p 6\n", at=3))
    assert told(console)[-1] == "temp 6"
    console.filter("")
    assert len(told(console)) == 6


def test_what_hides_or_turns_is_made_visible() -> None:
    turned = "a\u202eb\u200bc\u2028d\u00a0e".encode()
    assert visible(turned) == "a\\u202eb\\u200bc\\u2028d e"
    assert visible(b"\x1b[31m\x07\t\x7f\xc3(\xf0\x9f\x98\x80") == "\\x1b[31m\\x07\\t\\x7f\\xc3(😀"


def test_lines_are_written_with_their_marks(tmp_path: Path) -> None:
    console = Console()
    console.take([*chunks(b"1\n"), *chunks(b"on\n", kind="out", at=1)])
    console.take(chunks(b"lost", kind="link", at=2))
    path = save(console.written(console.shown, "seconds"), tmp_path / "out.txt").result(10)
    assert path.read_text() == "0.000 1\n0.100 > on\n0.200 # lost\n"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = save("x", tmp_path / "none" / "out.txt")
    with pytest.raises(DriftscopeError, match=r"there is no folder .*none"):
        done.result(10)
