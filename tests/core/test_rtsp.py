"""RTSP cameras: their colours, also when they come back; and those that let nobody in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from mjpeg_server import coloured
from rtsp_server import RtspServer

from driftscope.core import address
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.sources import _network_pictures
from driftscope.core.sources.rtsp import Rtsp
from driftscope.core.stream import Block, Item, StreamInfo

SIZE = (96, 128)
NEAR = 12
"""Compression changes colours by so little."""


@pytest.fixture
def made() -> Iterator[Callable[[str], Rtsp]]:
    """Make sources by their address; at the end all are closed."""
    sources: list[Rtsp] = []

    def make(text: str) -> Rtsp:
        device = address.make(address.parse(text))
        assert isinstance(device, Rtsp)
        sources.append(device)
        return device

    yield make
    for source in sources:
        source.close()


def pictures(source: Rtsp, count: int) -> list[Item]:
    items: list[Item] = []
    while sum(isinstance(item, Block) for item in items) < count:
        items += source.read()
    return items


def all_right(items: list[Item]) -> bool:
    """Say whether all show what the server serves: red on the left, blue right, green below."""
    wanted = ((10, 10, (200, 0, 0)), (10, -10, (0, 0, 200)), (-30, 10, (0, 200, 0)))
    shown = [item.values[0].astype(int) for item in items if isinstance(item, Block)]
    return all(np.abs(p[y, x] - colour).max() < NEAR for p in shown for y, x, colour in wanted)


def open_error(source: Rtsp) -> str:
    with pytest.raises(SourceError) as raised:
        source.open()
    return str(raised.value)


def test_pictures_come_with_the_right_colours_and_again_after_a_kill(made) -> None:
    with RtspServer(coloured(8, SIZE), 60) as server:
        source = made(server.url)
        source.open()
        items = pictures(source, 5)
        assert isinstance(items[0], StreamInfo) and items[0].sample_shape == (*SIZE, 3)
        assert all_right(items), "the very first ones too"
        server.kill()
        with pytest.raises(LinkLost):
            while True:
                source.read()
        server.start()
        source.open()
        again = pictures(source, 5)
        assert all_right(again) and not any(isinstance(item, StreamInfo) for item in again)


@pytest.mark.parametrize("user", ["", "me:secret@"])
def test_one_that_asks_for_a_password(made, user: str) -> None:
    with RtspServer(coloured(2, SIZE), locked=True) as server:
        told = open_error(made(server.url.replace("//", f"//{user}")))
        assert "asks for a user name and a password" in told
        assert "rtsp://user:password@host" in told
        assert server.url in told and "secret" not in told


def test_one_that_never_answers(made, monkeypatch) -> None:
    monkeypatch.setattr(_network_pictures, "ANSWER_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as door:
        told = open_error(made(f"rtsp://127.0.0.1:{door.getsockname()[1]}/stream"))
    assert "does not answer" in told


def test_where_nobody_is(made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    assert "Nothing answers at rtsps://" in open_error(made(f"rtsps://127.0.0.1:{port}/stream"))
