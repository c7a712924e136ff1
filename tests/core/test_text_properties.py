"""Any chunks, any way of reading, any interruption of the program: the same samples."""

from __future__ import annotations

import math
import re
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftscope.core.decoders import text as module
from driftscope.core.decoders._parse import number, numbers
from driftscope.core.decoders._times import DeviceClock, rising
from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.stream import Block, Event, Item, StreamInfo
from driftscope.core.wire import Chunk

NUMBERS = st.one_of(
    st.integers(-99, 99).map(str),
    st.floats(-1e3, 1e3).map("{:.3f}".format),
    st.floats().map(repr),
    st.sampled_from(["nan", "-inf", "", "0x1F", "true", "1e400", "5.", ".5", "+7", "1e", "1_0"]),
)
WRITTEN = NUMBERS | st.sampled_from(["1,5", "-0,25", "None", "True", "null", "7C"])
SIGNS = st.sampled_from([",", ";", "\t", " ", ", ", "  "])
RUBBISH = st.one_of(
    st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"")),
    st.sampled_from(
        [b"Ready", b"E (12) wifi: failed", b"1,2,", b"a:", b"x,y,z", b"a (V),b", b"time,a,b",
         b"3 errors", b"load:0x40,len:9", b" ", b"12:30:05", b"(1, 2)", b"23 C", b"1 2,3 4",
         b"2014-07-01 00:00:00,1,2", b"Temp: 5 C  Hum: 40 %", b">a:", b">a:1|t", b'{"a": 1', b"{}",
         b'{"a":1},{"a":2}', b"1,5;2,5", b"x y: 5 mV", b'{"text": "5 C"}']
    ),
)  # fmt: skip
MAKES = st.sampled_from(
    ["{0}", "{0},{1}", "{0},{1},{2}", "{0} {1}", "{0}\t{1}\t", "a:{0},b:{1}", "a:{0}",
     "b={1} a={0}", "Temp: {0} C, Hum: {1}%", "a:{0} {1} b:{2}", "{0},c:{1}",
     "  a:  {0}  ,  b: {1}", "x y: {0} V", "({0}, {1}, {2})", "[{0}]", "{0};{1}", "a:{0};b:{1}",
     "2024-01-01 00:00:01,{0}", "2.1.2024 9:00;{0}", '{{"a": {0}, "b": {1}}}', '{{"a": "{0}"}}',
     '{{"a": {{"b": [{0}, {1}]}}, "c": null}}', "{{'a': {0}}}"]
)  # fmt: skip
POINTS = st.sampled_from(
    [">a:{0}", ">b:{1}", ">a:5:{0}", ">a:{0};{1}", ">a:{0}§V|np", ">p:{0}:{1}|xy",
     ">a:1:{0};2:{1}", ">b:1:{0};2:{1}", "> c c :{2}", "> a:{0};;{1}"]
)  # fmt: skip


@st.composite
def streams(draw: st.DrawFn, makes: st.SearchStrategy[str] = MAKES | POINTS) -> bytes:
    """Runs of lines of one make, with rubbish between."""
    lines: list[bytes] = []
    for _ in range(draw(st.integers(1, 4))):
        make = draw(makes)
        for _ in range(draw(st.integers(1, 9))):
            lines.append(make.format(*draw(st.tuples(WRITTEN, WRITTEN, WRITTEN))).encode())
        lines += draw(st.lists(RUBBISH, max_size=3))
    return draw(st.sampled_from([b"\n", b"\r\n"])).join(lines)


def decode(parts: list[bytes], decoder: Text | None = None) -> list[Item]:
    decoder = decoder or Text("s", TextParams())
    items: list[Item] = []
    for i, part in enumerate(parts):
        items += decoder.decode(Chunk(i, part, i * 0.01, 1e9 + i * 0.01))
    return items + decoder.flush()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[i:j] for i, j in zip([0, *at], [*at, len(data)], strict=True)]


