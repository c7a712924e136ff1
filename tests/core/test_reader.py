import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from devices import PacedWriter, PtyDevice
from driftscope.core import reader as module
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.interfaces import Source, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.reader import (
    Ended,
    Failed,
    Items,
    Link,
    Lost,
    Message,
    Opened,
    Raw,
    Reader,
)
from driftscope.core.stream import Block, StreamInfo
from driftscope.core.tap import Tap
from driftscope.core.transports.serial import Serial

PATIENT_S = 10


class Scripted(Transport):
    """Give what a script holds: bytes, an error to raise, a function to call; then silence."""

    scheme = "scripted"

    def __init__(self, *script: object, live: bool = True, end: bool = False) -> None:
        self.name = "script"
        self.params = None
        self.live = live  # type: ignore[misc]  # of one device, for the test
        self.script = list(script)
        self.end = end
        self.opens: list[object] = []
        self.is_open = False
        self.stuck = threading.Event()

    def open(self) -> None:
        if self.opens and isinstance(error := self.opens.pop(0), Exception):
            raise error
        self.is_open = True

    def read(self) -> bytes | None:
        if not self.script:
            self.stuck.wait(0.01)
            return None if self.end else b""
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, bytes):
            return step
        assert callable(step)
        step()
        return b""

    def close(self) -> None:
        self.is_open = False
        self.stuck.set()


class Blocks(Source):
    scheme = "blocks"
    name = "blocks"

    def __init__(self, *script: list[object], live: bool) -> None:
        self.script = list(script)
        self.live = live  # type: ignore[misc]  # of one source, for the test

    def open(self) -> None: ...

    def read(self) -> list[object] | None:
        return self.script.pop(0) if self.script else None

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(module, "LONGEST_WAIT_S", 0.04)


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[Reader, Mailbox[Message], Tap]]]:
    """Start readers; at the end each must stop, whatever its device does."""
    made: list[Reader] = []

    def make(device, limit_bytes=1_000_000):
        inbox: Mailbox[Message] = Mailbox(limit_bytes, "wait")
        tap = Tap()
        made.append(Reader("dev", device, inbox, tap))
        made[-1].start()
        return made[-1], inbox, tap

    yield make
    assert all([each.stop(PATIENT_S) for each in made])


def await_message(inbox: Mailbox[Message], wanted) -> list[Message]:
    """Return all messages up to the first that `wanted` is true of."""
    seen: list[Message] = []
    while True:
        message = inbox.get(PATIENT_S)
        assert message is not None, f"no such message; there were {seen}"
        seen.append(message)
        if wanted(message):
            return seen


def last(message: Message) -> bool:
    return isinstance(message, (Ended, Failed))


def link(state: str) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Link) and message.state == state


def raw(messages: list[Message]) -> bytes:
    return b"".join(m.chunk.data for m in messages if isinstance(m, Raw))


def links(messages: list[Message]) -> list[str]:
    return [m.state for m in messages if isinstance(m, Link)]


def test_tells_of_opening_bytes_and_end_in_order(start):
    reader, inbox, tap = start(Scripted(b"ab", b"", b"c", end=True))
    messages = await_message(inbox, last)
    assert [type(m) for m in messages] == [Link, Opened, Link, Raw, Raw, Ended]
    assert links(messages) == ["opening", "live"]
    chunks = [m.chunk for m in messages if isinstance(m, Raw)]
    assert [(c.number, c.data) for c in chunks] == [(0, b"ab"), (1, b"c")]
    assert chunks[0].steady_s <= chunks[1].steady_s
    assert tap.chunks("dev") == chunks
    reader.join(PATIENT_S)
    assert not reader.is_alive()


def test_a_source_gives_its_items(start):
    info = StreamInfo("s", ("x",), ("",))
    _, inbox, _ = start(Blocks([info], [], live=False))
    messages = await_message(inbox, last)
    assert [m.items for m in messages if isinstance(m, Items)] == [[info]]


