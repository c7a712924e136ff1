import os
import threading

import numpy as np
from readers import PATIENT_S, Blocks, Scripted, await_message, last, link, links, raw

from driftscope.core import reader as module
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Ended, Failed, Items, Link, Lost, Message, Opened, Raw
from driftscope.core.reader import Reader
from driftscope.core.stream import Block, StreamInfo


def test_tells_of_opening_bytes_and_end_in_order(start):
    reader, inbox, tap = start(Scripted(b"ab", b"", b"c", end=True))
    messages = await_message(inbox, last)
    assert [type(m) for m in messages] == [Link, Opened, Link, Raw, Raw, Ended]
    assert links(messages) == ["opening", "live"]
    chunks = [m.chunk for m in messages if isinstance(m, Raw)]
    assert [(c.number, c.data) for c in chunks] == [(1, b"ab"), (2, b"c")]  # 0 is the link
    assert chunks[0].steady_s <= chunks[1].steady_s
    assert tap.chunks("dev")[1:] == chunks
    assert [c.kind for c in tap.chunks("dev")] == ["link", "in", "in"]
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
    assert [m.chunk.number for m in messages if isinstance(m, Raw)] == [1, 4]


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
    device.script = [device.stuck.wait]
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
    assert second[-1].chunk.number == 41
    assert kept == b"".join(data)[: len(kept)]
    assert [c.number for c in tap.chunks("dev")] == list(range(42))


def test_links_and_the_end_come_through_a_full_inbox(start):
    device = Scripted(*[b"x" * 100] * 40, LinkLost("gone"), b"y", end=True)
    _, inbox, _ = start(device, limit_bytes=1000)
    while device.script:
        device.stuck.wait(0.001)
    messages = await_message(inbox, last)
    assert links(messages) == ["opening", "live", "lost", "live"]
    told = [m for m in messages if isinstance(m, Lost) or link("lost")(m)]
    assert isinstance(told[0], Lost)
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


def test_what_would_start_from_its_beginning_is_never_released():
    inbox: Mailbox[Message] = Mailbox(1000)
    reader = Reader("dev", Scripted(b"1", live=False, end=True), inbox)
    reader.release(True)
    reader.start()
    messages = await_message(inbox, last)
    assert links(messages) == ["opening", "live"]
    assert raw(messages) == b"1"
    assert reader.stop(PATIENT_S)
