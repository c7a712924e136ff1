"""The streams there are: what a device gives goes to its lane, what a lane gives to the sinks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from driftscope.core import resuming
from driftscope.core.describing import info_of
from driftscope.core.errors import PluginError
from driftscope.core.fan_out import FanOut
from driftscope.core.inputs import Input
from driftscope.core.interfaces import Sink, State
from driftscope.core.lane import Lane
from driftscope.core.resuming import check_place
from driftscope.core.stream import (
    Block,
    Event,
    EventKind,
    Item,
    Learned,
    Output,
    Result,
    StreamInfo,
)
from driftscope.core.time_limit import TimeLimit

SILENCE_S = 0.100


class Streams:
    """Hold the lanes by the key of their stream. The Monitor's thread only.

    `border` is called between two steps; when it says True, nothing more is to be handed over.
    """

    def __init__(
        self,
        inputs: Mapping[str, Input],
        sinks: Iterable[Sink],
        limit: TimeLimit,
        border: Callable[[], bool],
    ) -> None:
        self.lanes: dict[str, Lane] = {}
        self.owners: dict[str, str] = {}
        """Which device each stream comes from."""
        self.sinks = FanOut(sinks, lambda text: self.tell("note", dict(message=text)))
        self._passed: dict[str, float] = {}
        """By the stream, when the last row was that was learned before; until the next comes."""
        self._inputs = inputs
        self._limit = limit
        self._border = border

    def finish(self, device: str) -> None:
        """Score what is left of a device's streams."""
        if device in self._inputs:
            self._take_cut(self._inputs[device], self._inputs[device].labelling.rest())
        for key, lane in self.lanes.items():
            if self.owners[key] == device:
                self.hand_over(lane.finish(), device)

    def drop(self, device: str) -> None:
        """Finish a device's streams and forget them."""
        self.finish(device)
        for key in [key for key, owner in self.owners.items() if owner == device]:
            del self.lanes[key], self.owners[key]

    def take(self, given: Input, items: Iterable[Item]) -> None:
        """Take in what a device gave."""
        self._take_cut(given, given.labelling.cut(items))

    def _take_cut(self, given: Input, items: Iterable[Item]) -> None:
        """Take in what is left once the labels are told apart."""
        for each in items:
            key = self._stream(given.key, each.key)
            item = each if key == each.key else replace(each, key=key)
            lane = self.lanes.get(key)
            if isinstance(item, StreamInfo):
                self.describe(item, given.key)
            elif isinstance(item, Event):
                self.hand_over(told(lane, item), given.key)
            elif lane is None:
                raise PluginError(
                    f"{given.device.name} gave samples of {key!r}, a stream it did not describe."
                )
            elif isinstance(item, Block):
                check_place(given.device, self._passed.pop(key, None))
                self.hand_over(lane.take(self._limit.within(item)), given.key)
            else:
                self.hand_over(lane.label(item), given.key)

    def _stream(self, device: str, key: str) -> str:
        """Return what to call a device's stream: its own name, unless another device's has it;
        "" stands for its only one."""
        if not key:
            return next((s for s, owner in self.owners.items() if owner == device), device)
        own = f"{device}/{key}"
        return own if own in self.owners or self.owners.get(key, device) != device else key

    def describe(self, info: StreamInfo, device: str) -> None:
        """Begin a stream, or go on with its next version."""
        lane = self.lanes.get(info.key)
        if lane is None:
            given = self._inputs[device]
            saved = resuming.taken(given.saved, info.key)
            known = info if saved is None else resuming.known(info, saved)
            lane = self.lanes[info.key] = Lane(known, given.params, given.device.live)
            self.owners[info.key] = device
            if saved is None:
                self.hand_over([info], device)
            else:
                self._go_on(lane, given, saved)
                self.describe(info, device)
        elif info == lane.info:
            return
        elif len(info.channels) >= len(lane.info.channels):
            self.hand_over(lane.extend(info), device)
        else:
            raise PluginError(
                f"The stream {info.key!r} was described anew with fewer channels: a channel that "
                "is gone must stay, and be missing."
            )

    def state_of(self, device: str) -> State:
        """Return what a later run needs to go on with a device's streams."""
        lanes = [key for key, owner in self.owners.items() if owner == device]
        own = self._inputs[device].state_dict()
        states = {key: self.lanes[key].state_dict() for key in lanes}
        return dict(own, lanes=self._inputs[device].saved | states)

    def begin(self, given: Input) -> None:
        """Go on with the streams that a decoder knew when its state was saved; any other's go on
        when they are described."""
        for saved in list(given.saved.values()) if given.decoder is not None else ():
            self.describe(info_of(saved["info"]), given.key)

    def _go_on(self, lane: Lane, given: Input, saved: State) -> None:
        """Begin behind what was learned before: at the next row, or behind a gap."""
        resuming.load(lane, saved)
        rest = lane.take(resuming.no_rows(lane.info))
        self.hand_over(chain([lane.info], rest), given.key)
        if given.device.seeks:
            self._passed[lane.info.key] = saved["jumps"]["last_s"]
        else:
            self.take(given, given.gap("nothing was read between two runs"))

    def hand_over(self, outputs: Iterable[Output], device: str) -> None:
        """Give what a device's lane gives to every sink; its learning happens in between."""
        for output in outputs:
            given = self._inputs[device]
            given.health.write(output)
            if isinstance(output, Result):
                given.health.progress = given.device.progress()
            self.sinks.write(output)
            if isinstance(output, Learned) and self._border():
                return

    def score_silent(self) -> None:
        """Score the open steps of streams from which nothing came for a while."""
        for given in list(self._inputs.values()):
            self.take(given, given.idle())
        now_s = time.monotonic()
        for key, lane in self.lanes.items():
            if now_s - lane.grid.arrived_s > SILENCE_S:
                self.hand_over(lane.part(), self.owners[key])

    def tell(self, kind: EventKind, data: dict[str, Any], device: str = "") -> None:
        """Put an Event of our own into every stream, of one device or of all."""
        for each in [device] if device else list(self._inputs):
            streams = [key for key, owner in self.owners.items() if owner == each]
            for key in streams or [each]:
                self.hand_over([self.event(key, kind, data)], each)

    def event(self, key: str, kind: EventKind, data: dict[str, Any]) -> Event:
        """Make an Event of a stream, or of a device, which then stands where its stream is."""
        streams = (self.lanes[stream] for stream, owner in self.owners.items() if owner == key)
        lane = self.lanes.get(key) or next(streams, None)
        return Event(key, lane.seq if lane else 0, lane.time_s if lane else 0.0, kind, data)

    def tell_health(self) -> None:
        """Note what was chosen automatically where everybody can read it."""
        for key, lane in self.lanes.items():
            given = self._inputs[self.owners[key]]
            health = given.health
            if given.decoder is not None:
                health.clock = given.decoder.clock_quality
            health.progress = given.device.progress()
            health.step_rows = lane.step_rows()
            health.horizon = lane.learner.horizon
            health.decision_rows = lane.detector.decision_rows
            health.rate_hz = lane.rate.rate_hz


def told(lane: Lane | None, event: Event) -> Iterable[Output]:
    """Return what an Event of a device gives; a gap, and the end of a pass, its lane takes in."""
    if lane is not None and event.kind == "gap":
        return lane.gap(event)
    if lane is not None and event.kind == "pass":
        return lane.note(event)
    return [event]