def test_what_cannot_be_opened_has_failed(start):
    device = Scripted()
    device.opens = [SourceError("It is not there.")]
    _, inbox, _ = start(device)
    messages = await_message(inbox, last)
    assert str(messages[-1].error) == "It is not there."
    assert links(messages) == ["opening"]


def test_a_bug_in_a_device_is_told_as_a_sentence(start):
    _, inbox, _ = start(Scripted(ZeroDivisionError("oh")))
    error = await_message(inbox, last)[-1].error
    assert isinstance(error, SourceError)
    assert str(error) == "script failed: ZeroDivisionError: oh."


def test_a_lost_link_is_tried_again_until_it_opens(start):
    device = Scripted(b"1", LinkLost("It was unplugged."), b"2")
    device.opens = [None, SourceError("Not there."), SourceError("Still not."), None]
    _, inbox, _ = start(device)
    messages = await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"2")
    assert links(messages) == ["opening", "live", "lost", "lost", "lost", "live"]
    lost = [m for m in messages if link("lost")(m)]
    assert [m.message for m in lost] == ["It was unplugged.", "Not there.", "Still not."]
    assert all(m.next_try_s is not None for m in lost)
    assert [m.chunk.number for m in messages if isinstance(m, Raw)] == [0, 1]


def test_what_waits_for_us_is_not_opened_anew(start):
    _, inbox, _ = start(Scripted(LinkLost("gone"), live=False))
    assert isinstance(await_message(inbox, last)[-1], Failed)


def test_a_long_wait_for_a_lost_device_ends_at_once_by_stop(start, monkeypatch):
    monkeypatch.setattr(module, "FIRST_WAIT_S", 1000.0)
    reader, inbox, _ = start(Scripted(LinkLost("gone")))
    await_message(inbox, link("lost"))
    assert reader.stop(PATIENT_S)


def test_a_device_stuck_in_reading_is_closed_under_it(start, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.02)
    device = Scripted()
    device.script = [lambda: device.stuck.wait(PATIENT_S)]
    reader, inbox, _ = start(device)
    await_message(inbox, link("live"))
    assert reader.stop(PATIENT_S)
    assert device.stuck.is_set()


