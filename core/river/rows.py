"""One lane fed with rows that are dicts: features come, go and come in any order."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from driftscope.core.arrays import F64
from driftscope.core.errors import ParamError
from driftscope.core.export.state import packed, unpacked
from driftscope.core.lane import Lane
from driftscope.core.parts import prepare_thread
from driftscope.core.reports import Label
from driftscope.core.sections import default_params
from driftscope.core.stream import (
    Block,
    Detected,
    Labels,
    Output,
    Result,
    Scored,
    Step,
    StreamInfo,
)

KEY = "rows"


class RowLane(Lane):
    """A lane that need not score again what was just asked for: River asks, then teaches."""

    _said: tuple[tuple[int, bytes], tuple[Scored, Detected]] | None = None

    def said(self, step: Step) -> tuple[Scored, Detected]:
        """Return what is said of a step, changing nothing."""
        return self._score(step)

    def extend(self, info: StreamInfo) -> Iterator[Output]:
        self._said = None
        return super().extend(info)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._said = None
        super().load_state_dict(state)

    def _score(self, step: Step) -> tuple[Scored, Detected]:
        which = step.seq, step.values.tobytes()
        if self._said is None or self._said[0] != which:
            self._said = which, super()._score(step)
        return self._said[1]


class DictRows:
    """Score and learn rows {feature: number}, one by one, as `results` would.

    A feature that is new becomes a channel, one that is left out is missing, and so are None and
    NaN. `settings` are parameters by their full names. It can be pickled and copied.
    """

    def __init__(self, settings: Mapping[str, object], label: Label | None = None) -> None:
        self.settings = dict(settings)
        self.label = label
        self.names: dict[Hashable, int] = {}
        self.classes: tuple[str, ...] = ()
        self.lane: RowLane | None = None
        self.newest: Result | None = None
        """The result of the row learned last."""
        self._seq = 0

    def score(self, x: Mapping[Any, Any]) -> tuple[Scored, Detected] | None:
        """Return what is said of a row if it is the next one; None before the first was learned.
        Changes nothing."""
        if self.lane is None:
            return None
        values = self._values(x)[None]
        step = Step(KEY, self._seq, np.array([float(self._seq)]), values, 1)
        return self.lane.said(step)

    def learn(self, x: Mapping[Any, Any], y: float | None = None) -> None:
        """Take the next row in: score it, then learn it with its label."""
        new = sorted((name for name in x if name not in self.names), key=str)
        for name in new:
            _number(name, x[name])
            self.names[name] = len(self.names)
        if not self.names:
            return
        lane = self._lane_for(bool(new))
        if y is not None:
            kind = np.int64 if self.label is None or self.label.kind == "class" else np.float64
            self._take(lane.label(Labels(KEY, self._seq, np.array([y], kind))))
        times = np.array([float(self._seq)])
        self._take(lane.take(Block(KEY, self._seq, times, self._values(x)[None], 0.0)))
        self._seq += 1

    def know_class(self, name: str) -> int:
        """Return the number of a class that is new."""
        self.classes += (name,)
        if self.lane is not None:
            self._take(self.lane.extend(replace(self.lane.info, classes=self.classes,
                                                version=self.lane.info.version + 1)))  # fmt: skip
        return len(self.classes) - 1

    def by_name(self, values: F64) -> dict[Any, float]:
        """Return values (C,) by their features, those that are not known left out."""
        given = zip(self.names, values.tolist(), strict=False)
        return {name: value for name, value in given if math.isfinite(value)}

    def _lane_for(self, more: bool) -> RowLane:
        channels = tuple(map(str, self.names))
        if self.lane is None:
            prepare_thread()
            self.lane = self._made(self._info(channels))
        elif more:
            version = self.lane.info.version + 1
            self._take(self.lane.extend(replace(self._info(channels), version=version)))
        return self.lane

    def _info(self, channels: tuple[str, ...]) -> StreamInfo:
        return StreamInfo(
            KEY, channels, ("",) * len(channels), clock="rows", classes=self.classes,
            label=self.label,
        )  # fmt: skip

    def _made(self, info: StreamInfo) -> RowLane:
        params = default_params()
        for name, value in self.settings.items():
            params.set(name, value)
        return RowLane(info, params, live=False)

    def _values(self, x: Mapping[Any, Any]) -> F64:
        values = np.full(len(self.names), np.nan)
        for name, value in x.items():
            place = self.names.get(name)
            if place is not None:
                values[place] = _number(name, value)
        return values

    def _take(self, outputs: Any) -> None:
        for made in outputs:
            self._note(made)

    def _note(self, made: Output) -> None:
        if isinstance(made, Result):
            self.newest = made

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__ | {"lane": None}
        if self.lane is not None:
            text, tensors = packed(self.lane.state_dict())
            arrays = {name: each.numpy() for name, each in tensors.items()}
            state |= {"info": self.lane.info, "saved": (text, arrays)}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        info, saved = state.pop("info", None), state.pop("saved", None)
        self.__dict__.update(state)
        if info is not None:
            prepare_thread()
            self.lane = self._made(info)
            text, arrays = saved
            tensors = {name: torch.from_numpy(each.copy()) for name, each in arrays.items()}
            self.lane.load_state_dict(unpacked(text, tensors))


def _number(name: object, value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError):
        raise ParamError(
            f"The feature {name!r} is {value!r}, no number: turn it into some before, as "
            "river.preprocessing.OneHotEncoder does."
        ) from None
