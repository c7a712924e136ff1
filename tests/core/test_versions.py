"""A channel appears in mid-stream: the lane goes on with all that was learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from streams import Kept, Listed, run, waves

from driftscope.core import registry
from driftscope.core.errors import PluginError
from driftscope.core.stream import Block, Item, Result, StreamInfo

ROWS, NEW_AT = 6000, 4003
VALUES = waves(ROWS, 3)
SETTINGS = dict(learner__step_rows=8, detector__decision_rows=13, detector__one_in=200)
NAMES = ("a", "b", "c")


class Growing(Listed):
    """Give two channels, then three (or other `names`) from row NEW_AT on."""

    def __init__(self, values: np.ndarray, names: tuple[str, ...] = NAMES) -> None:
        super().__init__(values)
        self.names = names

    def open(self) -> None:
        def described(names: tuple[str, ...], version: int) -> StreamInfo:
            return StreamInfo("s", names, ("",) * len(names), 100.0, version)

        def block(start: int, stop: int, channels: int) -> Block:
            times = np.arange(start, stop) / 100
            return Block("s", start, times, self.values[start:stop, :channels], 0.0)

        self._items: list[Item] = [
            described(("a", "b"), 1), block(0, NEW_AT, 2), described(self.names, 2),
            block(NEW_AT, ROWS, len(self.names)),
        ]  # fmt: skip


def loss_around(kept: Kept, start: int, stop: int, channels: Sequence[int]) -> float:
    """Return the mean squared error of some channels in rows start..stop."""
    found = [
        (r.values - r.prediction)[:, channels]
        for r in kept.results
        if start <= r.seq and r.seq + len(r) <= stop
    ]
    return float(np.nanmean(np.concatenate(found) ** 2))


@pytest.mark.parametrize("model", registry.names("models"))
def test_the_old_channels_are_predicted_on_as_well_as_before(model: str) -> None:
    rows = dict(SETTINGS, learner__model=model)
    kept = run(Growing(VALUES), **rows)
    before = loss_around(kept, NEW_AT - 500, NEW_AT, [0, 1])
    after = loss_around(kept, NEW_AT, NEW_AT + 500, [0, 1])
    at_first = loss_around(kept, 0, 500, [0, 1])
    assert after < 1.3 * before < 0.8 * at_first
    first_new = next(r for r in kept.results if r.seq >= NEW_AT)
    assert np.isfinite(first_new.prediction[:, :2]).all() and first_new.values.shape[1] == 3
    assert np.isfinite(kept.results[-1].prediction).all()


def test_it_is_told_and_nothing_is_interrupted() -> None:
    kept = run(Growing(VALUES), **SETTINGS)
    assert [e.data["message"] for e in kept.events("note")] == [
        "New in the stream: c. What was learned of the others stays."
    ]
    assert not kept.events("gap")
    seqs = np.concatenate([r.seq + np.arange(len(r)) for r in kept.results])
    assert np.array_equal(seqs, np.arange(ROWS))
    order = [item for item in kept.all if isinstance(item, StreamInfo | Result)]
    place = next(i for i, x in enumerate(order) if isinstance(x, StreamInfo) and x.version == 2)
    assert order[place - 1].seq + len(order[place - 1]) == order[place + 1].seq == NEW_AT  # type: ignore[union-attr,arg-type]


def test_alarms_count_on_and_the_new_channel_raises_none() -> None:
    values = VALUES.copy()
    for start in (3500, 5500):
        values[start : start + 40, 0] += 9
    kept = run(Growing(values), **SETTINGS)
    ids = {alarm.id for alarm in kept.alarms}
    assert len(ids) >= 2 and ids == set(range(1, len(ids) + 1))
    late = [a for a in kept.alarms if NEW_AT <= a.start < 5400]
    assert not [a for a in late if "c" in a.channels], late


def test_a_better_name_changes_nothing_that_was_learned() -> None:
    kept = run(Growing(VALUES[:, :2], ("left", "right")), **SETTINGS)
    whole = run(Listed(VALUES[:, :2], [NEW_AT]), **SETTINGS)
    assert not kept.events("note")
    assert np.array_equal(
        kept.column("prediction")[:NEW_AT], whole.column("prediction")[:NEW_AT], equal_nan=True
    )
    assert np.isfinite(kept.column("prediction")[NEW_AT:]).all()


def test_a_channel_that_goes_ends_the_run_in_a_sentence() -> None:
    with pytest.raises(PluginError, match="fewer channels"):
        run(Growing(VALUES[:, :1], ("a",)), **SETTINGS)
