"""The loop: read, score, hand over, learn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping

from driftscope.core import messages
from driftscope.core.commands import Command
from driftscope.core.errors import DriftscopeError
from driftscope.core.health import Health
from driftscope.core.inputs import Input
from driftscope.core.interfaces import Device, Sink, State, Transport
from driftscope.core.keeper import Keeper
from driftscope.core.lane import Lane
from driftscope.core.mailbox import Mailbox
from driftscope.core.obeying import Commands
from driftscope.core.params import ParamSet
from driftscope.core.parts import prepare_thread
from driftscope.core.reader import Reader
from driftscope.core.streams import SILENCE_S, Streams
from driftscope.core.tap import Tap
from driftscope.core.time_limit import TimeLimit
from driftscope.core.wire import Chunk

INBOX_BYTES = 32 * 2**20


class Monitor:
    """Read one or more devices, score every sample, hand the results over, then learn.

    `inputs` gives each device, by a name of its own, with the parameters of its streams. Build it
    in any thread; `run` belongs to the thread that calls it, `send` and `stop` may be called from
    any. `for_s` ends the run after so many seconds, of the stream for files and the demo, else of
    the wall clock. `keeper` keeps the states it goes through.
    """

    def __init__(
        self,
        inputs: Mapping[str, tuple[Device, ParamSet]],
        sinks: Iterable[Sink],
        for_s: float | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self._by_the_wall = any(
            device.live or isinstance(device, Transport) for device, _ in inputs.values()
        )
        self.tap = Tap()
        self._inbox: Mailbox[messages.Message] = Mailbox(INBOX_BYTES, "wait")
        self._times: dict[str, int] = {}
        self._inputs = {key: self._input(key, *each) for key, each in inputs.items()}
        self._senders = {each.reader.key: each for each in self._inputs.values()}
        """The inputs by their readers' keys, which no later reader has: what comes of one that
        was let go concerns nobody."""
        self._coming: deque[Input | str] = deque()
        self._limit = TimeLimit(for_s, self._by_the_wall)
        self._keeper = keeper or Keeper()
        self._stopping = threading.Event()
        self._streams = Streams(self._inputs, sinks, self._limit, self._border)
        self._commands = Commands(self._inputs, self.lanes, self._streams.tell, self._streams.sinks)
        self._failures: dict[str, DriftscopeError] = {}
        """By the device; what was let go has none."""
        self._going: set[str] = set()
        """The devices that have not come to their end."""

    @property
    def lanes(self) -> dict[str, Lane]:
        """Return what scores and learns each stream."""
        return self._streams.lanes

    @property
    def healths(self) -> dict[str, Health]:
        """Return what is going on with each device. Any thread."""
        return {key: each.health for key, each in list(self._inputs.items())}

    @property
    def health(self) -> Health:
        """Return what is going on with the first device."""
        return next(iter(self._inputs.values())).health

    @property
    def params(self) -> dict[str, ParamSet]:
        """Return the parameters of each device's streams. Any thread."""
        return {key: each.params for key, each in list(self._inputs.items())}

    @property
    def switched_off(self) -> list[str]:
        """Return the names of the sinks that failed."""
        return self._streams.sinks.switched_off

    def add(self, key: str, device: Device, params: ParamSet, state: State | None = None) -> Health:
        """Open one more device while running, in place of one of the same name, and go on from
        a saved state if one is given; return what is going on with it. Any thread."""
        made = self._input(key, device, params)
        if state is not None:
            made.load_state_dict(state)
        self._coming.append(made)
        return made.health

    def remove(self, key: str) -> None:
        """Let a device go, and what was learned of its streams. Any thread."""
        self._coming.append(key)

    def add_sink(self, sink: Sink) -> None:
        """Give the results to one more sink; before `run` only."""
        self._streams.sinks.sinks.append(sink)

    def tell(self, text: str, device: str = "") -> None:
        """Put a sentence into the streams of a device, or of all. The Monitor's thread."""
        self._streams.tell("note", dict(message=text), device)

    def send(self, command: Command) -> None:
        """Have a command carried out between two steps."""
        self._commands.send(command)

    def owner(self, stream: str) -> str:
        """Return the name of the device that gives a stream; a device's own name stays."""
        return self._streams.owners.get(stream, stream)

    def chunks(self, key: str, after: int = -1) -> list[Chunk]:
        """Return the newest bytes a device sent, chunks numbered above `after`. Any thread."""
        each = self._inputs.get(key)
        return self.tap.chunks(each.reader.key, after) if each is not None else []

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
        self._take_turns()
        for each in self._inputs.values():
            each.reader.start()
        try:
            prepare_thread(any(each.device.pictures for each in self._inputs.values()))
            for each in self._inputs.values():
                self._streams.begin(each)
            self._going = set(self._inputs)
            while (self._going or self._coming) and not self._stopping.is_set():
                message = self._inbox.get(SILENCE_S / 2)
                self._commands.attend()
                if not any(lane.grid.fill for lane in self.lanes.values()):
                    self._commands.obey()
                while self._coming:
                    self._come_or_go(self._coming.popleft())
                if message is not None:
                    self._take(message)
                if not len(self._inbox):
                    self._streams.score_silent()
                self._streams.tell_health()
                self._streams.sinks.tick()
                self._keeper.tick(self)
                if self._limit.reached:
                    self._take_rest()
                    break
            self._keeper.end(self)
            for key in self._inputs:
                self._streams.finish(key)
            self._streams.tell_health()
        finally:
            self._close()
        for failure in self._failures.values():
            raise failure

    def state_dict(self) -> State:
        """Return everything a later run needs to go on as if never stopped, by the device.

        To be called between two messages, as from a sink's `tick`.
        """
        return {key: self._streams.state_of(key) for key in self._inputs}

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; before `run` only. A source's streams take theirs once they
        are described."""
        for key in state.keys() & self._inputs.keys():
            self._inputs[key].load_state_dict(state[key])

    def _input(self, key: str, device: Device, params: ParamSet) -> Input:
        times = self._times[key] = self._times.get(key, 0) + 1
        name = key if times == 1 else f"{key} ({times})"
        made = Reader(name, device, self._inbox, self.tap)
        return Input.of(key, made, params, Health(self._by_the_wall))

    def _take_turns(self) -> None:
        """Have nobody's samples stand behind all that another one can queue."""
        for each in self._inputs.values():
            each.reader.takes_turns = len(self._inputs) > 1

    def _come_or_go(self, what: Input | str) -> None:
        key = what if isinstance(what, str) else what.key
        if key in self._inputs:
            gone = self._inputs[key]
            gone.reader.stop(0.0)
            self._keeper.leave(self, key)
            self._streams.drop(key)
            del self._inputs[key], self._senders[gone.reader.key]
            self._going.discard(key)
            self._failures.pop(key, None)
        if isinstance(what, Input):
            self._inputs[key] = self._senders[what.reader.key] = what
            self._going.add(key)
            self._streams.begin(what)
            what.reader.start()

    def _border(self) -> bool:
        """Between two steps: do what was asked for; say whether to stop."""
        self._commands.obey()
        return self._stopping.is_set()

    def _take(self, message: messages.Message) -> None:
        each = self._senders.get(message.key)
        if each is None:  # it was let go meanwhile
            return
        key = each.key
        match message:
            case messages.Raw() | messages.Items() if each.reader.cancelled:
                pass
            case messages.Raw(_, chunk):
                each.health.bytes += len(chunk.data)
                items, took_s, rows = each.decoded(chunk)
                if key in self.lanes:
                    self.lanes[key].load.decoded(took_s, rows)
                self._streams.take(each, items)
            case messages.Items(_, items, _, done):
                self._streams.take(each, items)
                if done is not None:
                    done.set()
            case messages.Link(_, state, text, next_try_s):
                self._link(each, state, text, next_try_s)
            case messages.Note(_, text):
                self._streams.tell("note", dict(message=text), key)
            case messages.Lost(_, nbytes, samples):
                data = dict(bytes=nbytes, samples=samples)
                self._streams.hand_over([self._streams.event(key, "loss", data)], key)
                self._streams.take(each, each.gap(f"{nbytes:,} bytes could not be taken in"))
            case messages.Ended():
                self._streams.take(each, each.flush())
                self._end(each, "ended", f"{each.device.name} has come to its end.")
            case messages.Failed(_, error):
                self._streams.take(each, each.flush())
                self._failures[key] = error
                self._end(each, "failed", str(error))

    def _link(self, each: Input, state: str, text: str, next_try_s: float | None = None) -> None:
        data = dict(state=state, message=text, next_try_s=next_try_s)
        event = self._streams.event(each.key, "link", data)
        self._streams.hand_over([event], each.key)
        if state == "live":
            each.broken = False
        elif state in ("lost", "released") and not each.broken:
            each.broken = True  # told again at each attempt, but it is one gap
            self._streams.take(each, each.gap(text))

    def _end(self, each: Input, state: str, text: str) -> None:
        self._going.discard(each.key)
        if len(self._inputs) > 1:  # the others go on
            self._link(each, state, text)

    def _take_rest(self) -> None:
        """Take in what live devices had sent by now, and whether they could be opened at all."""
        for each in self._inputs.values():
            each.reader.stop()
        while self._limit.by_the_wall and not self._stopping.is_set():
            message = self._inbox.get(0)
            if message is None:
                return
            self._take(message)

    def _close(self) -> None:
        for each in self._inputs.values():
            each.reader.stop()
            each.health.close()
        self._commands.end()
        self._streams.sinks.close()
