"""What the window remembers of one stream: bounded in bytes, drawn at any zoom in bounded time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftscope.core.lines import Lines, between
from driftscope.core.loss_trace import LossTrace
from driftscope.core.pyramid import Channels
from driftscope.core.rows import GAP, HOLE, Rows
from driftscope.core.stream import F64, Event, Graded, Result, StreamInfo

BUDGET_BYTES = 64 * 2**20
BandKind = Literal["gap", "hole", "unscored"]


@dataclass(slots=True)
class Band:
    """Mark a stretch of time without results: the stream was interrupted ("gap"), results never
    arrived here ("hole"), or rows were left unscored for lack of time ("unscored")."""

    kind: BandKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one sample with what was said of it; `values` and `prediction` are (C,).

    `flags` is a sum of ALARM, ONSET, UNSCORED, GAP and HOLE of `core/rows.py`.
    """

    seq: int
    time_s: float
    values: F64
    prediction: F64
    loss: float
    rarity: float
    flags: int


@dataclass(frozen=True, slots=True)
class Samples:
    """Hold rows as they came: time_s (n,), values and prediction (n, C).

    The stream was interrupted, or rows are missing, in front of each row of `breaks`; `there`
    counts the rows of the whole stretch, of which these are the newest.
    """

    time_s: F64
    values: F64
    prediction: F64
    breaks: list[int]
    there: int


