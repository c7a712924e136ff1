"""The books of a stream's labels: how well they were said, of late and all in all."""

from __future__ import annotations

import math

import numpy as np

from driftscope.core.arrays import UNKNOWN
from driftscope.core.interfaces import State
from driftscope.core.labelled.pending import Said
from driftscope.core.labelled.target import Target
from driftscope.core.labelled.value_errors import Errors
from driftscope.core.metrics import ConfusionMatrix, Prequential
from driftscope.core.reports import Graded, Report


class Books:
    """Grade what was said of rows, and report how well it goes.

    Of classes a row's loss is the log loss of the chances said, of values the absolute error in
    the label's unit. Rows in test are graded, but do not count.
    """

    def __init__(self, key: str, classes: tuple[str, ...] | None) -> None:
        self.key = key
        self.classes = classes
        self.figures: Prequential | Errors = Errors() if classes is None else Prequential()
        self.matrix = ConfusionMatrix(len(classes or ()))

    def extend(self, classes: tuple[str, ...]) -> None:
        """Make room for more classes, or call them by other names."""
        self.classes = classes
        self.matrix.extend(len(classes))

    def add(
        self, target: Target, rows: list[tuple[Said, float]], plain: tuple[str, str], test: bool
    ) -> Graded:
        """Grade rows with their labels; the two plain ways go by the names in `plain`."""
        y = np.array([label for _, label in rows])
        if self.classes is not None:
            y = y.astype(np.int64)
        predicted = np.array([self._predicted(said) for said, _ in rows], y.dtype)
        losses = np.array([self._losses(target, said, label) for said, label in rows])
        if not test:
            self.figures.add(y, predicted)
            if self.classes is not None:
                self.matrix.add(y, predicted)
        return Graded(
            self.key, np.array([said.seq for said, _ in rows], np.int64),
            np.array([said.time_s for said, _ in rows]), y, predicted, losses[:, 0],
            dict(zip(plain, losses[:, 1:].T, strict=True)), np.full(len(rows), test),
        )  # fmt: skip

    def gap(self) -> None:
        """Let the next row have none before it."""
        self.figures.gap()

    def report(self) -> Report:
        """Return the books as they are now."""
        figures = self.figures.figures() | self.figures.overall_figures()
        counts, classes = self.matrix.counts.copy(), self.classes or ()
        return Report(self.key, classes, counts, "rows said before they were learned", figures)

    def _predicted(self, said: Said) -> float:
        if self.classes is None:
            return float(said.mixed[0]) * said.scale + said.mean if len(said.mixed) else math.nan
        return float(said.mixed.argmax()) if len(said.mixed) else float(UNKNOWN)

    def _losses(self, target: Target, said: Said, y: float) -> list[float]:
        """Return what the row lost, and the two plain ways; NaN where nothing was said."""
        if not len(said.mixed):
            return [math.nan] * 3
        told = np.stack((said.mixed, *said.each[:2]))
        if self.classes is None:
            told = told * said.scale + said.mean
        losses: list[float] = target.loss(told, y).tolist()
        return losses

    def state_dict(self) -> State:
        return dict(figures=self.figures.state_dict(), matrix=self.matrix.state_dict())

    def load_state_dict(self, state: State) -> None:
        self.figures.load_state_dict(state["figures"])
        self.matrix.load_state_dict(state["matrix"])