def test_a_device_that_never_comes_back_does_not_hold_stop_up(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    hang = threading.Event()
    device = Scripted(hang.wait)
    reader = Reader("dev", device, Mailbox(1000))
    reader.start()
    assert not reader.stop(0.05)
    assert reader.daemon
    hang.set()
    assert reader.stop(PATIENT_S)


def test_stop_before_start_opens_nothing():
    device = Scripted()
    reader = Reader("dev", device, Mailbox(1000))
    assert reader.stop()
    reader.start()
    reader.join(PATIENT_S)
    assert not device.is_open


def test_a_full_inbox_is_a_counted_loss_with_a_hole_in_the_numbers(start):
    data = [bytes([i]) * 100 for i in range(40)]
    holding = threading.Event()
    device = Scripted(*data, holding.set)
    _, inbox, tap = start(device, limit_bytes=3000)
    assert holding.wait(PATIENT_S)
    first = inbox.drain()
    device.script.append(b"after")
    second = await_message(inbox, lambda m: isinstance(m, Raw))
    kept = raw(first)
    lost = second[0]
    assert isinstance(lost, Lost)
    assert len(kept) + lost.nbytes == 4000
    assert second[-1].chunk.number == 40
    assert kept == b"".join(data)[: len(kept)]
    assert [c.number for c in tap.chunks("dev")] == list(range(41))


def test_links_and_the_end_come_through_a_full_inbox(start):
    device = Scripted(*[b"x" * 100] * 40, LinkLost("gone"), b"y", end=True)
    _, inbox, _ = start(device, limit_bytes=1000)
    while device.script:
        device.stuck.wait(0.001)
    messages = await_message(inbox, last)
    assert links(messages) == ["opening", "live", "lost", "live"]
    assert len(raw(messages)) + sum(m.nbytes for m in messages if isinstance(m, Lost)) == 4001


def test_what_waits_for_us_loses_nothing(start):
    data = os.urandom(20_000)
    pieces = [data[i : i + 100] for i in range(0, len(data), 100)]
    _, inbox, _ = start(Scripted(*pieces, live=False, end=True), limit_bytes=1000)
    messages = await_message(inbox, last)
    assert raw(messages) == data
    assert not any(isinstance(m, Lost) for m in messages)


def test_stop_and_closing_the_inbox_free_a_waiting_reader(start):
    reader, _, _ = start(Scripted(*[b"x" * 500] * 9, live=False), limit_bytes=1000)
    assert reader.stop(PATIENT_S)
    reader, inbox, _ = start(Scripted(*[b"x" * 500] * 9, live=False), limit_bytes=1000)
    inbox.close()
    reader.join(PATIENT_S)
    assert not reader.is_alive()


def test_a_live_source_loses_samples_but_never_its_description(start):
    info = StreamInfo("s", ("x",), ("",))
    blocks = [Block("s", 10 * i, np.arange(10.0), np.zeros((10, 1)), 0.0) for i in range(9)]
    script = [[block] for block in blocks] + [[info, blocks[0]]]
    reader, inbox, _ = start(Blocks(*script, live=True), limit_bytes=1000)
    reader.join(PATIENT_S)
    messages = inbox.drain()
    items = [item for m in messages if isinstance(m, Items) for item in m.items]
    kept = sum(len(item) for item in items if isinstance(item, Block))
    assert kept + sum(m.samples for m in messages if isinstance(m, Lost)) == 100
    assert kept < 100
    assert info in items


def test_released_it_is_closed_until_wanted_again(start):
    device = Scripted(b"1")
    reader, inbox, _ = start(device)
    await_message(inbox, lambda m: isinstance(m, Raw))
    reader.release(True)
    await_message(inbox, link("released"))
    assert not device.is_open
    device.script.append(b"2")
    reader.release(False)
    messages = await_message(inbox, lambda m: isinstance(m, Raw))
    assert links(messages) == ["live"]
    reader.release(True)
    await_message(inbox, link("released"))
    assert reader.stop(PATIENT_S)


def test_what_cannot_go_on_is_never_released(start):
    reader, inbox, _ = start(Scripted(b"1", live=False))
    reader.release(True)
    messages = await_message(inbox, lambda m: isinstance(m, Raw))
    assert "released" not in links(messages)


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as device:
        yield device


def test_a_serial_device_is_read_unplugged_and_read_again(start, pty):
    _, inbox, _ = start(Serial(pty.path))
    await_message(inbox, link("live"))
    pty.write(b"one\n")
    await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"one\n")
    pty.unplug()
    await_message(inbox, link("lost"))
    pty.replug()
    await_message(inbox, link("live"))
    pty.write(b"two\n")
    await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"two\n")


def test_a_released_port_can_be_opened_by_another_program(start, pty):
    reader, inbox, _ = start(Serial(pty.path))
    await_message(inbox, link("live"))
    reader.release(True)
    await_message(inbox, link("released"))
    other = Serial(pty.path)
    other.open()
    reader.release(False)
    lost = await_message(inbox, link("lost"))[-1]
    assert "in use by another program" in lost.message
    other.close()
    await_message(inbox, link("live"))


def test_every_line_of_a_paced_device_arrives(start, pty):
    _, inbox, _ = start(Serial(pty.path))
    await_message(inbox, link("live"))
    lines = [b"%d,0.5,0.25\n" % i for i in range(5000)]
    writer = PacedWriter(pty, lines, bytes_per_s=300_000)
    writer.start()
    came = b""
    while not came.endswith(lines[-1]):
        came += raw(await_message(inbox, lambda m: isinstance(m, Raw)))
    writer.stop()
    assert came == b"".join(lines)


def test_a_socket_whose_peer_goes_is_lost_and_found(start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENT_S)
        reader, inbox, _ = start(Serial(f"socket://127.0.0.1:{server.getsockname()[1]}"))
        for word in (b"one", b"two"):
            peer, _ = server.accept()
            await_message(inbox, link("live"))
            with peer:
                peer.sendall(word)
            messages = await_message(inbox, link("lost"))
            assert raw(messages) == word
        assert reader.stop(PATIENT_S)
