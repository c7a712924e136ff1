"""What becomes a channel, a sample, a reject: whole streams of text."""

from __future__ import annotations

import math

import numpy as np
import pytest

from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.stream import Block, Event, Item, StreamInfo
from driftscope.core.wire import Chunk

WALL_S = 1.7e9


def decode(*parts: bytes | None, format: str = "auto") -> list[Item]:
    """Decode chunks a tenth of a second apart; None is a gap."""
    decoder = Text("s", TextParams(format=format))
    items: list[Item] = []
    for i, part in enumerate(parts):
        if part is None:
            items += decoder.gap(i / 10, "unplugged")
        else:
            items += decoder.decode(Chunk(i, part, i / 10, WALL_S + i / 10))
    return items + decoder.flush()


def infos(items: list[Item]) -> list[StreamInfo]:
    return [item for item in items if isinstance(item, StreamInfo)]


def values(items: list[Item]) -> list[list[float]]:
    return [row for item in items if isinstance(item, Block) for row in item.values.tolist()]


def times(items: list[Item]) -> np.ndarray:
    return np.concatenate([item.time_s for item in items if isinstance(item, Block)])


def rejects(items: list[Item]) -> list[tuple[int, str, str]]:
    return [
        (item.data["count"], item.data["text"], item.data["reason"])
        for item in items
        if isinstance(item, Event) and item.kind == "reject"
    ]


def events(items: list[Item], kind: str) -> list[Event]:
    return [item for item in items if isinstance(item, Event) and item.kind == kind]


def same(rows: list[list[float]], expected: list[list[float]]) -> bool:
    return np.array_equal(np.array(rows), np.array(expected), equal_nan=True)


@pytest.mark.parametrize("sign", [",", ";", "\t", " ", ", ", "   "])
def test_bare_values_are_told_apart_by_themselves(sign: str) -> None:
    items = decode("\r\n".join(sign.join(row) for row in ("12", "34", "56")).encode())
    assert values(items) == [[1, 2], [3, 4], [5, 6]]
    (info,) = infos(items)
    assert info.channels == ("value 1", "value 2") and info.clock == "unix" and info.version == 1
    assert not rejects(items)


def test_a_header_names_columns_and_units_and_tells_the_time() -> None:
    items = decode(b"Time (ms),Gyroscope X (deg/s),b\n0,1,2\n10,3,4\n20,5,6\n")
    (info,) = infos(items)
    assert info.channels == ("Gyroscope X", "b") and info.units == ("deg/s", "")
    assert info.clock == "elapsed"
    np.testing.assert_allclose(times(items), [0, 0.01, 0.02])
    assert values(items) == [[1, 2], [3, 4], [5, 6]]


def test_dates_and_numbers_of_a_date_are_unix_time() -> None:
    dated = decode(b"timestamp,value\n2014-07-01 00:00:00,1\n2014-07-01 00:30:00,2\n")
    counted = decode(b"timestamp,value\n1404172800000,1\n1404174600000,2\n")
    for items in (dated, counted):
        assert infos(items)[0].clock == "unix"
        assert times(items).tolist() == [1404172800.0, 1404174600.0]
        assert values(items) == [[1], [2]]


def test_an_index_is_no_channel_and_no_time() -> None:
    items = decode(b"index,a\n0,5\n1,6\n")
    assert infos(items)[0].channels == ("a",) and values(items) == [[5], [6]]
    assert times(items)[0] > 1e9


def test_time_that_does_not_rise_is_made_up_and_counted() -> None:
    items = decode(b"t,a\n0,1\n1,2\n2,3\n2,4\n4,5\n")
    assert times(items).tolist() == [0, 1, 2, 3, 4]
    (note,) = events(items, "note")
    assert note.data["count"] == 1


def test_missing_values_are_no_rejects() -> None:
    items = decode(b"1,2,3\n4,,nan\n,-inf,5\n6,7,\n0x1F,true,false\n")
    nan = math.nan
    expected = [[1, 2, 3], [4, nan, nan], [nan, nan, 5], [6, 7, nan], [31, 1, 0]]
    assert same(values(items), expected) and not rejects(items)


def test_labels_appear_and_vanish() -> None:
    items = decode(b"a:1,b:2\na:3,b:4\n", b"b:6,c:7\nc:8 a:9\n")
    first, second = infos(items)
    assert first.channels == ("a", "b") and second.channels == ("a", "b", "c")
    assert (first.version, second.version) == (1, 2)
    nan = math.nan
    rows = [item.values for item in items if isinstance(item, Block)]
    assert [row.shape[1] for row in rows] == [2, 3]
    assert same(rows[1].tolist(), [[nan, 6, 7], [9, nan, 8]])


