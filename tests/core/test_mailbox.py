"""A mailbox is bounded in bytes, and counts what it could not keep."""

import threading
import time

import pytest

from driftscope.core.mailbox import Mailbox, Overflow


def test_the_oldest_go_first_and_are_counted() -> None:
    box: Mailbox[int] = Mailbox(100)
    for i in range(10):
        assert box.put(i, 30)
    assert box.drain() == [7, 8, 9]
    assert (box.dropped, box.nbytes) == (7, 0)


def test_refusing_keeps_what_is_inside() -> None:
    box: Mailbox[int] = Mailbox(100, "refuse")
    assert [box.put(i, 40) for i in range(4)] == [True, True, False, False]
    assert (box.drain(), box.dropped) == ([0, 1], 2)


def test_an_item_larger_than_the_box_is_taken_when_it_is_empty() -> None:
    box: Mailbox[str] = Mailbox(10)
    assert box.put("big", 1000)
    assert box.get(0) == "big"
    assert box.get(0) is None


def test_a_waiting_writer_goes_on_when_there_is_room_or_the_box_closes() -> None:
    box: Mailbox[int] = Mailbox(10, "wait")
    box.put(0, 10)
    put = []
    writer = threading.Thread(target=lambda: put.extend([box.put(1, 10), box.put(2, 10)]))
    writer.start()
    assert box.get(1) == 0
    assert box.get(1) == 1
    box.close()
    writer.join(2)
    assert put[0] is True and not writer.is_alive()


@pytest.mark.parametrize("overflow", ["drop oldest", "refuse", "wait"])
def test_a_writer_with_patience_of_its_own_keeps_what_has_no_room(overflow: Overflow) -> None:
    box: Mailbox[int] = Mailbox(10, overflow)
    assert box.put(0, 10, wait_s=0.0)
    assert not box.put(1, 10, wait_s=0.0)
    assert not box.put(1, 10, wait_s=0.01)
    assert (box.drain(), box.dropped) == ([0], 0)


@pytest.mark.parametrize("overflow", ["drop oldest", "refuse", "wait"])
def test_what_weighs_nothing_is_always_taken(overflow: Overflow) -> None:
    box: Mailbox[int] = Mailbox(10, overflow)
    assert box.put(0, 1000)
    assert box.put(1)
    assert box.drain() == [0, 1]


def test_get_waits_no_longer_than_asked() -> None:
    box: Mailbox[int] = Mailbox(10)
    begun = time.monotonic()
    assert box.get(0.02) is None
    assert time.monotonic() - begun >= 0.02
