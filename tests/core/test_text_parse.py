"""Headers, numbers and single lines, one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from driftscope.core.decoders._line import parse_line, readable
from driftscope.core.decoders._parse import (
    Header,
    is_header,
    number,
    numbers,
    parse_header,
    seconds,
    split_name_unit,
)
from driftscope.core.decoders._times import DeviceClock


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Time (s),X (g)", Header(("X",), ("g",), 0, 1.0)),
        ("time,a", Header(("a",), ("",), 0, 1.0, iso=True)),
        ("time_ms,a", Header(("a",), ("",), 0, 1e-3)),
        ("t [us],a", Header(("a",), ("",), 0, 1e-6)),
        ("millis,a", Header(("a",), ("",), 0, 1e-3)),
        ("timestamp,value", Header(("value",), ("",), 0, 1.0, iso=True)),
        ("index,m00", Header(("m00",), ("",), 0, None, is_index=True)),
        (",a,a", Header(("a", "a 2"), ("", ""), 0, None, is_index=True)),
        ("Gyroscope X (deg/s),T[°C]", Header(("Gyroscope X", "T"), ("deg/s", "°C"))),
        ("time", Header(("time",), ("",))),
        ("t (C),x", Header(("t", "x"), ("C", ""))),
        ('"a","b"', Header(("a", "b"), ("", ""))),
    ],
)
def test_headers(cells: str, expected: Header) -> None:
    assert parse_header(cells.split(",")) == expected


def test_a_header_has_no_values() -> None:
    assert is_header(["a", "b (V)", ""])
    for cells in (["1", "a"], ["nan"], ["2020-01-01 00:00:00", "x"], ["-", "--"], []):
        assert not is_header(cells)


def test_units_stand_in_brackets() -> None:
    assert split_name_unit(" Gyroscope X (deg/s) ") == ("Gyroscope X", "deg/s")
    assert split_name_unit("(deg)") == ("(deg)", "")


def test_single_values() -> None:
    assert number("0x1F") == 31 and number("-0X10") == -16
    assert number("TRUE") == 1 and number('" 2.5 "') == 2.5
    for text in ("", "nan", "-inf", "Infinity", "null", "1e999"):
        value = number(text)
        assert value is not None and math.isnan(value)
    for text in ("1_0", "1e", "-", "٣", "0x", "1,5"):
        assert number(text) is None


def test_dates_are_utc_where_they_name_no_zone() -> None:
    assert seconds("1970-01-02 00:00:01") == 86401
    assert seconds("1970-01-01T01:00:00+01:00") == 0
    assert math.isnan(seconds("yesterday"))


def test_a_bad_line_is_a_row_of_missing_values() -> None:
    values, bad = numbers(b"1,2\r\n\n3,x\n,4\n5,\n6,7,\n1,2,3\n8,9", b",", 2)
    expected = [[1, 2], [math.nan] * 2, [math.nan] * 2, [math.nan, 4], [5, math.nan], [6, 7]]
    np.testing.assert_array_equal(values, [*expected, [math.nan] * 2, [8, 9]])
    assert bad == [(1, ""), (2, "3,x"), (6, "1,2,3")]


def test_other_delimiters() -> None:
    np.testing.assert_array_equal(numbers(b"1,5;2\n-,5;3\n", b";", 2)[0][0], [1.5, 2])
    np.testing.assert_array_equal(numbers(b"1  2\n 3 4 \n", b" ", 2)[0], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(
        numbers(b"\t2\n3\t\n", b"\t", 2)[0], [[math.nan, 2], [3, math.nan]]
    )
    assert numbers(b"", b",", 3)[0].shape == (0, 3)


@pytest.mark.parametrize(
    ("text", "labels", "values", "units"),
    [
        ("1,2", [None, None], [1, 2], ["", ""]),
        ("Temperature: 23.64", ["Temperature"], [23.64], [""]),
        ("Temp: 23.6 C Hum: 45 %", ["Temp", "Hum"], [23.6, 45], ["C", "%"]),
        ("Temp=23.6C; Hum=45%", ["Temp", "Hum"], [23.6, 45], ["C", "%"]),
        ("Gyro X: 5 dps Gyro Y: 6 dps", ["Gyro X", "Gyro Y"], [5, 6], ["dps", "dps"]),
        ("Sensor 1: 5, Sensor 2: 6", ["Sensor 1", "Sensor 2"], [5, 6], ["", ""]),
        ("a:1 5 b:2", ["a", None, "b"], [1, 5, 2], ["", "", ""]),
        ("(1, 2, 3)", [None] * 3, [1, 2, 3], [""] * 3),
        ("23.5 °C", [None], [23.5], ["°C"]),
    ],
)
def test_lines_as_boards_print_them(
    text: str, labels: list[str | None], values: list[float], units: list[str]
) -> None:
    line = parse_line(text)
    assert line is not None
    assert (line.labels, line.values, line.units) == (labels, values, units)


@pytest.mark.parametrize(
    "text",
    ["Ready", "12:30:05", "3 errors found", "mode:DIO, clock div:1", "a: b: 2", "a:1 a:2",
     "I (42) boot: SPI Speed : 40MHz", "ho 0 tail 12 room 4", "temp:23.5,hu", "-5 - 3"],
)  # fmt: skip
def test_lines_that_are_no_samples(text: str) -> None:
    assert parse_line(text) is None


def test_old_boards_write_latin_1() -> None:
    assert readable("5 °C".encode("latin-1")) == "5 °C"
    assert readable(b"\x015") is None


def test_a_device_clock_that_stands_or_starts_anew() -> None:
    clock = DeviceClock()
    times, made_up = clock.stamp(np.array([10.0, 10.1, 10.2, 10.2, 10.4, 0.0, 0.1]))
    np.testing.assert_allclose(times, [10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6])
    assert made_up == 2


def test_a_device_clock_that_starts_anew_behind_a_time_it_did_not_tell() -> None:
    times, made_up = DeviceClock().stamp(np.array([10.0, 10.1, math.nan, 0.0, 0.3, 0.7]))
    assert made_up == 2
    np.testing.assert_allclose(np.diff(times)[3:], [0.3, 0.4])
    assert (np.diff(times) > 0.02).all()


def test_a_device_time_that_no_clock_can_mean_is_made_up() -> None:
    raw = np.arange(100.0)
    raw[[20, 60]] = 1e300, -1e13
    stamped, made_up = DeviceClock().stamp(raw)
    assert made_up == 2 and np.array_equal(stamped, np.arange(100.0))
