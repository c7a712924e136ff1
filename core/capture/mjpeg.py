"""Grab JPEG pictures that come one after the other over HTTP (multipart/x-mixed-replace)."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit

import cv2
import numpy as np

from driftscope.core.capture.grabbers import Failed, Grabber, Stamp
from driftscope.core.capture.opencv import Network
from driftscope.core.capture.pixels import Pixels

MOST_BYTES = 32 * 2**20
"""No picture is larger."""
LINE_BYTES = 65_536
END, BEHIND_END = b"\xff\xd9", 1024
"""How a JPEG ends, and how far from the last byte: some cameras put their own words behind."""
HTTP_ONLY = "protocol_whitelist;http,https,tcp,tls,crypto"
"""FFmpeg's options: a list under the address may not name files of this computer."""
RED_FIRST = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION


class Mjpeg(Grabber):
    """Read the parts of one endless answer; each is a picture, and stamped when it is there.

    A picture that is cut off is spoiled, rather than half grey. One whose beginning was taken for
    the end of the one before, as a camera told a wrong length, is spoiled as well.
    """

    red_first = True

    def __init__(self, answer: Any) -> None:
        self._number = 0
        self._answer = answer
        self._boundary = answer.headers.get_boundary("").encode().strip(b"-")
        self._jpeg = b""
        self._swallowed = False
        self._waiting: bytes | None = None
        """The part behind one that was swallowed."""

    def grab(self) -> Stamp | None:
        jpeg, self._waiting = self._waiting, None
        try:
            jpeg = self._part() if jpeg is None else jpeg
        except TimeoutError as error:
            raise Failed("silent") from error
        except (OSError, http.client.HTTPException):
            return None
        if jpeg is None:
            return None
        if self._swallowed:
            self._swallowed, self._waiting, jpeg = False, jpeg, b""
        self._jpeg = jpeg
        self._number += 1
        return Stamp(self._number - 1, time.monotonic(), time.time())

    def picture(self, buffer: Pixels | None) -> Pixels | None:
        if not _whole(self._jpeg):
            return None
        try:
            found: Pixels | None = cv2.imdecode(np.frombuffer(self._jpeg, np.uint8), RED_FIRST)
        except cv2.error:
            return None
        return found

    def _part(self) -> bytes | None:
        """Return the next part's bytes, None at the end."""
        while not self._is_boundary(line := self._line()):
            if not line:
                return None
            self._swallowed |= END in line and _whole(self._jpeg)
        length = 0
        while (line := self._line()).strip():
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if not line or length > MOST_BYTES:
            return None
        if length:
            part = self._answer.read(length)
            return part if len(part) == length else None
        return self._to_boundary()

    def _to_boundary(self) -> bytes | None:
        """Return a part whose length is not told; what follows it is looked for as its end."""
        part = bytearray()
        while not _whole(part):
            line = self._line()
            if not line or len(part) > MOST_BYTES:
                return None
            part += line
        return bytes(part)

    def _line(self) -> bytes:
        line: bytes = self._answer.readline(LINE_BYTES)
        return line

    def _is_boundary(self, line: bytes) -> bool:
        if not line.startswith(b"--"):
            return False
        return not self._boundary or line.strip().strip(b"-") == self._boundary


def _whole(jpeg: bytes | bytearray) -> bool:
    """Say whether a picture has its end."""
    return jpeg.rfind(END, -BEHIND_END) >= 0


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Answer the one way of asking for a password, and leave others to be told as "denied"."""

    def http_error_401(self, *given: Any) -> Any:
        with contextlib.suppress(ValueError):  # it asks in a way that is not known
            return super().http_error_401(*given)
        return None


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answer the other way."""

    def http_error_401(self, *given: Any) -> Any:
        with contextlib.suppress(ValueError):
            return super().http_error_401(*given)
        return None


def grabber(request: dict[str, Any]) -> Grabber:
    """Grab from an http address: MJPEG by ourselves, any other kind of video by FFmpeg."""
    answer = asked(request["url"], request["answer_s"])
    kind = answer.headers.get_content_type()
    if kind.startswith("multipart/"):
        return Mjpeg(answer)
    answer.close()
    if kind.startswith("text/html"):
        raise Failed("page")
    whole = "content-length" in answer.headers
    return Network(request | dict(whole=whole, options=HTTP_ONLY))


def asked(url: str, timeout_s: float) -> Any:
    """Return the answer to a request, its head read; raise Failed. User and password stand in the
    address and are sent when asked for."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username:
        user, password = unquote(parts.username), unquote(parts.password or "")
        known.add_password(None, f"{parts.scheme}://{host}/", user, password)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),  # a camera stands in one's own network
        _Basic(known),
        _Digest(known),
    )
    try:
        return opener.open(bare, timeout=timeout_s)
    except HTTPError as error:
        code = error.code
        error.close()
        reason = {401: "denied", 403: "denied", 404: "absent"}.get(code, "refused by")
        raise Failed(reason, f"{code} {http.client.responses.get(code, '')}".strip()) from error
    except URLError as error:
        raise Failed(_why(error.reason)) from error
    except TimeoutError as error:
        raise Failed("silent") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed("no answer", type(error).__name__) from error


def _why(reason: object) -> str:
    """Return the reason for which there was no connection."""
    kinds: tuple[tuple[type, str], ...] = (
        (ConnectionRefusedError, "refused"),
        (socket.gaierror, "unknown host"),
        (TimeoutError, "silent"),
        (ssl.SSLError, "certificate"),
        (OSError, "unreachable"),
    )
    return next((word for kind, word in kinds if isinstance(reason, kind)), "no answer")
