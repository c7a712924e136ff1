"""The status bar's sentence, state by state."""

import math
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from driftscope.core.health import Health, Losses
from driftscope.core.params import ParamSet
from driftscope.core.stream import Alarm, Event, Result, StreamInfo
from driftscope.gui.news import News, Strain
from driftscope.gui.sentence import (
    alarm_words,
    channels,
    phase,
    sentence,
    skill_words,
    state_words,
    where,
)


def session(state: str = "learning", link: str = "live", skill: float = math.nan, device=False):
    health = Health()
    health.link, health.state, health.link_since_s = link, state, 100.0
    if math.isfinite(skill):
        health.recent = Losses(100, 1 - skill, {"last value": 1.0, "running mean": 1.5})
    return SimpleNamespace(
        address="demo:", source_name="the demo", info=StreamInfo("demo", ("a",), ("g",)),
        health=health, alarms={}, paused=False, can_release=lambda: device, pictures=False,
        report=None, sources=[], params=ParamSet(),
    )  # fmt: skip


def a_result() -> Result:
    one, none = np.zeros((1, 1)), np.full(1, np.nan)
    no = np.zeros(1, bool)
    return Result(
        "demo",
        0,
        np.zeros(1),
        one,
        one * np.nan,
        None,
        none,
        {},
        one,
        none,
        3.0,
        no,
        no,
        False,
        0.0,
    )


def an_alarm(number: int, start_s: float, end: int | None = 9) -> Alarm:
    return Alarm(number, "demo", 0, 1, end, start_s, start_s + 1.2, {"accel z": 0.9, "x": 0.1}, 5.5)


@pytest.mark.parametrize(
    ("link", "told", "expected"),
    [
        ("live", False, "waiting"),
        ("opening", False, "connecting"),
        ("live", True, "learning"),
        ("lost", True, "lost"),
        ("released", True, "released"),
        ("ended", True, "ended"),
        ("failed", False, "failed"),
    ],
)
def test_phase(link: str, told: bool, expected: str) -> None:
    seen = session(link=link)
    if not told:
        seen.info = None
    assert phase(seen) == expected
    assert sentence(seen, now_s=103.0).endswith(".")
    seen.address = ""
    assert phase(seen) == "nothing"


def test_a_silent_device_is_waited_for_and_its_text_is_shown() -> None:
    seen = session(device=True)
    seen.info = None
    assert phase(seen) == "waiting"
    begun_s = seen.health.link_since_s
    said = "Connected to the demo; it has sent nothing yet"
    assert sentence(seen, now_s=begun_s + 1) == f"{said}."
    assert sentence(seen, now_s=begun_s + 4).startswith(f"{said}: look whether its program runs")
    seen.health.bytes = 22
    assert "no numbers have come yet: try another baud rate" in sentence(seen)
    seen.health.rejects.append(("ets Jun 8 2016", "no number"))
    assert "no numbers have come yet (last line: ‘ets Jun 8 2016’): try" in sentence(seen)
    assert (
        sentence(seen, strain="Most of it is not numbers.", news="Wrong baud.").count("baud") == 1
    )


def test_loading_is_told_until_the_first_word_of_the_link() -> None:
    seen = session(state="loading", link="opening")
    seen.info = None
    assert phase(seen) == "loading"
    seen.health.write(Event("s", 0, 0.0, "link", dict(state="opening", message="Opening it.")))
    assert phase(seen) == "connecting"


def test_a_device_that_falls_silent_is_told_to_but_not_a_slow_one() -> None:
    seen = session(device=True)
    now_s = time.monotonic()
    seen.health.write(a_result())
    assert sentence(seen, now_s=now_s + 2).startswith("Learning.")
    quiet = "Nothing readable has come from the demo for"
    assert sentence(seen, now_s=now_s + 9).startswith(quiet)
    seen.health.rate_hz = 0.1
    assert sentence(seen, now_s=now_s + 9).startswith("Learning.")
    assert sentence(seen, now_s=now_s + 190).startswith(f"{quiet} 3 min")


