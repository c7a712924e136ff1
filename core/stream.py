"""The types that travel: what a source gives, what a step yields. Start reading here.

Times are seconds of the source's own clock. Arrays are C-contiguous; whoever receives one
must treat it as read-only. `n` is a number of samples, `C` of channels, `h` of samples ahead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
Bools = NDArray[np.bool_]

LearnerState = Literal["warming up", "learning", "held", "frozen"]

Clock = Literal["unix", "elapsed", "rows"]

EventKind = Literal[
    "gap",  # the stream was interrupted: no window or target may cross this point
    "loss",  # samples or bytes are known to be missing; data: bytes or samples
    "reject",  # text that is no sample; data: count, text, reason
    "link",  # the state of the wire; data: state, message
    "param",  # a parameter was turned; data: name, old, new
    "skipped",  # updates were left out for lack of time; data: steps, samples
    "unscored",  # whole steps were left unscored for lack of time; data: steps, samples
    "restored",  # the guard went back to a sane snapshot; data: reason
    "drift",  # reserved for the drift detectors
    "note",  # something worth a sentence; data: message
]


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """Describe a stream once, before its first block.

    A new channel in mid-stream gives the next `version` under the same `key`: channels keep
    their places, perhaps under better names, and new ones stand behind them. `clock` says what
    `time_s` counts: "unix" is seconds since 1970 (a device read live, a file with dates),
    "elapsed" is seconds since some start (the demo, a file with such times), "rows" only counts
    rows (a file without times): there is no rate then, and none is estimated.
    """

    key: str
    channels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float | None = None
    version: int = 1
    sample_shape: tuple[int, ...] = ()
    dtype: str = "float64"
    clock: Clock = "elapsed"

    def __post_init__(self) -> None:
        if not self.sample_shape:
            object.__setattr__(self, "sample_shape", (len(self.channels),))
        if len(self.units) != len(self.channels):
            raise ValueError(f"{len(self.channels)} channels but {len(self.units)} units")


@dataclass(frozen=True, slots=True)
class Block:
    """Hold n consecutive samples of one stream.

    `seq` is the number of the first sample; it counts delivered samples and jumps only by a
    known loss. `time_s` (n,) rises strictly. `values` is (n, *sample_shape), NaN = missing.
    `wall_time_s` is when the block arrived, on the steady clock (`time.monotonic`).
    """

    key: str
    seq: int
    time_s: F64
    values: F64
    wall_time_s: float

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True)
class Labels:
    """Say what samples were, at once or later: `y` (n,) belongs to `seq`, `seq` + 1, ..."""

    key: str
    seq: int
    y: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Tell that something happened before sample `seq`; `data` is described at EventKind."""

    key: str
    seq: int
    time_s: float
    kind: EventKind
    data: dict[str, Any] = field(default_factory=dict)


Item = StreamInfo | Block | Labels | Event


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step of the grid: B rows, of which the first `n` have arrived.

    `values` (B, C) and `time_s` (B,) are zero behind row n, so that a part step goes through
    the model in a batch of the same size, and so with the same last bits, as the full one.
    """

    key: str
    seq: int
    time_s: F64
    values: F64
    n: int

    @property
    def rows(self) -> int:
        """Return B, the number of rows of the full step."""
        return len(self.time_s)

    @property
    def full(self) -> bool:
        return self.n == len(self.time_s)


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold what a Learner says of a step before learning it; B rows, only the first n count.

    prediction     (B, C) float64, physical units, made h samples earlier; NaN while warming up
    forecast       (h, C) float64, the predictions for the h samples behind row n, or None
    loss           (B,) mean Huber of the normalised error over present channels; NaN warming up
    baseline_loss  name -> (B,), the same for each plain baseline at the same horizon
    error          (B, C) float64 normalised signed error of the prediction; NaN where there is none
    deviation      (B, C) float64 normalised value itself, never clipped; NaN where missing
    """

    prediction: F64
    forecast: F64 | None
    loss: F64
    baseline_loss: dict[str, F64]
    error: F64
    deviation: F64
    extras: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Hold one interval in which the signal was not normal.

    `start`, `peak`, `end` are sample numbers; `end` is the last row of the interval and None
    while it lasts. `channels` gives each responsible channel's share of the blame, largest
    first, adding up to 1. `rarity` is that of the peak.
    """

    id: int
    key: str
    start: int
    peak: int
    end: int | None
    start_s: float
    end_s: float
    channels: dict[str, float]
    rarity: float


@dataclass(frozen=True, slots=True)
class Detected:
    """Hold what a Detector says of a step; B rows, only the first n count.

    rarity         (B,) float64, -log10 of the tail probability of the last decision; 0 warming up
    threshold      rarity above which a decision is an alarm (log10 of `detector.one_in`)
    onset, alarm   (B,) bool: first row of an alarm; every row of one
    channel_score  (B, C) float64, how far each channel is out (share of the blame before scaling)
    alarms         every alarm that began, changed or ended in this step
    """

    rarity: F64
    threshold: float
    onset: Bools
    alarm: Bools
    channel_score: F64
    alarms: tuple[Alarm, ...] = ()
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """Hold a step, or the newly arrived part of one, scored: n rows, arrays as in Scored and
    Detected but cut to those rows. `arrived_s` is the block's steady-clock arrival."""

    key: str
    seq: int
    time_s: F64
    values: F64
    prediction: F64
    forecast: F64 | None
    loss: F64
    baseline_loss: dict[str, F64]
    channel_score: F64
    rarity: F64
    threshold: float
    onset: Bools
    alarm: Bools
    calibrated: bool
    arrived_s: float
    scored: bool = True
    extras: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def nbytes(self) -> int:
        """Return about how much memory the result keeps alive."""
        return 1000 + 3 * self.values.nbytes + 64 * len(self.time_s)


@dataclass(frozen=True, slots=True)
class Learned:
    """Report the update that followed a result. `seq` is the step's first sample; `score_ms`
    and `learn_ms` are what scoring and learning the step took."""

    key: str
    seq: int
    step: int
    loss: float
    score_ms: float
    learn_ms: float
    skipped: bool
    state: LearnerState = "learning"

    @property
    def step_ms(self) -> float:
        return self.score_ms + self.learn_ms


Output = StreamInfo | Result | Learned | Alarm | Event
