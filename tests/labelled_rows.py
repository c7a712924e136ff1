"""Rows with a column of labels, a source that gives them, and a learner that says the last one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from driftscope.core import address
from driftscope.core.arrays import UNKNOWN
from driftscope.core.labelling import Labelling
from driftscope.core.learner import Forecaster
from driftscope.core.reports import Graded, Report
from driftscope.core.stream import Block, Event, Item, Labels, Scored, Step, StreamInfo

nan = np.nan


def rows_of(items: Sequence[Item]) -> tuple[np.ndarray, dict[int, Any], list[StreamInfo]]:
    """Return all values, each labelled row's label by its number, and what was described."""
    blocks = [item for item in items if isinstance(item, Block)]
    found = {
        item.seq + k: y.item()
        for item in items
        if isinstance(item, Labels)
        for k, y in enumerate(item.y)
        if not (np.isnan(y) or y == UNKNOWN)
    }
    values = np.concatenate([block.values for block in blocks]) if blocks else np.empty((0, 1))
    return values, found, [item for item in items if isinstance(item, StreamInfo)]


def notes(items: Sequence[Item]) -> list[str]:
    return [str(i.data["message"]) for i in items if isinstance(i, Event) and i.kind == "note"]


def played(path: Path | str, **stream: object) -> list[Item]:
    """Return all that a file gives once its labels are cut out; `label="class"` names them."""
    settings = [("source.speed", "max"), *((f"stream.{k}", str(v)) for k, v in stream.items())]
    device, params = address.configured(str(path), settings)
    device.label = params.stream.label
    labelling = Labelling(device, lambda: params.stream)
    items = [item for each in device for item in labelling.cut([each])]
    return [*items, *labelling.rest()]


def written(folder: Path, rows: Sequence[Sequence[object]], header: str = "a,b,class") -> Path:
    """Write a table of rows; return its path."""
    path = folder / "run.csv"
    lines = [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join([header, *lines, ""]))
    return path


def rows(words: Sequence[object]) -> list[tuple[object, ...]]:
    """Return rows of two numbers with these labels."""
    return [(k, k / 10, word) for k, word in enumerate(words)]


class LastClass(Forecaster):
    """Forecast as ever, and say of each row the class of the labelled row before."""

    def reset(self) -> None:
        super().reset()
        self.seen: list[tuple[int, Any]] = []
        self.late: list[tuple[int, list[Any]]] = []
        self.known: list[tuple[int, tuple[str, ...]]] = []
        self.last = UNKNOWN
        self.graded: list[Graded] = []

    def score(self, step: Step) -> Scored:
        if step.full:  # a part of one is scored whenever nothing comes for a while
            self.known.append((step.seq + step.n, self.info.classes))
        return super().score(step)

    def learn(self, step: Step, scored: Scored) -> float:
        self._take_labels(step)
        return super().learn(step, scored)

    def skip(self, step: Step, scored: Scored | None) -> None:
        self._take_labels(step)
        super().skip(step, scored)

    def label(self, labels: Labels) -> None:
        self.late.append((labels.seq, labels.y.tolist()))

    def take_reports(self) -> list[Graded | Report]:
        found, self.graded = self.graded, []
        return [*found]

    def _take_labels(self, step: Step) -> None:
        if step.y is None:
            return
        assert step.y.max() < max(1, len(self.info.classes)), "a class nobody has heard of"
        for row in np.flatnonzero(step.y[: step.n] != UNKNOWN):
            y, one = int(step.y[row]), np.ones(1)
            self.seen.append((step.seq + int(row), y))
            self.graded.append(Graded(
                step.key, np.array([step.seq + row]), step.time_s[[row]], np.array([y]),
                np.array([self.last]), one, {}, one < 0,
            ))  # fmt: skip
            self.last = y
