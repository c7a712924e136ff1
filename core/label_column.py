"""One stream's column of labels: which it is, what it holds, and how it is cut out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from driftscope.core.arrays import F64, UNKNOWN, Array, Bools
from driftscope.core.describing import info_of
from driftscope.core.errors import ParamError
from driftscope.core.interfaces import Device, State, Transport
from driftscope.core.past import LARGEST
from driftscope.core.reports import Label
from driftscope.core.sections import StreamParams
from driftscope.core.stream import Block, Event, Item, Labels, StreamInfo

LOOK_ROWS = 64
"""Rows that tell whether numbers are classes or values; they wait until that is known."""
NAME_ROWS = 16
"""Rows within which a device that names its values one by one must have named the label."""
MOST_CLASSES = 256


class Column:
    """Hold what is known of one stream's labels, and cut them out.

    A class's number is its place in the order in which the classes came. What a class is called
    is told in front of the first row that has it.
    """

    def __init__(self, params: StreamParams, device: Device) -> None:
        self._params, self._device = params, device
        self._at: int | None = None
        self._kind: Literal["class", "value"] | None = None
        self._given: StreamInfo | None = None
        self._told: StreamInfo | None = None
        self._again = False
        self._held: list[Item] = []
        self._classes: dict[float, int] = {}
        self._too_many = False
        self._bare: int | None = None
        """The last row with values, as long as it has no label."""

    def take(self, item: Item) -> Iterator[Item]:
        """Take in what the source gives of this stream."""
        if isinstance(item, StreamInfo):
            self._given = item
            yield from self._look()
        elif self._kind is None:
            self._held.append(item)
            yield from self.decide()
        elif isinstance(item, Block):
            yield from self._cut(item)
        else:
            if isinstance(item, Event) and item.kind == "gap":
                self._bare = None
            yield item

    def decide(self, at_once: bool = False) -> Iterator[Item]:
        """Find out what the labels are, once enough rows have come or `at_once`; then give
        what was held back."""
        blocks = [item for item in self._held if isinstance(item, Block)]
        rows = sum(map(len, blocks))
        if self._kind is not None or not rows:
            return
        if self._at is None:
            if at_once or rows >= NAME_ROWS:
                raise ParamError(self._no_such_column())
            return
        column = np.concatenate([self._column_of(block) for block in blocks])[:LOOK_ROWS]
        self._kind = _kind(column, at_once or rows >= LOOK_ROWS)
        if self._kind is None:
            return
        held, self._held = self._held, []
        yield from self._info()
        if not np.isfinite(column).any():
            yield Event(blocks[0].key, blocks[0].seq, float(blocks[0].time_s[0]), "note", dict(
                message=f"No label stood in the first {len(column)} rows of {self._label!r}: they "
                "are taken for classes. For values say stream.label_kind=value."
            ))  # fmt: skip
        arrived_s = blocks[-1].wall_time_s  # to have been held back is not to be late
        for item in held:
            late = replace(item, wall_time_s=arrived_s) if isinstance(item, Block) else item
            yield from self.take(late)

    @property
    def _label(self) -> str:
        return self._params.label

    def _look(self) -> Iterator[Item]:
        """Look for the column among those there are now."""
        info = self._given
        assert info is not None
        if self._at is None:
            if self._label in info.channels:
                self._at = info.channels.index(self._label)
                if len(info.channels) == 1:
                    raise ParamError(
                        f"stream.label: {self._label!r} is the only column of "
                        f"{self._device.name}. There must be another one to tell it from."
                    )
            elif not isinstance(self._device, Transport):
                raise ParamError(self._no_such_column())
        if self._at is not None and self._kind is None:
            self._kind = self._said_kind(info) or self._seen_kind()
        if self._kind is not None:
            yield from self._info()
            held, self._held = self._held, []
            for item in held:
                yield from self.take(item)

    def _said_kind(self, info: StreamInfo) -> Literal["class", "value"] | None:
        said = self._params.label_kind
        if said == "value" and info.classes:
            raise ParamError(
                f"stream.label_kind: {self._label!r} of {self._device.name} holds text, such as "
                f"{info.classes[0]!r}, and so no values. Leave it to be found out (auto)."
            )
        if said == "class" or info.classes:
            return "class"
        return "value" if said == "value" else None

    def _seen_kind(self) -> Literal["class", "value"] | None:
        """Return what the labels are where the device knows the first ones before they are due:
        a slow recording is not to wait for its 64th row."""
        head = believed(np.asarray(self._device.label_head, np.float64)[:LOOK_ROWS])
        return _kind(head, enough=True) if np.isfinite(head).any() else None

    def _info(self) -> list[Item]:
        """Return the stream without the column, if it is another than was told."""
        given, told, at = self._given, self._told, self._at
        assert given is not None and at is not None and self._kind is not None
        channels, units = list(given.channels), list(given.units)
        label = Label(channels.pop(at), units.pop(at), self._kind)
        made = replace(
            given, channels=tuple(channels), units=tuple(units), sample_shape=(len(channels),),
            classes=tuple(self._name(value) for value in self._classes), label=label,
        )  # fmt: skip
        if told is not None:
            made = replace(made, version=told.version)
            if made == told and not self._again:
                return []
            if made != told:
                made = replace(made, version=told.version + 1)
        self._told, self._again = made, False
        return [made]

    def _cut(self, block: Block) -> Iterator[Item]:
        """Part the labels from the rest; what a new class is called stands in front of its row."""
        if block.values.shape[1] <= (self._at or 0):  # of before the column was there
            column = np.full(len(block), np.nan)
            values: Array = block.values
        else:
            column = self._column_of(block)
            values = np.ascontiguousarray(np.delete(block.values, self._at or 0, axis=1))
        known = np.isfinite(column)
        empty = np.asarray(np.isnan(values).all(axis=1))
        cuts = {0, len(block), *np.flatnonzero(known & empty).tolist(), *self._firsts(column)}
        borders = sorted(cuts)
        for a, b in pairwise(borders):
            seq, time_s = block.seq + a, block.time_s[a:b]
            if self._kind == "class":
                yield from self._learn_class(block, a, float(column[a]))
            y, rows = self._y(column[a:b]), known[a:b].copy()
            if empty[a] and known[a] and self._bare is not None and not self._params.label_delay:
                yield Labels(block.key, self._bare, y[:1].copy(), delay=seq - self._bare)
                y[0] = UNKNOWN if self._kind == "class" else np.nan
                rows[0], self._bare = False, None
            self._note_bare(seq, ~empty[a:b], rows)
            if rows.any():
                delay = self._params.label_delay
                before = min(max(delay - seq, 0), len(y))  # labels of rows before the first
                if before < len(y):
                    yield Labels(block.key, seq - delay + before, y[before:], delay=delay)
            yield Block(block.key, seq, time_s, values[a:b], block.wall_time_s)

    def _column_of(self, block: Block) -> F64:
        """Return a block's labels (n,) as they were sent, NaN where there is none."""
        assert self._at is not None
        if block.values.shape[1] <= self._at:
            return np.full(len(block), np.nan)
        return believed(block.values[:, self._at].astype(np.float64))

    def _firsts(self, column: F64) -> list[int]:
        """Return the rows where classes come for the first time."""
        if self._kind != "class" or (len(self._classes) >= MOST_CLASSES and self._too_many):
            return []
        values, firsts = np.unique(column, return_index=True)
        new = [v not in self._classes and not math.isnan(v) for v in values.tolist()]
        rows: list[int] = np.sort(firsts[new]).tolist()
        return rows[: MOST_CLASSES + 1 - len(self._classes)]

    def _learn_class(self, block: Block, row: int, value: float) -> Iterator[Item]:
        """Tell a class that comes for the first time in a row."""
        if value in self._classes or math.isnan(value):
            return
        if len(self._classes) < MOST_CLASSES:
            self._classes[value] = len(self._classes)
            yield from self._info()
        elif not self._too_many:
            self._too_many = True
            yield Event(block.key, block.seq + row, float(block.time_s[row]), "note", dict(
                message=f"{self._label!r} has more than {MOST_CLASSES} classes: the first "
                f"{MOST_CLASSES} are told apart, rows of the others count as without a label. "
                "For values say stream.label_kind=value."
            ))  # fmt: skip

    def _y(self, column: F64) -> Array:
        """Return what the labels (n,) say: numbers of classes, or values."""
        if self._kind == "value":
            return column.copy()
        values, where = np.unique(column, return_inverse=True)
        numbers = np.array([self._classes.get(v, UNKNOWN) for v in values.tolist()], np.int64)
        return np.asarray(numbers[where])

    def _note_bare(self, seq: int, filled: Bools, known: Bools) -> None:
        """Remember the last row with values, if it has no label."""
        if filled.any():
            last = int(np.flatnonzero(filled)[-1])
            self._bare = None if known[last] else seq + last

    def _name(self, value: float) -> str:
        texts = self._given.classes if self._given is not None else ()
        if texts:
            return texts[int(value)]
        return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else repr(value)

    def _no_such_column(self) -> str:
        channels = self._given.channels if self._given is not None else ()
        names = ", ".join((*channels, *self._device.texts)[:MOST_CLASSES])
        text = " Of lines that are sent only numbers are taken, so text must come as a number."
        return (
            f"stream.label: {self._device.name} has no column {self._label!r} that could hold "
            f"labels (a column of times cannot). There are: {names}."
            f"{text if isinstance(self._device, Transport) else ''}"
        )

    def state_dict(self) -> State:
        """Return what was found out, nothing before that."""
        if self._told is None or self._given is None:
            return {}
        return dict(
            at=self._at, kind=self._kind, given=asdict(self._given), told=asdict(self._told),
            classes=[float(value) for value in self._classes], too_many=self._too_many,
            bare=self._bare,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self._at, self._kind = state["at"], state["kind"]
        self._given, self._told = info_of(state["given"]), info_of(state["told"])
        self._classes = {value: number for number, value in enumerate(state["classes"])}
        self._too_many, self._bare = state["too_many"], state["bare"]
        self._again = True


def believed(column: F64) -> F64:
    """Return labels (n,) with NaN in the place of what can be none."""
    return np.where(np.abs(column) <= LARGEST, column, np.nan)


def _kind(column: F64, enough: bool) -> Literal["class", "value"] | None:
    """Return what the first labels (n,) are, None if more are to be seen before.

    A number that is not whole is a value. Whole ones of which at least every second comes again
    are classes.
    """
    known = column[np.isfinite(column)]
    if (known != np.round(known)).any():
        return "value"
    if not enough:
        return None
    few = len(np.unique(known)) <= max(2, len(known) // 2)
    return "class" if few else "value"
