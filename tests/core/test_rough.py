"""Whatever is done to it, no number is lost: the driver of benchmarks/guard.py, for a while."""

import pytest
from rough import Rough

from driftscope.core import registry
from driftscope.core.parts import prepare_thread

prepare_thread()


@pytest.mark.parametrize("model", registry.names("models"))
def test_no_data_and_no_slider_leave_a_weight_that_is_not_finite(model: str) -> None:
    rough = Rough(7, model)
    for _ in range(2000 if model == "mlp" else 150):
        rough.step()
    assert rough.row > 500
