"""The walls of the house: what each kind of plugin must do.

A plugin is one class in one file of its folder, named by `PLUGIN` at the file's end, with a
`Params` class whose fields become sliders, options and docs. Nothing else is to be registered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from driftscope.core.params import DetectorParams, LearnerParams, Params
from driftscope.core.stream import (
    Alarm,
    Detected,
    EventKind,
    Item,
    LearnerState,
    Output,
    Scored,
    Step,
    StreamInfo,
)

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hold raw bytes as they came: `number` counts chunks since opening, `steady_s` and
    `wall_s` are `time.monotonic()` and `time.time()` just after the read."""

    number: int
    data: bytes
    steady_s: float
    wall_s: float


class Transport(ABC):
    """Read bytes from one device. Called from one reader thread only.

    `scheme` is the first word of its address. `name` tells a user which device it is.
    """

    scheme: ClassVar[str]
    Params: ClassVar[type[Params]] = Params
    live: ClassVar[bool] = True
    """True if the device does not wait for us: what cannot be taken in is lost, and counted."""

    name: str
    params: Any
    """Its own Params, the `source` section while it is open."""

    @abstractmethod
    def open(self) -> None:
        """Open the device; raise SourceError with what to try."""

    @abstractmethod
    def read(self) -> bytes | None:
        """Return what has come, b"" after at most 100 ms of silence, None at the end.

        Raise LinkLost when the device goes away; `open` may then be called again.
        """

    @abstractmethod
    def close(self) -> None:
        """Let the device go, also after a failed `open`, also twice. Any thread may call it."""


class Source(ABC):
    """Give the items of one or more streams: a StreamInfo, then Blocks, Labels and Events.

    Called from one reader thread only; iterating opens and closes it by itself.
    """

    scheme: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]] = ()
    Params: ClassVar[type[Params]] = Params
    live: ClassVar[bool] = False

    name: str
    params: Any

    @abstractmethod
    def open(self) -> None:
        """Open the source; raise SourceError with what to try."""

    @abstractmethod
    def read(self) -> Sequence[Item] | None:
        """Return the next items, none after at most 100 ms of silence, None at the end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything, also after a failed `open`, also twice."""

    def __iter__(self) -> Iterator[Item]:
        self.open()
        try:
            while (items := self.read()) is not None:
                yield from items
        finally:
            self.close()


class Decoder(ABC):
    """Turn bytes into items. Called from the thread that runs the Monitor.

    `key` names the stream its blocks belong to.
    """

    Params: ClassVar[type[Params]] = Params

    @abstractmethod
    def decode(self, chunk: Chunk) -> list[Item]:
        """Return what the bytes so far hold; keep the rest for the next chunk."""

    @abstractmethod
    def gap(self, steady_s: float, reason: str) -> list[Item]:
        """The wire was interrupted: forget the half line, return the gap's Event."""

    @abstractmethod
    def flush(self) -> list[Item]:
        """The stream ends: return what the last, unfinished line holds."""

    @abstractmethod
    def state_dict(self) -> State: ...

    @abstractmethod
    def load_state_dict(self, state: State) -> None: ...


class Learner(ABC):
    """Score a step, then train on it. Owns one stream. Called from the Monitor's thread.

    `score` changes nothing that a later result depends on: an open step is scored again each
    time it grows, and the rows it had before come out bit for bit the same. `learn` is called
    once, for full steps only, after every sink has had the step's results.
    """

    params: LearnerParams
    rate_hz: float | None
    """The stream's rate as known so far; set by the Monitor between two steps."""
    horizon: int
    """How many samples ahead it predicts now; 0 if it does not."""

    @abstractmethod
    def score(self, step: Step) -> Scored: ...

    @abstractmethod
    def learn(self, step: Step, scored: Scored) -> float:
        """Take the step in, train on it unless frozen; return the training loss, or NaN."""

    @abstractmethod
    def skip(self, step: Step, scored: Scored | None) -> None:
        """Take the step into the window without training on it, as time is short (`scored` is
        None: nor was it scored) or as the stream ended or broke within it (step.n < step.rows)."""

    @abstractmethod
    def gap(self) -> None:
        """Forget the window: nothing may be predicted or learned across this point."""

    @abstractmethod
    def extend(self, info: StreamInfo) -> None:
        """Go on with the stream's next version, between two steps: its channels stay where they
        are, perhaps under other names, and new ones stand behind them."""

    @abstractmethod
    def reset(self) -> None:
        """Start anew with fresh weights."""

    @property
    @abstractmethod
    def state(self) -> LearnerState:
        """Say what it does now: warming up until the first prediction, then learning, ..."""

    @abstractmethod
    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return what is worth an Event since the last call, such as a restored snapshot."""

    @abstractmethod
    def state_dict(self) -> State: ...

    @abstractmethod
    def load_state_dict(self, state: State) -> None: ...


class Detector(ABC):
    """Turn errors into rarity and alarms. Owns one stream. Called from the Monitor's thread.

    The same two verbs as a Learner, with the same rule: `score` is pure, `learn` moves on.
    """

    params: DetectorParams
    rate_hz: float | None

    @property
    @abstractmethod
    def decision_rows(self) -> int:
        """Return how many samples one decision covers now."""

    @abstractmethod
    def score(self, step: Step, scored: Scored) -> Detected: ...

    @abstractmethod
    def learn(self, step: Step, scored: Scored, detected: Detected, calibrate: bool) -> None:
        """Take in the step's first `n` rows; let the calibrator learn from them if `calibrate`."""

    @abstractmethod
    def gap(self, seq: int) -> tuple[Alarm, ...]:
        """Close the open decision and alarm before sample `seq`; return the alarms that ended."""

    @abstractmethod
    def extend(self, info: StreamInfo) -> None:
        """Go on with the stream's next version, as a Learner does; an open alarm stays open."""

    @abstractmethod
    def reset(self) -> None: ...

    @abstractmethod
    def state_dict(self) -> State: ...

    @abstractmethod
    def load_state_dict(self, state: State) -> None: ...


class Sink(ABC):
    """Keep, show or send what the Monitor gives out. Called from the Monitor's thread.

    An OSError raised by any method switches the sink off, closed and told; the rest goes on.
    """

    name: ClassVar[str]

    @abstractmethod
    def write(self, item: Output) -> None: ...

    def tick(self) -> None:  # noqa: B027  most sinks have nothing to do then
        """Do what goes by the clock: called after each message, in silence every 50 ms."""

    @abstractmethod
    def close(self) -> None: ...


def empty(rows: int, channels: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a (rows, channels) float64 array of NaN."""
    return np.full((rows, channels), np.nan)


def widened(
    values: np.ndarray[Any, np.dtype[np.float64]], channels: int, fill: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return (..., C) values as (..., channels), `fill` standing for the channels behind C."""
    made = np.full((*values.shape[:-1], channels), fill)
    made[..., : values.shape[-1]] = values
    return made


__all__ = [
    "Chunk",
    "Decoder",
    "Detector",
    "Learner",
    "Sink",
    "Source",
    "State",
    "StreamInfo",
    "Transport",
    "empty",
    "widened",
]  # fmt: skip
