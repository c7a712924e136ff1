"""Driftscope's learner as River's estimators, and River's models within Driftscope.

`AnomalyDetector`, `Forecaster`, `Classifier` and `Regressor` are what River's pipelines and
evaluations take; `use` gives a River model to `results`, to a Monitor, or to `driftscope watch`.
Only this package imports River: pip install "driftscope[river]".
"""

try:
    import river  # noqa: F401  to say at once what is missing
except ImportError as error:
    raise ImportError(
        "River is not installed, and driftscope.core.river needs it: "
        'pip install "driftscope[river]".'
    ) from error

from driftscope.core.river.estimators import AnomalyDetector, Forecaster
from driftscope.core.river.inside import use
from driftscope.core.river.labelled import Classifier, Regressor

__all__ = ["AnomalyDetector", "Classifier", "Forecaster", "Regressor", "use"]