def told(items: list[Item]) -> Any:
    """Return all that must not depend on chunks: infos, values row by row, counts of rejects."""
    rows: list[Any] = []
    rejects: dict[str, int] = {}
    for item in items:
        if isinstance(item, StreamInfo):
            rows.append((item.channels, item.units, item.version, item.clock))
        elif isinstance(item, Block):
            rows += [row.tobytes() for row in item.values]
        elif isinstance(item, Event) and item.kind in ("reject", "console"):
            kind = re.sub(r"\d+", "n", item.data["reason"])
            rejects[kind] = rejects.get(kind, 0) + item.data["count"]
    return rows, rejects


@given(streams(), st.lists(st.integers(0, 10_000), max_size=12))
@settings(deadline=None, max_examples=80)
def test_chunks_never_change_what_is_told(data: bytes, places: list[int]) -> None:
    assert told(decode(cut(data, places))) == told(decode([data]))


@given(streams())
@settings(deadline=None, max_examples=80)
def test_the_quick_way_tells_the_same_as_the_careful_one(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.Text, "_learn_quick", lambda *_: None)
        careful = told(decode([data]))
    assert told(decode([data])) == careful


def test_the_quick_way_of_one_kind_ends_with_the_line_that_makes_the_stream_another(
    monkeypatch,
) -> None:
    data = b">a:0\n" * 2 + b'{"b": 0}\n' * 5 + b"0\n>a:0\n"
    found = told(decode([data]))
    monkeypatch.setattr(module.Text, "_learn_quick", lambda *_: None)
    assert found == told(decode([data]))


def test_lines_of_more_values_are_refused_once_there_are_fewer(monkeypatch) -> None:
    data = b"1,2,3\n" * 3 + b"(1, 2)\n" * 20 + b"1,2\n" + b"1,2,3\n"
    found = told(decode([data]))
    monkeypatch.setattr(module.Text, "_learn_quick", lambda *_: None)
    assert found == told(decode([data])) and found[1] == {"n values where n were expected": 5}


@given(streams(), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_saved_and_loaded_it_goes_on_bit_for_bit(data: bytes, place: int) -> None:
    first, rest = cut(data, [place])[0], cut(data, [place])[-1]
    whole = Text("s", TextParams())
    halves = Text("s", TextParams())
    before = Chunk(0, first, 0.0, 1e9)
    after = Chunk(1, rest, 0.01, 1e9 + 0.01)
    whole.decode(before)
    halves.decode(before)
    loaded = Text("s", TextParams())
    loaded.load_state_dict(halves.state_dict())
    halves.decode(Chunk(1, b"9,9,9,9\nq:1\n", 0.01, 1e9))  # a state shares nothing with its origin
    one = whole.decode(after) + whole.flush()
    two = loaded.decode(after) + loaded.flush()
    assert told(one) == told(two)
    for a, b in zip(one, two, strict=True):
        if isinstance(a, Block):
            assert isinstance(b, Block)
            assert a.seq == b.seq and a.time_s.tobytes() == b.time_s.tobytes()
        else:
            assert a == b


@given(streams(MAKES), st.lists(st.integers(0, 10_000), max_size=12))
@settings(deadline=None, max_examples=60)
def test_every_line_is_a_sample_or_counted(data: bytes, places: list[int]) -> None:
    items = decode(cut(data, places))
    samples = [item for item in items if isinstance(item, Block)]
    seq, before = 0, -math.inf
    for block in samples:
        assert block.seq == seq and block.values.flags.c_contiguous
        assert len(block.time_s) == len(block.values)
        assert block.time_s[0] > before and (np.diff(block.time_s) > 0).all()
        seq, before = seq + len(block), float(block.time_s[-1])
    rejected = sum(told(items)[1].values())
    lines = [line for line in data.replace(b"\r", b"\n").split(b"\n") if line.strip(b" ")]
    headers = 1 + sum(
        b"x,y,z" in line or b"a (V),b" in line or b"time,a,b" in line for line in lines
    )
    assert len(lines) - 1 - headers <= seq + rejected <= len(lines)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20), st.sampled_from(",;\t"))
