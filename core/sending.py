"""What is to be written to a device: put by anybody, written by its reader between two reads."""

from __future__ import annotations

import threading
import time
from collections import deque

from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Device, Transport

LIMIT_BYTES = 65_536
PATIENCE_S = 2.0
"""A device that takes nothing for so long is not waited for."""


class Sending:
    """Hold messages until the device has taken them, in order and at most 64 kB of them.

    `put` may be called from any thread, the rest is the reader's. While `closed` says why there
    is no link nothing is taken.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._waiting: deque[bytes] = deque()
        self._nbytes = 0
        self._taken = 0
        """How much of the first message is written."""
        self._since_s = 0.0
        """When the device last took something, or could have for the first time."""
        self._lock = threading.Lock()
        self.closed = f"{device.name} is not open yet."

    def put(self, data: bytes) -> str:
        """Take a message; return why not, "" if it was taken."""
        device = self._device
        if not (isinstance(device, Transport) and device.sends):
            return f"{device.name} takes nothing: only what it sends can be read."
        with self._lock:
            if self.closed:
                return f"Nothing was sent: {self.closed}"
            if len(data) > LIMIT_BYTES:
                return (
                    f"Nothing was sent: {len(data):,} bytes are more than the {LIMIT_BYTES:,} that "
                    "may be sent at once. Send it in parts."
                )
            if self._nbytes + len(data) > LIMIT_BYTES:
                return (
                    f"Nothing was sent: {self._nbytes:,} bytes already wait for {device.name} to "
                    f"take them, and {LIMIT_BYTES:,} may at most. Wait a moment."
                )
            if not self._waiting:
                self._since_s = time.monotonic()
            self._waiting.append(data)
            self._nbytes += len(data)
        return ""

    def work(self) -> tuple[bytes, str]:
        """Write what the device takes now; return the whole messages, joined, that are through,
        and what went wrong as a sentence, "" if nothing did. Raise LinkLost."""
        device, sent = self._device, b""
        while self._waiting and isinstance(device, Transport):
            first = self._waiting[0]
            try:
                took = device.send(first[self._taken :])
            except DriftscopeError as error:
                self.close(str(error))
                raise
            now_s = time.monotonic()
            if took:
                self._since_s = now_s
            self._taken += took
            if self._taken < len(first):
                slow = now_s - self._since_s > PATIENCE_S
                return (sent + first[: self._taken], self._give_up()) if slow else (sent, "")
            sent += first
            with self._lock:
                self._waiting.popleft()
                self._nbytes -= len(first)
                self._taken = 0
        return sent, ""

    def open(self) -> None:
        """The device can be written to from now on."""
        self.closed = ""

    def close(self, why: str) -> str:
        """The link is gone: forget what waits; return what that was as a sentence, or ""."""
        with self._lock:
            self.closed = why
            lost = self._forget()
        return f"{lost:,} bytes could not be sent any more: {why}" if lost else ""

    def _give_up(self) -> str:
        name = self._device.name
        with self._lock:
            lost = self._forget()
        return (
            f"{lost:,} bytes were not sent: {name} has taken none for {PATIENCE_S:.0f} s. Look "
            "whether its program reads what is sent, and whether flow control holds it up."
        )

    def _forget(self) -> int:
        lost = self._nbytes - self._taken
        self._waiting.clear()
        self._nbytes = self._taken = 0
        return lost
