import os
import sys
import threading

import pytest

from driftscope.core.errors import SourceError
from driftscope.core.transports import stdin
from driftscope.core.transports.stdin import Stdin


@pytest.fixture(params=[True, False], ids=["select", "thread"])
def pipe(request, monkeypatch):
    """Make standard input a pipe, and give the end to write to."""
    if request.param and os.name != "posix":
        pytest.skip("pipes cannot be waited for here")
    monkeypatch.setattr(stdin, "SELECTABLE", request.param)
    read, write = os.pipe()
    with os.fdopen(read) as end, os.fdopen(write, "wb", buffering=0) as into:
        monkeypatch.setattr(sys, "stdin", end)
        yield into
        into.close()
        for thread in threading.enumerate():
            if thread.name == "stdin":
                thread.join()


def test_reads_to_the_end(pipe):
    device = Stdin()
    device.open()
    pipe.write(b"1,2\n")
    assert device.read() == b"1,2\n"
    assert device.read() == b""
    pipe.write(b"3,4")
    pipe.close()
    assert device.read() == b"3,4"
    assert device.read() is None
    device.close()
    device.close()


def test_large_input_comes_whole_and_in_order(pipe):
    data = os.urandom(300_000)
    writer = threading.Thread(target=lambda: (pipe.write(data), pipe.close()))
    device = Stdin()
    device.open()
    writer.start()
    came = b""
    while (part := device.read()) is not None:
        came += part
    writer.join()
    assert came == data


def test_closed_it_gives_nothing_more(pipe):
    device = Stdin()
    device.open()
    device.close()
    assert device.read() is None


def test_no_standard_input_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError, match="no standard input"):
        Stdin().open()
