"""The losses of the parts a prediction is mixed from, in the trace of the whole run."""

import numpy as np
import pytest

from driftscope.core.loss_trace import LIMIT, LossTrace
from driftscope.core.stream import F64, Result


def result(seq: int, parts: dict[str, F64], baselines: dict[str, F64]) -> Result:
    """Make the result of 10 rows with a loss of 0.5."""
    none, no = np.zeros((10, 1)), np.zeros(10, bool)
    return Result(
        "s", seq, (seq + np.arange(10)) / 100, none, none, None, np.full(10, 0.5), baselines, none,
        np.zeros(10), 4.0, no, no, True, 0.0, parts=parts,
    )  # fmt: skip


def test_the_parts_of_the_prediction_have_curves_of_their_own_and_no_more_than_a_dozen() -> None:
    trace, ones = LossTrace(), {"last value": np.ones(10)}

    def add(seq: int, **parts: float) -> None:
        losses = {name: np.full(10, loss) for name, loss in parts.items()}
        trace.add(result(seq, losses, ones))

    add(0)
    add(10, slow=0.4, fast=0.6)
    assert (trace.names, trace.parts) == (("learner", "last value"), ("slow", "fast"))
    _, means = trace.means(LIMIT)
    assert means.shape[1] == 4 and means[-1].tolist() == [0.5, 1.0, 0.4, 0.6]
    assert np.isnan(means[0, 2:]).all(), "there were none yet"
    for many in range(30):
        add(20 + 10 * many, slow=0.3, **{f"p{many}": 0.2})
    assert "slow" in trace.parts and "p29" in trace.parts and len(trace.parts) <= 12
    _, means = trace.means(LIMIT)
    assert means[-1, 2 + trace.parts.index("slow")] == pytest.approx(0.3)
    assert means.shape[1] == 2 + len(trace.parts) == len(trace._sum) - 1
