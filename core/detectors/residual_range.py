"""The detector: residual and range, calibrated to rarity per decision, alarms as intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from driftscope.core.alarms import AlarmLife, Decision
from driftscope.core.arrays import widened
from driftscope.core.clock import auto_decision_rows
from driftscope.core.detectors._range import Range
from driftscope.core.detectors._residual import Residual
from driftscope.core.detectors._scores import DISTRUST, SUSPECT, Judged, Score, Summary
from driftscope.core.interfaces import Detector, State
from driftscope.core.sections import DetectorParams
from driftscope.core.stream import F64, Alarm, Detected, Scored, Step, StreamInfo

RARE, ABSORB, ABSORB_S = 3.0, 0.05, 900.0
"""Of what lies outside all that was seen, as much of the rest is taken in per decision while it is
judged as rare as 1 in 1000: over 20 decisions, or a quarter of an hour if that is longer."""


@dataclass(slots=True)
class Outcome:
    """Hold what a step's rows come to: the state behind them, not yet taken over.

    `decisions` are those that ended within; `judged` what each score said of each, with the
    rows it was said of. `open` are the rows behind the last one's end.
    """

    decisions: list[Decision]
    judged: list[tuple[Summary, list[Judged]]]
    open: Summary | None
    life: AlarmLife
    alarms: list[Alarm]
    detected: Detected


class ResidualRange(Detector):
    """Judge every `decision_rows` samples as one, on the grid of sample numbers.

    Each score gives the decision a rarity; the rarest counts, less log10 of their number
    (Bonferroni), so one in N decisions of a normal stream is as rare as 1 in N or rarer. Rows
    carry the rarity of the last decision. Within a step all decisions are judged by what was
    learned before it; as long as a step is no longer than a decision, results depend on the
    batch size only through the errors that come in (and the last bits of their sums).
    """

    Params = DetectorParams

    _scores: list[Score]
    _last: Decision
    _open: Summary | None
    _ahead: tuple[int, int, Outcome] | None
    """What `score` found out last, by the step's seq and n, so that `learn` need not repeat it."""

    def __init__(self, info: StreamInfo, params: DetectorParams) -> None:
        self.info = info
        self.params = params
        self.rate_hz = info.rate_hz
        self._life = AlarmLife()
        self._last_s = 0.0
        self._forget()

    def score(self, step: Step, scored: Scored) -> Detected:
        outcome = self._judge(step, scored)
        self._ahead = (step.seq, step.n, outcome)
        return outcome.detected

    def learn(self, step: Step, scored: Scored, detected: Detected, calibrate: bool) -> None:
        if self._ahead is not None and self._ahead[:2] == (step.seq, step.n):
            outcome = self._ahead[2]
        else:
            outcome = self._judge(step, scored)
        self._ahead = None
        for decision, (rows, judged) in zip(outcome.decisions, outcome.judged, strict=True):
            if calibrate and judged:
                self._evidence += 1
                weight, absorb = self._taken_in(decision)
                for score, said in zip(self._scores, judged, strict=True):
                    score.learn(rows, said, weight, absorb)
            self._last = decision
        self._open, self._life = outcome.open, outcome.life
        self._last_s = float(step.time_s[step.n - 1])

    def gap(self, seq: int) -> tuple[Alarm, ...]:
        self._ahead = self._open = None
        self._last = self._nothing()
        self._life, ended = self._life.end(seq - 1, self._last_s, self.params.refractory)
        return () if ended is None else (ended,)

    def reset(self) -> None:
        """Forget what is usual. An open alarm ends by itself; numbering goes on."""
        self._forget()

    def extend(self, info: StreamInfo) -> None:
        """Go on with more channels: what is usual for the old ones stays, alarms count on."""
        self.info, channels = info, len(info.channels)
        for score in self._scores:
            score.extend(channels)
        self._open = self._open and self._open.extended(channels)
        wide = widened(self._last.channel_score, channels, 0.0)
        self._last = replace(self._last, channel_score=wide)
        self._ahead = None

    def learned(self) -> State:
        return dict(
            rows=self._rows, evidence=self._evidence,
            scores=[score.state_dict() for score in self._scores],
        )  # fmt: skip

    def go_back(self, learned: State) -> None:
        if learned["rows"] == self.decision_rows:  # of another time scale it tells nothing
            self._ahead, self._evidence = None, learned["evidence"]
            for score, saved in zip(self._scores, learned["scores"], strict=True):
                score.load_state_dict(saved)

    @property
    def decision_rows(self) -> int:
        """Return how many samples one decision covers."""
        return self.params.decision_rows or auto_decision_rows(self.rate_hz)

    def _forget(self) -> None:
        channels = len(self.info.channels)
        self._rows = self.decision_rows
        self._scores = [
            Residual(channels, "peak"), Residual(channels, "drift"), Range(channels)
        ]  # fmt: skip
        self._evidence = 0
        self._open = None
        self._last = self._nothing()
        self._ahead = None

    def _nothing(self) -> Decision:
        return Decision(-1, 0.0, 0.0, 0.0, np.zeros(len(self.info.channels)))

    def _judge(self, step: Step, scored: Scored) -> Outcome:
        if self._rows != self.decision_rows:
            self._forget()  # what is usual at one time scale says little of another
        n, size = step.n, len(step.time_s)
        last, life, rows = self._last, self._life, self._open
        threshold = math.log10(self.params.one_in)
        rarity = np.full(size, last.rarity)
        channel_score = np.empty((size, len(self.info.channels)))
        channel_score[:] = last.channel_score
        onset, alarm = np.zeros(size, bool), np.full(size, life.open is not None)
        decisions, judged, alarms = [], [], []
        start = 0
        while start < n:
            end = min(n, start + self._rows - (step.seq + start) % self._rows)
            part = Summary.of(step.values[start:end], scored.error[start:end])
            rows = part if rows is None else rows.joined(part)
            start = end
            if (step.seq + end) % self._rows:
                break
            at = end - 1
            said = self._said(rows)
            before_s = float(step.time_s[at - 1]) if at else self._last_s
            last = self._decision(step.seq + at, float(step.time_s[at]), before_s, said)
            was, (life, changed) = (
                life.open,
                life.decide(self.info, last, threshold, self.params.refractory),
            )
            if changed is not None:
                alarms.append(changed)
            decisions.append(last)
            judged.append((rows, said))
            rarity[at:], channel_score[at:] = last.rarity, last.channel_score
            alarm[at:] = life.open is not None
            onset[at] = was is None and life.open is not None
            rows = None
        detected = Detected(
            rarity, threshold, onset, alarm, channel_score, tuple(alarms),
            self._evidence >= 10 * self.params.one_in,
        )  # fmt: skip
        return Outcome(decisions, judged, rows, life, alarms, detected)

    def _taken_in(self, decision: Decision) -> tuple[float, float]:
        """Return how much a decision counts for what is usual, and how much of what it has
        outside all that was seen is taken in."""
        if self.normal:
            return 1.0, 1.0
        weight = DISTRUST if self._last.rarity > SUSPECT else 1.0
        if decision.rarity <= RARE:
            return weight, 1.0
        if self.info.clock == "rows":
            return weight, ABSORB
        return weight, min(ABSORB, (decision.time_s - self._last.time_s) / ABSORB_S)

    def _said(self, rows: Summary) -> list[Judged]:
        """Return what each score says; nothing of a decision that lacks rows or predictions."""
        half = len(rows.count) // 2
        if rows.rows < self._rows or not rows.count[half:].any():
            return []
        return [score.judge(rows) for score in self._scores]

    def _decision(self, seq: int, time_s: float, before_s: float, said: list[Judged]) -> Decision:
        """Fuse the scores: the rarest one, and for each channel the rarity it answers for."""
        rarest = max((each.rarity for each in said), default=0.0)
        channel_score: F64 = np.zeros(len(self.info.channels))
        for each in said:
            if each.rarity > 0:
                channel_score = np.maximum(channel_score, each.rarity / each.score * each.channels)
        rarity = max(0.0, rarest - math.log10(len(self._scores)))
        return Decision(seq, time_s, before_s, rarity, channel_score)

    def state_dict(self) -> State:
        last, rows = self._last, self._open
        return dict(
            self.learned(), last_s=self._last_s,
            last=(last.seq, last.time_s, last.before_s, last.rarity, last.channel_score.copy()),
            open=rows and (rows.rows, rows.high, rows.low, rows.total, rows.count),
            life=self._life.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self._ahead = None
        self._rows, self._evidence = state["rows"], state["evidence"]
        self._last_s, self._last = state["last_s"], Decision(*state["last"])
        self._open = state["open"] and Summary(*state["open"])
        self._life = AlarmLife.from_state(state["life"])
        for score, saved in zip(self._scores, state["scores"], strict=True):
            score.load_state_dict(saved)


PLUGIN = ResidualRange
