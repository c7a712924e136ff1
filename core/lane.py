"""One stream's way through the Monitor: step grid, learner, detector."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from driftscope.core import clock, outcome
from driftscope.core.describing import info_of
from driftscope.core.interfaces import State
from driftscope.core.jumps import Jumps
from driftscope.core.knowledge import Knowledge
from driftscope.core.labels import Waiting
from driftscope.core.left_out import LeftOut
from driftscope.core.load import Load
from driftscope.core.params import ParamSet
from driftscope.core.steps import StepGrid
from driftscope.core.stream import (
    F64,
    Block,
    Detected,
    Event,
    EventKind,
    Labels,
    Learned,
    Output,
    Scored,
    Step,
    StreamInfo,
)

BULK_ROWS = 1024


class Lane(Knowledge):
    """Score, hand over, learn: the order is written here, once.

    `take` gives a step's Result to the caller, who hands it to every sink, and only when asked
    for the next item does the learning happen. `live` says that the source does not wait, so
    that work is left out when it piles up; files and the demo never skip anything.
    """

    def __init__(self, info: StreamInfo, params: ParamSet, live: bool) -> None:
        super().__init__(info, params)
        self.live = live
        self.load = Load()
        self.rate = clock.RateEstimate(info.rate_hz, info.clock != "rows", live)
        self._labels, self._jumps = Waiting(), Jumps()
        self._named: StreamInfo | None = None
        """The stream's next version, of which only the classes are others."""
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
        if self._next_seq not in (None, block.seq) and len(block):  # samples are missing here
            yield from self._interrupt()
        for jump_s, piece in self._jumps.through(block):
            if jump_s and not self.info.pictures:
                reason = f"The time of the samples jumps ahead by {jump_s:,.6g} s."
                yield from self._broken(dict(reason=reason))
            self._next_seq = piece.seq + len(piece) if len(piece) else self._next_seq
            yield from self._take(piece)

    def _take(self, block: Block) -> Iterator[Output]:
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
            yield from self._name_classes()
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
            former = self.former.loss(step, spare=True)
            yield from self._outputs(step, self._score(step), former)

    def gap(self, event: Event) -> Iterator[Output]:
        """Close the open step untrained and put the gap after it; nothing crosses this point."""
        self._jumps.gap()
        yield from self._broken(event.data)

    def _broken(self, data: dict[str, Any]) -> Iterator[Output]:
        yield from self._interrupt()
        yield self._event("gap", self.seq, data)

    def extend(self, info: StreamInfo) -> Iterator[Output]:
        """Close the open step untrained, and go on with the stream's next version: what was
        learned stays, nothing is interrupted. A new class that a label brings is told in front
        of its row, which is scored without knowing of it."""
        if info.label is not None and info.channels == self.info.channels:
            self._named = info
            return
        self._named = None
        yield from self._close_open_step()
        new = info.channels[len(self.info.channels) :]
        self.info = info
        if new:  # it knows nothing of them
            self.former.end()
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

    def state_dict(self) -> State:
        return dict(
            learner=self.learner.state_dict(), detector=self.detector.state_dict(),
            grid=self.grid.state_dict(), rate=self.rate.state_dict(),
            seq=self.seq, time_s=self.time_s, steps=self._steps, info=asdict(self.info),
            next_seq=self._next_seq, settling=self.settling.state_dict(),
            suspicion=self.suspicion.state_dict(), drift=self.drift.state_dict(),
            labels=self._labels.state_dict(), former=self.former.state_dict(),
            undo=self.undo.state_dict(), jumps=self._jumps.state_dict(),
            named=self._named and asdict(self._named),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.rate.load_state_dict(state["rate"])
        self._tell_rate()
        self.learner.load_state_dict(state["learner"])
        self.former.load_state_dict(state["former"], self.info, self.params.learner)
        self.detector.load_state_dict(state["detector"])
        self.grid.load_state_dict(state["grid"])
        self.seq, self.time_s, self._steps = state["seq"], state["time_s"], state["steps"]
        self._next_seq = state["next_seq"]
        self.settling.load_state_dict(state["settling"])
        self.suspicion.load_state_dict(state["suspicion"], self.learner, self.detector)
        self.drift.load_state_dict(state["drift"])
        self._jumps.load_state_dict(state["jumps"])
        self._labels.load_state_dict(state["labels"])
        self._named = info_of(state["named"]) if state["named"] else None
        self.undo.load_state_dict(state["undo"])

    def _scored_and_learned(self, step: Step, age_s: float) -> Iterator[Output]:
        spare = not self.live or self.load.spare(age_s, self.rate.rate_hz)
        former = self.former.loss(step, spare)
        begun_s = time.perf_counter()
        scored, detected = self._score(step)
        scored_s = time.perf_counter()
        yield from self._outputs(step, (scored, detected), former)
        if news := self._weigh(step, scored, detected):
            yield self._event("note", step.seq, dict(message=news))
        handed_s = time.perf_counter()
        yield from self._name_classes()
        step = self._labelled(step)
        skip = self.live and self.load.skip_learning(age_s, time.monotonic(), self.rate.rate_hz)
        loss = float("nan")
        if skip:
            self.learner.skip(step, scored)
            self._left_out.add("skipped", step, self.step_rows())
        else:
            loss = self.learner.learn(step, scored)
        drifted = self._take_in(step, scored, detected)
        learn_s = time.perf_counter() - handed_s
        if not skip:
            yield from self._left_out.end("skipped")
        self.load.spent(handed_s - begun_s, None if skip else learn_s, step.rows)
        self._close(step)
        if not skip:
            self.undo.follow(self.learner, self.detector, self.time_s, self.info)
        self.former.take(step, spare, self.learner.trust)
        yield from self.learner.take_reports()
        yield Learned(
            step.key, step.seq, self._steps, loss, 1e3 * (scored_s - begun_s), 1e3 * learn_s,
            skip, self.learner.state,
        )  # fmt: skip
        yield from self._learner_events(step.seq)
        if drifted:
            yield self._event("drift", step.seq, drifted)

    def _name_classes(self) -> Iterator[Output]:
        """Take in what classes there are more, once the rows that bring them were scored."""
        if self._named is not None:
            self.info, self._named = self._named, None
            self.learner.extend(self.info)
            yield self.info

    def _labelled(self, step: Step) -> Step:
        """Return the step with its labels; those of earlier rows among them go to the learner."""
        step = self._labels.on(step)
        for late in self._labels.late(step.key):
            self.learner.label(late)
        return step

    def _learner_events(self, seq: int) -> Iterator[Event]:
        for kind, data in self.learner.take_events():
            yield self._event(kind, seq, data)

    def _close(self, step: Step) -> None:
        self._steps += 1
        self.grid.close_step()
        self._follow_rate(step)

    def _follow_rate(self, step: Step) -> None:
        if self.rate.update(step.time_s[: step.n]):
            self._tell_rate()

    def _interrupt(self) -> Iterator[Output]:
        """Let nothing cross the point in front of the next sample."""
        yield from self._close_open_step()
        yield from self._left_out.end()
        self.learner.gap()
        self.former.gap()
        self.rate.gap()
        self._next_seq = None
        yield from self.detector.gap(self.seq)

    def _close_open_step(self) -> Iterator[Output]:
        step = self.grid.part(self.info.key)
        if step is not None:
            former = self.former.loss(step, spare=True)
            scored, detected = self._score(step)
            if step.n > self.grid.emitted:
                yield from self._outputs(step, (scored, detected), former)
            yield from self._name_classes()
            self.learner.skip(self._labelled(step), scored)
            self.detector.learn(step, scored, detected, False)
            self.former.take(step, learn=False)
            self.grid.close_step()
            yield from self.learner.take_reports()

    def _leave(self, step: Step) -> Iterator[Output]:
        """Pass whole steps on unscored; the learner's window still moves on."""
        if "unscored" not in self._left_out:
            yield from self.detector.gap(step.seq)
        self.learner.skip(step, None)
        self.former.loss(step, spare=False)
        self.former.take(step, learn=False)
        self._left_out.add("unscored", step, self.step_rows())
        self._moved_to(step)
        self._follow_rate(step)
        yield outcome.unscored(step, len(self.info.channels), self.grid.arrived_s)

    def _outputs(
        self, step: Step, said: tuple[Scored, Detected], former: dict[str, F64]
    ) -> Iterator[Output]:
        yield from self._left_out.end("unscored")
        made = outcome.result(step, self.grid, said, former)
        self.grid.emitted = step.n
        self._moved_to(step)
        yield made
        yield from said[1].alarms

    def _moved_to(self, step: Step) -> None:
        self.seq, self.time_s = step.seq + step.n, float(step.time_s[step.n - 1])

    def _event(self, kind: EventKind, seq: int, data: dict[str, Any]) -> Event:
        return Event(self.info.key, seq, self.time_s, kind, data)
