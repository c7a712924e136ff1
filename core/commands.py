"""What a user may ask for while it runs; carried out between two steps."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from driftscope.core.interfaces import Sink
from driftscope.core.teaching import LearnerCommand


@dataclass(frozen=True, slots=True)
class SetParam:
    """Turn `section.name`; a value out of range is told as an Event and the old one stays.

    Here and below `device` names which one, "" every one that has it.
    """

    name: str
    value: object
    device: str = ""


@dataclass(frozen=True, slots=True)
class Reset:
    """Forget all that was learned."""

    device: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """Let the device go for another program, or take it again."""

    released: bool
    device: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the learner of one stream carry out what only it knows.

    `done`, if it is there, gets why that could not be, "" if it was done; else a refusal is told
    as an Event.
    """

    stream: str
    command: LearnerCommand
    done: Future[str] | None = None


@dataclass(frozen=True, slots=True)
class SaveModel:
    """Write what was learned of one stream to a file, .safetensors or .pt2, replacing it.

    `done` gives the path once it is written, or raises DriftscopeError.
    """

    stream: str
    path: Path
    done: Future[Path] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Remember what was learned up to now, in the place of the bookmark before."""

    device: str = ""


@dataclass(frozen=True, slots=True)
class GoBack:
    """Have what was learned be as it was so many seconds of stream time ago, or at the bookmark
    with None."""

    seconds: float | None
    device: str = ""


@dataclass(frozen=True, slots=True)
class StopComparing:
    """Let go of the model before, whose loss is shown beside that of the one in use."""

    device: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Read no more of the device; what was taken in stays."""

    device: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """Write bytes to the device; what cannot be sent is told as an Event."""

    data: bytes
    device: str = ""


@dataclass(frozen=True, slots=True)
class Attach:
    """Give the results to one more sink from now on, beginning with what each stream is."""

    sink: Sink


@dataclass(frozen=True, slots=True)
class Detach:
    """Close a sink and give it no more; one that is not there is closed already."""

    sink: Sink


Command = (
    SetParam | Reset | Release | Ask | SaveModel | Bookmark | GoBack | StopComparing | Stop
    | Send | Attach | Detach
)  # fmt: skip
