"""Saved, loaded and continued is the same as never stopped, from the bytes on."""

from __future__ import annotations

import copy
import itertools

import numpy as np
from readers import Scripted
from streams import Kept, same, waves

from driftscope.core.arrays import widened
from driftscope.core.interfaces import Sink, State
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Output, StreamInfo

VALUES = waves(900, 3)
GROWS_AT = 500
LINES = ["time_ms,a,b"] + [
    f"{10 * i},{a:.4f},{b:.4f}" + (f",{c:.4f}" if i >= GROWS_AT else "")
    for i, (a, b, c) in enumerate(VALUES)
]
BYTES = "\n".join([*LINES, ""]).encode()
BORDERS = range(0, len(BYTES) + 997, 997)
CHUNKS = [BYTES[a:b] for a, b in itertools.pairwise(BORDERS)]


class Resumed(Scripted):
    seeks = True


class Save(Sink):
    """Save the state after so many messages that brought bytes."""

    name = "save"

    def __init__(self, monitor: Monitor, at_bytes: int) -> None:
        self.monitor, self.at_bytes = monitor, at_bytes
        self.state: State = {}

    def write(self, item: Output) -> None: ...

    def tick(self) -> None:
        if not self.state and self.monitor.health.bytes == self.at_bytes:
            self.state = copy.deepcopy(self.monitor.state_dict())

    def close(self) -> None: ...


def monitored(chunks: list[bytes]) -> tuple[Monitor, Kept]:
    params = default_params()
    for name, value in (("learner.step_rows", 8), ("detector.decision_rows", 13)):
        params.set(name, value)
    kept = Kept()
    return Monitor({"port": (Resumed(*chunks, live=False, end=True), params)}, [kept]), kept


def table(kept: Kept) -> dict[str, np.ndarray]:
    """Return what must come out the same; a channel not there yet is missing."""
    found = {name: kept.column(name) for name in ("time_s", "loss", "rarity", "onset", "alarm")}
    for name in ("values", "prediction"):
        found[name] = np.concatenate([widened(getattr(r, name), 3, np.nan) for r in kept.results])
    return found


def test_a_device_goes_on_in_the_middle_of_a_line_and_of_a_step() -> None:
    whole, all_of_it = monitored(CHUNKS)
    whole.run()
    expected = table(all_of_it)
    for stop in (len(CHUNKS) // 3, len(CHUNKS) - 2):  # two channels by then; three
        first, before = monitored(CHUNKS[:stop])
        save = Save(first, sum(map(len, CHUNKS[:stop])))
        first.add_sink(save)
        first.run()
        second, after = monitored(CHUNKS[stop:])
        second.load_state_dict(save.state)
        second.run()
        done = save.state["port"]["lanes"]["port"]["seq"]
        assert any(isinstance(item, StreamInfo) for item in after.all[:3])
        tail = table(after)
        assert 0 < done <= len(table(before)["rarity"])
        assert len(tail["rarity"]) == len(expected["rarity"]) - done
        assert same(tail, {name: column[done:] for name, column in expected.items()}), stop
