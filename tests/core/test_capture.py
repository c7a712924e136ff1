"""The capture process: what it hands over, how it may fail, and that nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from faulty_capture import BLUE, GOOD, GREEN, HEIGHT, RED, WIDTH, faulty

from driftscope.core.capture import process
from driftscope.core.capture.process import Capture, Ended, Opened, Picture
from driftscope.core.capture.reasons import Reason
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.sources import _live_pictures
from driftscope.core.sources.http import Http
from driftscope.core.stream import Block, Event, Item, StreamInfo

PATIENT_S = 20.0
SHARED = Path("/dev/shm")
Start = Callable[[str, bool], Capture]


@pytest.fixture
def start(monkeypatch) -> Iterator[Start]:
    """Start faulty capture processes; at the end nothing of them may be left."""
    made: list[Capture] = []

    def make(behaviour: str, newest: bool = False) -> Capture:
        monkeypatch.setattr(process, "COMMAND", faulty(behaviour))
        made.append(Capture(dict(what="network"), 4, newest))
        return made[-1]

    yield make
    for capture in made:
        capture.close()
        assert gone(capture.pid) and not shared(capture)


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


def shared(capture: Capture) -> bool:
    """Say whether its memory still has a name, and so would outlive it."""
    return (SHARED / capture._memory.name).exists()


def gone(pid: int) -> bool:
    """Say whether a process has ended, waiting for it."""
    until_s = time.monotonic() + PATIENT_S
    while time.monotonic() < until_s:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True  # only its parent, not ours, has not looked yet
        time.sleep(0.01)
    return False


def opened(capture: Capture, slots: int = 4) -> Opened:
    message = capture.next(PATIENT_S)
    assert isinstance(message, Opened), message
    for slot in range(slots):
        capture.ask(slot)
    return message


def pictures(source: Http, count: int) -> list[Item]:
    """Open a source and return all items up to so many pictures."""
    source.open()
    items: list[Item] = []
    while sum(isinstance(item, Block) for item in items) < count:
        items += source.read()
    return items


def colours(picture: np.ndarray) -> list[list[int]]:
    middle = picture[picture.shape[0] // 2]
    return [middle[at * picture.shape[1] // 6].tolist() for at in (1, 3, 5)]


def test_the_process_imports_only_what_it_needs() -> None:
    code = "import driftscope.core.capture.child, sys; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    ours = {name for name in ran.stdout.split() if name.startswith("driftscope.core.")}
    assert all(name.startswith("driftscope.core.capture") for name in ours), ours
    assert not {"torch", "PySide6", "serial"} & set(ran.stdout.split())


def test_who_waits_for_every_picture_gets_every_picture(start: Start) -> None:
    capture = start("fast", False)
    opened(capture)
    numbers = []
    while len(numbers) < 40:
        message = capture.next(PATIENT_S)
        assert isinstance(message, Picture) and not message.missed
        numbers.append(message.number)
        if len(numbers) % 10 == 0:
            time.sleep(0.05)  # a learner that is busy
        capture.ask(message.slot)
    assert numbers == list(range(40))


def test_who_wants_the_newest_gets_it_and_the_count_of_the_others(start: Start) -> None:
    capture = start("fast", True)
    assert shared(capture)
    assert isinstance(capture.next(PATIENT_S), Opened)
    assert not shared(capture), "killed from now on, it leaves nothing"
    last, missed = -1, 0
    for _ in range(20):
        time.sleep(0.02)
        capture.ask(0)
        message = capture.next(PATIENT_S)
        assert isinstance(message, Picture)
        assert message.number == last + 1 + message.missed
        last, missed = message.number, missed + message.missed
    assert missed > 20


def test_pictures_lie_in_their_slots_red_first(start: Start) -> None:
    capture = start("plain", False)
    assert opened(capture).size == (WIDTH, HEIGHT)
    message = capture.next(PATIENT_S)
    assert isinstance(message, Picture)
    place = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    capture.copy(message.slot, place)
    assert colours(place) == [list(RED), list(GREEN), list(BLUE)]
    assert abs(message.wall_s - time.time()) < PATIENT_S


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
    assert all(isinstance(item, StreamInfo | Block) for item in items), items


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
    states = [item.data["state"] for item in items if isinstance(item, Event)]
    assert states == ["stalled"]
    made.close()
    assert gone(pid)


def test_a_stall_that_ends_is_live_again(source, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "STALLED_S", 0.1)
    items = pictures(source("slow"), 3)
    links = [item for item in items if isinstance(item, Event) and item.kind == "link"]
    assert [event.data["state"] for event in links][:2] == ["stalled", "live"]
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


def test_it_ends_with_its_parent_even_if_that_is_killed_and_it_hangs() -> None:
    code = (
        "import sys, threading; sys.path.insert(0, sys.argv[1])\n"
        "from faulty_capture import faulty\n"
        "from driftscope.core.capture import process\n"
        "process.COMMAND = faulty('hang')\n"
        "capture = process.Capture(dict(what='network'), 4, False)\n"
        "capture.next(60); capture.ask(0); capture.next(60)\n"
        "print(capture.pid, capture._memory.name, flush=True); threading.Event().wait()\n"
    )
    words = [sys.executable, "-c", code, str(Path(__file__).parents[1])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, name = parent.stdout.readline().split()
        parent.kill()
    assert gone(int(pid)) and not (SHARED / name).exists()


def test_the_end_of_a_file_is_told(start: Start) -> None:
    capture = start("end", False)
    opened(capture)
    numbers = []
    while isinstance(message := capture.next(PATIENT_S), Picture):
        numbers.append(message.number)
        capture.ask(message.slot)
    assert numbers == list(range(GOOD)) and isinstance(message, Ended)


def test_a_process_that_dies_says_how(start: Start) -> None:
    capture = start("die", False)
    opened(capture)
    while isinstance(message := capture.next(PATIENT_S), Picture):
        capture.ask(message.slot)
    assert isinstance(message, Reason) and message.word == "died"
    assert message.detail == str(-signal.SIGTERM)
