"""A network camera for tests: pictures as MJPEG over HTTP on loopback, and ways to spoil them.

Import it as `from mjpeg_server import MjpegServer`, or run it as a program of its own, so that
its work is not counted as ours: `python tests/mjpeg_server.py clip.mp4 --rate 30 --size 1280x720`
prints the address and serves until it is killed.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

cv2.setNumThreads(1)
HOST = "127.0.0.1"
MOST_FRAMES = 600


def encoded(frame: np.ndarray | bytes, quality: int = 85) -> bytes:
    """Return a picture (H, W, 3) uint8, red first, as JPEG; bytes stay as they are."""
    if isinstance(frame, bytes):
        return frame
    return cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


class MjpegServer:
    """Serve pictures one after the other, again and again, `rate_hz` a second.

    `start` and `kill` may follow each other: the port stays. All attributes may be changed while
    it runs. `user` and `password` are asked for if given (Basic). Any thread may call it.
    """

    def __init__(
        self,
        frames: Iterable[np.ndarray | bytes],
        rate_hz: float = 30.0,
        *,
        port: int = 0,
        user: str = "",
        password: str = "",
    ) -> None:
        self.rate_hz = rate_hz
        self.port = port
        self.frozen = False
        """While it is True the connection stays open and nothing is sent."""
        self.silent = False
        """While it is True a request is taken and never answered."""
        self.truncate = 0
        """How many of the next pictures are sent without their second half."""
        self.limit: int | None = None
        """After how many pictures a client is sent no more; None for no limit."""
        self.sent = 0
        """How many pictures were sent, to all clients together."""
        self.requests = 0
        self._wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._locked = bool(user)
        self._jpegs: list[bytes] = []
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._stopped = threading.Event()
        self.show(frames)

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"http://{HOST}:{self.port}/video.mjpg"

    def show(self, frames: Iterable[np.ndarray | bytes]) -> None:
        """Serve other pictures from now on, perhaps of another size."""
        self._jpegs = [encoded(frame) for frame in frames]

    def start(self) -> MjpegServer:
        """Begin to serve, at the same port as before."""
        assert self._server is None
        self._stopped = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server((HOST, self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="mjpeg server", daemon=True
        ).start()
        return self

    def kill(self) -> None:
        """Go away at once, in the midst of a picture; `start` comes back."""
        server, self._server = self._server, None
        if server is None:
            return
        self._stopped.set()
        server.shutdown()
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        server.server_close()

    def __enter__(self) -> MjpegServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        client, stopped = request.connection, self._stopped
        with self._lock:
            self._clients.add(client)
        try:
            while self.silent and not stopped.wait(0.01):
                pass
            if self._locked and request.headers.get("Authorization") != self._wanted:
                request.send_response(401)
                request.send_header("WWW-Authenticate", 'Basic realm="camera"')
                request.send_header("Content-Length", "0")
                request.end_headers()
                return
            request.send_response(200)
            request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            request.end_headers()
            self._stream(client, stopped)
        except OSError:
            pass  # the client went away, or we were killed
        finally:
            request.close_connection = True
            with self._lock:
                self._clients.discard(client)
            if stopped.is_set():  # as a process that dies: what was not sent is gone
                with contextlib.suppress(OSError):
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _stream(self, client: socket.socket, stopped: threading.Event) -> None:
        due_s, number = time.monotonic(), 0
        while number != self.limit:
            if stopped.wait(max(0.0, due_s - time.monotonic())):
                self._send(client, self._jpegs[number % len(self._jpegs)], 0.5)
                return
            due_s = max(due_s + 1 / self.rate_hz, time.monotonic() - 0.1)
            if self.frozen:
                continue
            jpeg = self._jpegs[number % len(self._jpegs)]
            if self.truncate:
                self.truncate -= 1
                jpeg = jpeg[: len(jpeg) // 2]  # spoiled before it was sent: its length is right
            self._send(client, jpeg)
            self.sent += 1
            number += 1

    def _send(self, client: socket.socket, jpeg: bytes, share: float = 1.0) -> None:
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        client.sendall((head.encode() + jpeg + b"\r\n")[: int((len(head) + len(jpeg)) * share) + 2])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that went away


def coloured(count: int = 8, size: tuple[int, int] = (64, 96)) -> list[np.ndarray]:
    """Return pictures, (H, W, 3) uint8, red on the left, blue on the right and green below; a
    white bar moves on by a few columns in each."""
    frame = np.zeros((*size, 3), np.uint8)
    half = size[1] // 2
    frame[:, :half, 0] = frame[:, half:, 2] = 200
    frame[size[0] // 2 :] = 0, 200, 0
    frames = [frame.copy() for _ in range(count)]
    for at, each in enumerate(frames):
        each[-8:, at * size[1] // count :][:, :4] = 255
    return frames


def clip(path: str, size: tuple[int, int] | None = None) -> Sequence[bytes]:
    """Return the first pictures of a video file as JPEG, made (W, H) large if asked."""
    video, found = cv2.VideoCapture(path), []
    while len(found) < MOST_FRAMES:
        there, frame = video.read()
        if not there:
            break
        found.append(encoded((cv2.resize(frame, size) if size else frame)[..., ::-1]))
    video.release()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve a video file as an MJPEG camera.")
    parser.add_argument("file")
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--size", help="such as 1280x720")
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    size = tuple(map(int, chosen.size.split("x"))) if chosen.size else None
    server = MjpegServer(clip(chosen.file, size), chosen.rate, port=chosen.port)  # type: ignore[arg-type]  # two numbers
    print(server.start().url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
