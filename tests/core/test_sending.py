"""Bytes on their way to a device: whole, in order, bounded, and never in the way of reading."""

import pytest
from readers import PATIENT_S, Blocks, Scripted, await_message, link

from driftscope.core import sending as module
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.messages import Failed, Note, Raw
from driftscope.core.sending import LIMIT_BYTES, Sending


class Writable(Scripted):
    """Take so many bytes of each message at a time, as `room` says; then none."""

    sends = True

    def __init__(self, *script: object, room: list[int] | None = None) -> None:
        super().__init__(*script)
        self.room = room
        self.written = b""

    def send(self, data: bytes) -> int:
        took = len(data) if self.room is None else (self.room.pop(0) if self.room else 0)
        self.written += data[:took]
        return min(took, len(data))


def test_what_is_sent_goes_out_between_two_reads_and_into_the_tap(start):
    device = Writable(b"one")
    reader, inbox, tap = start(device)
    await_message(inbox, link("live"))
    reader.send(b"LED on\n")
    await_message(inbox, lambda m: isinstance(m, Raw))
    while not device.written:
        device.stuck.wait(0.001)
    while tap.chunks("dev")[-1].kind != "out":
        device.stuck.wait(0.001)
    assert tap.chunks("dev")[-1].data == device.written == b"LED on\n"


def test_nothing_is_written_by_opening_reading_and_closing(start):
    device = Writable(b"one", b"two")
    reader, inbox, _ = start(device)
    await_message(inbox, lambda m: isinstance(m, Raw) and m.chunk.data == b"two")
    reader.stop(PATIENT_S)
    assert device.written == b""


def test_a_slow_device_takes_a_message_bit_by_bit():
    device = Writable(room=[2, 0, 1, 4, 3])
    sending = Sending(device)
    sending.open()
    assert sending.put(b"abcdefg") == sending.put(b"xyz") == ""
    told = [sending.work() for _ in range(4)]
    assert told == [(b"", ""), (b"", ""), (b"", ""), (b"abcdefgxyz", "")]
    assert device.written == b"abcdefgxyz"


def test_a_device_that_takes_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", -1.0)
    device = Writable(room=[3])
    sending = Sending(device)
    sending.open()
    sending.put(b"abcdefg")
    sending.put(b"xyz")
    sent, trouble = sending.work()
    assert sent == b"abc"
    assert trouble.startswith("7 bytes were not sent: script has taken none")
    device.room = None
    sending.put(b"again")
    assert sending.work() == (b"again", "")


def test_more_than_fits_is_refused_in_a_sentence():
    sending = Sending(Writable(room=[]))
    sending.open()
    assert "more than the 65,536 that may be sent at once" in sending.put(b"x" * (LIMIT_BYTES + 1))
    assert sending.put(b"x" * LIMIT_BYTES) == ""
    assert "already wait for script" in sending.put(b"y")


def test_what_waits_when_the_link_is_lost_is_told_and_never_sent_later(start):
    device = Writable(room=[])
    reader, inbox, tap = start(device)
    await_message(inbox, link("live"))
    reader.send(b"late")
    device.script.append(LinkLost("It was unplugged."))
    notes = [m for m in await_message(inbox, lambda m: isinstance(m, Note)) if isinstance(m, Note)]
    assert notes[0].text == "4 bytes could not be sent any more: It was unplugged."
    await_message(inbox, link("live"))
    device.room = None
    reader.send(b"new")
    while not device.written:
        device.stuck.wait(0.001)
    assert device.written == b"new"
    assert [c.kind for c in tap.chunks("dev")][:3] == ["link", "link", "link"]


def test_once_the_device_is_let_go_nothing_is_taken_without_a_word(start):
    device = Writable(SourceError("It is broken."))
    reader, inbox, _ = start(device)
    await_message(inbox, lambda m: isinstance(m, Failed))
    reader.send(b"x")
    notes = [m for m in await_message(inbox, lambda m: isinstance(m, Note)) if isinstance(m, Note)]
    assert notes[-1].text == "Nothing was sent: script is closed."


@pytest.mark.parametrize("device", [Scripted(), Blocks(live=False)])
def test_what_cannot_be_written_to_says_so(device):
    assert "takes nothing" in Sending(device).put(b"x")


def test_before_it_is_open_nothing_is_taken():
    assert Sending(Writable()).put(b"x") == "Nothing was sent: script is not open yet."