class History:
    """Keep the newest results of one stream. Not thread-safe: it belongs to the GUI thread.

    `losses` goes back to the start, and so do minima and maxima of what was measured; exact rows,
    which `len` counts, go back as far as `budget_bytes` reach. `forecast` is the
    newest (h, C) predictions of what comes after the last row, or None. `total` counts every row
    ever taken in: while it stays, there is nothing new to draw.
    """

    def __init__(self, info: StreamInfo, budget_bytes: int = BUDGET_BYTES) -> None:
        self.info = info
        self.budget_bytes = budget_bytes
        self.losses = LossTrace()
        self.bands: deque[Band] = deque(maxlen=2000)
        self.forecast: F64 | None = None
        self.threshold = float("nan")
        self.calibrated = False
        self.total = 0
        self.not_shown = 0
        """Rows known to have been given out that never arrived here."""
        self.graded = 0
        """Rows of which labels have said what they were."""
        self._period_s, self._period_of = float("nan"), 0
        """The usual time between rows, and of which `total`."""
        self._interruptions: deque[tuple[int, int]] = deque()
        self._rows = Rows(len(info.channels), budget_bytes)

    def __len__(self) -> int:
        return self._rows.count

    @property
    def rows(self) -> Rows:
        """Return the kept rows as they lie, to read exact values from."""
        return self._rows

    @property
    def start_s(self) -> float:
        """Return the time the history begins at; NaN if there is nothing."""
        coarse = self._rows.coarse
        return float(coarse.time_s[0]) if coarse.count else self.exact_s

    @property
    def exact_s(self) -> float:
        """Return the time from which on every row is kept, not minima and maxima only; NaN if
        there is none."""
        return float(self._rows.time_s[0]) if len(self) else float("nan")

    @property
    def group_s(self) -> float:
        """Return how long a stretch before `exact_s` is one minimum and one maximum; 0 if every
        row is kept."""
        coarse = self._rows.coarse
        if coarse.count < 2:
            return 0.0
        newest = coarse.time_s[max(0, coarse.count - 65) : coarse.count]
        return float(np.median(np.diff(newest)))

    @property
    def end_s(self) -> float:
        """Return the newest row's time; NaN if there is none."""
        return float(self._rows.time_s[len(self) - 1]) if len(self) else float("nan")

    @property
    def last_seq(self) -> int:
        """Return the newest row's number; -1 if there is none."""
        return int(self._rows.seq[len(self) - 1]) if len(self) else -1

    @property
    def period_s(self) -> float:
        """Return the usual time between the newest rows, in seconds; NaN if unknown."""
        if self._period_of != self.total:
            newest = self._rows.time_s[max(0, len(self) - 65) : len(self)]
            self._period_s = float(np.median(np.diff(newest))) if len(newest) > 1 else float("nan")
            self._period_of = self.total
        return self._period_s

    def append(self, result: Result | Graded) -> None:
        """Take in a result; a jump of its seq that nothing explains leaves a hole. Of what labels
        said the losses are kept."""
        if isinstance(result, Graded):
            self.losses.add(result)
            self.graded += len(result.y)
            return
        if not len(result):
            return
        missing = result.seq - self.last_seq - 1 if len(self) else 0
        before = HOLE if missing else 0
        if missing and not (self._interruptions and self._interruptions[0][0] <= result.seq):
            self.not_shown += missing
        while self._interruptions and self._interruptions[0][0] <= result.seq:
            before = self._interruptions.popleft()[1]
        if before or not result.scored:
            self.losses.gap()
        if len(self) and before:
            kind: BandKind = "gap" if before == GAP else "hole"
            self.bands.append(Band(kind, self.end_s, float(result.time_s[0])))
        if result.scored:
            self.losses.add(result)
            self.forecast = result.forecast
            self.threshold, self.calibrated = result.threshold, result.calibrated
        else:
            self.forecast = None
            self._note_unscored(result)
        self._rows.append(result, before)
        self.total += len(result)
        while self.bands and self.bands[0].end_s < self.start_s:
            self.bands.popleft()

    def note_gap(self, event: Event) -> None:
        """Remember that before row `event.seq` the stream was interrupted ("gap") or rows were
        lost; results up to there may still be on their way."""
        if self._interruptions and self._interruptions[-1][0] == event.seq:
            return  # a link that comes and goes with no row between
        self._interruptions.append((event.seq, GAP if event.kind == "gap" else HOLE))
        self.forecast = None

    def extend(self, info: StreamInfo) -> None:
        """Take the stream's next version: channels were added, what is kept stays."""
        older, self._rows = self._rows, Rows(len(info.channels), self.budget_bytes)
        self._rows.take(older)
        self.info = info
        self.forecast = None

    def index_at(self, time_s: float) -> int:
        """Return the index of the last kept row at or before a time; 0 if all are later."""
        return max(0, int(np.searchsorted(self._rows.time_s[: len(self)], time_s, "right")) - 1)

    def seq_at(self, time_s: float) -> int:
        """Return the number of the last kept row at or before a time, of those that begin a group
        where only groups are left; -1 if nothing is kept."""
        coarse = self._rows.coarse
        if coarse.count and time_s < self.exact_s:
            return int(coarse.seq[coarse.index_at(time_s)])
        return int(self._rows.seq[self.index_at(time_s)]) if len(self) else -1

    def row(self, seq: int) -> Row | None:
        """Return one row, or None if it is not kept."""
        rows = self._rows
        i = int(np.searchsorted(rows.seq[: rows.count], seq))
        if i == rows.count or rows.seq[i] != seq:
            return None
        return Row(
            seq, float(rows.time_s[i]), rows.values[:, i].copy(), rows.prediction[:, i].copy(),
            float(rows.loss[i]), float(rows.rarity[0, i]), int(rows.flags[i]),
        )  # fmt: skip

    def samples(
        self, lo_s: float, hi_s: float, most: int, channels: Channels = slice(None)
    ) -> Samples:
        """Return every row between two times, or the newest `most` of them."""
        rows = self._rows
        first = int(np.searchsorted(rows.time_s[: rows.count], lo_s))
        after = int(np.searchsorted(rows.time_s[: rows.count], hi_s, "right"))
        part = slice(max(first, after - most), after)
        return Samples(
            rows.time_s[part].copy(), rows.values[channels, part].T.copy(),
            rows.prediction[channels, part].T.copy(),
            np.flatnonzero(rows.flags[part] & (GAP | HOLE)).tolist(), max(0, after - first),
        )  # fmt: skip

    def lines(
        self, lo_s: float, hi_s: float, pixels: int, channels: Channels = slice(None)
    ) -> Lines:
        """Return what lies between two times, and a row beyond at either side, to draw; where
        rows are no longer kept one by one, the minima and maxima that are."""
        return between(self._rows, lo_s, hi_s, pixels, channels)

    def _note_unscored(self, result: Result) -> None:
        """Mark the result's stretch, as one with the stretch before if it follows on."""
        start_s, end_s = float(result.time_s[0]), float(result.time_s[-1])
        if self.bands and self.bands[-1].kind == "unscored" and self.bands[-1].end_s == self.end_s:
            self.bands[-1].end_s = end_s
        else:
            self.bands.append(Band("unscored", start_s, end_s))
