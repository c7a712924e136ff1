"""The types that travel: what a source gives, what a step yields. Start reading here.

Times are seconds of the source's own clock. Arrays are C-contiguous; whoever receives one
must treat it as read-only. `n` is a number of samples, `C` of channels, `h` of samples ahead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from driftscope.core.arrays import F32, F64, Array, Bools, Classes, Pixels
from driftscope.core.reports import Graded, Label, Report, Sample

LearnerState = Literal["warming up", "learning", "held", "frozen"]

Clock = Literal["unix", "elapsed", "rows"]

EventKind = Literal[
    "gap",  # the stream was interrupted: no window or target may cross this point
    "loss",  # samples or bytes are known to be missing; data: bytes or samples
    "reject",  # text that is no sample; data: count, text, reason
    "console",  # text beside samples that is no fault; data: count, text
    "link",  # the state of the wire; data: state, message
    "param",  # a parameter was turned; data: name, old, new
    "skipped",  # updates were left out for lack of time; data: steps, samples
    "unscored",  # whole steps were left unscored for lack of time; data: steps, samples
    "missed",  # pictures of a camera left out as a newer one was there; data: samples
    "pass",  # a set of pictures was gone through once; data: number, from 1
    "restored",  # the guard went back to a sane snapshot; data: reason
    "drift",  # the loss changed for good; data: detector, message
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

    A stream of pictures has one channel, `sample_shape` (H, W, 3) and `dtype` "uint8", red
    first. `classes` names what its labels mean, as far as that is known; a new class is a next
    version. `label` says what the labels of a stream of numbers are, None if it has none.
    """

    key: str
    channels: tuple[str, ...]
    units: tuple[str, ...]
    rate_hz: float | None = None
    version: int = 1
    sample_shape: tuple[int, ...] = ()
    dtype: str = "float64"
    clock: Clock = "elapsed"
    classes: tuple[str, ...] = ()
    label: Label | None = None

    def __post_init__(self) -> None:
        if not self.sample_shape:
            object.__setattr__(self, "sample_shape", (len(self.channels),))
        if len(self.units) != len(self.channels):
            raise ValueError(f"{len(self.channels)} channels but {len(self.units)} units")

    @property
    def pictures(self) -> bool:
        """Say whether each sample is a picture."""
        return len(self.sample_shape) == 3


@dataclass(frozen=True, slots=True)
class Block:
    """Hold n consecutive samples of one stream.

    `seq` is the number of the first sample; it counts delivered samples and jumps only by a
    known loss. `time_s` (n,) rises strictly. `values` is (n, *sample_shape) float64, NaN =
    missing, or of pictures uint8.
    `wall_time_s` is when the block arrived, on the steady clock (`time.monotonic`).
    """

    key: str
    seq: int
    time_s: F64
    values: Array
    wall_time_s: float

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True)
class Labels:
    """Say what samples were: `y` (n,) int64 belongs to `seq`, `seq` + 1, ...

    It is a number of a class, -1 where it is not known, or of a stream whose labels are values
    float64, NaN where it is not known. Labels known together with their samples
    travel in front of the block; whatever learns from them sees them only once the rows' result
    was handed over. Those that stood in rows `delay` later are seen only after these rows'
    result. Others come whenever they come. Of rows in `test` (n,) nothing is to be learned: they
    only say how well it was.
    """

    key: str
    seq: int
    y: Array
    test: Bools | None = None
    delay: int = 0


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

    `values` (B, *sample_shape) and `time_s` (B,) are zero behind row n, so that a part step goes
    through the model in a batch of the same size, and so with the same last bits, as the full
    one. `y` and `test` (B,) are those of Labels, as far as known; never there while it is scored.
    """

    key: str
    seq: int
    time_s: F64
    values: Array
    n: int
    y: Array | None = None
    test: Bools | None = None

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
    extras         what a learner has to show beside, by name, as far as it has it
    parts          name -> (B,), the loss of each part the prediction is mixed from, such as "0.3x"

    Of pictures C is 1, `prediction` and `deviation` are NaN, and `error` is how far the picture
    is from what is usual, 0 or more. Their extras: of the newest row "heat" (16, 16) float32,
    how far out each cell is; "expected" (128, 128, 3) uint8; "classes" (K + 1,) float64, the
    chance of each class and of none of these; of all rows "places" (B, 9) float64, the highest
    heat of each third by third of the picture.
    """

    prediction: F64
    forecast: F64 | None
    loss: F64
    baseline_loss: dict[str, F64]
    error: F64
    deviation: F64
    extras: dict[str, Array] = field(default_factory=dict)
    parts: dict[str, F64] = field(default_factory=dict)


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
    calibrated     True once there is evidence for the threshold: 10 N decisions

    Of pictures a row carries the rarity of a decision whose highest score is that row's own: it
    is judged with the picture it is about, not at the decision's end.
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
    Detected but cut to those rows. `arrived_s` is the block's steady-clock arrival. `former_loss`
    is the loss of the model before while it goes on to be compared, by its name, else empty."""

    key: str
    seq: int
    time_s: F64
    values: Array
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
    extras: dict[str, Array] = field(default_factory=dict)
    former_loss: dict[str, F64] = field(default_factory=dict)
    parts: dict[str, F64] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def nbytes(self) -> int:
        """Return about how much memory the result keeps alive."""
        rows = len(self.time_s)
        return 1600 + 3 * self.values.nbytes + 64 * rows + len(self.parts) * (150 + 8 * rows)

    def without_pictures(self) -> Result:
        """Return the same without pixels and extras; the values are NaN in their place."""
        return replace(self, values=np.full((len(self), 1), np.nan), extras={})


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


Output = StreamInfo | Result | Learned | Alarm | Event | Graded | Report

__all__ = [
    "F32", "F64", "Alarm", "Array", "Block", "Bools", "Classes", "Clock", "Detected", "Event",
    "EventKind", "Graded", "Item", "Label", "Labels", "Learned", "LearnerState", "Output", "Pixels",
    "Report", "Result", "Sample", "Scored", "Step", "StreamInfo",
]  # fmt: skip
