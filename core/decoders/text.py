"""Decode lines of text in any of the formats of `_formats`, told apart by themselves.

A chunk is cut into lines (`_splitter`); what one means is defined by `_line.parse_line`,
`_json.parse_object` and `_teleplot.parse_points`, whether it belongs to the stream by
`_admission`, its place by `_layout`. Lines like ones before go a quick way that gives the same,
bit for bit. Only arrival times depend on the chunks, and so which of the values that come one
name at a time lie more than 50 ms apart (`_rows`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from driftscope.core.clock import ClockQuality
from driftscope.core.decoders._admission import Admission, Verdict
from driftscope.core.decoders._blocks import At, Blocks
from driftscope.core.decoders._formats import TextParams, recognised
from driftscope.core.decoders._json import object_reader
from driftscope.core.decoders._layout import APART, Layout
from driftscope.core.decoders._line import Kind, Line
from driftscope.core.decoders._parse import Fast, halved
from driftscope.core.decoders._quick import Makes
from driftscope.core.decoders._rejects import CONSOLE, Rejects
from driftscope.core.decoders._rows import ROW_S, Rows
from driftscope.core.decoders._splitter import Splitter
from driftscope.core.decoders._teleplot import point_reader, points_of
from driftscope.core.interfaces import Decoder, State
from driftscope.core.stream import F64, Event, Item
from driftscope.core.wire import Chunk

PATIENCE = 16
"""Lines read with care before the quick way is made anew for their like."""
TEXT_BESIDE = (
    "Lines that do not begin with > stand in the console; they are counted there, not as rejected."
)


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
        self._blocks = Blocks(key)
        self._rows = Rows()
        self._since: At = (0.0, 0.0)
        self._version = 0
        self._kind: Kind = "plain"
        self._told_most = self._told_console = False
        self._makes = Makes()
        self._quick: tuple[Fast, list[int], int] | None = None
        self._patience = 0
        self._begin()

    @property
    def recognised(self) -> str:
        """Return the name of the format that the lines turned out to be, "" while unknown."""
        return recognised(self._layout)

    @property
    def clock_quality(self) -> ClockQuality:
        return self._blocks.quality(self._layout.timed)

    def _begin(self) -> None:
        self._items: list[Item] = []
        self._lines = self._taken = 0
        self._too_many = False

    def decode(self, chunk: Chunk) -> list[Item]:
        self._set_format()
        self._blocks.arrive(chunk, by_arrival=not self._layout.timed)
        self._close_row(chunk.steady_s - ROW_S)
        for lines, too_long in self._splitter.split(chunk.data):
            if too_long:
                self._lines += 1
                self._rejects.add("long", lines, "a line of more than 64 kB (1 MB of JSON)")
            else:
                self._read(lines)
        return self._finish(self._rejects.watch(chunk.data, self._lines, self._taken))

    def idle(self, steady_s: float) -> list[Item]:
        if not self._rows.waiting or self._since[1] > steady_s - 2 * ROW_S:
            return []
        self._close_row()
        return self._finish()

    def gap(self, steady_s: float, reason: str) -> list[Item]:
        self._splitter.rest()
        self._carry_out(self._admission.settle(final=False))
        self._close_row()
        items, blocks = self._finish(), self._blocks
        items.append(Event(self.key, blocks.seq, blocks.last_s or 0.0, "gap", {"reason": reason}))
        self._admission.gap()
        blocks.gap()
        return items

    def flush(self) -> list[Item]:
        self._set_format()
        if rest := self._splitter.rest():
            self._read(rest + b"\n")
        self._carry_out(self._admission.settle(final=True))
        self._close_row()
        return self._finish()

    def state_dict(self) -> State:
        return {
            "own": {name: getattr(self, name) for name in _OWN},
            **{name: getattr(self, f"_{name}").state_dict() for name in _PARTS},
        }

    def load_state_dict(self, state: State) -> None:
        vars(self).update(state["own"])
        for name in _PARTS:
            getattr(self, f"_{name}").load_state_dict(state[name])
        self._makes, self._quick = Makes(), None
        self._begin()

    def _set_format(self) -> None:
        self._admission.mode = self.params.format
        self._admission.time_field = self.params.time_field

    def _read(self, data: bytes) -> None:
        """Read complete lines in order: quickly while they are alike, else one by one."""
        at = self._blocks.at
        while data:
            quick = self._usable()
            if quick is None:
                end = data.find(b"\n") + 1
                self._carry_out(self._admission.judge(data[: end - 1], at))
                self._lines += 1
                data = data[end:]
                continue
            done = 0
            for run, found in halved(data, quick[0]):
                done += len(run)
                if found is None:
                    self._lines += 1
                    self._carry_out(self._admission.judge(run[:-1], at))
                    if self._usable() is not quick:
                        break
                else:
                    lines = run.count(b"\n")
                    self._lines += lines
                    self._admission.passed(lines)
                    self._put(run, found, quick[1])
            data = data[done:]

    def _usable(self) -> tuple[Fast, list[int], int] | None:
        """Return the quick way, if lines like the last one taken would be taken now."""
        quick, layout = self._quick, self._layout
        fits = quick is not None and (quick[2], self._kind) == (layout.width, layout.kind)
        return quick if fits and self._admission.steady else None

    def _carry_out(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.line is None:
                self._rejects.add(verdict.kind, verdict.raw, verdict.reason)
                if verdict.kind == CONSOLE and not self._told_console:
                    self._told_console = True
                    self._layout.news.append(TEXT_BESIDE)
            else:
                self._take(verdict.raw, verdict.at, verdict.line)

    def _take(self, raw: bytes, at: At, line: Line) -> None:
        layout = self._layout
        layout.extend(line)
        if layout.version != self._version:
            self._items += self._blocks.take()
            self._version = layout.version
            self._items.append(layout.info(self.key))
            self._makes, self._quick = Makes(), None
        if layout.kind != self._kind:
            self._close_row()
            self._kind = layout.kind
            self._makes, self._quick = Makes(), None
        slots = layout.slots(line)
        now = self._blocks.at
        self._move_to(at)  # a line that had to wait keeps its own time of arrival
        if layout.kind == "teleplot":
            self._put(raw + b"\n", points_of(line, slots), slots)
        else:
            values = line.values
            if layout.time_in_front:
                known = line.time is not None and line.dated == layout.dated
                values = [line.time if known and line.time is not None else np.nan, *values]
                slots = [APART, *slots]
            self._put(raw + b"\n", np.array([values]), slots)
        self._move_to(now)
        self._patience -= 1
        if (self._quick is None or self._patience < 0) and layout.knows_units(line):
            self._patience = PATIENCE
            self._learn_quick(raw, line, slots)

    def _learn_quick(self, raw: bytes, line: Line, slots: list[int]) -> None:
        """Make, or make anew, the quick way for lines like this one."""
        layout = self._layout
        width = len(layout.channels)
        quick: Fast | None
        if layout.kind == "teleplot":
            quick, slots = point_reader(layout.labels, layout.units), []
        elif layout.kind == "json":
            dated = layout.dated if layout.timed else None
            quick = object_reader(layout.labels, width, self.params.time_field, dated)
            slots = [APART, *range(width)]
        else:
            if layout.time_in_front and not layout.dated:
                return
            if self._quick is not None and self._quick[2] != layout.width:
                self._makes = Makes()  # what had more values is now looked at with care
            self._makes.note(raw, line, slots, layout.time_in_front)
            quick, slots = self._makes.read, self._makes.slots
        self._quick = (quick, slots, layout.width) if quick else self._quick

    def _put(self, run: bytes, found: F64, slots: list[int]) -> None:
        """Add rows, or points that make rows, to the block under way."""
        layout = self._layout
        self._taken += len(run)
        if layout.overflows(slots):
            self._too_many = True
            reason = "more than 256 channels: the rest is left out"
            self._rejects.add("most", run, reason, len(found), partly=True)
        if layout.kind == "teleplot":
            before = self._since if self._rows.waiting else self._blocks.at
            rows, times_ms = self._rows.add(found[found[:, 0] >= 0], len(layout.channels))
            self._put_rows(rows, times_ms, before)
            self._since = self._blocks.at if len(rows) else before
        else:
            raw_s = found[:, 0] * layout.time_scale if layout.time_scale else None
            self._blocks.put(layout.rows(found, slots), raw_s)

    def _put_rows(self, rows: F64, times_ms: F64, first_at: At) -> None:
        """Add rows made of points, the first of which may have begun with an earlier chunk."""
        if not len(rows):
            return
        scale, now = self._layout.time_scale, self._blocks.at
        raw_s = times_ms * scale if scale else None
        if first_at != now:
            self._move_to(first_at)
            self._blocks.put(rows[:1], None if raw_s is None else raw_s[:1])
            self._move_to(now)
            rows, raw_s = rows[1:], None if raw_s is None else raw_s[1:]
        if len(rows):
            self._blocks.put(rows, raw_s)

    def _close_row(self, begun_before_s: float = np.inf) -> None:
        """Close the row that is open if its first value came before a steady time."""
        if self._rows.waiting and self._since[1] <= begun_before_s:
            self._put_rows(*self._rows.close(len(self._layout.channels)), self._since)

    def _move_to(self, at: At) -> None:
        """Let what is put now have arrived at another time."""
        if at != self._blocks.at:
            self._items += self._blocks.take()
            self._blocks.at = at

    def _finish(self, message: str = "") -> list[Item]:
        """Close the block and return all items, the Events last."""
        blocks = self._blocks
        self._items += blocks.take()
        items, now_s = self._items, blocks.last_s or blocks.at[0]
        items += self._rejects.take(self.key, blocks.seq, now_s)
        notes: list[dict[str, Any]] = [{"message": news} for news in self._layout.news]
        self._layout.news = []
        if blocks.repaired:
            told = (
                f"The device's time did not rise {blocks.repaired} times; the time "
                "before and the usual interval stand in for it."
            )
            notes.append({"message": told, "count": blocks.repaired})
        if self._too_many and not self._told_most:
            self._told_most = True
            message = "There are more than 256 channels: the first 256 are taken."
        notes += [{"message": message}] if message else []
        items += [Event(self.key, blocks.seq, now_s, "note", data) for data in notes]
        blocks.clear()
        self._begin()
        return items


_OWN = ("_version", "_kind", "_since", "_told_most", "_told_console")
_PARTS = ("admission", "splitter", "rejects", "blocks", "rows")

PLUGIN = Text
