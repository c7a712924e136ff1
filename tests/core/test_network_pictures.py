"""Network cameras: served, frozen, killed, locked, spoiled; and what is said of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from mjpeg_server import MjpegServer, coloured, encoded
from readers import PATIENT_S, links

from driftscope.core import address
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.interfaces import Source
from driftscope.core.messages import Items, Link, Message
from driftscope.core.sources import _live_pictures, _network_pictures
from driftscope.core.sources.http import Http
from driftscope.core.stream import Block, Event, Item, StreamInfo

SIZE = (64, 96)
NEAR = 12
"""JPEG changes colours by so little."""


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer(coloured(8, SIZE), 60) as made:
        yield made


@pytest.fixture
def made() -> Iterator[Callable[[str], Source]]:
    """Make sources by their address; at the end all are closed."""
    sources: list[Source] = []

    def make(text: str) -> Source:
        device = address.make(address.parse(text))
        assert isinstance(device, Source)
        sources.append(device)
        return device

    yield make
    for source in sources:
        source.close()


def pictures(source: Source, count: int) -> list[Item]:
    items: list[Item] = []
    while sum(isinstance(item, Block) for item in items) < count:
        items += source.read() or []
    return items


def right(block: Block) -> bool:
    """Say whether it shows what the server serves: red on the left, blue right, green below."""
    picture = block.values[0].astype(int)
    wanted = ((8, 8, (200, 0, 0)), (8, -8, (0, 0, 200)), (-16, 8, (0, 200, 0)))
    return all(np.abs(picture[y, x] - colour).max() < NEAR for y, x, colour in wanted)


def link_states(items: list[Item]) -> list[str]:
    links = [item for item in items if isinstance(item, Event) and item.kind == "link"]
    return [event.data["state"] for event in links]


def open_error(source: Source) -> str:
    with pytest.raises(SourceError) as raised:
        source.open()
    return str(raised.value)


def test_pictures_come_with_the_right_colours(server, made) -> None:
    source = made(server.url)
    source.open()
    items = pictures(source, 5)
    info = items[0]
    assert isinstance(info, StreamInfo) and info.pictures and info.clock == "unix"
    assert info.sample_shape == (*SIZE, 3) and info.rate_hz is None
    assert all(right(item) for item in items if isinstance(item, Block))


def test_a_server_killed_in_mid_picture_comes_back_with_the_same_colours(server, start) -> None:
    _, inbox, _ = start(address.make(address.parse(server.url)))
    seen: list[Message] = []

    def work_off(wanted: type[Items | Link], state: str = "") -> Item | None:
        """Work off what comes up to a picture, or to a state of the link."""
        while True:
            seen.append(inbox.get(PATIENT_S))
            assert seen[-1] is not None, links(seen)
            if isinstance(seen[-1], Items) and seen[-1].done is not None:
                seen[-1].done.set()
            if isinstance(seen[-1], wanted) and getattr(seen[-1], "state", "") == state:
                return seen[-1].items[-1] if isinstance(seen[-1], Items) else None

    work_off(Items)
    work_off(Items)
    server.kill()
    work_off(Link, "lost")
    server.start()
    work_off(Link, "live")
    last = work_off(Items)
    assert isinstance(last, Block) and last.seq > 0 and right(last)
    assert links(seen)[:3] == ["opening", "live", "lost"]


def test_after_coming_back_in_another_size_the_stream_is_described_anew(server, made) -> None:
    source = made(server.url)
    source.open()
    assert pictures(source, 2)[0].version == 1
    server.kill()
    with pytest.raises(LinkLost):
        while True:
            source.read()
    server.show(coloured(4, (48, 64)))
    server.start()
    source.open()
    items = pictures(source, 1)
    assert isinstance(items[0], StreamInfo) and items[0].version == 2
    assert items[0].key == source.key and items[0].sample_shape == (48, 64, 3)
    assert items[-1].values.shape == (1, 48, 64, 3) and right(items[-1])


def test_another_size_without_a_break_is_made_to_fit(server, made) -> None:
    source = made(server.url)
    source.open()
    pictures(source, 2)
    server.show(coloured(4, (128, 192)))
    items: list[Item] = []
    while not any(isinstance(item, Event) and item.kind == "note" for item in items):
        items += source.read()
    block = pictures(source, 1)[-1]
    assert block.values.shape == (1, *SIZE, 3) and right(block)


def test_a_frozen_server_is_stalled_then_live_or_lost(server, made, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "STALLED_S", 0.1)
    monkeypatch.setattr(Http, "watchdog_s", 0.6)
    source = made(server.url)
    source.open()
    pictures(source, 2)
    server.frozen = True
    states: list[str] = []
    while "stalled" not in states:
        states += link_states(source.read())
    server.frozen = False
    items = pictures(source, 1)
    assert link_states(items)[-1] == "live"
    server.frozen = True
    with pytest.raises(LinkLost, match="gave no picture for"):
        while True:
            source.read()


def test_a_truncated_jpeg_is_left_out_and_counted(server, made) -> None:
    source = made(server.url)
    source.open()
    pictures(source, 2)
    server.truncate = 3
    items: list[Item] = []
    while sum(i.data["count"] for i in items if isinstance(i, Event) and i.kind == "reject") < 3:
        items += source.read()
    assert all(right(item) for item in items if isinstance(item, Block))


def test_pictures_that_are_none_are_told(made) -> None:
    with MjpegServer([b"no JPEG at all"], 2000) as server:
        assert "none of them can be read" in open_error(made(server.url))


def test_grey_jpegs_get_three_channels(made) -> None:
    grey = np.tile(np.arange(96, dtype=np.uint8), (64, 1))
    with MjpegServer([encoded(np.dstack([grey] * 3)), encoded(grey[..., None])], 60) as server:
        source = made(server.url)
        source.open()
        for block in (item for item in pictures(source, 4) if isinstance(item, Block)):
            assert np.abs(block.values[0].astype(int) - grey[..., None]).max() < NEAR


def test_the_password_is_asked_for_taken_and_never_shown(made) -> None:
    with MjpegServer(coloured(8, SIZE), 60, user="me", password="se@cret") as server:
        told = open_error(made(server.url))
        assert "asks for a user name and a password" in told
        told = open_error(made(server.url.replace("//", "//me:wrong@")))
        assert "or those given are wrong" in told and "wrong@" not in told
        source = made(server.url.replace("//", "//me:se%40cret@") + "?pwd=secret")
        source.open()
        assert right(pictures(source, 1)[-1])
        assert "cret" not in source.name + source.key and source.key == "127.0.0.1"


def test_an_address_where_nobody_is(server, made) -> None:
    server.kill()
    assert "Nothing answers at http://127.0.0.1:" in open_error(made(server.url))
    assert "no address" in open_error(made("http://"))
    assert "port" in open_error(made("http://host:99999/x"))


def test_a_server_that_never_answers(server, made, monkeypatch) -> None:
    monkeypatch.setattr(_network_pictures, "ANSWER_S", 0.3)
    server.silent = True
    assert "does not answer" in open_error(made(server.url))


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (200, "text/html", "is a web page"),
        (404, "text/html", "404 Not Found"),
        (503, "text/html", "503 Service Unavailable"),
    ],
)
def test_other_answers_of_a_web_server(made, status, kind, told) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            text = open_error(made(f"http://127.0.0.1:{server.server_address[1]}/x"))
        finally:
            server.shutdown()
            thread.join()
    assert told in text


def test_who_closes_what_is_being_opened_is_not_told_that_the_program_died(server, made) -> None:
    server.silent = True
    source = made(server.url)
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(open_error(source)))
    thread.start()
    until_s = time.monotonic() + PATIENT_S
    while not server.requests and time.monotonic() < until_s:
        time.sleep(0.01)
    source.close()
    thread.join(PATIENT_S)
    assert len(told) == 1 and "was closed while it was being opened" in told[0]
