"""Teleplot, JSON lines, printed tuples, and what is odd about any format: streams of text."""

from __future__ import annotations

import math

import numpy as np
import pytest
from items import WALL_S, events, infos, rejects, same, times, values

from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.stream import Item
from driftscope.core.wire import Chunk

NAN = math.nan


def decode(*parts: bytes, step_s: float = 0.001, **params: str) -> list[Item]:
    """Decode chunks that arrive `step_s` apart."""
    decoder = Text("s", TextParams(**params))
    items: list[Item] = []
    for i, part in enumerate(parts):
        items += decoder.decode(Chunk(i, part, i * step_s, WALL_S + i * step_s))
    return items + decoder.flush()


def channels(items: list[Item]) -> tuple[str, ...]:
    return infos(items)[-1].channels


def test_teleplots_names_make_rows_that_close_where_a_name_repeats() -> None:
    items = decode(b"".join(b">a:%d\n>b:%d\n" % (i, -i) for i in range(4)))
    assert channels(items) == ("a", "b") and not rejects(items)
    assert values(items) == [[0, 0], [1, -1], [2, -2], [3, -3]]


def test_a_row_closes_at_once_when_it_is_full_and_a_new_name_moves_nothing() -> None:
    decoder = Text("s", TextParams())
    items = decoder.decode(Chunk(0, b">a:1\n>b:1\n>a:2\n>b:2\n", 0.0, WALL_S))
    assert values(items) == [[1, 1], [2, 2]]
    items = decoder.decode(Chunk(1, b">c:2\n>a:3\n>b:3\n>c:3\n>a:4\n>b:4\n>c:4\n", 0.01, WALL_S))
    assert same(values(items), [[NAN, NAN, 2], [3, 3, 3], [4, 4, 4]])


def test_a_row_closes_50_ms_after_its_first_value() -> None:
    items = decode(b">a:1\n>b:1\n", b">a:2\n", b">b:3\n", step_s=0.06)
    assert same(values(items), [[1, 1], [2, NAN], [NAN, 3]])
    np.testing.assert_allclose(np.diff(times(items)), [0.06, 0.06], atol=1e-5)
    decoder = Text("s", TextParams(format="teleplot"))
    assert not values(decoder.decode(Chunk(0, b">a:1\n", 0.0, WALL_S)) + decoder.idle(0.05))
    assert values(decoder.idle(0.2)) == [[1]]
    assert decoder.idle(0.3) == []


def test_teleplot_tells_times_units_flags_pairs_and_several_points() -> None:
    items = decode(b"".join(b">v:%d:%d\xc2\xa7km/h|np\n" % (10 * i, i) for i in range(3)))
    assert infos(items)[0].units == ("km/h",) and infos(items)[0].clock == "elapsed"
    assert times(items).tolist() == [0.0, 0.01, 0.02]
    items = decode(b">v:1700000000000:1\n>v:1700000000010:2\n")
    assert infos(items)[0].clock == "unix" and times(items)[0] == 1.7e9
    items = decode(b">a:0:1;10:2;20:3\n>b:0:4;10:5;20:6\n>a:30:7\n>b:30:8\n")
    assert values(items) == [[1, 4], [2, 5], [3, 6], [7, 8]]
    np.testing.assert_allclose(times(items), [0, 0.01, 0.02, 0.03])
    items = decode(b">p:1:2|xy\n>p:3:4|xy\n>p:5:6;7:8|xy\n")
    assert channels(items) == ("p/x", "p/y")
    assert values(items) == [[1, 2], [3, 4], [5, 6], [7, 8]]


def test_beside_teleplots_lines_text_is_for_the_console() -> None:
    items = decode(b">a:1\n>a:2\nReady\ntemp: 5\n1,2,3\n>state:on|t\n>a:3\n")
    assert values(items) == [[1], [2], [3]] and not rejects(items)
    (told,) = events(items, "console")
    assert told.data["count"] == 4 and told.data["text"] == "Ready"
    assert [note.data["message"][:28] for note in events(items, "note")] == [
        "Lines that do not begin with"
    ]


def test_objects_are_samples_named_by_the_way_to_their_values() -> None:
    line = b'{"id":"x7","imu":{"acc":[1,%d],"ok":true},"t":"23.5","gone":null}\n'
    items = decode(line % 2 + line % 3)
    assert channels(items) == ("imu/acc/0", "imu/acc/1", "imu/ok", "t", "gone")
    assert same(values(items), [[1, 2, 1, 23.5, NAN], [1, 3, 1, 23.5, NAN]])


def test_objects_may_gain_and_lose_fields_and_come_as_python_prints_them() -> None:
    items = decode(b'{"a":1}\n{"a":2}\n{"b":5,"a":3}\n{\'b\': True, \'a\': nan}\n{"b":1}\n')
    assert channels(items) == ("a", "b") and len(infos(items)) == 2
    assert same([row[-1:] for row in values(items)[2:]], [[5], [1], [1]])


