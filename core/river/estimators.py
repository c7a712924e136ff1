"""Driftscope's forecaster as what River calls an anomaly detector, and a forecaster."""

from __future__ import annotations

import math
from typing import Any

from river import base
from river.time_series.base import Forecaster as RiverForecaster

from driftscope.core.errors import ParamError
from driftscope.core.river.rows import DictRows

TARGET = "y, to forecast"


class AnomalyDetector(base.AnomalyDetector):
    """Learn what comes next in a stream of numbers, and say how unusual each row is.

    The score is 1 - p, where p is the chance that a normal row of this very stream is as far out:
    0.999 is one in a thousand. It is 0 until there is enough to compare with.

    Parameters
    ----------
    model
        The net that predicts, one of `driftscope.core.registry.names("models")`.
    lr
        How big each step is, as a multiple of the safe step: 0 learns nothing, 1 is automatic.
    horizon
        How many rows ahead each prediction looks.
    decision_rows
        How many rows are judged at once; a score stands until the next decision. Longer ones find
        what is slow or weak.
    seed
        Where the random numbers of the first weights start.

    Examples
    --------
    >>> import math
    >>> from driftscope.core.river import AnomalyDetector
    >>> detector = AnomalyDetector()
    >>> for k in range(600):
    ...     detector.learn_one({"level": math.sin(k / 8)})
    >>> detector.score_one({"level": 4.0}) > 0.98 > detector.score_one({"level": math.sin(75)})
    True

    """

    def __init__(
        self,
        model: str = "mlp",
        lr: float = 1.0,
        horizon: int = 1,
        decision_rows: int = 1,
        seed: int = 0,
    ) -> None:
        self.model, self.lr, self.horizon = model, lr, horizon
        self.decision_rows, self.seed = decision_rows, seed
        self._rows = DictRows(_settings(model, lr, horizon, seed, decision_rows))

    @classmethod
    def _unit_test_params(cls) -> Any:
        yield {"model": "linear"}

    def learn_one(self, x: dict[Any, Any]) -> None:
        self._rows.learn(x)

    def score_one(self, x: dict[Any, Any]) -> float:
        said = self._rows.score(x)
        return 0.0 if said is None else -math.expm1(-math.log(10.0) * float(said[1].rarity[0]))

    def predict_one(self, x: dict[Any, Any] | None = None) -> dict[Any, float]:
        """Return what the next row was predicted to be, as far as it was; `x` plays no part."""
        said = self._rows.score(x or {})
        return {} if said is None else self._rows.by_name(said[0].prediction[0])


class Forecaster(RiverForecaster):
    """Forecast a value from its own past, and from that of whatever goes along with it.

    Each prediction is made `horizon` rows before its time and stands as it was made, so `forecast`
    gives at most so many. Until there are any it says the last value.

    Parameters
    ----------
    model
        The net that predicts, one of `driftscope.core.registry.names("models")`.
    lr
        How big each step is, as a multiple of the safe step: 0 learns nothing, 1 is automatic.
    horizon
        How many rows ahead it looks.
    seed
        Where the random numbers of the first weights start.

    """

    def __init__(
        self, model: str = "linear", lr: float = 1.0, horizon: int = 12, seed: int = 0
    ) -> None:
        self.model, self.lr, self.horizon, self.seed = model, lr, horizon, seed
        self._rows = DictRows(_settings(model, lr, horizon, seed))

    def learn_one(self, y: float, x: dict[Any, Any] | None = None) -> None:
        self._rows.learn({TARGET: y, **(x or {})})

    def forecast(self, horizon: int, xs: list[dict[Any, Any]] | None = None) -> list[float]:
        if not 0 <= horizon <= self.horizon:
            raise ParamError(
                f"It looks {self.horizon} rows ahead, not {horizon}: make it with "
                f"horizon={horizon}."
            )
        newest = self._rows.newest
        if newest is None:
            return [0.0] * horizon
        place = self._rows.names[TARGET]
        held = _last_value(self._rows, place)
        if newest.forecast is None:
            return [held] * horizon
        said = newest.forecast[:horizon, place].tolist()
        return [held if math.isnan(value) else value for value in said]


def _last_value(rows: DictRows, place: int) -> float:
    """Return a channel's last value, 0 before its first."""
    assert rows.newest is not None
    value = float(rows.newest.values[-1, place])
    return value if math.isfinite(value) else 0.0


def _settings(
    model: str, lr: float, horizon: int, seed: int, decision_rows: int = 0
) -> dict[str, object]:
    return {
        "learner.model": model, "learner.lr": lr, "learner.horizon": horizon, "learner.seed": seed,
        "learner.step_rows": 1, "detector.decision_rows": decision_rows,
    }  # fmt: skip
