"""One stream's way through the Monitor: step grid, learner, detector."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from driftscope.core import clock
from driftscope.core.arrays import empty
from driftscope.core.holding import Holding
from driftscope.core.interfaces import Learner, State
from driftscope.core.labels import Waiting
from driftscope.core.left_out import LeftOut
from driftscope.core.load import Load
from driftscope.core.params import ParamSet
from driftscope.core.parts import make_detector, make_learner
from driftscope.core.settling import Settling
from driftscope.core.steps import StepGrid
from driftscope.core.stream import (
    Block,
    Detected,
    Event,
    EventKind,
    Labels,
    Learned,
    Output,
    Result,
    Scored,
    Step,
    StreamInfo,
)
from driftscope.core.teaching import Accept, LearnerCommand

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
        self.rate = clock.RateEstimate(info.rate_hz, info.clock != "rows", live)
        self.params = params
        self.learner = make_learner(info, params)
        self.detector = make_detector(info, params)
        self.settling = Settling()
        self._holding, self._labels = Holding(), Waiting()
        self.grid = StepGrid(info, self.step_rows)
        self.seq = 0
        self.time_s = 0.0
        self._steps = 0
        self._next_seq: int | None = None
        self._left_out = LeftOut(info.key)

    def step_rows(self) -> int:
        """Return B, the batch size asked for or chosen from the rate."""
        if self.params.learner.step_rows:
            return self.params.learner.step_rows
        if self.learner.auto_step_rows:
            return self.learner.auto_step_rows
        unsure = self.rate.rate_hz is None
        return 1 if unsure else clock.auto_step_rows(self.rate.rate_hz)

    def take(self, block: Block) -> Iterator[Output]:
        """Bring a block in; yield what its full steps give."""
        if len(block):
            if self._next_seq not in (None, block.seq):  # samples are missing here
                yield from self._interrupt()
            self._next_seq = block.seq + len(block)
        self.grid.push(block)
        while True:
            now_s = time.monotonic()
            age_s = now_s - self.grid.waiting_since_s if self.live else 0.0
            if self.live and self.load.leave_unscored(age_s, now_s, self.rate.rate_hz):
                bulk = self.grid.bulk(block.key, BULK_ROWS)
                if bulk is not None:
                    yield from self._leave(bulk)
                    continue
            step = self.grid.next()
            if step is None:
                return
            yield from self._scored_and_learned(step, age_s)

    def label(self, labels: Labels) -> Iterator[Output]:
        """Keep labels for the rows they belong to; of rows that were learned already, let the
        learner have them now."""
        late = self._labels.put(labels, self.grid.learned_to)
        if late is not None:
            self.learner.label(late)
            yield from self.learner.take_reports()

    def note(self, event: Event) -> Iterator[Output]:
        """Hand over an Event that concerns the learner as well, after what it says of it."""
        self.learner.note(event)
        yield from self.learner.take_reports()
        yield event

    def part(self) -> Iterator[Output]:
        """Score what the open step holds already, as it would come out later."""
        step = self.grid.part(self.info.key)
        if step is not None and step.n > self.grid.emitted:
            scored, detected = self._score(step)
            yield from self._outputs(step, scored, detected)

    def gap(self, event: Event) -> Iterator[Output]:
        """Close the open step untrained and put the gap after it; nothing crosses this point."""
        yield from self._interrupt()
        yield self._event("gap", self.seq, event.data)

    def extend(self, info: StreamInfo) -> Iterator[Output]:
        """Close the open step untrained, and go on with the stream's next version: what was
        learned stays, nothing is interrupted."""
        yield from self._close_open_step()
        new = info.channels[len(self.info.channels) :]
        self.info = info
        self.learner.extend(info)
        self.detector.extend(info)
        self.grid.extend(info)
        yield info
        if new:
            names = ", ".join(new)
            message = f"New in the stream: {names}. What was learned of the others stays."
            yield self._event("note", self.seq, dict(message=message))
        yield from self._learner_events(self.seq)

    def finish(self) -> Iterator[Output]:
        """Score the last part step at the stream's end."""
        yield from self._close_open_step()
        yield from self._left_out.end()
        yield from self.detector.gap(self.seq)

    def obey(self, command: LearnerCommand) -> str:
        """Have the learner carry out a command; return why it cannot, "" if it was done."""
        why_not = self.learner.obey(command)
        if not why_not and isinstance(command, Accept):
            self._holding.accept(self.learner)
        return why_not

    def turned(self) -> None:
        """A parameter of the learner was turned: its errors are another's for a while."""
        self.settling.turned()

    def replace(self, learner: Learner) -> None:
        """Go on with another learner; what was usual of the old one's errors is forgotten."""
        self.learner = learner
        self.detector.reset()
        self.settling, self._holding = Settling(), Holding()

    def fresh_learner(self) -> Learner:
        """Make a learner that knows nothing, by the parameters as they are now."""
        made = make_learner(self.info, self.params)
        made.rate_hz = self.rate.rate_hz
        return made

    def reset(self) -> None:
        """Forget all that was learned, the sense of the usual included."""
        self.learner.reset()
        self.replace(self.learner)

    def state_dict(self) -> State:
        return dict(
            learner=self.learner.state_dict(), detector=self.detector.state_dict(),
            grid=self.grid.state_dict(), rate=self.rate.state_dict(),
            seq=self.seq, time_s=self.time_s, steps=self._steps, info=self.info,
            next_seq=self._next_seq, settling=self.settling.state_dict(),
            holding=self._holding.state_dict(), labels=self._labels.state_dict(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.rate.load_state_dict(state["rate"])
        self.learner.rate_hz = self.detector.rate_hz = self.rate.rate_hz
        self.learner.load_state_dict(state["learner"])
        self.detector.load_state_dict(state["detector"])
        self.grid.load_state_dict(state["grid"])
        self.seq, self.time_s, self._steps = state["seq"], state["time_s"], state["steps"]
        self._next_seq = state["next_seq"]
        self.settling.load_state_dict(state["settling"])
        self._holding.load_state_dict(state["holding"], self.learner)
        self._labels.load_state_dict(state["labels"])

    def _score(self, step: Step) -> tuple[Scored, Detected]:
        scored = self.learner.score(step)
        return scored, self.detector.score(step, scored)

    def _scored_and_learned(self, step: Step, age_s: float) -> Iterator[Output]:
        begun_s = time.perf_counter()
        scored, detected = self._score(step)
        scored_s = time.perf_counter()
        yield from self._outputs(step, scored, detected)
        if self.learner.holds:
            news = self._holding.follow(
                self.learner, bool(detected.alarm[-1]), float(step.time_s[-1])
            )
            if news:
                yield self._event("note", step.seq, dict(message=news))
        handed_s = time.perf_counter()
        step = self._labels.on(step)
        skip = self.live and self.load.skip_learning(age_s, time.monotonic(), self.rate.rate_hz)
        loss = float("nan")
        if skip:
            self.learner.skip(step, scored)
            self._left_out.add("skipped", step, self.step_rows())
        else:
            loss = self.learner.learn(step, scored)
        covered = step.rows / self.detector.decision_rows
        settled = self.settling.settled(float(scored.loss.mean()), covered)
        calibrate = settled and not (self.params.learner.frozen or self._holding.held)
        self.detector.learn(step, scored, detected, calibrate)
        learn_s = time.perf_counter() - handed_s
        if not skip:
            yield from self._left_out.end("skipped")
        self.load.spent(handed_s - begun_s, None if skip else learn_s, step.rows)
        self._close(step)
        yield from self.learner.take_reports()
        yield Learned(
            step.key, step.seq, self._steps, loss, 1e3 * (scored_s - begun_s), 1e3 * learn_s,
            skip, self.learner.state,
        )  # fmt: skip
        yield from self._learner_events(step.seq)

    def _learner_events(self, seq: int) -> Iterator[Event]:
        for kind, data in self.learner.take_events():
            yield self._event(kind, seq, data)

    def _close(self, step: Step) -> None:
        self._steps += 1
        self.grid.close_step()
        self._follow_rate(step)

    def _follow_rate(self, step: Step) -> None:
        if self.rate.update(step.time_s[: step.n]):
            self.learner.rate_hz = self.detector.rate_hz = self.rate.rate_hz

    def _interrupt(self) -> Iterator[Output]:
        """Let nothing cross the point in front of the next sample."""
        yield from self._close_open_step()
        yield from self._left_out.end()
        self.learner.gap()
        self.rate.gap()
        self._next_seq = None
        yield from self.detector.gap(self.seq)

    def _close_open_step(self) -> Iterator[Output]:
        step = self.grid.part(self.info.key)
        if step is not None:
            scored, detected = self._score(step)
            if step.n > self.grid.emitted:
                yield from self._outputs(step, scored, detected)
            self.learner.skip(self._labels.on(step), scored)
            self.detector.learn(step, scored, detected, False)
            self.grid.close_step()
            yield from self.learner.take_reports()

    def _leave(self, step: Step) -> Iterator[Output]:
        """Pass whole steps on unscored; the learner's window still moves on."""
        if "unscored" not in self._left_out:
            yield from self.detector.gap(step.seq)
        self.learner.skip(step, None)
        self._left_out.add("unscored", step, self.step_rows())
        self._moved_to(step)
        self._follow_rate(step)
        nan = np.full(step.n, np.nan)
        no = np.zeros(step.n, bool)
        none = empty(step.n, len(self.info.channels))
        yield Result(
            step.key, step.seq, step.time_s, step.values, none, None, nan, {}, none,
            np.zeros(step.n), 0.0, no, no, False, self.grid.arrived_s, scored=False,
        )  # fmt: skip

    def _outputs(self, step: Step, scored: Scored, detected: Detected) -> Iterator[Output]:
        yield from self._left_out.end("unscored")
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

    def _event(self, kind: EventKind, seq: int, data: dict[str, Any]) -> Event:
        return Event(self.info.key, seq, self.time_s, kind, data)
