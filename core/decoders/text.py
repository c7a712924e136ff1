"""Decode lines of text: bare numbers, CSV, Arduino's `label:value`, told apart by themselves.

A chunk is cut into lines (`_splitter`); what one means is defined by `_line.parse_line`, whether
it belongs to the stream by `_admission`, its place by `_layout`. Lines like the one before go a
quick way that gives the same, bit for bit. Only arrival times depend on the chunks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from driftscope.core.clock import ClockQuality
from driftscope.core.decoders._admission import Admission, At, Verdict
from driftscope.core.decoders._layout import Layout
from driftscope.core.decoders._line import Line, alike
from driftscope.core.decoders._parse import Fast, halved
from driftscope.core.decoders._rejects import Rejects
from driftscope.core.decoders._splitter import Splitter
from driftscope.core.decoders._times import DeviceClock, rising
from driftscope.core.interfaces import Chunk, Decoder, State
from driftscope.core.params import Params, param
from driftscope.core.sample_clock import ArrivalClock
from driftscope.core.stream import F64, Block, Event, Item

PATIENCE = 16
"""Lines read with care before the quick way is made anew for their like."""


@dataclass
class TextParams(Params):
    """How lines of text are read."""

    format: str = param(
        "auto", choices=("auto", "numbers", "csv", "arduino"), live=False, label="Text format",
        help="auto tells by itself. numbers: bare values, no header. csv: values under a header, "
        "even of one column. arduino: label:value or values; a time column is a channel.",
    )  # fmt: skip


class Text(Decoder):
    """Turn text into samples; see `Admission` for which lines are taken."""

    Params = TextParams

    def __init__(self, key: str, params: TextParams) -> None:
        self.key = key
        self.params = params
        self._layout = Layout()
        self._admission = Admission(self._layout)
        self._splitter = Splitter()
        self._rejects = Rejects()
        self._arrival = ArrivalClock()
        self._device = DeviceClock()
        self._seq = 0
        self._version = 0
        self._last_s: float | None = None
        self._anchor_s: float | None = None
        self._told_most = False
        self._at: At = (0.0, 0.0)
        self._quick: tuple[Fast, list[int], int] | None = None
        self._patience = 0
        self._begin()

    def _begin(self) -> None:
        self._items: list[Item] = []
        self._values: list[F64] = []
        self._raw_s: list[F64] = []
        self._lines = self._taken = self._repaired = 0
        self._too_many = False

    def decode(self, chunk: Chunk) -> list[Item]:
        self._admission.mode = self.params.format
        if self._anchor_s is None:
            # from here on steady time only: setting the wall clock must not make times jump
            self._anchor_s = chunk.wall_s - chunk.steady_s
            if self._last_s is not None and not self._layout.timed:
                self._anchor_s = max(self._anchor_s, self._last_s - chunk.steady_s)
        self._at = (chunk.steady_s + self._anchor_s, chunk.steady_s)
        for lines, too_long in self._splitter.split(chunk.data):
            if too_long:
                self._lines += 1
                self._rejects.add("long", lines, "a line of more than 64 kB")
            else:
                self._read(lines)
        return self._finish(self._rejects.watch(chunk.data, self._lines, self._taken))

    def gap(self, steady_s: float, reason: str) -> list[Item]:
        self._splitter.rest()
        self._carry_out(self._admission.settle(final=False))
        items = self._finish()
        items.append(Event(self.key, self._seq, self._last_s or 0.0, "gap", {"reason": reason}))
        self._admission.gap()
        self._arrival.gap()
        self._device.gap()
        self._anchor_s = None
        return items

    def flush(self) -> list[Item]:
        if rest := self._splitter.rest():
            self._read(rest + b"\n")
        self._carry_out(self._admission.settle(final=True))
        return self._finish()

    @property
    def clock_quality(self) -> ClockQuality:
        return self._device.quality if self._layout.timed else self._arrival.quality

    def state_dict(self) -> State:
        return {
            "own": {name: getattr(self, name) for name in _OWN},
            "admission": self._admission.state_dict(),
            "splitter": self._splitter.state_dict(),
            "rejects": self._rejects.state_dict(),
            "arrival": self._arrival.state_dict(),
            "device": self._device.state_dict(),
        }

    def load_state_dict(self, state: State) -> None:
        vars(self).update(state["own"])
        self._admission.load_state_dict(state["admission"])
        self._splitter.load_state_dict(state["splitter"])
        self._rejects.load_state_dict(state["rejects"])
        self._arrival.load_state_dict(state["arrival"])
        self._device.load_state_dict(state["device"])
        self._quick = None
        self._begin()

    def _read(self, data: bytes) -> None:
        """Read complete lines in order: quickly while they are alike, else one by one."""
        while data:
            quick = self._usable()
            if quick is None:
                end = data.find(b"\n") + 1
                self._carry_out(self._admission.judge(data[: end - 1], self._at))
                self._lines += 1
                data = data[end:]
                continue
            done = 0
            for run, found in halved(data, quick[0]):
                done += len(run)
                if found is None:
                    self._lines += 1
                    self._carry_out(self._admission.judge(run[:-1], self._at))
                    if self._usable() is not quick:
                        break
                else:
                    self._lines += len(found)
                    self._admission.passed(len(found))
                    self._put(run, found, quick[1])
            data = data[done:]

    def _usable(self) -> tuple[Fast, list[int], int] | None:
        """Return the quick way, if lines like the last one taken would be taken now."""
        quick = self._quick
        fits = quick is not None and quick[2] == self._layout.width
        return quick if fits and self._admission.steady else None

    def _carry_out(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.line is None:
                self._rejects.add(verdict.kind, verdict.raw, verdict.reason)
            else:
                self._take(verdict.raw, verdict.at, verdict.line)

    def _take(self, raw: bytes, at: At, line: Line) -> None:
        self._layout.extend(line)
        if self._layout.version != self._version:
            self._block()
            self._version = self._layout.version
            self._items.append(self._layout.info(self.key))
            self._quick = None
        slots = self._layout.slots(line)
        now = self._at
        if at != now:  # a line that had to wait keeps its own time of arrival
            self._block()
            self._at = at
        self._put(raw + b"\n", np.array([line.values]), slots, line.date_s)
        if at != now:
            self._block()
            self._at = now
        self._patience -= 1
        if self._quick is None or self._patience < 0:
            self._patience = PATIENCE
            read = alike(raw, line)
            self._quick = (read, slots, self._layout.width) if read else self._quick

    def _put(self, run: bytes, found: F64, slots: list[int], date_s: float | None = None) -> None:
        """Add rows to the block under way."""
        layout = self._layout
        self._taken += len(run)
        self._values.append(layout.rows(found, slots))
        if layout.dated:
            self._raw_s.append(np.array([np.nan if date_s is None else date_s]))
        elif layout.time_scale is not None:
            self._raw_s.append(found[:, 0] * layout.time_scale)
        if layout.overflows(slots):
            self._too_many = True
            self._rejects.add(
                "most", run, "more than 256 channels: the rest is left out", len(found)
            )

    def _block(self) -> None:
        """Close the block under way."""
        if not self._values:
            return
        values = self._values[0] if len(self._values) == 1 else np.concatenate(self._values)
        if self._layout.timed:
            times, repaired = self._device.stamp(np.concatenate(self._raw_s))
            self._repaired += repaired
            self._device.arrived(float(times[-1]), self._at[0])
        else:
            times = rising(self._arrival.stamp(len(values), self._at[0]), self._last_s)
        self._items.append(Block(self.key, self._seq, times, values, self._at[1]))
        self._seq += len(values)
        self._last_s = float(times[-1])
        self._values, self._raw_s = [], []

    def _finish(self, message: str = "") -> list[Item]:
        """Close the block and return all items, the Events last."""
        self._block()
        items, now_s = self._items, self._last_s or self._at[0]
        items += self._rejects.take(self.key, self._seq, now_s)
        if self._repaired:
            data: dict[str, Any] = {
                "message": f"The device's time did not rise {self._repaired} times; the time "
                "before and the usual interval stand in for it.",
                "count": self._repaired,
            }
            items.append(Event(self.key, self._seq, now_s, "note", data))
        if self._too_many and not self._told_most:
            self._told_most = True
            message = "There are more than 256 channels: the first 256 are taken."
        if message:
            items.append(Event(self.key, self._seq, now_s, "note", {"message": message}))
        self._begin()
        return items


_OWN = ("_seq", "_version", "_last_s", "_anchor_s", "_at", "_told_most")

PLUGIN = Text
