"""A River anomaly detector as a Detector: its score, calibrated to rarity, and alarms."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from river import base

from driftscope.core.alarms import AlarmLife, Decision
from driftscope.core.arrays import widened
from driftscope.core.calibration import Calibrator
from driftscope.core.clock import auto_decision_rows
from driftscope.core.interfaces import Detector, State
from driftscope.core.sections import DetectorParams
from driftscope.core.stream import F64, Alarm, Detected, Scored, Step, StreamInfo


@dataclass(frozen=True, slots=True)
class _Open:
    """Hold what is known of the decision that has not ended: how many rows it has, its highest
    score, and how far each channel was out (C,)."""

    rows: int
    score: float
    out: F64


class RiverDetector(Detector):
    """Judge every `decision_rows` samples by the highest score a River model gives one of them.

    The model sees each row as {channel: deviation}, what is missing as 0; it learns where the
    calibrator does. Rows of a step are scored by what was learned before it. How rare a score is
    goes by its rank among past ones, so its unit plays no part; as long as a model gives every
    row the same, as some do while they are young, that counts for nothing. The model itself can
    be kept in memory, but in no file of states.
    """

    def __init__(
        self, info: StreamInfo, params: DetectorParams, model: base.AnomalyDetector
    ) -> None:
        self.info, self.params, self.rate_hz = info, params, info.rate_hz
        self._fresh = model
        self._life, self._last_s = AlarmLife(), 0.0
        self.reset()

    def reset(self) -> None:
        """Forget what is usual, and all the model learned."""
        self._rows = self.decision_rows
        self._model: Any = self._fresh.clone()
        self._calibrator, self._evidence = Calibrator(), 0
        self._first: float | None = None
        self._says = False
        self._open = self._none()
        self._last = Decision(-1, 0.0, 0.0, 0.0, np.zeros(len(self.info.channels)))

    @property
    def decision_rows(self) -> int:
        return self.params.decision_rows or auto_decision_rows(self.rate_hz)

    def score(self, step: Step, scored: Scored) -> Detected:
        return self._judge(step, scored)[0]

    def learn(self, step: Step, scored: Scored, detected: Detected, calibrate: bool) -> None:
        if self._rows != self.decision_rows:
            self.reset()
        _, scores, self._open, self._life, self._last = self._judge(step, scored)
        for score in scores if calibrate else ():
            self._first = score if self._first is None else self._first
            self._says = self._says or score != self._first
            if self._says:
                self._evidence += 1
                self._calibrator.add(score)
        for row in scored.deviation[: step.n] if calibrate else ():
            self._model.learn_one(self._features(row))
        self._last_s = float(step.time_s[step.n - 1])

    def gap(self, seq: int) -> tuple[Alarm, ...]:
        self._open = self._none()
        self._last = replace(self._last, rarity=0.0)
        self._life, ended = self._life.end(seq - 1, self._last_s, self.params.refractory)
        return () if ended is None else (ended,)

    def extend(self, info: StreamInfo) -> None:
        self.info, channels = info, len(info.channels)
        wide = widened(self._last.channel_score, channels, 0.0)
        self._last = replace(self._last, channel_score=wide)
        self._open = replace(self._open, out=widened(self._open.out, channels, 0.0))

    def _judge(
        self, step: Step, scored: Scored
    ) -> tuple[Detected, list[float], _Open, AlarmLife, Decision]:
        """Return what is said of a step, its decisions' scores, and what comes after it."""
        last, life, was = self._last, self._life, self._open
        threshold = math.log10(self.params.one_in)
        rarity = np.full(step.rows, last.rarity)
        channel_score = np.tile(last.channel_score, (step.rows, 1))
        onset, alarm = np.zeros(step.rows, bool), np.full(step.rows, life.open is not None)
        scores, alarms = [], []
        for k in range(step.n):
            row = scored.deviation[k]
            said = float(self._model.score_one(self._features(row)))
            out = np.nan_to_num(np.abs(row), nan=0.0)
            score = max(was.score, said if math.isfinite(said) else -math.inf)
            was = _Open(was.rows + 1, score, np.maximum(was.out, out))
            if (step.seq + k + 1) % self._rows:
                continue
            if was.rows >= self._rows and math.isfinite(was.score):
                scores.append(was.score)
            rare = self._calibrator.rarity(was.score) if was.rows >= self._rows else 0.0
            blame = rare * was.out / max(float(was.out.max(initial=0.0)), 1e-12)
            before_s = float(step.time_s[k - 1]) if k else self._last_s
            last = Decision(step.seq + k, float(step.time_s[k]), before_s, rare, blame)
            had = life.open
            life, changed = life.decide(self.info, last, threshold, self.params.refractory)
            alarms += [changed] if changed is not None else []
            rarity[k:], channel_score[k:] = rare, blame
            alarm[k:] = life.open is not None
            onset[k] = had is None and life.open is not None
            was = self._none()
        calibrated = self._evidence >= 10 * self.params.one_in
        detected = Detected(
            rarity, threshold, onset, alarm, channel_score, tuple(alarms), calibrated
        )
        return detected, scores, was, life, last

    def _features(self, row: F64) -> dict[str, float]:
        values = np.nan_to_num(row, nan=0.0, posinf=0.0, neginf=0.0).tolist()
        return dict(zip(self.info.channels, values, strict=True))

    def _none(self) -> _Open:
        return _Open(0, -math.inf, np.zeros(len(self.info.channels)))

    def state_dict(self) -> State:
        last, was = self._last, self._open
        return dict(
            model=copy.deepcopy(self._model), calibrator=self._calibrator.state_dict(),
            evidence=self._evidence, rows=self._rows, last_s=self._last_s, first=self._first,
            says=self._says,
            life=self._life.state_dict(), open=(was.rows, was.score, was.out.copy()),
            last=(last.seq, last.time_s, last.before_s, last.rarity, last.channel_score.copy()),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self._model = copy.deepcopy(state["model"])
        self._calibrator.load_state_dict(state["calibrator"])
        self._evidence, self._rows = state["evidence"], state["rows"]
        self._first, self._says = state["first"], state["says"]
        self._last_s, self._life = state["last_s"], AlarmLife.from_state(state["life"])
        self._open, self._last = _Open(*state["open"]), Decision(*state["last"])
