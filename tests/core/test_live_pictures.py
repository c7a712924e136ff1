"""Live sources of pictures over capture processes that misbehave."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from faulty_capture import BLUE, GOOD, GREEN, HEIGHT, PATIENT_S, RED, WIDTH, colours, faulty, gone

from driftscope.core.capture import process
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Message
from driftscope.core.reader import Reader
from driftscope.core.sources import _live_pictures
from driftscope.core.sources.http import Http
from driftscope.core.stream import Block, Event, Item, StreamInfo


@pytest.fixture
def source(monkeypatch) -> Iterator[Callable[[str], Http]]:
    """Make live sources over faulty capture processes."""
    made: list[Http] = []

    def make(behaviour: str) -> Http:
        monkeypatch.setattr(process, "COMMAND", faulty(behaviour))
        made.append(Http("http://me:secret@camera.test/video?pwd=secret"))
        return made[-1]

    yield make
    for each in made:
        each.close()


def pictures(source: Http, count: int) -> list[Item]:
    """Open a source and return all items up to so many pictures."""
    source.open()
    items: list[Item] = []
    while sum(isinstance(item, Block) for item in items) < count:
        items += source.read()
    return items


@pytest.mark.parametrize("behaviour", ["grey", "grey of 16 bits"])
def test_grey_pictures_get_three_channels(source, behaviour: str) -> None:
    block = pictures(source(behaviour), 1)[-1]
    assert isinstance(block, Block) and block.values.shape == (1, HEIGHT, WIDTH, 3)
    assert colours(block.values[0]) == [[colour[2]] * 3 for colour in (RED, GREEN, BLUE)]


def test_a_fourth_channel_is_left_out(source) -> None:
    block = pictures(source("four channels"), 1)[-1]
    assert isinstance(block, Block)
    assert colours(block.values[0]) == [list(RED), list(GREEN), list(BLUE)]


def test_a_huge_picture_is_scaled_down(source) -> None:
    info, note, block = pictures(source("huge"), 1)
    assert isinstance(info, StreamInfo) and info.sample_shape == (960, 1920, 3)
    assert isinstance(note, Event) and "3000 x 1500" in note.data["message"]
    assert isinstance(block, Block)
    assert colours(block.values[0]) == [list(RED), list(GREEN), list(BLUE)]


def test_another_size_in_mid_stream_is_made_to_fit_and_told_once(source) -> None:
    items = pictures(source("other size"), GOOD + 4)
    notes = [item for item in items if isinstance(item, Event) and item.kind == "note"]
    assert len(notes) == 1 and f"{WIDTH} x {2 * HEIGHT}" in notes[0].data["message"]
    blocks = [item for item in items if isinstance(item, Block)]
    assert {block.values.shape for block in blocks} == {(1, HEIGHT, WIDTH, 3)}
    assert colours(blocks[-1].values[0]) == [list(RED), list(GREEN), list(BLUE)]


def test_spoiled_pictures_are_counted_as_rejected(source) -> None:
    items = pictures(source("spoiled"), 8)
    rejects = [item for item in items if isinstance(item, Event) and item.kind == "reject"]
    assert sum(event.data["count"] for event in rejects) >= 3


def test_garbage_between_the_messages_is_nothing(source) -> None:
    items = pictures(source("garbage"), 3)
    events = [item for item in items if isinstance(item, Event) and item.kind != "missed"]
    assert not events


def test_times_rise_and_blocks_follow_each_other(source) -> None:
    blocks = [item for item in pictures(source("plain"), 8) if isinstance(item, Block)]
    assert [block.seq for block in blocks] == list(range(8))
    times = np.concatenate([block.time_s for block in blocks])
    assert np.all(np.diff(times) > 0) and abs(times[-1] - time.time()) < PATIENT_S


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("busy", "could not be opened"),
        ("unreadable", "none of them can be read"),
        ("raise", "it is broken"),
        ("nothing", "without a word"),
    ],
)
def test_why_it_cannot_be_opened_is_told_and_no_secret_is(source, behaviour, told) -> None:
    made = source(behaviour)
    with pytest.raises(SourceError) as raised:
        made.open()
    assert told in str(raised.value) and "http://camera.test/video" in str(raised.value)
    assert "secret" not in str(raised.value) + made.name + made.key


@pytest.mark.parametrize(("behaviour", "told"), [("end", "was lost"), ("die", "without a word")])
def test_a_stream_that_ends_or_a_process_that_dies_is_a_lost_link(source, behaviour, told) -> None:
    made = source(behaviour)
    with pytest.raises(LinkLost, match=told):
        pictures(made, 1000)


def test_a_process_killed_from_outside_is_a_lost_link_and_opens_again(source) -> None:
    made = source("plain")
    before = pictures(made, 3)
    os.kill(made.pid, signal.SIGKILL)
    with pytest.raises(LinkLost):
        while True:
            made.read()
    after = pictures(made, 2)
    assert not any(isinstance(item, StreamInfo) for item in after), "it is the same stream"
    blocks = [item for item in before + after if isinstance(item, Block)]
    assert [block.seq for block in blocks] == list(range(len(blocks)))
    assert np.all(np.diff([float(block.time_s[0]) for block in blocks]) > 0)
    assert colours(blocks[-1].values[0]) == [list(RED), list(GREEN), list(BLUE)]


def test_a_hung_read_is_stalled_then_lost_and_the_process_is_killed(source, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "STALLED_S", 0.1)
    monkeypatch.setattr(Http, "watchdog_s", 0.5)
    made = source("hang")
    items = pictures(made, GOOD)
    pid = made.pid
    with pytest.raises(LinkLost, match=r"no picture for 0\.5 s"):
        while True:
            items += made.read()
    links = [item for item in items if isinstance(item, Event) and item.kind == "link"]
    assert [event.data["state"] for event in links] == ["stalled"]
    made.close()
    assert gone(pid)


def test_a_stall_that_ends_is_live_again(source, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "STALLED_S", 0.1)
    items = pictures(source("slow"), 3)
    links = [item for item in items if isinstance(item, Event) and item.kind == "link"]
    assert [event.data["state"] for event in links][:2] == ["stalled", "live"]
    assert any(isinstance(item, Event) and item.kind == "gap" for item in items)
    assert "again" in links[1].data["message"]


def test_a_hung_open_has_an_end(source, monkeypatch) -> None:
    monkeypatch.setattr(Http, "open_s", 0.2)
    with pytest.raises(SourceError, match="no picture in time"):
        source("hang at once").open()


@pytest.mark.parametrize("behaviour", ["hang at once", "hang"])
def test_closing_ends_what_hangs_in_another_thread(source, behaviour) -> None:
    made = source(behaviour)
    ended: list[SourceError] = []

    def work() -> None:
        try:
            pictures(made, 1000)
        except SourceError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    until_s = time.monotonic() + PATIENT_S
    while made.pid is None and time.monotonic() < until_s:
        time.sleep(0.01)
    pid = made.pid
    made.close()
    thread.join(PATIENT_S)
    assert ended and pid is not None and gone(pid)


def test_a_picture_that_never_changes_is_told_once(source, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "STILL_S", 0.05)
    items = pictures(source("plain"), 20)
    notes = [item for item in items if isinstance(item, Event) and item.kind == "note"]
    assert len(notes) == 1 and "may be frozen" in notes[0].data["message"]


@pytest.mark.parametrize("behaviour", ["hang at once", "hang"])
def test_a_reader_whose_camera_hangs_can_be_stopped(source, behaviour) -> None:
    made = source(behaviour)
    inbox: Mailbox[Message] = Mailbox(2**20, "wait")
    reader = Reader("camera", made, inbox)
    reader.start()
    until_s = time.monotonic() + PATIENT_S
    while made.pid is None and time.monotonic() < until_s:
        time.sleep(0.01)
    pid = made.pid
    assert pid is not None and reader.stop(PATIENT_S) and gone(pid)
