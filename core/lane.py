"""One stream's way through the Monitor: step grid, learner, detector."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from driftscope.core import clock, registry
from driftscope.core.interfaces import Detector, Learner, State, empty
from driftscope.core.load import Load
from driftscope.core.params import DetectorParams, LearnerParams, ParamSet
from driftscope.core.steps import StepGrid
from driftscope.core.stream import (
    Block,
    Detected,
    Event,
    Learned,
    Output,
    Result,
    Scored,
    Step,
    StreamInfo,
)

BULK_ROWS = 1024


class Lane:
    """Score, hand over, learn: the order is written here, once.

    `take` gives a step's Result to the caller, who hands it to every sink, and only when asked
    for the next item does the learning happen. `live` says that the source does not wait, so
    that work is left out when it piles up; files and the demo never skip anything.
    """

    def __init__(self, info: StreamInfo, params: ParamSet, live: bool) -> None:
        self.info = info
        self.live = live
        self.load = Load()
        self.rate = clock.RateEstimate(info.rate_hz, info.clock != "rows")
        self._params = params
        self._learner_params: LearnerParams = params.sections["learner"]  # type: ignore[assignment]
        self._detector_params: DetectorParams = params.sections["detector"]  # type: ignore[assignment]
        self.learner = make_learner(info, params)
        self.detector = make_detector(info, params)
        self.grid = StepGrid(info, self.step_rows)
        self.seq = 0
        self.time_s = 0.0
        self.first_time_s: float | None = None
        self._steps = 0
        self._skipping: tuple[int, int, int] | None = None  # first seq, steps, samples
        self._unscored: tuple[int, int] | None = None  # first seq, samples

    def step_rows(self) -> int:
        """Return B, the batch size asked for or chosen from the rate."""
        if self._learner_params.step_rows:
            return self._learner_params.step_rows
        unsure = self.rate.rate_hz is None
        return 1 if unsure else clock.auto_step_rows(self.rate.rate_hz)

    def horizon(self) -> int:
        """Return how many samples ahead is predicted."""
        return self._learner_params.horizon or clock.auto_horizon(self.rate.rate_hz)

    def decision_rows(self) -> int:
        """Return how many samples one decision covers."""
        return self._detector_params.decision_rows or clock.auto_decision_rows(self.rate.rate_hz)

    def take(self, block: Block) -> Iterator[Output]:
        """Bring a block in; yield what its full steps give."""
        self.grid.push(block)
        while True:
            age_s = time.monotonic() - self.grid.waiting_since_s if self.live else 0.0
            if age_s and self.load.leave_unscored(age_s, self.rate.rate_hz):
                bulk = self.grid.bulk(block.key, BULK_ROWS)
                if bulk is not None:
                    yield from self._leave(bulk)
                    continue
            step = self.grid.next()
            if step is None:
                return
            yield from self._scored_and_learned(step, age_s)

    def part(self) -> Iterator[Output]:
        """Score what the open step holds already, as it would come out later."""
        step = self.grid.part(self.info.key)
        if step is not None and step.n > self.grid.emitted:
            scored, detected = self._score(step)
            yield from self._outputs(step, scored, detected)

    def gap(self, event: Event) -> Iterator[Output]:
        """Close the open step untrained; no window, decision or alarm crosses this point."""
        yield from self._close_open_step()
        self.learner.gap()
        self.rate.gap()
        yield from self.detector.gap(self.seq)
        yield event

    def finish(self) -> Iterator[Output]:
        """Score the last part step at the stream's end."""
        yield from self._close_open_step()
        yield from self._end_runs()
        yield from self.detector.gap(self.seq)

    def rebuild(self) -> None:
        """Start a fresh learner (another model, or its own parameters changed)."""
        self.learner = make_learner(self.info, self._params)
        self.learner.rate_hz = self.rate.rate_hz

    def reset(self) -> None:
        """Forget all that was learned, the sense of the usual included."""
        self.learner.reset()
        self.detector.reset()

    def state_dict(self) -> State:
        return dict(
            learner=self.learner.state_dict(), detector=self.detector.state_dict(),
            grid=self.grid.state_dict(), rate=self.rate.state_dict(),
            seq=self.seq, time_s=self.time_s, steps=self._steps,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.rate.load_state_dict(state["rate"])
        self.learner.rate_hz = self.detector.rate_hz = self.rate.rate_hz
        self.learner.load_state_dict(state["learner"])
        self.detector.load_state_dict(state["detector"])
        self.grid.load_state_dict(state["grid"])
        self.seq, self.time_s, self._steps = state["seq"], state["time_s"], state["steps"]

    def _score(self, step: Step) -> tuple[Scored, Detected]:
        scored = self.learner.score(step)
        return scored, self.detector.score(step, scored)

    def _scored_and_learned(self, step: Step, age_s: float) -> Iterator[Output]:
        begun_s = time.perf_counter()
        scored, detected = self._score(step)
        scored_s = time.perf_counter()
        yield from self._outputs(step, scored, detected)
        handed_s = time.perf_counter()
        skip = self.live and self.load.skip_learning(age_s, self.rate.rate_hz)
        loss = float("nan")
        if skip:
            self.learner.skip(step, scored)
            first, steps, samples = self._skipping or (step.seq, 0, 0)
            self._skipping = (first, steps + 1, samples + step.n)
        else:
            loss = self.learner.learn(step, scored)
        self.detector.learn(step, scored, detected, not self._learner_params.frozen)
        learn_s = time.perf_counter() - handed_s
        if not skip:
            yield from self._end_runs()
        self.load.spent(handed_s - begun_s, None if skip else learn_s, step.rows)
        self._close(step)
        yield Learned(
            step.key, step.seq, self._steps, loss, 1e3 * (scored_s - begun_s), 1e3 * learn_s,
            skip, self.learner.state,
        )  # fmt: skip
        for kind, data in self.learner.take_events():
            yield self._event(kind, step.seq, data)

    def _close(self, step: Step) -> None:
        self._steps += 1
        self.grid.close_step()
        if self.rate.update(step.time_s[: step.n]):
            self.learner.rate_hz = self.detector.rate_hz = self.rate.rate_hz

    def _close_open_step(self) -> Iterator[Output]:
        step = self.grid.part(self.info.key)
        if step is not None:
            scored, detected = self._score(step)
            if step.n > self.grid.emitted:
                yield from self._outputs(step, scored, detected)
            self.learner.skip(step, scored)
            self.detector.learn(step, scored, detected, False)
            self.grid.close_step()

    def _leave(self, step: Step) -> Iterator[Output]:
        """Pass whole steps on unscored; the learner's window still moves on."""
        if self._unscored is None:
            yield from self.detector.gap(step.seq)
        self.learner.skip(step, None)
        first, samples = self._unscored or (step.seq, 0)
        self._unscored = (first, samples + step.n)
        self._moved_to(step)
        nan = np.full(step.n, np.nan)
        no = np.zeros(step.n, bool)
        none = empty(step.n, len(self.info.channels))
        yield Result(
            step.key, step.seq, step.time_s, step.values, none, None, nan, {}, none,
            np.zeros(step.n), 0.0, no, no, False, self.grid.arrived_s, scored=False,
        )  # fmt: skip

    def _end_runs(self) -> Iterator[Event]:
        if self._skipping is not None:
            first, steps, samples = self._skipping
            self._skipping = None
            yield self._event("skipped", first, dict(steps=steps, samples=samples))
        if self._unscored is not None:
            first, samples = self._unscored
            self._unscored = None
            yield self._event("unscored", first, dict(samples=samples))

    def _outputs(self, step: Step, scored: Scored, detected: Detected) -> Iterator[Output]:
        a, b = self.grid.emitted, step.n
        self.grid.emitted = b
        self._moved_to(step)
        yield Result(
            step.key, step.seq + a, step.time_s[a:b], step.values[a:b],
            scored.prediction[a:b], scored.forecast, scored.loss[a:b],
            {name: values[a:b] for name, values in scored.baseline_loss.items()},
            detected.channel_score[a:b], detected.rarity[a:b], detected.threshold,
            detected.onset[a:b], detected.alarm[a:b], detected.calibrated,
            self.grid.arrived_s, True, scored.extras,
        )  # fmt: skip
        yield from detected.alarms

    def _moved_to(self, step: Step) -> None:
        self.seq, self.time_s = step.seq + step.n, float(step.time_s[step.n - 1])

    def _event(self, kind: Any, seq: int, data: dict[str, Any]) -> Event:
        return Event(self.info.key, seq, self.time_s, kind, data)


def prepare_thread() -> None:
    """Load torch and give it one thread; first thing in each thread that calls torch.

    The setting belongs to the calling thread: without it a 0.3 ms step takes 80 ms.
    """
    import torch

    torch.set_num_threads(1)


def make_learner(info: StreamInfo, params: ParamSet) -> Learner:
    """Make the learner with the model chosen; imports torch."""
    from driftscope.core.learner import Forecaster

    chosen: LearnerParams = params.sections["learner"]  # type: ignore[assignment]
    plugin = registry.load("models", chosen.model)
    if not isinstance(params.sections.get("model"), plugin.Params):
        params.attach("model", plugin.Params())
    return Forecaster(info, chosen, params.sections["model"])


def make_detector(info: StreamInfo, params: ParamSet) -> Detector:
    """Make the detector."""
    detector: Detector = registry.load("detectors", registry.names("detectors")[0])(
        info, params.sections["detector"]
    )
    return detector
