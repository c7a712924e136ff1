"""The walls of the house: what each kind of plugin must do.

A plugin is one class in one file of its folder, named by `PLUGIN` at the file's end, with a
`Params` class whose fields become sliders, options and docs. Nothing else is to be registered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from driftscope.core.clock import ClockQuality
from driftscope.core.errors import SourceError
from driftscope.core.params import Params
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import (
    Alarm,
    Detected,
    Event,
    EventKind,
    Graded,
    Item,
    Labels,
    LearnerState,
    Output,
    Report,
    Scored,
    Step,
    StreamInfo,
)
from driftscope.core.teaching import LearnerCommand
from driftscope.core.wire import Chunk

State = dict[str, Any]


class Device(ABC):
    """What an address names: opened, read and closed by one reader thread.

    `scheme` is the first word of its address, `suffixes` the endings of files that are meant
    without it. `name` tells a user which device it is.
    """

    scheme: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()  # further first words that mean it
    suffixes: ClassVar[tuple[str, ...]] = ()
    raw: ClassVar[bool] = False
    """True if its address is a URL: the target is all of it, first word and question marks too."""
    Params: ClassVar[type[Params]] = Params
    live: ClassVar[bool] = False
    """True if it does not wait for us: what cannot be taken in is lost, and counted."""
    newest: ClassVar[bool] = False
    """True if only the newest sample is worth having: the next one is read when the last one was
    worked off. What was left out meanwhile the device tells as Events "missed"."""
    longest_wait_s: ClassVar[float] = 5.0
    """Between two attempts to open it again, at most."""
    name: str
    params: Any  # its own Params, the `source` section while it is open
    pictures: bool = False  # True if its samples are pictures; known before it is opened
    labelled: bool = False  # True if it gives Labels with its samples; known before it is opened
    label: str = ""
    """The column that is to hold labels, "" for none. Set before `open`. Where its cells are text
    a source gives their numbers, and tells the texts by number as `StreamInfo.classes`."""
    texts: tuple[str, ...] = ()
    """Columns of text, which may be named as the label and are left out otherwise."""
    seeks: ClassVar[bool] = False
    """True if it can begin with any sample, as if the ones before had been given."""
    label_head: Any = ()  # the first labels as numbers, where `open` sees them before they are due
    start: int = 0  # the sample to begin with, or at least to count from; set before `open`
    passed_s: float | None = None  # the time of the last sample that was passed over
    health: Any = None  # the Health that says how it goes, once a Monitor reads it

    @classmethod
    def of_target(cls, target: str) -> type[Device]:
        """Return the class that serves a target of its scheme, itself unless it has variants."""
        return cls

    def progress(self) -> float | None:
        """Return how much of it has been read, 0 to 1; None where it has no end. Any thread."""
        return None

    @abstractmethod
    def open(self) -> None:
        """Open the device; raise SourceError with what to try."""

    @abstractmethod
    def close(self) -> None:
        """Let the device go, also after a failed `open`, also twice. Of a live device any thread
        may call it: `open` or `read` then ends soon, with an error."""


class Transport(Device):
    """Read bytes from one device; one that `sends` can be written to as well."""

    live = True
    sends: ClassVar[bool] = False

    @abstractmethod
    def read(self) -> bytes | None:
        """Return what has come, b"" after at most 100 ms of silence, None at the end. Raise
        LinkLost when the device goes away; `open` may then be called again."""

    def send(self, data: bytes) -> int:
        """Write what the device takes within 50 ms, between two reads; return how many bytes that
        was. Raise LinkLost when the device goes away."""
        raise SourceError(f"{self.name} takes nothing: only what it sends can be read.")


class Source(Device):
    """Give the items of one or more streams: a StreamInfo, then Blocks, Labels and Events.

    Iterating opens and closes it by itself."""

    @abstractmethod
    def read(self) -> Sequence[Item] | None:
        """Return the next items, none after at most 100 ms of silence, None at the end. A live
        one may raise LinkLost; `open` may then be called again."""

    def __iter__(self) -> Iterator[Item]:
        self.open()
        try:
            while (items := self.read()) is not None:
                yield from items
        finally:
            self.close()


class Decoder(ABC):
    """Turn bytes into items of the stream `key`. Called from the thread that runs the Monitor."""

    Params: ClassVar[type[Params]] = Params

    @property
    def clock_quality(self) -> ClockQuality:
        """Return how well the times it gives are known."""
        return ClockQuality()

    @abstractmethod
    def decode(self, chunk: Chunk) -> list[Item]:
        """Return what the bytes so far hold; keep the rest for the next chunk."""

    def idle(self, steady_s: float) -> list[Item]:
        """Nothing has come for a while: return what was only waiting for more."""
        return []

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
    auto_step_rows: int | None = None  # the batch size it does best with, None: by the rate
    holds: ClassVar[bool] = False  # True if it is to be held while an alarm lasts
    trust: float = 1.0
    """How far the next step is to be learned from, 0 to 1; set before `learn`."""

    @abstractmethod
    def score(self, step: Step) -> Scored: ...
    @abstractmethod
    def learn(self, step: Step, scored: Scored) -> float:
        """Take the step in, train on it unless frozen or held; return the training loss, or NaN.
        `step.y` holds its labels as far as they are known."""

    @abstractmethod
    def skip(self, step: Step, scored: Scored | None) -> None:
        """Take the step into the window without training on it, as time is short (`scored` is
        None: nor was it scored) or as the stream ended or broke within it (step.n < step.rows).
        `step.y` holds its labels as far as they are known: they may still be graded."""

    @abstractmethod
    def gap(self) -> None:
        """Forget the window: nothing may be predicted or learned across this point."""

    @abstractmethod
    def extend(self, info: StreamInfo) -> None:
        """Go on with the stream's next version, between two steps: its channels stay where they
        are, perhaps under other names, and new ones stand behind them."""

    @abstractmethod
    def reset(self) -> None:
        """Start anew with fresh weights, and not held."""

    def quicken(self) -> None:  # noqa: B027  most have no step to lengthen
        """Learn faster for a while, between two steps: what came before has changed for good."""

    def take_over(self, old: Learner) -> None:  # noqa: B027  most are given nothing by hand
        """Keep what a user gave by hand to the learner before, whose model was changed, and what
        any model would know; what it learned by itself is gone. Leaves the old one as it is."""

    @abstractmethod
    def hold(self, reason: str) -> None:
        """Leave the weights, and what is usual, as they are until told "" (between two steps);
        scoring goes on, and so does the window of what came before. The state is "held"."""

    def label(self, labels: Labels) -> None:  # noqa: B027  most learn without labels
        """Take labels that came after their rows had been learned."""

    def note(self, event: Event) -> None:  # noqa: B027  most have no use for it
        """Take in that the stream told of a "pass" that ended before row `event.seq`."""

    def obey(self, command: LearnerCommand) -> str:
        """Carry out a user's command, between two steps; return why not, "" if it was done."""
        return f"The model in use knows no {type(command).__name__}: choose another one."

    def take_reports(self) -> list[Graded | Report]:
        """Return what labels said, and how well it classifies, since the last call."""
        return []

    @property
    @abstractmethod
    def state(self) -> LearnerState:
        """Say what it does now: warming up until the first prediction, then learning, ..."""

    @abstractmethod
    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return what is worth an Event since the last call, such as "restored"."""

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
    normal: bool = False  # True while what an alarm is about is taken for normal

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

    Whatever any method raises switches the sink off, closed and told; the rest goes on.
    """

    name: ClassVar[str]
    vital: ClassVar[bool] = False
    """True if a run has no sense without it: what it raises, but an OSError, ends the run then."""

    @abstractmethod
    def write(self, item: Output) -> None: ...

    def tick(self) -> None:  # noqa: B027  most sinks have nothing to do then
        """Do what goes by the clock: called after each message, in silence every 50 ms."""

    @abstractmethod
    def close(self) -> None: ...
