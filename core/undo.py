"""What was learned lately, to go back to: one stream's, bounded in bytes."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from typing import NamedTuple, Protocol, runtime_checkable

from driftscope.core.describing import info_of
from driftscope.core.interfaces import Detector, Learner, State
from driftscope.core.stream import StreamInfo

LIMIT_BYTES = 32 * 2**20
EVERY_S, REACH_S = 2.0, 70.0
"""So often, in stream time, a copy is kept, and for so long; more rarely, and not as long, where
copies are large."""
CANNOT = "The model in use cannot go back: its copies would take too much memory. Reset it instead."
NO_BOOKMARK = "There is no bookmark of this model: set one first."


@runtime_checkable
class Reversible(Protocol):
    """A learner that can go back has the first two of these; of a detector they are about what
    is usual, and alarms stay."""

    def learned(self) -> State:
        """Return a copy of what was learned."""

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was, to the bit; the window, and what was taught by
        hand, stay. Between two steps."""

    def extend(self, info: StreamInfo) -> None:
        """Go on with more channels, as a Learner does."""


class Copy(NamedTuple):
    """Hold what was learned up to `time_s`, and what was usual of its errors; `info` is the
    stream as it was then."""

    time_s: float
    learned: State
    usual: State
    info: StreamInfo
    nbytes: int


class Undo:
    """Keep copies of what a learner has learned, and go back to one.

    What one went back from is forgotten, and the time it took with it: going back 10 s twice is
    going back 20 s. Going to the bookmark forgets nothing, so one can go back from there. Times
    are of the stream, so that a replay does the same. Of it all the bookmark alone is part of a
    saved state: what is loaded has nothing else to go back to at first.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._copies: deque[Copy] = deque()
        self._bookmark: Copy | None = None

    @property
    def nbytes(self) -> int:
        """Return about how much memory the copies take."""
        marked = self._bookmark.nbytes if self._bookmark else 0
        return marked + sum(copy.nbytes for copy in self._copies)

    def forget(self) -> None:
        """Forget everything: it is of a learner of another make."""
        self._copies.clear()
        self._bookmark = None

    def follow(self, learner: Learner, detector: Detector, time_s: float, info: StreamInfo) -> None:
        """Keep a copy if it is time, once the step that ended at `time_s` was learned."""
        if self._copies and time_s - self._copies[-1].time_s < self._every_s():
            return
        copy = _copy(learner, detector, time_s, info)
        if copy is None:
            return
        self._copies.append(copy)
        while len(self._copies) > 1 and self.nbytes > self.limit_bytes:
            self._copies.popleft()
        # one from before stays, however long ago: the stream may have paused for an hour
        while len(self._copies) > 1 and time_s - self._copies[1].time_s >= REACH_S:
            self._copies.popleft()

    def bookmark(
        self, learner: Learner, detector: Detector, time_s: float, info: StreamInfo
    ) -> str:
        """Remember what is learned now, in the place of the bookmark before; return why not, ""
        if it was done."""
        copy = _copy(learner, detector, time_s, info)
        if copy is None:
            return CANNOT
        self._bookmark = copy
        return ""

    def find(self, seconds: float | None, time_s: float) -> tuple[Copy | None, str]:
        """Return the nearest copy from so long before `time_s`, or the bookmark with None; where
        there is none, why."""
        if seconds is None:
            return self._bookmark, "" if self._bookmark else NO_BOOKMARK
        old = (c for c in reversed(self._copies) if time_s - c.time_s >= seconds)
        found = next(old, None)
        return found, "" if found else self._too_young(time_s)

    def gone_to(self, found: Copy, seconds: float | None, time_s: float) -> None:
        """Forget what was gone back from, once what was learned is as it was in `found`."""
        if seconds is not None:
            while self._copies[-1] is not found:
                self._copies.pop()
            later_s = time_s - found.time_s
            self._copies = deque(c._replace(time_s=c.time_s + later_s) for c in self._copies)

    def state_dict(self) -> State:
        """Return the bookmark, {} if there is none."""
        marked = self._bookmark
        return dict(marked._asdict(), info=asdict(marked.info)) if marked else {}

    def load_state_dict(self, state: State) -> None:
        """Take a saved bookmark over."""
        self.forget()
        if state:
            self._bookmark = Copy(**dict(state, info=info_of(state["info"])))

    def _too_young(self, time_s: float) -> str:
        if not self._copies:
            return "Nothing is remembered yet to go back to."
        ago_s = time_s - self._copies[0].time_s
        return f"Nothing that old is remembered: the oldest is {ago_s:.0f} s ago."

    def _every_s(self) -> float:
        """Return how often a copy is kept, so that those there is room for reach back far."""
        each = self._copies[-1].nbytes
        marked = self._bookmark.nbytes if self._bookmark else 0
        fit = (self.limit_bytes - marked) // max(each, 1)
        return max(EVERY_S, REACH_S / max(fit - 1, 1))


def _copy(learner: Learner, detector: Detector, time_s: float, info: StreamInfo) -> Copy | None:
    if not isinstance(learner, Reversible):
        return None
    learned = learner.learned()
    usual = detector.learned() if isinstance(detector, Reversible) else {}
    return Copy(time_s, learned, usual, info, _nbytes(learned) + _nbytes(usual))


def _nbytes(thing: object) -> int:
    if isinstance(thing, dict):
        return sum(map(_nbytes, thing.values()))
    if isinstance(thing, list | tuple | deque):
        return sum(map(_nbytes, thing))
    return int(getattr(thing, "nbytes", 32))
