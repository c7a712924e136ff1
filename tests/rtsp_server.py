"""A network camera for tests: pictures as MPEG-4 by RTSP on loopback, over its one connection.

Import it as `from rtsp_server import RtspServer`. What travels is RFC 2326 with interleaved RTP
(RFC 3550) that holds MPEG-4 elementary streams (RFC 6416).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

HOST = "127.0.0.1"
CLOCK_HZ = 90_000
PACKET_BYTES = 1400


def mpeg4(frames: Iterable[np.ndarray], rate_hz: float) -> list[bytes]:
    """Return pictures (H, W, 3) uint8, red first, as one MPEG-4 picture each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.avi"
        film = None
        for frame in frames:
            if film is None:
                code = cv2.VideoWriter.fourcc(*"XVID")
                film = cv2.VideoWriter(str(path), code, rate_hz, frame.shape[1::-1])
            film.write(np.ascontiguousarray(frame[..., ::-1]))
        assert film is not None
        film.release()
        data = path.read_bytes()
    at, found = data.index(b"movi") + 4, []
    while data[at : at + 4] == b"00dc":
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append(data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


class RtspServer:
    """Serve pictures again and again, `rate_hz` a second; any thread may call it.

    `start` and `kill` may follow each other: the port stays. With `locked` every request is
    answered by 401.
    """

    def __init__(
        self, frames: Iterable[np.ndarray], rate_hz: float = 30.0, locked: bool = False
    ) -> None:
        self.rate_hz, self.locked = rate_hz, locked
        self.port = 0
        self._pictures = mpeg4(frames, rate_hz)
        self._door: socket.socket | None = None
        self._stopped = threading.Event()
        self._clients: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"rtsp://{HOST}:{self.port}/stream"

    def start(self) -> RtspServer:
        """Begin to serve, at the same port as before."""
        self._stopped = threading.Event()
        self._door = socket.create_server((HOST, self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._work, args=(self._door,), name="rtsp server").start()
        return self

    def kill(self) -> None:
        """Go away at once; `start` comes back."""
        door, self._door = self._door, None
        self._stopped.set()
        for each in [door, *self._clients] if door is not None else []:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def __enter__(self) -> RtspServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _work(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the door was closed
            while True:
                client, _ = door.accept()
                self._clients.append(client)
                with contextlib.suppress(OSError, ValueError), client:  # it went away
                    self._serve(client, self._stopped)

    def _serve(self, client: socket.socket, stopped: threading.Event) -> None:
        lines = client.makefile("rb")
        while words := lines.readline().split():
            head: dict[str, str] = {}
            while line := lines.readline().decode().strip():
                name, _, value = line.partition(":")
                head[name.lower()] = value.strip()
            word = words[0].decode()
            more, body = self._answer(word)
            status = "401 Unauthorized" if self.locked else "200 OK"
            text = f"RTSP/1.0 {status}\r\nCSeq: {head['cseq']}\r\nSession: 7\r\n{more}"
            client.sendall(f"{text}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            if word == "PLAY":
                self._play(client, stopped)

    def _answer(self, word: str) -> tuple[str, str]:
        """Return the lines of the head, and the body, that answer a request."""
        if self.locked:
            return 'WWW-Authenticate: Digest realm="camera", nonce="7"\r\n', ""
        if word == "OPTIONS":
            return "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", ""
        if word == "SETUP":
            return "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n", ""
        if word == "DESCRIBE":
            config = self._pictures[0].partition(b"\x00\x00\x01\xb6")[0].hex()
            sdp = (
                f"v=0\r\no=- 0 0 IN IP4 {HOST}\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
                f"a=rtpmap:96 MP4V-ES/{CLOCK_HZ}\r\na=fmtp:96 config={config}\r\n"
                "a=control:track\r\n"
            )
            return "Content-Type: application/sdp\r\n", sdp
        return "", ""

    def _play(self, client: socket.socket, stopped: threading.Event) -> None:
        number = packet = 0
        while not stopped.wait(1 / self.rate_hz):
            picture = self._pictures[number % len(self._pictures)]
            ticks = int(number * CLOCK_HZ / self.rate_hz)
            for at in range(0, len(picture), PACKET_BYTES):
                part = picture[at : at + PACKET_BYTES]
                last = 0x80 if at + PACKET_BYTES >= len(picture) else 0
                head = struct.pack(">BBHII", 0x80, last | 96, packet & 0xFFFF, ticks, 7)
                client.sendall(struct.pack(">cBH", b"$", 0, len(head) + len(part)) + head + part)
                packet += 1
            number += 1