def test_bytes_that_give_no_sample_are_told_even_if_no_line_ends() -> None:
    strain, health = Strain(), Health()
    assert strain.text(health, 100.0) == ""
    health.bytes, health.samples = 40_000, 900
    assert strain.text(health, 101.0) == strain.text(health, 103.0) == ""
    health.bytes = 42_000
    strain.text(health, 105.0)
    assert strain.text(health, 107.0).startswith("Most of what arrives is not numbers: try")


def test_rows_of_too_many_channels_are_no_rubbish() -> None:
    strain, health = Strain(), Health()
    strain.text(health, 100.0)
    data = {"count": 90, "text": "c0:1,c1:2", "reason": "more than 256 channels", "partly": True}
    health.write(Event("s", 0, 100.0, "reject", data))
    health.samples = 80
    assert strain.text(health, 101.0) == "" and health.rejected == 90


@pytest.mark.parametrize(
    ("skill", "text"),
    [
        (0.81, "The forecast beats “same as before” by 81 %."),
        (0.001, "The forecast is as good as “same as before”."),
        (-0.12, "The forecast is 12 % worse than “same as before” so far."),
        (-4.0, "The forecast is 5 times worse than “same as before” so far."),
        (math.nan, ""),
    ],
)
def test_skill_is_told_with_its_sign(skill: float, text: str) -> None:
    assert skill_words(session(skill=skill)) == text


def test_an_alarm_is_told_while_it_lasts_and_for_a_minute() -> None:
    seen = session(skill=0.81)
    seen.health.last_time_s = 200.0
    seen.alarms = {1: an_alarm(1, 20.0)}
    assert alarm_words(seen) == ""
    seen.alarms[2] = an_alarm(2, 190.0, end=None)
    assert alarm_words(seen) == "Alarm now: accel z, x for 10 s, 1 in 320,000."
    seen.alarms[2] = an_alarm(2, 190.0)
    assert sentence(seen).endswith(
        "by 81 %. One alarm in the last minute: accel z, x for 1.2 s, 1 in 320,000."
    )
    seen.alarms[3] = an_alarm(3, 195.0)
    assert alarm_words(seen) == "2 alarms in the last minute, the last: accel z, x for 1.2 s."


def test_many_channels_are_counted() -> None:
    blame = {f"c{i}": 0.2 for i in range(5)}
    assert channels(Alarm(1, "", 0, 0, 1, 0.0, 1.0, blame, 4.0)) == "c0, c1, c2 and 2 more"
    small = {f"c{i}": 0.05 for i in range(20)}
    assert channels(Alarm(1, "", 0, 0, 1, 0.0, 1.0, small, 4.0)) == "c0"


def test_a_lost_link_says_since_when_and_when_it_is_tried_again() -> None:
    seen = session(link="lost")
    seen.health.next_try_s = 115.0
    assert sentence(seen, now_s=112.0).startswith(
        "The link to the demo has been lost for 12 s; the next try is in 3 s."
    )
    assert "the next try is now" in sentence(seen, now_s=115.0)


def test_failure_and_pause_are_said() -> None:
    seen = session(link="failed")
    seen.health.link_message = "No such port."
    seen.paused = True
    assert sentence(seen) == "No such port."
    seen.health.link = "live"
    assert sentence(seen).endswith("The view is paused; the work goes on.")


def test_strain_tells_what_is_left_out_for_five_seconds_only() -> None:
    health, strain = Health(), Strain()
    assert strain.text(health, 0.0) == ""
    health.skipped_updates = 40
    text = "Overloaded: 40 updates were left out in the last 5 s."
    assert strain.text(health, 1.0) == text
    assert strain.text(health, 4.0) == text
    assert strain.text(health, 8.0) == ""
    health.unscored = 57
    text = "Overloaded: 57 samples were neither scored nor learned in the last 5 s."
    assert strain.text(health, 8.5) == text
    health.dropped = 1
    assert strain.text(health, 9.0) == "Overloaded: 1 sample was lost in the last 5 s."
    assert strain.text(Health(), 9.5) == ""


