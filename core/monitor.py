"""The loop: read, score, hand over, learn."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from operator import methodcaller
from typing import Any

from driftscope.core import reader, registry
from driftscope.core.commands import Command, Commands
from driftscope.core.errors import DriftscopeError, PluginError
from driftscope.core.health import Health
from driftscope.core.interfaces import Chunk, Decoder, Sink, Source, State, Transport
from driftscope.core.lane import Lane
from driftscope.core.mailbox import Mailbox
from driftscope.core.params import ParamSet
from driftscope.core.parts import prepare_thread
from driftscope.core.stream import (
    Block,
    Event,
    EventKind,
    Item,
    Labels,
    Learned,
    Output,
    StreamInfo,
)
from driftscope.core.tap import Tap
from driftscope.core.time_limit import TimeLimit

INBOX_BYTES = 32 * 2**20
SILENCE_S = 0.100


class Monitor:
    """Read one or more devices, score every sample, hand the results over, then learn.

    Build it in any thread; `run` belongs to the thread that calls it, `send` and `stop` may be
    called from any. `for_s` ends the run after so many seconds, of the stream for files and the
    demo, else of the wall clock.
    """

    def __init__(
        self,
        devices: dict[str, Source | Transport],
        params: ParamSet,
        sinks: Iterable[Sink],
        for_s: float | None = None,
    ) -> None:
        self.params = params
        by_the_wall = any(d.live or isinstance(d, Transport) for d in devices.values())
        self.health = Health(by_the_wall)
        self.tap = Tap()
        self.lanes: dict[str, Lane] = {}
        self.switched_off: list[str] = []
        """Names of the sinks that failed."""
        self._sinks: list[Sink] = [self.health, *sinks]
        self._inbox: Mailbox[reader.Message] = Mailbox(INBOX_BYTES, "wait")
        self._readers = {
            key: reader.Reader(key, device, self._inbox, self.tap)
            for key, device in devices.items()
        }
        self._live = {key: device.live for key, device in devices.items()}
        self._decoders: dict[str, Decoder] = {}
        for key, device in devices.items():
            if isinstance(device, Transport):
                plugin = registry.load("decoders", "text")
                if not isinstance(params.sections.get("decoder"), plugin.Params):
                    params.attach("decoder", plugin.Params())
                self._decoders[key] = plugin(key, params.sections["decoder"])
        self._limit = TimeLimit(for_s, by_the_wall)
        self._broken: set[str] = set()
        self._commands = Commands(params, self.lanes, self._readers, self._tell)
        self._stopping = threading.Event()
        self._saved_lanes: State = {}
        self._failures: list[DriftscopeError] = []

    def add_sink(self, sink: Sink) -> None:
        """Give the results to one more sink; before `run` only."""
        self._sinks.append(sink)

    def send(self, command: Command) -> None:
        """Have a command carried out between two steps."""
        self._commands.send(command)

    def stop(self) -> None:
        """Let `run` end after the step it is in."""
        self._stopping.set()
        self._inbox.close()

    def run(self) -> None:
        """Work until the sources end, time is up or `stop` is called.

        Raise SourceError if a source cannot be opened or is lost for good. Sinks are closed and
        devices let go of in every case.
        """
        self._limit.start()
        for each in self._readers.values():
            each.start()
        try:
            prepare_thread()
            for key in [key for key in self._saved_lanes if key in self._decoders]:
                self._describe(self._saved_lanes[key]["info"], self._live[key])
            going = set(self._readers)
            while going and not self._stopping.is_set():
                message = self._inbox.get(SILENCE_S / 2)
                if not any(lane.grid.fill for lane in self.lanes.values()):
                    self._commands.obey()
                if message is not None:
                    self._take(message)
                    if isinstance(message, reader.Ended | reader.Failed):
                        going.discard(message.key)
                if not len(self._inbox):
                    self._score_silent()
                self._tell_health()
                self._to_sinks(methodcaller("tick"))
                if self._limit.reached:
                    self._take_rest()
                    break
            for lane in self.lanes.values():
                self._hand_over(lane.finish())
            self._tell_health()
        finally:
            self._close()
        if self._failures:
            raise self._failures[0]

    def state_dict(self) -> State:
        """Return everything a later run needs to go on as if never stopped.

        To be called between two messages, as from a sink's `tick`.
        """
        return dict(
            decoders={key: each.state_dict() for key, each in self._decoders.items()},
            lanes={key: lane.state_dict() for key, lane in self.lanes.items()},
        )

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; before `run` only. A source's streams take theirs once they
        are described."""
        for key, decoder in self._decoders.items():
            if key in state["decoders"]:
                decoder.load_state_dict(state["decoders"][key])
        self._saved_lanes = dict(state["lanes"])

    def _take(self, message: reader.Message) -> None:
        match message:
            case reader.Raw(key, chunk):
                self.health.bytes += len(chunk.data)
                self._items(key, self._decoded(key, chunk))
            case reader.Items(key, items):
                self._items(key, items)
            case reader.Link(key, state, text, next_try_s):
                data = dict(state=state, message=text, next_try_s=next_try_s)
                self._hand_over([self._event(key, "link", data)])
                if state == "live":
                    self._broken.discard(key)
                elif state in ("lost", "released") and key not in self._broken:
                    self._broken.add(key)  # told again at each attempt, but it is one gap
                    self._interrupted(key, text)
            case reader.Lost(key, nbytes, samples):
                data = dict(bytes=nbytes, samples=samples)
                self._hand_over([self._event(key, "loss", data)])
                self._interrupted(key, f"{nbytes:,} bytes could not be taken in")
            case reader.Ended(key):
                self._flush(key)
            case reader.Failed(key, error):
                self._flush(key)
                self._failures.append(error)
                if len(self._readers) > 1:  # the others go on
                    self._tell("note", dict(message=str(error)))

    def _flush(self, key: str) -> None:
        if key in self._decoders:
            self._items(key, self._decoders[key].flush())

    def _decoded(self, key: str, chunk: Chunk) -> list[Item]:
        begun_s = time.perf_counter()
        items = self._decoders[key].decode(chunk)
        if key in self.lanes:
            rows = sum(len(item) for item in items if isinstance(item, Block))
            self.lanes[key].load.decoded(time.perf_counter() - begun_s, rows)
        return items

    def _interrupted(self, key: str, reason: str) -> None:
        if key in self._decoders:
            self._items(key, self._decoders[key].gap(time.monotonic(), reason))

    def _items(self, device: str, items: Iterable[Item]) -> None:
        for item in items:
            if isinstance(item, StreamInfo):
                self._describe(item, self._live[device])
            elif isinstance(item, Block):
                self._hand_over(self.lanes[item.key].take(self._limit.within(item)))
            elif isinstance(item, Event):
                lane = self.lanes.get(item.key)
                interrupts = lane is not None and item.kind == "gap"
                self._hand_over(lane.gap(item) if lane and interrupts else [item])
            else:
                assert isinstance(item, Labels)  # learned from in a later issue

    def _describe(self, info: StreamInfo, live: bool) -> None:
        lane = self.lanes.get(info.key)
        if lane is None:
            lane = Lane(info, self.params, live)
            if info.key in self._saved_lanes:
                lane.load_state_dict(self._saved_lanes.pop(info.key))
            self.lanes[info.key] = lane
            self._hand_over([info])
        elif len(info.channels) >= len(lane.info.channels):
            self._hand_over(lane.extend(info))
        else:
            raise PluginError(
                f"The stream {info.key!r} was described anew with fewer channels: a channel that "
                "is gone must stay, and be missing."
            )

    def _hand_over(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self._to_sinks(methodcaller("write", output))
            if isinstance(output, Learned):  # a border between two steps
                self._commands.obey()
                if self._stopping.is_set():
                    return

    def _to_sinks(self, do: Callable[[Sink], object]) -> None:
        """Do something with every sink; one that cannot is switched off and the others told."""
        for sink in list(self._sinks):
            try:
                do(sink)
            except OSError as error:
                self._sinks.remove(sink)
                self.switched_off.append(sink.name)
                with contextlib.suppress(OSError):
                    sink.close()
                message = f"{sink.name} was switched off: {error.strerror or error}."
                self._tell("note", dict(message=message[0].upper() + message[1:]))

    def _take_rest(self) -> None:
        """Take in what live devices had sent by now, and whether they could be opened at all."""
        for each in self._readers.values():
            each.stop()
        while self._limit.by_the_wall and not self._stopping.is_set():
            message = self._inbox.get(0)
            if message is None:
                return
            self._take(message)

    def _score_silent(self) -> None:
        now_s = time.monotonic()
        for lane in self.lanes.values():
            if now_s - lane.grid.arrived_s > SILENCE_S:
                self._hand_over(lane.part())

    def _tell(self, kind: EventKind, data: dict[str, Any]) -> None:
        """Put an Event of our own into every stream."""
        for key in list(self.lanes) or [""]:
            self._hand_over([self._event(key, kind, data)])

    def _event(self, key: str, kind: EventKind, data: dict[str, Any]) -> Event:
        lane = self.lanes.get(key) or next(iter(self.lanes.values()), None)
        return Event(key, lane.seq if lane else 0, lane.time_s if lane else 0.0, kind, data)

    def _tell_health(self) -> None:
        for lane in self.lanes.values():
            self.health.step_rows = lane.step_rows()
            self.health.horizon = lane.learner.horizon
            self.health.decision_rows = lane.detector.decision_rows
            self.health.rate_hz = lane.rate.rate_hz

    def _close(self) -> None:
        for each in self._readers.values():
            each.stop()
        self._to_sinks(methodcaller("close"))
