"""What is going on now, in numbers: read by the window, the status line and the summary."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from driftscope.core.clock import ClockQuality
from driftscope.core.interfaces import Sink
from driftscope.core.stream import (
    Alarm,
    Event,
    Graded,
    Learned,
    Output,
    Report,
    Result,
    StreamInfo,
)

LinkState = Literal["closed", "opening", "live", "stalled", "lost", "released", "ended", "failed"]
SKILL_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Losses:
    """Hold a learner's loss and its baselines' summed over rows where all are known.

    Never changed, only replaced: another thread that reads one reads sums that belong together.
    """

    rows: int = 0
    loss: float = 0.0
    baselines: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result | Graded) -> Losses:
        """Sum the rows of a result, or those of what labels said that may be learned from."""
        known = np.isfinite(result.loss)
        if isinstance(result, Graded):
            known &= ~result.test
        for values in result.baseline_loss.values():
            known &= np.isfinite(values)
        rows = int(np.count_nonzero(known))
        if not rows:
            return NONE
        return cls(
            rows,
            float(result.loss[known].sum()),
            {name: float(values[known].sum()) for name, values in result.baseline_loss.items()},
        )

    def plus(self, other: Losses, sign: int = 1) -> Losses:
        """Return the sums with another's added (sign 1) or taken off (sign -1)."""
        baselines = dict(self.baselines)
        for name, value in other.baselines.items():
            baselines[name] = baselines.get(name, 0.0) + sign * value
        return Losses(self.rows + sign * other.rows, self.loss + sign * other.loss, baselines)

    def means(self) -> tuple[float, dict[str, float]]:
        """Return the mean loss, and each baseline's; NaN before the first row."""
        if not self.rows:
            return float("nan"), {name: float("nan") for name in self.baselines}
        return self.loss / self.rows, {n: v / self.rows for n, v in self.baselines.items()}

    def skill(self) -> float:
        """Return 1 - loss / best baseline: 1 perfect, 0 no better, negative worse."""
        loss, baselines = self.means()
        best = min(baselines.values(), default=float("nan"))
        return 1 - loss / best if best > 0 else float("nan")


NONE = Losses()