def test_a_trifle_is_no_overload_nor_is_what_a_frozen_model_leaves_out() -> None:
    health, strain = Health(), Strain()
    strain.text(health, 0.0)
    health.state, health.skipped_updates, health.updates = "learning", 4, 96
    assert strain.text(health, 1.0) == ""
    health.skipped_updates = 6
    assert strain.text(health, 2.0).startswith("Overloaded: 6 updates")
    health.state = "frozen"
    assert strain.text(health, 3.0) == ""


def test_mostly_rejects_points_at_the_baud_rate() -> None:
    health, strain = Health(), Strain()
    strain.text(health, 0.0)
    health.rejected, health.samples = 50, 4
    health.rejects.append(("\x80\x00zz", "no number"))
    assert strain.text(health, 1.0).startswith("Most of what arrives is not numbers (last line: ‘")


def test_a_note_of_the_core_is_told_for_a_while() -> None:
    news = News()
    reset = Event("demo", 0, 0.0, "note", {"message": "The model was reset."})
    assert news.text([], 0.0) == ""
    assert news.text([reset], 1.0) == news.text([reset], 8.0) == "The model was reset."
    assert news.text([reset], 9.5) == ""
    back = Event("demo", 0, 0.0, "restored", {"reason": "the loss had exploded."})
    assert news.text([reset, back], 10.0) == (
        "The model was set back to a sound state: the loss had exploded. If that happens again, "
        "turn the learning rate down."
    )


def test_a_lost_link_is_lost_since_the_first_time_it_was_told() -> None:
    seen = session()
    for message in ("It was unplugged.", "It is not there."):
        event = Event("s", 0, 0.0, "link", dict(state="lost", message=message))
        seen.health.write(event)
    first_s = seen.health.link_since_s
    seen.health.write(event)
    assert seen.health.link_since_s == first_s and seen.health.link_message == "It is not there."


@pytest.mark.parametrize(
    ("skill", "said"),
    [
        (0.48, "48 % better"),
        (-0.16, "16 % worse"),
        (-3.74, "4.7 times worse"),
        (0.001, "as well as"),
    ],
)
def test_of_a_picture_it_says_how_well_it_is_rebuilt(skill: float, said: str) -> None:
    seen = session(skill=skill)
    seen.pictures = True
    assert f"rebuilds the picture {said}" in skill_words(seen)


def test_values_that_are_all_missing_and_a_signal_at_rest_are_told() -> None:
    strain, health = Strain(), Health()
    assert strain.text(health, 0.0) == ""
    health.samples = health.empty = 40
    assert strain.text(health, 1.0).startswith("Every value that arrives is missing")
    health.samples = 41
    assert strain.text(health, 2.0) == ""
    health.recent = Losses(100, 0.0, {"last value": 0.0, "running mean": 0.0})
    seen = session()
    seen.health = health
    assert skill_words(seen) == "The signal stands still."


def test_an_alarm_says_where_in_the_picture() -> None:
    info = StreamInfo("s", ("picture",), ("",), sample_shape=(4, 4, 3), dtype="uint8")
    blame = {"upper left": 0.7, "middle": 0.3}
    made = Alarm(1, "s", 0, 0, None, 0.0, 1.0, blame, 5.0)
    assert where(made, info) == "picture, upper left, middle"
    assert where(replace(made, channels={"picture": 1.0}), info) == "the picture"


def test_a_file_that_was_stopped_is_not_said_to_have_ended() -> None:
    seen = session(link="ended")
    seen.health.progress = 1.0
    assert "has ended after" in state_words(seen)
    assert sentence(seen, brief=True).startswith("At its end.")
    seen.health.progress = 0.07
    assert "was stopped after" in state_words(seen)
    assert sentence(seen, brief=True).startswith("Stopped.")
