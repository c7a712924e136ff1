"""The capture process: what it hands over, how it may end, and that nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from faulty_capture import BLUE, GOOD, GREEN, HEIGHT, PATIENT_S, RED, WIDTH, colours, faulty, gone

from driftscope.core.capture import child, process
from driftscope.core.capture.child import LATE_S
from driftscope.core.capture.process import Capture, Ended, Opened, Picture
from driftscope.core.capture.reasons import Reason

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


def shared(capture: Capture) -> bool:
    """Say whether its memory still has a name, and so would outlive it."""
    return (SHARED / capture._memory.name).exists()


def opened(capture: Capture, slots: int = 4) -> Opened:
    message = capture.next(PATIENT_S)
    assert isinstance(message, Opened), message
    for slot in range(slots):
        capture.ask(slot)
    return message


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


def test_a_short_hiccup_costs_no_picture(monkeypatch) -> None:
    """What waits is given out in order; what has waited for too long gives way."""
    said: list[tuple[int, int]] = []

    def say(_: str, **data: int) -> None:
        said.append((data["number"], data["missed"]))

    memory = SimpleNamespace(buf=bytearray(4 * 3))
    monkeypatch.setattr(child, "_attached", lambda _: memory)
    monkeypatch.setattr(child, "say", say)
    slots = child.Slots(dict(shared="", slot_bytes=12, newest=True))
    slots._size = (2, 2)
    slots._told = {(2, 2)}
    picture = np.zeros((2, 2, 3), np.uint8)
    now_s = 100.0
    monkeypatch.setattr(child.time, "monotonic", lambda: now_s)
    for number in range(4):
        slots.put(picture, child.Stamp(number, now_s, 0.0))
    slots._freed(0)
    slots._freed(0)
    assert said == [(2, 2), (3, 0)]
    slots._freed(0)
    slots.put(picture, child.Stamp(4, now_s, 0.0))
    slots.put(picture, child.Stamp(5, now_s, 0.0))
    slots.put(picture, child.Stamp(6, now_s, 0.0))
    now_s += 2 * LATE_S
    slots._freed(0)
    assert said[2:] == [(4, 0), (6, 1)]


def test_pictures_lie_in_their_slots_red_first(start: Start) -> None:
    capture = start("plain", False)
    assert opened(capture).size == (WIDTH, HEIGHT)
    message = capture.next(PATIENT_S)
    assert isinstance(message, Picture)
    place = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    capture.copy(message.slot, place)
    assert colours(place) == [list(RED), list(GREEN), list(BLUE)]
    assert abs(message.wall_s - time.time()) < PATIENT_S


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


def test_a_program_that_ends_while_its_reader_hangs_leaves_nothing_behind() -> None:
    code = (
        "from faulty_capture import faulty\n"
        "from driftscope.core.capture import process\n"
        "process.COMMAND = faulty('hang at once')\n"
        "made = process.Capture(dict(what='network'), 1, True)\n"
        "print(made.pid, made._memory.name)\n"
    )
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=200,
        env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    pid, name = done.stdout.split()
    assert not done.stderr, "no word of memory that was left"
    assert gone(int(pid)) and not (SHARED / name).exists()
