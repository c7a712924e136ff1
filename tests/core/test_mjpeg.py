"""The ways in which cameras write pictures one behind the other."""

from __future__ import annotations

import io
import threading
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from mjpeg_server import coloured, encoded

from driftscope.core.capture.grabbers import Failed
from driftscope.core.capture.mjpeg import Mjpeg, asked, grabber

JPEGS = [encoded(frame) for frame in coloured(3, (48, 64))]
LONG = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n"
KIND = "multipart/x-mixed-replace; boundary=b"
SHORT = b"Content-Type: image/jpeg\r\n"


class Answer(io.BytesIO):
    """Stand for an answer whose head was read."""

    def __init__(self, body: bytes, kind: str) -> None:
        super().__init__(body)
        self.headers = Message()
        self.headers["Content-Type"] = kind


def body(boundary: bytes, head: bytes, behind: bytes = b"\r\n") -> bytes:
    return b"".join(
        b"--%s\r\n%s\r\n%s%s" % (boundary, head % len(jpeg) if b"%" in head else head, jpeg, behind)
        for jpeg in JPEGS
    )


def pictures(answer: Answer) -> list[np.ndarray | None]:
    camera = Mjpeg(answer)
    found = []
    while (stamp := camera.grab()) is not None:
        assert stamp.number == len(found)
        found.append(camera.picture(None))
    return found


@pytest.mark.parametrize("boundary", ["boundary=frame", 'boundary="frame"', "boundary=--frame", ""])
@pytest.mark.parametrize("head", [LONG, SHORT])
def test_all_parts_are_read(boundary: str, head: bytes) -> None:
    answer = Answer(body(b"frame", head), f"multipart/x-mixed-replace; {boundary}")
    found = pictures(answer)
    wanted = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1)[..., ::-1] for jpeg in JPEGS]
    assert len(found) == 3 and all(map(np.array_equal, found, wanted))


def test_words_behind_the_picture_are_passed_over() -> None:
    answer = Answer(body(b"b", SHORT, b"\x00" * 100 + b"\r\n"), KIND)
    assert len(pictures(answer)) == 3


def test_a_body_that_breaks_off_is_an_end_and_its_last_picture_none() -> None:
    whole = body(b"b", LONG)
    assert len(pictures(Answer(whole[:-200], KIND))) == 2


@pytest.mark.parametrize("size", [0, 1, 50, 300])
def test_a_picture_that_is_cut_off_is_spoiled(size: int) -> None:
    cut = JPEGS[0][: len(JPEGS[0]) - size] if size else b"no picture"
    part = b"--b\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(cut), cut)
    found = pictures(Answer(part + body(b"b", LONG), KIND))
    assert [picture is None for picture in found] == [True, False, False, False]


def test_an_absurd_length_is_an_end() -> None:
    part = b"--b\r\nContent-Length: 99999999999\r\n\r\nx"
    assert pictures(Answer(part, KIND)) == []


def test_a_picture_swallowed_by_a_wrong_length_is_spoiled_not_forgotten() -> None:
    too_long = b"".join(
        b"--b\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(jpeg) + 200, jpeg) for jpeg in JPEGS[:2]
    )
    found = pictures(Answer(too_long + body(b"b", LONG), KIND))
    assert [picture is None for picture in found] == [False, True, False, False, False]


@pytest.mark.parametrize("asks", ['Digest realm="a", nonce="1", qop="auth"', "Bearer", "NTLM"])
def test_every_way_of_asking_for_a_password_is_told_as_that(asks: str) -> None:
    class Locked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", asks)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Locked) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            for who in ("", "me:wrong@"):
                with pytest.raises(Failed) as failed:
                    asked(f"http://{who}127.0.0.1:{server.server_address[1]}/", 10)
                assert failed.value.reason == "denied"
        finally:
            server.shutdown()
            thread.join()


def test_a_video_file_behind_an_address_is_played(tmp_path: Path) -> None:
    film = cv2.VideoWriter(
        str(tmp_path / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 200.0, (64, 48)
    )
    for frame in coloured(10, (48, 64)):
        film.write(frame[..., ::-1])
    film.release()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/"
            video = grabber(dict(url=f"{url}film.avi", answer_s=10))
            numbers = []
            while (stamp := video.grab()) is not None:
                numbers.append(stamp.number)
                assert video.picture(None) is not None
            with pytest.raises(Failed) as failed:
                asked(f"{url}none.avi", 10)
        finally:
            server.shutdown()
            thread.join()
    assert numbers == list(range(10)) and failed.value.reason == "absent"