@pytest.mark.parametrize(
    ("first", "second", "clock", "step_s"),
    [
        ("0", "20", "elapsed", 20.0),
        ("1700000000000", "1700000000020", "unix", 0.02),
        ("1700000000000000", "1700000000020000", "unix", 0.02),
        ('"2024-01-01T00:00:00Z"', '"2024-01-01 00:00:00.020"', "unix", 0.02),
    ],
)
def test_a_field_may_tell_the_time(first: str, second: str, clock: str, step_s: float) -> None:
    lines = "".join('{"meta":{"at":%s},"v":1}\n' % at for at in (first, second))  # noqa: UP031
    items = decode(lines.encode(), time_field="meta/at")
    assert infos(items)[0].clock == clock and channels(items) == ("v",)
    np.testing.assert_allclose(np.diff(times(items)), [step_s], atol=1e-6)
    assert channels(decode(lines.encode(), time_field="other"))[-1] == "v"


def test_the_name_of_a_time_field_tells_its_unit() -> None:
    items = decode(b'{"millis":0,"v":1}\n{"millis":500,"v":2}\n', time_field="millis")
    assert times(items).tolist() == [0, 0.5]


def test_an_object_may_be_a_megabyte_long_and_no_longer() -> None:
    long = b'{"v":7,"note":"%s"}\n' % (b"x" * 900_000)
    items = decode(b'{"v":1}\n{"v":2}\n' + long + b'{"v":8,"n":"' + b"x" * 1_200_000 + b'"}\n')
    assert values(items) == [[1], [2], [7]]
    assert [count for count, _, _ in rejects(items)] == [1]


def test_printed_tuples_and_lists_are_samples() -> None:
    items = decode(b"(1, 2, 3)\n(4, None, True)\n[5, 6.5, 7]\n1,2,3\n", format="tuples")
    assert same(values(items), [[1, 2, 3], [4, NAN, 1], [5, 6.5, 7]])
    assert rejects(items)[0][2] == "not a printed tuple"


def test_decimal_commas_stand_where_semicolons_or_tabs_separate() -> None:
    assert values(decode(b"1,5;2\n3;-4,25\n")) == [[1.5, 2], [3, -4.25]]
    assert values(decode(b"1,5\t2,5\n3\t4\n")) == [[1.5, 2.5], [3, 4]]
    assert values(decode(b"T: 23,5 C; H: 40,2 %\n" * 2)) == [[23.5, 40.2]] * 2
    assert values(decode(b"1,5\n2,5\n")) == [[1, 5], [2, 5]]


def test_dates_may_begin_with_the_day() -> None:
    items = decode(b"01.12.2024 09:00:00;5,5\n1.12.2024 9:00:01,5;6\n02.12.2024;9:00:00;7\n")
    assert infos(items)[0].clock == "unix" and values(items) == [[5.5], [6], [7]]
    np.testing.assert_allclose(times(items) - 1733043600, [0, 1.5, 86400])


def test_a_unit_that_changes_makes_a_version_once_it_lasts_and_is_told_once() -> None:
    items = decode(b"T: 20 C\n" * 3 + b"T: 68 F\n" * 2 + b"T: 20 C\n" + b"T: 68 F\n" * 9)
    assert [info.units for info in infos(items)] == [("C",), ("F",)]
    assert infos(items)[1].version == 2 and len(values(items)) == 15
    (note,) = events(items, "note")
    assert "T comes in F now, no longer in C" in note.data["message"]
    turns = decode(b"V: 5 V\nV: 900 mV\n" * 50)
    assert len(infos(turns)) == 1 and len(values(turns)) == 100


def test_a_banner_that_looks_like_numbers_gives_way_to_objects() -> None:
    items = decode(b"v: 1\nv: 2\n" + b'{"x":1}\n' * 9)
    assert channels(items)[-1] == "x" and len(values(items)) >= 2 + 4


def test_names_of_ten_kilobytes_and_bidirectional_ones_are_tamed() -> None:
    items = decode(b'{"%s":1,"b":2}\n' % (b"n" * 10_000) * 2)
    assert [len(name) for name in channels(items)] == [64, 1]
    items = decode(b">%s:1\n" % (b"n" * 10_000) * 2)
    assert len(channels(items)[0]) == 64
    assert not infos(decode(b"%s:1\n" % (b"n" * 10_000) * 3))
    items = decode("🌡️:1 ℃,שלום:2\u202e\n".encode() + "🌡️:1 ℃,שלום:2\n".encode() * 2)
    assert channels(items) == ("🌡️", "שלום") and infos(items)[0].units == ("℃", "")
    items = decode('{"a\u202eb\\u0000c":1}\n'.encode() * 2)
    assert channels(items) == ("a b c",)


@pytest.mark.parametrize("kind", ["arduino", "json", "teleplot"])
def test_300_labels_are_256_channels_and_a_count(kind: str) -> None:
    names = [f"l{i}" for i in range(300)]
    line = {
        "arduino": ",".join(f"{name}:1" for name in names) + "\n",
        "json": "{" + ",".join(f'"{name}":1' for name in names) + "}\n",
        "teleplot": "".join(f">{name}:1\n" for name in names),
    }[kind]
    items = decode(line.encode() * 3)
    assert len(channels(items)) == 256 and len(values(items)) == 3
    assert rejects(items)[0][0] == (3 if kind != "teleplot" else 3 * 44)
