"""What labels say of a stream that is classified: graded results, samples, how well it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from driftscope.core.arrays import F64, Array, Bools, Pixels


@dataclass(frozen=True, slots=True)
class Label:
    """Say what the labels of a stream are: a class of each row, or a value; `name` and `unit` are
    those of the column they were given in."""

    name: str
    unit: str = ""
    kind: Literal["class", "value"] = "class"


@dataclass(frozen=True, slots=True)
class Graded:
    """Tell what labels made of results given before; n rows that need not be neighbours.

    y, predicted   (n,) int64 numbers of classes, predicted -1 where nothing was said; of a
                   stream whose labels are values float64, predicted NaN where nothing was said
    loss           (n,) float64 of the prediction; NaN where there was none
    baseline_loss  name -> (n,), of what plain ways would have said
    test           (n,) bool: rows nothing was learned from
    """

    key: str
    seq: NDArray[np.int64]
    time_s: F64
    y: Array
    predicted: Array
    loss: F64
    baseline_loss: dict[str, F64]
    test: Bools

    @property
    def nbytes(self) -> int:
        return 1000 + 100 * len(self.y)


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold a labelled picture that is remembered: `picture` (h, w, 3) uint8 is a small copy.

    `y` is its class's number, `predicted` what the model says of it (-1: nothing yet; the last
    class plus one: none of these); from a `test` sample nothing is learned.
    """

    id: int
    seq: int
    time_s: float
    y: int
    predicted: int
    test: bool
    picture: Pixels


@dataclass(frozen=True, slots=True)
class Report:
    """Say how well a stream is classified; the newest one counts, it is sent when it changes.

    classes   their names, by number
    matrix    (K, K + 1) int64 counts, true class by said class; the last column: none of these
    of        what the matrix counts, in a few words, such as "test samples"
    figures   name -> value, such as "accuracy" (prequential, of the last 1,000), "kappa"
    passes    of a set of pictures: for each pass its name -> value
    samples   the remembered ones, oldest first
    losses    (m,) float64, the training loss of the latest updates, m at most 256; empty where
              the loss panel shows it already
    """

    key: str
    classes: tuple[str, ...]
    matrix: NDArray[np.int64]
    of: str
    figures: dict[str, float]
    passes: tuple[dict[str, float], ...] = ()
    samples: tuple[Sample, ...] = ()
    losses: F64 = field(default_factory=lambda: np.zeros(0))
