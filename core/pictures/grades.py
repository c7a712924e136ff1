"""The books of a classifier: how well it said the classes, of late, by pass and by cell."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from driftscope.core.arrays import F64, Bools, Classes, Pixels
from driftscope.core.metrics import ConfusionMatrix, Prequential
from driftscope.core.pictures.shown import Shown
from driftscope.core.reports import Graded, Report, Sample

WINDOW = 1000
"""Rows that the prequential figures go back."""
MOST_PASSES = 1000
"""Passes that are kept, newest last."""
NOT_SAID = -1


@dataclass(frozen=True, slots=True)
class Labelled:
    """Hold n labelled pictures (n, h, w, 3) and what was said of them before: the chances of K
    classes (n, K), NaN where nothing was said."""

    seq: Classes
    time_s: F64
    y: Classes
    test: Bools
    pictures: Pixels
    chances: F64


class Tally:
    """Count what was said of some rows: right ones, losses, cells, and a few pictures of each."""

    def __init__(self, classes: int) -> None:
        self.matrix = ConfusionMatrix(classes)
        self.shown = Shown()
        self.rows = self.right = self.losses = 0
        self.loss = 0.0

    def add(self, y: Classes, predicted: Classes, loss: F64) -> None:
        said = predicted != NOT_SAID
        y, predicted, loss = y[said], predicted[said], loss[said]
        self.matrix.add(y, predicted)
        known = np.isfinite(loss)
        self.rows += len(y)
        self.right += int(np.count_nonzero(y == predicted))
        self.losses += int(np.count_nonzero(known))
        self.loss += float(loss[known].sum())

    @property
    def accuracy(self) -> float:
        return self.right / self.rows if self.rows else math.nan

    @property
    def mean_loss(self) -> float:
        return self.loss / self.losses if self.losses else math.nan

    def state_dict(self) -> dict[str, Any]:
        return self.__dict__ | dict(matrix=self.matrix.state_dict(), shown=self.shown.state_dict())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        matrix, shown = self.matrix, self.shown
        self.__dict__.update(state | dict(matrix=matrix, shown=shown))
        matrix.load_state_dict(state["matrix"])
        shown.load_state_dict(state["shown"])


class Pass:
    """Hold one going through a set: what was learned from, and what was held out."""

    def __init__(self, classes: int, number: int) -> None:
        self.number = number
        self.learned, self.held_out = Tally(classes), Tally(classes)

    def figures(self) -> dict[str, float]:
        return dict(
            train_accuracy=self.learned.accuracy, held_out_accuracy=self.held_out.accuracy,
            loss=self.learned.mean_loss, held_out_loss=self.held_out.mean_loss,
        )  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        return dict(
            number=self.number, learned=self.learned.state_dict(),
            held_out=self.held_out.state_dict(),
        )  # fmt: skip

    @classmethod
    def of(cls, classes: int, state: dict[str, Any]) -> Pass:
        made = cls(classes, state["number"])
        made.learned.load_state_dict(state["learned"])
        made.held_out.load_state_dict(state["held_out"])
        return made


class Grades:
    """Grade what was said of labelled pictures, and report how well it goes. One stream's.

    The plain way beside it says each class as often as it came so far among the rows that are
    learned from (with one more of each, so that none has no chance).
    """

    def __init__(self, key: str, classes: tuple[str, ...]) -> None:
        self.key = key
        self.classes = classes
        self.recent = Prequential(WINDOW)
        self._counts = np.zeros(len(classes), np.int64)
        self._running = Pass(len(classes), 1)
        self._last: Pass | None = None
        self._passes: deque[dict[str, float]] = deque(maxlen=MOST_PASSES)
        self._ends: deque[int] = deque()
        self._seen = 0
        self._id = 0

    def extend(self, classes: tuple[str, ...]) -> None:
        """Make room for more classes, or call them by other names."""
        self.classes = classes
        self._counts = np.pad(self._counts, (0, len(classes) - len(self._counts)))
        for each in [self._running, *([self._last] if self._last else [])]:
            for tally in (each.learned, each.held_out):
                tally.matrix.extend(len(classes))

    def add(self, rows: Labelled) -> Graded:
        """Grade what was said of some rows."""
        seq, y, test = rows.seq, rows.y, rows.test
        said = np.isfinite(rows.chances[:, 0])
        predicted = np.where(said, rows.chances.argmax(1), NOT_SAID)
        loss = _cross_entropy(rows.chances, y)
        graded = Graded(
            self.key, seq, rows.time_s, y, predicted, loss,
            {"class frequency": self._plain(y, test)}, test,
        )  # fmt: skip
        self.recent.add(y[~test], predicted[~test])
        done = 0
        while done < len(y):
            ends = self._ends[0] if self._ends else math.inf
            stop = done + int(np.count_nonzero(seq[done:] < ends))
            if stop == done:
                self._close_pass()
            self._book(graded, slice(done, stop), rows.pictures)
            done = stop
        return graded

    def seen(self, seq: int) -> None:
        """All rows before `seq` are graded, as far as they have labels."""
        self._seen = max(self._seen, seq)
        while self._ends and self._ends[0] <= self._seen:
            self._close_pass()

    def end_pass(self, seq: int) -> None:
        """The pass ends before row `seq`."""
        self._ends.append(seq)
        self.seen(self._seen)

    def report(self) -> Report:
        """Return the books as they are now."""
        shown = self._last or self._running
        tally = shown.held_out if shown.held_out.rows else shown.learned
        what = "pictures held out" if shown.held_out.rows else "pictures said before learned"
        held = shown.held_out.accuracy
        return Report(
            self.key, self.classes, tally.matrix.counts.copy(), f"{what}, pass {shown.number}",
            {**self.recent.figures(), "held_out_accuracy": held}, tuple(self._passes),
            tally.shown.samples(),
        )  # fmt: skip

    def _book(self, graded: Graded, rows: slice, pictures: Pixels) -> None:
        """Enter rows of one pass."""
        y, predicted, test = graded.y[rows], graded.predicted[rows], graded.test[rows]
        for tally, mine in ((self._running.learned, ~test), (self._running.held_out, test)):
            tally.add(y[mine], predicted[mine], graded.loss[rows][mine])
            for row in rows.start + np.flatnonzero(mine):
                if graded.predicted[row] == NOT_SAID:
                    continue
                tally.shown.add(Sample(
                    self._id, int(graded.seq[row]), float(graded.time_s[row]), int(graded.y[row]),
                    int(graded.predicted[row]), bool(graded.test[row]), pictures[row].copy(),
                ))  # fmt: skip
                self._id += 1

    def _close_pass(self) -> None:
        self._ends.popleft()
        self._last = self._running
        self._passes.append(self._last.figures())
        self._running = Pass(len(self.classes), self._last.number + 1)

    def _plain(self, y: Classes, test: Bools) -> F64:
        """Return the loss of the plain way for each row, and count the classes."""
        came = np.zeros((len(y) + 1, len(self._counts)), np.int64)
        came[0] = self._counts + 1
        came[np.flatnonzero(~test) + 1, y[~test]] = 1
        came = came.cumsum(0)
        self._counts = came[-1] - 1
        rows = np.arange(len(y))
        return np.asarray(np.log(came[:-1].sum(1) / came[rows, y]), np.float64)

    def state_dict(self) -> dict[str, Any]:
        return dict(
            recent=self.recent.state_dict(), counts=self._counts.copy(),
            running=self._running.state_dict(),
            last=self._last.state_dict() if self._last else None,
            passes=[dict(each) for each in self._passes], ends=list(self._ends),
            seen=self._seen, id=self._id,
        )  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state of as many classes."""
        classes = len(self.classes)
        self.recent.load_state_dict(state["recent"])
        self._counts = state["counts"].copy()
        self._running = Pass.of(classes, state["running"])
        self._last = Pass.of(classes, state["last"]) if state["last"] else None
        self._passes = deque(state["passes"], maxlen=MOST_PASSES)
        self._ends = deque(state["ends"])
        self._seen, self._id = state["seen"], state["id"]


def _cross_entropy(chances: F64, y: Classes) -> F64:
    """Return -log of the chance said of each row's class; NaN if the class was not known."""
    known = y < chances.shape[1]
    said = chances[np.arange(len(y)), np.where(known, y, 0)]
    return np.where(known, -np.log(np.maximum(said, 1e-300)), math.nan)