def test_labels_in_another_order_keep_their_channels() -> None:
    assert values(decode(b"a:1,b:2\nb:4,a:3\na:5,b:6\n")) == [[1, 2], [3, 4], [5, 6]]


def test_lines_that_take_turns_all_become_channels() -> None:
    items = decode(b"".join(b"Temp: %d\nHum: %d\n" % (i, -i) for i in range(10)))
    assert infos(items)[-1].channels == ("Temp", "Hum")
    assert len(values(items)) + sum(count for count, _, _ in rejects(items)) == 20
    assert len(values(items)) >= 18


def test_unlabelled_values_beside_labels_get_names() -> None:
    items = decode(b"5 a:1 6\n7 a:2 8\n")
    assert infos(items)[0].channels == ("value 1", "a", "value 2")


@pytest.mark.parametrize("half", [b"2,3\n", b"x12\xff\n", b"mp:5,b\n", b",3,4\n", b"\n"])
def test_half_a_first_line_is_dropped_quietly(half: bytes) -> None:
    items = decode(half + b"1,2,3\n4,5,6\n")
    assert values(items) == [[1, 2, 3], [4, 5, 6]] and not rejects(items)
    items = decode(b"1,2,3\n4,5,6\n", None, half + b"7,8,9\n1,1,1\n")
    assert values(items) == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]] and not rejects(items)


def test_half_a_first_label_makes_no_channel() -> None:
    items = decode(b"mp:5,hum:6\ntemp:7,hum:8\ntemp:9,hum:1\n")
    assert infos(items)[0].channels == ("temp", "hum") and len(values(items)) == 2


def test_a_whole_first_line_is_kept_with_its_own_time() -> None:
    items = decode(b"1,2\n", b"3,4\n")
    assert values(items) == [[1, 2], [3, 4]]
    np.testing.assert_allclose(times(items), [WALL_S, WALL_S + 0.1], atol=1e-5)


def test_a_gap_forgets_the_half_line_and_is_told() -> None:
    items = decode(b"1,2\n3,4\n5,", None, b"6,7\n8,9\n")
    assert values(items) == [[1, 2], [3, 4], [6, 7], [8, 9]]
    kinds = [type(item).__name__ for item in items]
    assert kinds == ["StreamInfo", "Block", "Event", "Block"]
    (gap,) = events(items, "gap")
    assert gap.seq == 2 and gap.data["reason"] == "unplugged"


def test_a_truncated_line_is_a_reject_with_its_reason() -> None:
    items = decode(b"1,2,3\n4,5,6\n7,8\n9,9,9\n")
    assert rejects(items) == [(1, "7,8", "2 values where 3 were expected")]
    assert len(values(items)) == 3


def test_a_new_count_is_believed_once_it_lasts() -> None:
    items = decode(b"1,2\n" * 3 + b"1,2,3\n" * 6 + b"4\n" * 6 + b"1,2,3\n")
    assert [info.channels[-1] for info in infos(items)] == ["value 2", "value 3"]
    rows = values(items)
    assert rows[3:5] == [[1, 2, 3]] * 2
    assert same(rows[5:], [[4, math.nan, math.nan]] * 2)
    assert [count for count, _, _ in rejects(items)] == [9]


def test_names_may_come_late_but_only_once() -> None:
    items = decode(b"1,2\n3,4\nsin,cos\n5,6\nError, sensor\n7,8\nsin,cos\n9,9\n")
    assert [info.channels for info in infos(items)] == [("value 1", "value 2"), ("sin", "cos")]
    assert len(values(items)) == 5
    assert rejects(items) == [(1, "Error, sensor", "not only numbers")]


def test_a_boot_loaders_log_makes_no_channels() -> None:
    log = (
        b"ets Jul 29 2019 12:21:46\n\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\n"
        b"configsip: 0, SPIWP:0xee\nclk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00\n"
        b"mode:DIO, clock div:1\nload:0x3fff0030,len:1344\nload:0x40078000,len:13964\n"
        b"ho 0 tail 12 room 4\nload:0x40080400,len:3600\nentry 0x400805f0\n"
    )
    items = decode(log + b"Temp: 5\nTemp: 6\n" + log + b"Temp: 7\n")
    assert [info.channels for info in infos(items)] == [("Temp",)]
    assert values(items) == [[5], [6], [7]]
    assert sum(count for count, _, _ in rejects(items)) == 9 + 10


