"""To go on with a stream where an earlier run stood: does it fit, and does it follow?"""

from __future__ import annotations

import numpy as np

from driftscope.core.describing import info_of
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.interfaces import Device, State
from driftscope.core.lane import Lane
from driftscope.core.stream import Block, StreamInfo


def known(info: StreamInfo, saved: State) -> StreamInfo:
    """Return the stream as it was saved; raise StateError if `info` describes another one.

    Further channels may have come since, and names been bettered.
    """
    was = info_of(saved["info"])
    begins_alike = info.channels[: len(was.channels)] == was.channels
    if info.pictures != was.pictures or not (begins_alike or info.version < was.version):
        raise StateError(
            f"The saved state is of {_named(was)}, but {info.key} gives {_named(info)}. Name the "
            "source it was saved with, or begin without it."
        )
    return was


def taken(saved: dict[str, State], key: str) -> State | None:
    """Take out what a stream is to go on from; the only one of its source is its, by whatever
    name. None if there is nothing."""
    if key not in saved and len(saved) == 1:
        _, state = saved.popitem()
        return dict(state, info=dict(state["info"], key=key))
    return saved.pop(key, None)


def load(lane: Lane, saved: State) -> None:
    """Have a lane go on from a saved state; raise StateError if it does not fit the model."""
    try:
        lane.load_state_dict(saved)
    except DriftscopeError:
        raise
    except Exception as error:  # whatever a state of another version makes of it
        raise StateError(
            f"What was learned of {lane.info.key} does not fit the model installed here "
            f"({type(error).__name__}: {error}). Begin without the saved state."
        ) from error


def no_rows(info: StreamInfo) -> Block:
    """Return a block without a row, behind which what waits already is worked off."""
    return Block(info.key, 0, np.empty(0), np.empty((0, *info.sample_shape), info.dtype), 0.0)


def check_place(device: Device, last_s: float | None) -> None:
    """Raise StateError if a device that seeks does not go on behind a row at `last_s`."""
    passed_s = device.passed_s
    if last_s is not None and passed_s is not None and passed_s != last_s:
        raise StateError(
            f"{device.name} is not what was learned from: its row in front of the next one is at "
            f"{passed_s:g} s, and was at {last_s:g} s. Name the source the state was saved with, "
            "or begin without it."
        )


def _named(info: StreamInfo) -> str:
    names = ", ".join(info.channels[:4]) + (", ..." if len(info.channels) > 4 else "")
    return "pictures" if info.pictures else f"the channels {names}"