class Health(Sink):
    """Count everything that comes out of the Monitor. Written by its thread, read by any."""

    name = "the count of results"

    def __init__(self, by_the_wall: bool = False) -> None:
        self.started_s = time.monotonic()
        self._ended_s: float | None = None
        self._by_the_wall = by_the_wall
        self.link: LinkState = "closed"
        self.link_message = ""
        self.link_since_s = self.started_s
        self.next_try_s: float | None = None
        self.info: StreamInfo | None = None
        self.state: str = "warming up"
        self.samples = 0
        self.bytes = 0
        self.rejected = 0
        self.rejected_partly = 0
        """Those of them that made a sample all the same."""
        self.rejects: deque[tuple[str, str]] = deque(maxlen=200)
        self.console = 0
        """Lines of text beside the samples that are no fault."""
        self.dropped = 0
        """Samples known to be missing; where only bytes are known, how many they usually are."""
        self.dropped_bytes = 0
        self.gaps = 0
        self.updates = 0
        self.skipped_updates = 0
        self.unscored = 0
        self.missed = 0
        """Pictures of a camera left out as a newer one was there."""
        self.report: Report | None = None
        self.empty = 0
        """Samples in which every value was missing."""
        self.restored = 0
        self.alarms = 0
        self.step_rows = 0
        self.horizon = 0
        self.decision_rows = 0
        self.rate_hz: float | None = None
        self.clock = ClockQuality()
        self.first_time_s: float | None = None
        self.last_time_s = 0.0
        self.stream_s = 0.0
        self.first_prediction_s: float | None = None
        self.progress: float | None = None
        """How much of a file has been taken in, 0 to 1; None where there is no end."""
        self.calibrated = False
        self.threshold = 0.0
        self.overall = NONE
        self.recent = NONE
        self.events: deque[Event] = deque(maxlen=500)
        self._recent: deque[Losses] = deque()
        self._own_losses = False
        """True once results have told losses, as of forecasts."""
        self._alarms: dict[str, int] = {}
        self._step_ms: deque[float] = deque(maxlen=20_000)
        self._counted: deque[tuple[float, int]] = deque()

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            self._result(item)
        elif isinstance(item, Learned):
            self.state = item.state
            self._step_ms.append(item.step_ms)
            if item.skipped:
                self.skipped_updates += 1
            elif item.state == "learning":
                self.updates += 1
        elif isinstance(item, Event):
            self._event(item)
        elif isinstance(item, Alarm):
            self._alarms[item.key] = max(self._alarms.get(item.key, 0), item.id)
            self.alarms = sum(self._alarms.values())
        elif isinstance(item, Graded):
            if not self._own_losses:  # else those of labels are of another kind
                self._add_losses(Losses.of(item))
        elif isinstance(item, Report):
            self.report = item
        else:
            self.info = item

    def close(self) -> None:
        """Stop the clock."""
        self._ended_s = time.monotonic()

    @property
    def seconds(self) -> float:
        """Return how long the run has lasted: stream time of a file or the demo, else wall time."""
        if not self._by_the_wall:
            return self.stream_s
        return (self._ended_s or time.monotonic()) - self.started_s

    def measured_rate_hz(self) -> float:
        """Return samples a second of wall time, over the last two seconds."""
        counted = list(self._counted)
        now_s = time.monotonic()
        fresh = [(at, n) for at, n in counted if now_s - at < 2.0]
        if len(fresh) < 2:
            return 0.0
        return sum(n for _, n in fresh[1:]) / max(fresh[-1][0] - fresh[0][0], 1e-3)

    def silent_s(self, now_s: float) -> float:
        """Return how long ago, at `now_s` of the steady clock, the last sample was handed over;
        0 if none was yet."""
        counted = list(self._counted)
        return max(0.0, now_s - counted[-1][0]) if counted else 0.0

    def step_ms(self, percent: float) -> float:
        """Return a percentile of the time one step takes to score and learn, in ms."""
        taken = list(self._step_ms)
        return float(np.percentile(taken, percent)) if taken else float("nan")

    def _result(self, result: Result) -> None:
        n = len(result)
        self.samples += n
        if result.values.ndim == 2:
            self.empty += int(np.isnan(result.values).all(1).sum())
        now_s = time.monotonic()
        if self._counted and now_s - self._counted[-1][0] < 0.02:
            at, before = self._counted[-1]
            self._counted[-1] = (at, before + n)
        else:
            self._counted.append((now_s, n))
            while now_s - self._counted[0][0] > 3.0:
                self._counted.popleft()
        if self.first_time_s is None:
            self.first_time_s = float(result.time_s[0])
        self.last_time_s = float(result.time_s[-1])
        self.stream_s = self.last_time_s - self.first_time_s
        if not result.scored:
            self.unscored += n
            return
        self._own_losses |= bool(result.baseline_loss)
        self.calibrated = result.calibrated
        self.threshold = result.threshold
        if self.first_prediction_s is None and _says_something(result):
            self.first_prediction_s = now_s - self.started_s
        self._add_losses(Losses.of(result))

    def _add_losses(self, losses: Losses) -> None:
        if losses.rows:
            self.overall = self.overall.plus(losses)
            self._recent.append(losses)
            recent = self.recent.plus(losses)
            while recent.rows - self._recent[0].rows >= SKILL_ROWS:
                recent = recent.plus(self._recent.popleft(), -1)
            self.recent = recent

    def _event(self, event: Event) -> None:
        data = event.data
        if event.kind == "reject":
            self.rejected += int(data.get("count", 1))
            self.rejected_partly += int(data.get("count", 1)) if data.get("partly") else 0
            self.rejects.append((str(data.get("text", "")), str(data.get("reason", ""))))
            return
        if event.kind == "console":
            self.console += int(data.get("count", 1))
            return
        if event.kind == "gap":
            self.gaps += 1
        elif event.kind == "loss":
            self._lost(int(data.get("samples", 0)), int(data.get("bytes", 0)))
        elif event.kind == "restored":
            self.restored += 1
        elif event.kind == "missed":
            self.missed += int(event.data.get("samples", 1))
        elif event.kind == "link":
            if data["state"] != self.link:  # a lost one is told again at each try
                self.link_since_s = time.monotonic()
            self.link = data["state"]
            self.link_message = str(data.get("message", ""))
            self.next_try_s = data.get("next_try_s")
            if self.state == "loading":  # who tells of links has loaded all it needs
                self.state = "warming up"
        if event.kind not in ("skipped", "missed"):
            self.events.append(event)

    def _lost(self, samples: int, nbytes: int) -> None:
        if not samples:  # at least one, or nobody would see it
            samples = max(1, round(nbytes * self.samples / self.bytes)) if self.bytes else 1
        self.dropped += samples
        self.dropped_bytes += nbytes


def _says_something(result: Result) -> bool:
    """Say whether a result holds a prediction, of values or of classes, or its loss."""
    said = np.isfinite(result.prediction).any() or np.isfinite(result.loss).any()
    return bool(said) or "classes" in result.extras