def test_rubbish_never_stops_the_stream_and_is_merged() -> None:
    trace = b"Traceback (most recent call last):\n  File 'main.py', line 3\n\x00\xfe\x80\n"
    items = decode(b"1,2\n3,4\n" + trace * 1000 + b"5,6\n")
    assert values(items) == [[1, 2], [3, 4], [5, 6]]
    assert sum(count for count, _, _ in rejects(items)) == 3000
    assert len(rejects(items)) <= 4
    assert all(len(text) <= 200 and text.isprintable() for _, text, _ in rejects(items))


def test_a_megabyte_without_an_end_is_one_reject() -> None:
    decoder = Text("s", TextParams())
    items = decoder.decode(Chunk(0, b"1,2\n3,4\n", 0, WALL_S))
    for i in range(16):
        items += decoder.decode(Chunk(i + 1, b"7" * 65536, i + 1, WALL_S))
        assert len(decoder.state_dict()["splitter"]["_partial"]) <= 65536
    items += decoder.decode(Chunk(20, b"7,7\n5,6\n", 20, WALL_S)) + decoder.flush()
    assert values(items) == [[1, 2], [3, 4], [5, 6]]
    assert [count for count, _, _ in rejects(items)] == [1]


def test_at_most_256_channels_the_rest_is_counted() -> None:
    items = decode(b",".join([b"1"] * 300) + b"\n" + b",".join([b"2"] * 300) + b"\n")
    assert len(infos(items)[0].channels) == 256
    assert [len(row) for row in values(items)] == [256, 256]
    assert rejects(items)[0][0] == 2
    assert events(items, "reject")[0].data["partly"]
    items = decode(b"a:1\n" + b"".join(b"a:1,b%d:2\n" % i for i in range(400)))
    assert len(infos(items)[-1].channels) == 256 and len(values(items)) == 400
    notes = [item.data["message"] for item in items if isinstance(item, Event)
             and item.kind == "note"]  # fmt: skip
    assert notes == ["There are more than 256 channels: the first 256 are taken."]


def test_a_name_that_is_too_long_is_told_as_such() -> None:
    assert rejects(decode(b"x:1\n" + b"a" * 10_000 + b":1,x:2\nx:3\n")) == [
        (1, "a" * 200, "a name of more than 64 characters")
    ]
    assert len(values(decode(b"a" * 64 + b":1,x:2\n" * 3))) > 0


def test_a_wrong_baud_rate_is_said_once() -> None:
    noise = np.random.default_rng(0).integers(128, 256, 3000).astype(np.uint8).tobytes()
    items = decode(*[noise] * 4)
    (note,) = events(items, "note")
    assert "baud rate" in note.data["message"]
    assert not events(decode(b"1,2\n" * 2000, b"Hello world\n" * 500), "note")


def test_times_do_not_jump_when_the_wall_clock_is_set() -> None:
    decoder = Text("s", TextParams())
    items: list[Item] = []
    for i in range(20):
        wall_s = WALL_S + i / 10 + (3600 if i > 10 else 0)
        items += decoder.decode(Chunk(i, b"1\n", i / 10, wall_s))
    assert np.diff(times(items)).max() < 0.2 and np.diff(times(items)).min() > 0


def test_a_gap_never_sets_time_back() -> None:
    decoder = Text("s", TextParams())
    items = decoder.decode(Chunk(0, b"1\n2\n3\n", 10, WALL_S)) + decoder.gap(11, "unplugged")
    items += decoder.decode(Chunk(1, b"1\n2\n3\n", 12, WALL_S - 3600))
    assert np.diff(times(items)).min() > 0


def test_the_format_can_be_fixed() -> None:
    labelled = b"a:1\na:2\n1\n2\n"
    assert infos(decode(labelled, format="numbers"))[0].channels == ("value 1",)
    assert infos(decode(b"value\n1\n2\n", format="csv"))[0].channels == ("value",)
    assert infos(decode(b"Ready\n1\n2\n"))[0].channels == ("value 1",)
    plotter = decode(b"time,a\n1,2\n3,4\n", format="arduino")
    assert infos(plotter)[0].channels == ("time", "a") and values(plotter) == [[1, 2], [3, 4]]


def test_the_last_line_needs_no_end() -> None:
    assert values(decode(b"5")) == [[5]]
    assert values(decode(b"1,2\n3,4")) == [[1, 2], [3, 4]]
    assert decode(b"") == []
