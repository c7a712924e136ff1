"""What waits for the window: results bounded in bytes, news merged where they repeat."""

from __future__ import annotations

from dataclasses import replace

from driftscope.core.sinks.outbox import MANY, Outbox
from driftscope.core.stream import Alarm, Event, EventKind, StreamInfo


def event(kind: EventKind, seq: int = 0, **data: object) -> Event:
    return Event("s", seq, float(seq), kind, data)


def news(*items: Event | Alarm | StreamInfo) -> list[Event | Alarm | StreamInfo]:
    outbox = Outbox()
    for item in items:
        outbox.write(item)
    return outbox.drain()[0]


def test_a_device_that_sends_only_rubbish_fills_nothing() -> None:
    outbox = Outbox()
    for seq in range(50_000):
        outbox.write(event("reject", seq, count=3, text=f"line {seq}", reason="not text"))
    outbox.write(event("reject", 0, count=1, text="x", reason="a line of more than 64 kB"))
    waiting, _ = outbox.drain()
    assert [(e.data["count"], e.data["reason"]) for e in waiting if isinstance(e, Event)] == [
        (150_000, "not text"), (1, "a line of more than 64 kB")
    ]  # fmt: skip
    assert outbox.drain() == ([], [])


def test_an_alarm_waits_in_its_newest_state() -> None:
    begun = Alarm(1, "s", 5, 5, None, 0.5, 0.5, {}, 3.5)
    other = replace(begun, key="t")
    ended = replace(begun, peak=7, end=9, end_s=0.9, rarity=5.0)
    assert news(begun, other, ended) == [ended, other]


def test_gaps_and_turned_sliders_are_kept_each_and_in_order() -> None:
    items = [event("gap", 1), event("param", 1, name="a"), event("gap", 2), event("note", 2)]
    assert news(*items) == items


def test_skipped_updates_are_added_up() -> None:
    (only,) = news(
        event("skipped", 1, steps=2, samples=16), event("skipped", 99, steps=1, samples=8)
    )
    assert isinstance(only, Event) and (only.data["steps"], only.data["samples"]) == (3, 24)


def test_beyond_many_the_kinds_are_merged_and_the_number_is_told() -> None:
    waiting = news(*(event("gap", seq) for seq in range(MANY + 500)))
    last = waiting[-1]
    assert len(waiting) == MANY + 1 and isinstance(last, Event)
    assert (last.seq, last.data["merged"]) == (MANY + 499, 500)


def test_only_the_newest_description_of_a_stream_waits_in_the_place_of_the_first() -> None:
    old, new = StreamInfo("s", ("a",), ("",)), StreamInfo("s", ("a", "b"), ("", ""), version=2)
    assert news(old, event("gap"), new) == [new, event("gap")]
