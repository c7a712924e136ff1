"""Give a River model a name by which a run takes it for its detector, or for its model."""

from __future__ import annotations

from typing import Any

from river import base

from driftscope.core import registry
from driftscope.core.errors import PluginError
from driftscope.core.interfaces import Detector, Learner
from driftscope.core.params import Params as NoParams
from driftscope.core.river.detector import RiverDetector
from driftscope.core.river.learner import RiverLearner, knows
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import StreamInfo


def use(name: str, model: base.Estimator) -> str:
    """Have a River model known by a name in this process; return the parameter that chooses it.

    An anomaly detector is a detector (`detector.kind`), a forecaster or a regressor a model
    (`learner.model`). Pipelines count as what their last step is. Each stream has a clone of its
    own. Raise PluginError if it is neither.
    """
    if isinstance(model, base.AnomalyDetector):
        registry.add("detectors", name, lambda: _Detecting(model))
        return "detector.kind"
    plugin = predicting(name, model)
    registry.add("models", name, lambda: plugin)
    return "learner.model"


def predicting(name: str, model: object) -> Any:
    """Return the plugin that a River forecaster or regressor makes; raise PluginError if it is
    another kind of model."""
    if not knows(model):
        raise PluginError(
            f"{name} is River's {type(model).__name__}, which predicts no numbers: give a "
            "forecaster or a regressor. A program can have its anomaly detectors as well: "
            "driftscope.core.river.use."
        )
    return _Predicting(model)


class _Detecting:
    """The plugin of a River anomaly detector."""

    Params = DetectorParams

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(self, info: StreamInfo, params: DetectorParams) -> Detector:
        return RiverDetector(info, params, self._model)


class _Predicting:
    """The plugin of a River forecaster or regressor."""

    Params = NoParams

    def __init__(self, model: Any) -> None:
        self._model = model

    def Learner(self, info: StreamInfo, params: LearnerParams, own: NoParams) -> Learner:
        return RiverLearner(info, params, own, self._model)
