"""Decide which lines belong to the stream, so that no banner, stack trace or half a line does."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from driftscope.core.decoders._blocks import At
from driftscope.core.decoders._formats import NO_HEADER, WHOLE, parse_as, refused
from driftscope.core.decoders._layout import SETTLED, Layout
from driftscope.core.decoders._line import Line, cells, readable
from driftscope.core.decoders._parse import Header, is_header, parse_header, split_name_unit

AGREE = 2
"""Lines that have to agree before the first values, or unknown labels, are believed."""
NEARBY = 32
"""Lines within which they must do so."""
EARLY = 1024
"""Lines within which a label of Teleplot is believed at once; later it must come twice in them."""

_PICTURE = "\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d"
_NAME = re.compile(rf'(?:"?[\w{_PICTURE}][\w{_PICTURE} .:%°/()\[\]#^*²³·-]{{0,47}}"?)?')
"""What may name a column: a stack trace's line should not."""

Held = tuple[bytes, bool, At]
"""A line that waits for another: the line, whether it was the first, when it arrived."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say that a line is taken (`line` is there) or rejected (`kind`, to merge by, `reason`)."""

    raw: bytes
    at: At
    line: Line | None = None
    kind: str = ""
    reason: str = ""


class Admission:
    """Judge line after line.

    - The first line after opening or a gap may be half a line. It waits for the next one and is
      dropped quietly if it does not parse, or if the next has a value or label that it lacks.
    - A stream starts when two lines agree, or at the first line that fits the header before it.
      A label with a hex value counts a quarter: so do boot loaders write.
    - Later, a line with an unknown label is taken if it has a known one too, else from its second
      time within 32 lines. Bare values must be as many as before, or five lines in a row agree.
    - Once a stream is Teleplot's or one of JSON it stays so; a plain one becomes so if five such
      lines come in a row. Among Teleplot's lines all others are text for the console.

    `mode` is the format asked for, `time_field` what names the time in an object.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.mode = "auto"
        self.time_field = ""
        self._lines = 0
        self._first = True
        self._header: tuple[bytes, bool, At] | None = None
        self._held: list[Held] = []
        self._sightings: dict[str, tuple[float, int]] = {}
        self._other = ("", 0)

    @property
    def steady(self) -> bool:
        """True if nothing waits, so that further lines like the last taken are taken too."""
        return not (self._first or self._held or self._header or self.layout.changing)

    def passed(self, lines: int) -> None:
        """Take note of lines that were like the last one taken."""
        self._lines += lines
        self._other = ("", 0)

    def judge(self, raw: bytes, at: At) -> Iterator[Verdict]:
        """Give what is decided by this line, on those that waited for it and on itself."""
        text = readable(raw)
        if text == "":
            return
        self._lines += 1
        line = parse_as(raw, self.mode, self.time_field)
        if line:
            yield from self._values(raw, at, line)
        elif text and self._names(cells(text)):
            if self.layout.heads:  # the same header again, as after a reset of the board
                self._first = False
                return
            yield from self._drop_header()
            self._header, self._first = (raw, self._first, at), False
        else:
            yield from self._drop_header()
            first, self._first, self._other = self._first, False, ("", 0)
            if not first:
                yield self._words(raw, at) if text else Verdict(raw, at, None, "bytes", "not text")

    def gap(self) -> None:
        """Expect half a line again."""
        self._first = True

    def settle(self, final: bool) -> Iterator[Verdict]:
        """Decide on what waits for a line that will not come; `final` at the stream's end."""
        yield from self._drop_header()
        held, self._held = self._held, []
        if held and self.layout.channels:
            yield Verdict(held[0][0], held[0][2], self._line(held[0][0]))
        elif held and final:
            self._held = held
            yield from self._start(self._line(held[-1][0]), None, sure=True)
        else:
            yield from (self._alone(entry) for entry in held if not entry[1])

    def state_dict(self) -> dict[str, Any]:
        state = copy.deepcopy(vars(self))
        state["layout"] = asdict(self.layout)
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        state = copy.deepcopy(state)
        vars(self.layout).update(state.pop("layout"))
        vars(self).update(state)

    def _line(self, raw: bytes) -> Line:
        """Return what a line says that is known to say something."""
        return parse_as(raw, self.mode, self.time_field) or Line()

    def _words(self, raw: bytes, at: At) -> Verdict:
        return Verdict(raw, at, None, *refused(raw, self.mode, self.layout))

    def _alone(self, held: Held) -> Verdict:
        if self.layout.kind == "teleplot":
            return self._words(held[0], held[2])
        return Verdict(held[0], held[2], None, "alone", "unlike the lines around it")

    def _names(self, heads: list[str]) -> bool:
        """Say whether a line may be a header: once there has been one, only the same again."""
        if self.layout.heads:
            return heads == self.layout.heads
        if self.layout.kind != "plain" or self.mode in NO_HEADER:
            return False
        return is_header(heads) and all(map(_NAME.fullmatch, heads))

    def _values(self, raw: bytes, at: At, line: Line) -> Iterator[Verdict]:
        header = self._fitting_header(line)
        if header is None:
            yield from self._drop_header()
        self._header = None
        layout = self.layout
        if not layout.channels:
            self._held.append((raw, self._first and not line.whole, at))
            self._first = False
            yield from self._start(line, header)
            return
        if header is not None:
            layout.rename(*header)
        first, self._first = self._first and not line.whole, False
        if line.kind != layout.kind and not self._other_kind(line):
            if not first:
                yield self._words(raw, at)
            return
        refusal = self._refusal(line)
        if refusal is not None:
            if not first:
                yield Verdict(raw, at, None, *refusal)
        elif first:
            self._held = [(raw, True, at)]
        else:
            held, self._held = self._held, []
            for before, _, then in held:
                if not _lacks(waited := self._line(before), line):
                    yield Verdict(before, then, waited)
            yield Verdict(raw, at, line)

    def _fitting_header(self, line: Line) -> tuple[Header, list[str]] | None:
        """Return the header in front of this line, and its cells, if it names just its values."""
        if self._header is None:
            return None
        heads = cells(readable(self._header[0]) or "")
        dated = line.dated
        # in auto mode a single word in front of single values is rather a greeting
        lone = len(heads) == 1 and self.mode == "auto" and not split_name_unit(heads[0])[1]
        if line.named or lone or line.bracketed or len(heads) != line.loose + dated:
            return None
        named = ["timestamp", *heads[1:]] if dated else heads
        return parse_header(named, dated or self.mode != "arduino"), heads

    def _drop_header(self) -> Iterator[Verdict]:
        header, self._header = self._header, None
        if header is not None and not header[1]:
            yield self._words(header[0], header[2])

    def _start(
        self, line: Line, header: tuple[Header, list[str]] | None, sure: bool = False
    ) -> Iterator[Verdict]:
        """Make the first channels if the lines that wait, this being the last, are evidence
        enough."""
        lines = [self._line(entry[0]) for entry in self._held]
        sure = sure or self.mode in WHOLE
        agree = [header is None and _agree(other, line) for other in lines[:-1]] + [True]
        score = sum(other.weight for other, ok in zip(lines, agree, strict=True) if ok)
        if header is None and score < AGREE and not sure:
            if len(self._held) > NEARBY and not (oldest := self._held.pop(0))[1]:
                yield self._alone(oldest)
            return
        waiting, self._held = self._held, []
        if waiting[0][1] and _lacks(lines[0], line):
            agree[0] = False
        taken = [other for other, ok in zip(lines, agree, strict=True) if ok]
        self.layout.start(taken[0], header, self.time_field)
        for other in taken:
            self.layout.extend(other)
        self.layout.version = 1
        for entry, other, ok in zip(waiting, lines, agree, strict=True):
            if ok:
                yield Verdict(entry[0], entry[2], other)
            elif not entry[1]:
                self._sight(other)
                yield self._alone(entry)

    def _other_kind(self, line: Line) -> bool:
        """Say whether the stream is of another kind from this line on: what is unmistakable takes
        the place of what may have been a banner."""
        again = self._other[1] + 1 if self._other[0] == line.kind else 1
        self._other = (line.kind, again)
        if not line.whole or again < SETTLED:
            return False
        self.layout.narrow(0)
        self.layout.kind, self._other = line.kind, ("", 0)
        return True

    def _refusal(self, line: Line) -> tuple[str, str] | None:
        """Return (kind, reason) if a line does not belong to the stream, None if it does."""
        layout, width = self.layout, self.layout.width
        if line.open_end and 0 < line.loose == width - 1:
            line.add("", None)
        count = line.loose
        if count != width and (count or not line.named):
            again = self._other[1] + 1 if self._other[0] == str(count) else 1
            self._other = (str(count), again)
            if again < SETTLED:
                return "count", f"{count} values where {width} were expected"
            layout.narrow(count)
        self._other = ("", 0)
        if line.named and not count and not any(name in layout.labels for name in line.named):
            return self._sight(line)
        return None if layout.fits_units(line) else ("words", "not only numbers")

    def _sight(self, line: Line) -> tuple[str, str] | None:
        """Believe labels of which none is known once they come again."""
        points = line.kind == "teleplot"
        if points and self._lines <= EARLY:
            return None
        near = self._lines - (EARLY if points else NEARBY)
        self._sightings = {name: s for name, s in self._sightings.items() if s[1] >= near}
        known = [self._sightings[name][0] for name in line.named if name in self._sightings]
        score = line.weight + max(known, default=0.0)
        if score >= AGREE:
            return None
        for name in line.named:
            self._sightings[name] = (score, self._lines)
        return "labels", "unknown labels, taken if they come again"


def _agree(one: Line, other: Line) -> bool:
    if one.kind != other.kind or (one.time is None) != (other.time is None):
        return False
    if one.kind == "teleplot":
        return True
    shared = set(one.named) & set(other.named)
    return one.loose == other.loose and bool(shared or not (one.named or other.named))


def _lacks(one: Line, other: Line) -> bool:
    """Say whether a line lacks a value or label of the next one: half a line does."""
    if one.whole or not one.values:
        return False
    start = math.isnan(one.values[0]) and not math.isnan(other.values[0])
    return start or one.loose < other.loose or not set(other.named) <= set(one.named)