@settings(deadline=None, max_examples=100)
def test_numbers_gives_one_row_a_line_equal_to_float(rows: list[Any], sign: str) -> None:
    data = "\n".join(sign.join(row) for row in rows).encode()
    values, bad = numbers(data, sign.encode(), 2)
    assert values.shape == (len(rows), 2)
    wrong = {row for row, _ in bad}
    for i, row in enumerate(rows):
        expected = [number(cell) for cell in row]
        assert (i in wrong) == (None in expected)
        for got, cell, want in zip(values[i], row, expected, strict=True):
            if i in wrong or want is None or math.isnan(want):
                assert math.isnan(got)
            elif cell.lower().lstrip("+-")[:1].isdigit() and "x" not in cell:
                assert struct.pack("d", got) == struct.pack("d", float(cell))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_a_float_that_was_printed_comes_back_bit_for_bit(sent: list[float]) -> None:
    values, bad = numbers("".join(f"{x!r}\n" for x in sent).encode(), b",", 1)
    assert not bad and values.tobytes() == np.array(sent).tobytes()


@given(st.lists(st.floats(-10, 10) | st.just(math.nan), max_size=150), st.integers(0, 150))
def test_device_times_rise_and_do_not_depend_on_blocks(raw: list[float], place: int) -> None:
    array = np.array(raw)
    whole, count = DeviceClock().stamp(array)
    clock = DeviceClock()
    one, first = clock.stamp(array[:place])
    other = DeviceClock()
    other.load_state_dict(clock.state_dict())
    two, second = other.stamp(array[place:])
    assert np.concatenate([one, two]).tobytes() == whole.tobytes()
    assert first + second == count
    assert (np.diff(whole) > 0).all() and np.isfinite(whole).all()


@given(st.lists(st.floats(1e9, 1e9 + 1), max_size=30), st.floats(1e9, 1e9 + 1))
def test_rising_times_rise_and_good_ones_stay(raw: list[float], last_s: float) -> None:
    times = rising(np.array(raw), last_s)
    assert (np.diff(np.concatenate([[last_s], times])) > 0).all()
    good = np.array(sorted(set(raw)))
    good = good[good > last_s]
    assert rising(good, last_s).tobytes() == good.tobytes()


ALONE: dict[str, tuple[str, ...]] = {
    "numbers": ("{0},{1},{2}", "{0} {1} {2}", "{0};{1};{2}"),
    "arduino": ("a:{0},b:{1}", "Temp: {0} C  Hum: {1} %", "x y={0}"),
    "tuples": ("({0}, {1}, {2})", "[{0}, {1}]"),
    "teleplot": (">a:{0}", ">a:{0}§V|np", ">p:{0}:{1}|xy", ">a:1:{0};2:{1}"),
    "json": ('{{"a": {0}, "b": [{1}, {2}]}}', '{{"t": "x", "v": {{"w": {0}}}}}'),
}
TRACE = [
    b"Traceback (most recent call last):", b'  File "main.py", line 3, in <module>', b"a:",
    b"OSError: [Errno 19] ENODEV", b"\x00\x00\x00", b"\xff\xfe\xfd", b"Guru Meditation Error!",
    b"ets Jul 29 2019 12:21:46", b"-- \xe2\x80\xae boot --", b'{"a": 1', b">", b"(1, x",
]  # fmt: skip


@st.composite
def with_rubbish(draw: st.DrawFn) -> tuple[str, bytes, bytes]:
    """A format, lines of it alone, and the same with rubbish between any two of them."""
    kind = draw(st.sampled_from(sorted(ALONE)))
    make = draw(st.sampled_from(ALONE[kind]))
    cells = st.floats(-1e3, 1e3).map("{:.3f}".format)
    rows = draw(st.lists(st.tuples(cells, cells, cells), min_size=3, max_size=30))
    lines = [make.format(*row).encode() for row in rows]
    mixed: list[bytes] = lines[:1]
    for line in lines[1:]:
        mixed += [*draw(st.lists(st.sampled_from(TRACE), max_size=2)), line]
    return kind, b"\n".join(lines) + b"\n", b"\n".join(mixed) + b"\n"


@given(with_rubbish(), st.booleans())
@settings(deadline=None, max_examples=120)
def test_rubbish_between_lines_changes_no_sample(
    case: tuple[str, bytes, bytes], by_name: bool
) -> None:
    kind, alone, mixed = case
    format_ = kind if by_name else "auto"
    rows = [
        told(decode([data], Text("s", TextParams(format=format_))))[0] for data in (alone, mixed)
    ]
    assert rows[0] == rows[1] and len(rows[0]) > 3
