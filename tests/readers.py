"""For tests of the reader: devices that follow a script, and ways to look at what is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from driftscope.core.interfaces import Source, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Ended, Failed, Link, Message, Raw

PATIENT_S = 60


class Scripted(Transport):
    """Give what a script holds: bytes, an error to raise, a function to call; then silence."""

    scheme = "scripted"

    def __init__(self, *script: object, live: bool = True, end: bool = False) -> None:
        self.name = "script"
        self.params = None
        self.live = live  # type: ignore[misc]  # of one device, for the test
        self.script = list(script)
        self.end = end
        self.opens: list[object] = []
        self.is_open = False
        self.stuck = threading.Event()

    def open(self) -> None:
        assert not self.is_open
        if self.opens and isinstance(error := self.opens.pop(0), Exception):
            raise error
        self.is_open = True

    def read(self) -> bytes | None:
        if not self.script:
            self.stuck.wait(0.01)
            return None if self.end else b""
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, bytes):
            return step
        assert callable(step)
        step()
        return b""

    def close(self) -> None:
        self.is_open = False
        self.stuck.set()


class Blocks(Source):
    scheme = "blocks"
    name = "blocks"

    def __init__(self, *script: list[object], live: bool) -> None:
        self.script = list(script)
        self.live = live  # type: ignore[misc]  # of one source, for the test

    def open(self) -> None: ...

    def read(self) -> list[object] | None:
        return self.script.pop(0) if self.script else None

    def close(self) -> None: ...


def await_message(inbox: Mailbox[Message], wanted) -> list[Message]:
    """Return all messages up to the first that `wanted` is true of."""
    seen: list[Message] = []
    while True:
        message = inbox.get(PATIENT_S)
        assert message is not None, f"no such message; there were {seen}"
        seen.append(message)
        if wanted(message):
            return seen


def last(message: Message) -> bool:
    return isinstance(message, (Ended, Failed))


def link(state: str) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Link) and message.state == state


def raw(messages: list[Message]) -> bytes:
    return b"".join(m.chunk.data for m in messages if isinstance(m, Raw))


def links(messages: list[Message]) -> list[str]:
    return [m.state for m in messages if isinstance(m, Link)]
