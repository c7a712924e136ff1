"""The detector for pictures: the most unusual one of a stretch decides, as soon as it is there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from driftscope.core.alarms import AlarmLife, Decision
from driftscope.core.calibration import Calibrator
from driftscope.core.clock import auto_decision_rows
from driftscope.core.detectors._scores import DISTRUST, SUSPECT
from driftscope.core.interfaces import Detector, State
from driftscope.core.pictures.places import PLACES
from driftscope.core.sections import DetectorParams
from driftscope.core.stream import F64, Alarm, Detected, Scored, Step, StreamInfo


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold the pictures of a decision so far: how many had a score, and the highest one with
    its rarity."""

    rows: int = 0
    score: float = 0.0
    rarity: float = 0.0

    def with_score(self, score: float, rarity: float) -> Stretch:
        """Return the stretch with one more picture; NaN is no score."""
        if math.isnan(score):
            return self
        return Stretch(self.rows + 1, max(self.score, score), max(self.rarity, rarity))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what a step's pictures come to: the state behind them, not yet taken over.

    `judged` are the decisions that ended within, each with its stretch.
    """

    judged: list[tuple[Stretch, Decision]]
    open: Stretch
    last: Decision
    life: AlarmLife
    detected: Detected


class Frames(Detector):
    """Judge every `decision_rows` pictures as one, by the highest score among them.

    A score is the learner's `error`. Being a maximum, a decision is made the moment one picture
    is rare enough: the alarm begins with that picture, and no more often than if one waited for
    the stretch to end. It ends with a stretch in which no picture was. A row carries the rarity
    of a decision whose highest score is that row's own.
    """

    Params = DetectorParams

    _before: float
    """The rarity of the decision before, by which the next one is trusted."""
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
        for stretch, decision in outcome.judged:
            if calibrate and stretch.rows == self._rows:
                self._evidence += 1
                doubted = self._before > SUSPECT and not self.normal
                weight = DISTRUST if doubted else 1.0
                self._calibrator.add(stretch.score, weight)
            self._before = decision.rarity
        self._open, self._last, self._life = outcome.open, outcome.last, outcome.life
        self._last_s = float(step.time_s[step.n - 1])

    def gap(self, seq: int) -> tuple[Alarm, ...]:
        self._ahead = None
        self._open, self._last, self._before = Stretch(), self._nothing(), 0.0
        self._life, ended = self._life.end(seq - 1, self._last_s, self.params.refractory)
        return () if ended is None else (ended,)

    def reset(self) -> None:
        """Forget what is usual. An open alarm ends by itself; numbering goes on."""
        self._forget()

    def extend(self, info: StreamInfo) -> None:
        """Go on with pictures of another size."""
        self.info = info
        self._ahead = None

    def learned(self) -> State:
        return dict(
            rows=self._rows, evidence=self._evidence, calibrator=self._calibrator.state_dict()
        )

    def go_back(self, learned: State) -> None:
        if learned["rows"] == self.decision_rows:  # of another time scale it tells nothing
            self._ahead, self._evidence = None, learned["evidence"]
            self._calibrator.load_state_dict(learned["calibrator"])

    @property
    def decision_rows(self) -> int:
        """Return how many pictures one decision covers."""
        return self.params.decision_rows or auto_decision_rows(self.rate_hz)

    def _forget(self) -> None:
        self._rows = self.decision_rows
        self._calibrator = Calibrator()
        self._evidence = 0
        self._open, self._last, self._before = Stretch(), self._nothing(), 0.0
        self._ahead = None

    def _nothing(self) -> Decision:
        return Decision(-1, 0.0, 0.0)

    def _judge(self, step: Step, scored: Scored) -> Outcome:
        if self._rows != self.decision_rows:
            self._forget()  # what is usual at one time scale says little of another
        n, size = step.n, len(step.time_s)
        last, life, stretch = self._last, self._life, self._open
        threshold = math.log10(self.params.one_in)
        rarity = np.zeros(size)
        onset, alarm = np.zeros(size, bool), np.zeros(size, bool)
        judged, alarms = [], []
        for row in range(n):
            score = float(scored.error[row, 0])
            rarity[row] = 0.0 if math.isnan(score) else self._calibrator.rarity(score)
            stretch = stretch.with_score(score, float(rarity[row]))
            ends = (step.seq + row + 1) % self._rows == 0
            rare = stretch.rarity
            # a rest after an alarm is counted in whole stretches
            if ends or (rare > max(threshold, last.rarity) and not life.rest):
                time_s = step.time_s[row]
                before_s = step.time_s[row - 1] if row else self._last_s
                info, shares = self._where(scored, row, rare)
                last = Decision(step.seq + row, float(time_s), float(before_s), rare, shares)
                was = life.open
                life, changed = life.decide(info, last, threshold, self.params.refractory)
                if changed is not None:
                    alarms.append(changed)
                onset[row] = was is None and life.open is not None
            alarm[row:] = life.open is not None
            if ends:
                judged.append((stretch, last))
                stretch = Stretch()
        detected = Detected(
            rarity, threshold, onset, alarm, rarity[:, None].copy(), tuple(alarms),
            self._evidence >= 10 * self.params.one_in,
        )  # fmt: skip
        return Outcome(judged, stretch, last, life, detected)

    def _where(self, scored: Scored, row: int, rarity: float) -> tuple[StreamInfo, F64]:
        """Return the stream with places for channels, and how unusual each of them is."""
        places = scored.extras.get("places")
        if places is None:
            return self.info, np.array([rarity])
        info = replace(self.info, channels=PLACES, units=("",) * len(PLACES))
        return info, np.asarray(places[row], np.float64)

    def state_dict(self) -> State:
        last = self._last
        return dict(
            self.learned(), before=self._before, last_s=self._last_s,
            last=(last.seq, last.time_s, last.before_s, last.rarity, last.channel_score.copy()),
            open=(self._open.rows, self._open.score, self._open.rarity),
            life=self._life.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self._ahead = None
        self._rows, self._evidence = state["rows"], state["evidence"]
        self._before, self._last_s = state["before"], state["last_s"]
        self._last, self._open = Decision(*state["last"]), Stretch(*state["open"])
        self._life = AlarmLife.from_state(state["life"])
        self._calibrator.load_state_dict(state["calibrator"])


PLUGIN = Frames
