"""Fit a saved run to the sources that are named now: their parameters, their place, their names."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from driftscope.core import address, registry
from driftscope.core.address import masked
from driftscope.core.errors import ParamError, StateError
from driftscope.core.interfaces import Device, State
from driftscope.core.params import ParamSet, Value
from driftscope.core.renaming import renamed

PACE = "source.speed"
"""How fast a file is played is no part of what was learned."""

if TYPE_CHECKING:
    from driftscope.core.state_file import Saved, SavedSource

Inputs = Mapping[str, tuple[Device, ParamSet]]


def fit(saved: Saved, inputs: Inputs, named: Iterable[str] = ()) -> State:
    """Set the parameters of sources as they were saved, and return the state for their Monitor.

    `named` are the full names of parameters that are told otherwise now: these win. Raise
    StateError if the sources are others, or what is told does not fit what was learned.
    """
    state: State = {}
    left_out = set(saved.sources) - {masked(text) for text in inputs}
    if left_out and (len(saved.sources) > 1 or len(inputs) > 1):
        raise StateError(
            f"{saved.path.name} was saved with {', '.join(saved.sources)}: name these sources, and "
            "more if you like, or another file."
        )
    for text, (_, params) in inputs.items():
        source = _of(saved, text, inputs)
        if source is not None:
            key, found = source
            state[text] = renamed(found.state, _names(key, text, found.state))
            _set(saved, found, text, params, {*named, *_options(text), PACE})
    return state


def told(saved: Saved, state: State, inputs: Inputs) -> str:
    """Return in a sentence what is gone on with."""
    parts = []
    for text, (device, _) in inputs.items():
        rows = saved_rows(state[text]) if text in state else 0
        if not rows:
            parts.append(f"{device.name} begins anew")
        elif device.seeks:
            parts.append(f"{device.name} goes on behind sample {rows:,}")
        else:
            parts.append(f"{device.name} goes on with what was learned of {rows:,} samples")
    return f"{saved.path.name}, saved {ago(time.time() - saved.saved_s)}: {'; '.join(parts)}."


def saved_rows(state: State) -> int:
    """Return how many samples of a source had been scored when its state was saved."""
    return max((lane["seq"] for lane in state["lanes"].values()), default=0)


def ago(seconds: float) -> str:
    """Return how long ago something was, roughly."""
    for least_s, word in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second")):
        count = int(seconds // least_s)
        if count >= 1:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def _of(saved: Saved, text: str, inputs: Inputs) -> tuple[str, SavedSource] | None:
    """Return the saved source that an address means, by its name; a single one is the single
    one, however its address is written."""
    sources = dict(saved.sources)
    if masked(text) in sources:
        return masked(text), sources[masked(text)]
    if len(sources) == 1 and len(inputs) == 1:
        return next(iter(sources.items()))
    return None


def _names(key: str, text: str, state: State) -> dict[str, str]:
    """Return what devices and streams that bear a source's address are called now."""
    return {key: text, masked(key): text} if key != text else {}


def _options(text: str) -> set[str]:
    """Return the parameters that an address tells."""
    names = address.parse(text).options
    return {f"{section}.{name}" for section in ("source", "decoder") for name in names}


def _set(saved: Saved, source: SavedSource, text: str, params: ParamSet, named: set[str]) -> None:
    kinds = "picture_models" if text and "updates" in params.learner.specs() else "models"
    model = str(source.params["learner.model"])
    if model not in registry.names(kinds) and "learner.model" not in named:
        raise StateError(
            f"{saved.path.name} was learned by the model {model}, which is not installed. If it "
            "is your own, name it with --model: a state file never has code run."
        )
    for name, value in source.params.items():
        if name not in named:
            _take(params, name, value)
        elif _shapes(params, name) and params.get(name) != value:
            raise StateError(
                f"{saved.path.name} was saved with {name}={_shown(value)}, and cannot go on with "
                f"{_shown(params.get(name))}: leave that out, or name another file."
            )


def _shown(value: Value) -> str:
    """Return a value as it is told; no text is told as such."""
    return "(nothing)" if value == "" else str(value)


def _take(params: ParamSet, name: str, value: Value) -> None:
    try:
        params.set(name, value)
    except ParamError as error:
        raise StateError(f"The state does not fit this version: {error}") from error


def _shapes(params: ParamSet, name: str) -> bool:
    """Say whether what was learned depends on a parameter for good."""
    return (
        name.split(".", maxsplit=1)[0] in ("learner", "model", "detector", "stream")
        and name != "learner.seed"
        and params.has(name)
        and not params.spec(name).live
    )
