"""Lines made to take as long, or as much memory, as can be: they are read like any others."""

from __future__ import annotations

import tracemalloc

import pytest
from items import WALL_S, infos, values

from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.stream import Item
from driftscope.core.wire import Chunk

MOST = 60_000
PLAIN, POINTS, OBJECTS = b"\n1 2 3\n" * 6, b"\n>a:1\n>b:2\n" * 6, b'\n{"a":1}\n' * 6


def decode(before: bytes, *lines: bytes) -> list[Item]:
    decoder = Text("s", TextParams())
    items = decoder.decode(Chunk(0, before, 0.0, WALL_S))
    for i, line in enumerate(lines, start=1):
        items += decoder.decode(Chunk(i, line + b"\n", 0.01 * i, WALL_S + 0.01 * i))
    return items + decoder.flush()


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (PLAIN, b"1" * MOST + b"!"),
        (PLAIN, b"1" * MOST + b"."),
        (PLAIN, b"a" + b" " * MOST + b"b"),
        (PLAIN, b",".join(b"a%d:1" % i for i in range(8000)) + b",a0:1"),
        (POINTS, b">" + b" " * MOST),
        (POINTS, b">a" + b" " * MOST + b"b"),
        (OBJECTS, b'{"' + b'\\"' * 500_000),
        (OBJECTS, b'{"a":' + b"[" * 500_000),
        (OBJECTS, b'{"a":' + b"1" * 1_000_000 + b"}"),
    ],
)  # fmt: skip
@pytest.mark.timeout(20)  # looked through once it takes 0.1 s, again from each place for ever
def test_no_line_is_looked_through_again_and_again(before: bytes, line: bytes) -> None:
    assert values(decode(before, line)) == values(decode(before))


@pytest.mark.timeout(20)
def test_thousands_of_columns_may_have_one_name() -> None:
    cells = 8000
    items = decode(b"x\n" + b",".join([b"a"] * cells) + b"\n", b",".join([b"1"] * cells))
    assert infos(items)[0].channels[:3] == ("a", "a 2", "a 3")


def test_keys_of_half_a_megabyte_and_flags_that_count_take_no_memory() -> None:
    line = b'{"' + b"k" * 500_000 + b'":[' + b",".join([b"1"] * 1024) + b"]}"
    flags = [b"".join(b">a:1|%d\n" % i for i in range(j, j + 500)) for j in range(0, 20_000, 500)]
    for before, lines, limit in ((OBJECTS, [line] * 3, 16 * 2**20), (POINTS, flags, 5 * 2**19)):
        decoder = Text("s", TextParams())
        decoder.decode(Chunk(0, before, 0.0, WALL_S))
        tracemalloc.start()
        for i, each in enumerate(lines, start=1):
            decoder.decode(Chunk(i, each + b"\n", 0.01 * i, WALL_S + 0.01 * i))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < limit


def test_a_unit_is_tamed_as_a_name_is() -> None:
    items = decode(b"", *[">a:1§m\u202e".encode() + b"n" * 9000 + b"|np"] * 9)
    unit = infos(items)[0].units[0]
    assert len(unit) == 64 and unit.startswith("m nnn") and len(values(items)) == 9
    assert len(infos(items)) == 1


def test_blanks_behind_a_flag_mean_nothing_however_a_line_is_read() -> None:
    assert values(decode(POINTS, b">a:1|t ")) == values(decode(POINTS, b">a:1|t"))
