"""One device of a Monitor with all that belongs to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from driftscope.core import registry
from driftscope.core.health import Health
from driftscope.core.interfaces import Decoder, Device, State, Transport
from driftscope.core.labelling import Labelling
from driftscope.core.params import ParamSet
from driftscope.core.reader import Reader
from driftscope.core.sections import StreamParams
from driftscope.core.stream import Block, Event, Item
from driftscope.core.wire import Chunk


@dataclass(slots=True)
class Input:
    """Hold a device, the parameters of its streams, its reader, and what is going on with it."""

    key: str
    device: Device
    params: ParamSet
    health: Health
    reader: Reader
    decoder: Decoder | None
    labelling: Labelling
    saved: State = field(default_factory=dict)
    """By the stream, what its lanes are to go on from."""
    broken: bool = False
    """True from a lost link until it is live again."""

    @classmethod
    def of(cls, key: str, reader: Reader, params: ParamSet, health: Health) -> Input:
        """Make it with a reader that is not started yet, and a decoder if it gives bytes."""
        reader.device.health = health
        decoder: Decoder | None = None
        if isinstance(reader.device, Transport):
            plugin = registry.load("decoders", "text")
            if not isinstance(params.sections.get("decoder"), plugin.Params):
                params.attach("decoder", plugin.Params())
            decoder = plugin(key, params.sections["decoder"])
        labels = params.sections.get("stream")
        reader.device.label = labels.label if isinstance(labels, StreamParams) else ""
        labelling = Labelling(reader.device, lambda: params.stream)
        return cls(key, reader.device, params, health, reader, decoder, labelling)

    def decoded(self, chunk: Chunk) -> tuple[Sequence[Item], float, int]:
        """Return what a chunk's bytes hold, how many seconds that took, and how many samples."""
        assert self.decoder is not None
        begun_s = time.perf_counter()
        items = self.decoder.decode(chunk)
        rows = sum(len(item) for item in items if isinstance(item, Block))
        return items, time.perf_counter() - begun_s, rows

    def idle(self) -> Sequence[Item]:
        """Return what the decoder held only in case more would come."""
        return self.decoder.idle(time.monotonic()) if self.decoder is not None else []

    def gap(self, reason: str) -> Sequence[Item]:
        """Return what an interruption of the link gives: a gap in its stream."""
        if self.decoder is not None:
            return self.decoder.gap(time.monotonic(), reason)
        return [Event("", 0, 0.0, "gap", dict(reason=reason))]

    def state_dict(self) -> State:
        """Return what a later run needs to read on as if never stopped."""
        state = dict(labelling=self.labelling.state_dict())
        return state if self.decoder is None else dict(state, decoder=self.decoder.state_dict())

    def load_state_dict(self, state: State) -> None:
        """Read on from a saved state, its `lanes` included. Before the reader is started."""
        self.saved = dict(state["lanes"])
        if self.decoder is not None and "decoder" in state:
            self.decoder.load_state_dict(state["decoder"])
        self.labelling.load_state_dict(state["labelling"])
        for lane in state["lanes"].values():
            self.device.start = lane["jumps"]["end"]

    def flush(self) -> Sequence[Item]:
        """Return what the decoder still holds at the end."""
        return self.decoder.flush() if self.decoder is not None else []
