"""What a reader tells the Monitor, in order; the last message is Ended or Failed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from driftscope.core.errors import DriftscopeError
from driftscope.core.health import LinkState
from driftscope.core.stream import Item
from driftscope.core.wire import Chunk


@dataclass(frozen=True, slots=True)
class Opened:
    """The device is open for the first time; `name` is what to call it."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes came."""

    key: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Items:
    """A source gave items, at `steady_s` on the steady clock. Whoever has worked them off sets
    `done`, if it is there: the reader waits for it."""

    key: str
    items: Sequence[Item]
    steady_s: float
    done: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """There was no room: so many bytes (and samples, of a source) before this are missing."""

    key: str
    nbytes: int
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """The link changed; a lost one is tried again at `next_try_s` on the steady clock."""

    key: str
    state: LinkState
    message: str
    next_try_s: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth a sentence, such as what could not be sent."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """There will be nothing more: the end was reached, or the reader was stopped."""

    key: str


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be nothing more: the device could not be opened, or was lost for good."""

    key: str
    error: DriftscopeError


Message = Opened | Raw | Items | Lost | Link | Note | Ended | Failed
