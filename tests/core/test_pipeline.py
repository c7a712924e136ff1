"""Results that a program asks for: those of the Monitor, pulled one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from streams import Kept, Listed, waves

from driftscope.core.blocks import open_source
from driftscope.core.errors import DriftscopeError
from driftscope.core.monitor import Monitor
from driftscope.core.pipeline import outputs, results
from driftscope.core.sections import default_params
from driftscope.core.stream import Result


@pytest.mark.parametrize("give", [outputs, results])
def test_what_cannot_be_scored_is_told_at_once(give: Callable[..., object]) -> None:
    for source, settings, said in (
        (5, {}, "int"),
        ("nothing.xyz", {}, "no source"),
        ("demo:", {"learner.lr": -1}, "learner.lr"),
        (open_source("demo:"), {"learner.nothing": 1}, "learner.nothing"),
    ):
        with pytest.raises(DriftscopeError) as told:
            give(source, settings)
        assert said in str(told.value)


def test_results_are_those_of_the_monitor() -> None:
    """Gaps, missing values and the cut into blocks included, bit for bit."""
    values = waves(1500)
    values[700, 1] = np.nan
    kept = Kept()
    source = Listed(values, cuts=(7, 300, 301), gaps=(900,))
    Monitor({"listed": (source, default_params(source.params))}, [kept]).run()
    pulled = Kept()
    for output in outputs(Listed(values, cuts=(50, 1200), gaps=(900,))):
        pulled.write(output)
    one, two = kept.table(), pulled.table()
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)
    assert len(pulled.events("gap")) == 1


def test_a_result_never_depends_on_what_is_asked_for_later() -> None:
    values = waves(400)
    settings = {"learner.step_rows": 4}
    some = list(islice(results(values, settings), 50))
    whole = list(results(values, settings))
    assert sum(map(len, whole)) == 400 and all(isinstance(made, Result) for made in whole)
    for one, two in zip(some, whole, strict=False):
        assert np.array_equal(one.prediction, two.prediction, equal_nan=True)
        assert np.array_equal(one.rarity, two.rarity)
