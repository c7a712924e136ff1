"""Driftscope's learner of labels as River's classifier, and regressor."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from river import base

from driftscope.core.reports import Label
from driftscope.core.river.rows import DictRows


class Classifier(base.Classifier):
    """Tell classes from rows of numbers that come one after the other, and from the classes before.

    Rows are taken as they follow one another in time: what was true a moment ago counts. A class
    is known from the first row that has it.

    Parameters
    ----------
    lr
        How big each step is, as a multiple of the safe step: 0 learns nothing, 1 is automatic.
    seed
        Where the random numbers of the first weights start.

    """

    def __init__(self, lr: float = 1.0, seed: int = 0) -> None:
        self.lr, self.seed = lr, seed
        self._rows = DictRows(_settings(lr, seed), Label("y"))
        self._classes: dict[Hashable, int] = {}

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: dict[Any, Any], y: Any) -> None:
        if y is not None and y not in self._classes:
            self._classes[y] = self._rows.know_class(str(y))
        self._rows.learn(x, None if y is None else self._classes[y])

    def predict_proba_one(self, x: dict[Any, Any], **kwargs: Any) -> dict[Any, float]:
        """Return the chance of each class seen so far; {} before the first."""
        said = self._rows.score(x)
        chances = np.zeros(0) if said is None else said[0].extras.get("classes", np.zeros(0))
        known = chances[: len(self._classes)]
        if not self._classes:
            return {}
        if len(known) < len(self._classes) or not known.sum() > 0:
            known = np.ones(len(self._classes))
        return dict(zip(self._classes, (known / known.sum()).tolist(), strict=True))


class Regressor(base.Regressor):
    """Tell a value from rows of numbers that come one after the other, and from those before.

    Rows are taken as they follow one another in time. It says 0 before it has learned a value.

    Parameters
    ----------
    lr
        How big each step is, as a multiple of the safe step: 0 learns nothing, 1 is automatic.
    seed
        Where the random numbers of the first weights start.

    """

    def __init__(self, lr: float = 1.0, seed: int = 0) -> None:
        self.lr, self.seed = lr, seed
        self._rows = DictRows(_settings(lr, seed), Label("y", kind="value"))

    def learn_one(self, x: dict[Any, Any], y: float) -> None:
        self._rows.learn(x, float(y))

    def predict_one(self, x: dict[Any, Any]) -> float:
        said = self._rows.score(x)
        value = math.nan if said is None else float(said[0].extras.get("value", (math.nan,))[0])
        return value if math.isfinite(value) else 0.0


def _settings(lr: float, seed: int) -> dict[str, object]:
    return {"learner.lr": lr, "learner.seed": seed, "learner.step_rows": 1}
