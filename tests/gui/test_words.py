"""Every figure on screen, said as people read it."""

import math
import time

import pytest

from driftscope.gui import words


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (words.thousands(43_200), "43,200"),
        (words.rounded(0.0), "0"),
        (words.rounded(0.0634), "0.063"),
        (words.rounded(9.96), "10"),
        (words.rounded(314_159), "310,000"),
        (words.one_in(310_000), "1 in 310,000"),
        (words.one_in(0.2), "1 in 1"),
        (words.one_in(999_900), "1 in 1M"),
        (words.one_in(2.44e6), "1 in 2.4M"),
        (words.one_in(1e9), "1 in 1B"),
        (words.one_in(1.1e9), "under 1 in 1 billion"),
        (words.rarity(300.0), "under 1 in 1 billion"),
        (words.rarity(4.0), "1 in 10,000"),
        (words.rarity(math.nan), "–"),
        (words.duration(0.0402), "40 ms"),
        (words.duration(1.21), "1.2 s"),
        (words.duration(59.7), "60 s"),
        (words.duration(181), "3 min"),
        (words.duration(7_500), "2 h 5 min"),
        (words.duration(7_200), "2 h"),
        (words.duration(3 * 86_400 + 4 * 3600), "3 d 4 h"),
        (words.milliseconds(0.62), "0.6 ms"),
        (words.milliseconds(41.3), "41 ms"),
        (words.rate(1000.0), "1.00 kHz"),
        (words.rate(50.0), "50.0 Hz"),
        (words.rate(999.9), "1.00 kHz"),
        (words.rate(1 / 300), "one every 5 min"),
        (words.rate(None), "rate unknown"),
        (words.measurement(-0.1131), "-0.113"),
        (words.measurement(1013.25), "1,013.2"),
        (words.measurement(1e30), "1.00e+30"),
        (words.measurement(math.nan), "–"),
        (words.per_day(2.0), "2 a day"),
        (words.per_day(8.64), "8.6 a day"),
        (words.per_day(8640), "360 an hour"),
        (words.per_day(1 / 12), "one in 12 days"),
        (words.per_day(1 / 3650), "one in 10 years"),
        (words.so_far(0, 720), "none in 12 min"),
        (words.so_far(3, 720), "3 in 12 min"),
        (words.so_far(14, 10 * 86_400), "1.4 a day"),
        (words.elapsed(3727.4126), "1:02:07.413"),
        (words.elapsed(-0.5), "-0:00:00.500"),
        (words.megabytes(412.4e6), "412 MB"),
        (words.frame_rate(12.5), "12.5 pictures/s"),
        (words.frame_rate(29.97), "30 pictures/s"),
        (words.frame_rate(1 / 300), "one every 5 min"),
        (words.plural(1, "line"), "1 line"),
        (words.plural(12_000, "line"), "12,000 lines"),
        (words.shortened(" ab\x00cd\n", 4), "ab·…"),
    ],
)
def test_words(call: str, text: str) -> None:
    assert call == text


def test_the_time_of_day_is_local_and_survives_a_wild_clock(monkeypatch) -> None:
    assert words.time_of_day(1e300) == "–"
    assert words.moment(52_327.412, "elapsed") == "14:32:07.412"
    assert words.moment(0.9996, "unix", now_s=5.0).endswith(":01.000")


def test_a_moment_of_another_day_has_its_date_and_rows_are_counted() -> None:
    noon_s = time.mktime((2014, 3, 7, 12, 0, 0, 0, 0, -1))
    assert words.moment(noon_s, "unix") == "2014-03-07 12:00:00"
    assert words.moment(noon_s, "unix", now_s=noon_s + 60) == "12:00:00.000"
    assert words.moment(2336.0, "rows") == "row 2,336"
    assert words.stretch(19.0, "rows") == "19 rows" and words.stretch(19.0, "unix") == "19 s"
