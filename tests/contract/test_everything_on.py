"""With every feature on, and all that can happen: blocks change nothing, nor does the future."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from streams import Kept, Listed, monitored

from driftscope.core.commands import SetParam
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.stream import (
    Block,
    Event,
    Graded,
    Item,
    Learned,
    Output,
    Report,
    Result,
    StreamInfo,
)
from driftscope.core.suspicion import LEAST, UNJUDGED

ROWS, RATE_HZ = 1500, 0.2
CHANNEL, GAP, SWITCH, LOUDER = 150, 201, 230, 600
WILD, JUMP, SHIFT, RECKLESS = 902, 1005, 1100, 1240
"""Rows where a channel appears, the stream breaks, the net is made smaller, the noise begins to
grow, one value is absurd, the clock jumps, the level shifts for good, and steps become too long."""
DELAY = 5
SETTINGS = dict(
    learner__step_rows=8, learner__rates=4, learner__replay=4, detector__decision_rows=7,
    stream__label="c2", stream__label_delay=DELAY,
)  # fmt: skip
NOT_OF_ROWS = ("key", "seq", "forecast", "extras", "arrived_s")


class Eventful(Listed):
    """Give a table with a gap, a jump of the clock, and a channel that is new."""

    def open(self) -> None:
        times = np.arange(len(self.values)) / RATE_HZ
        times[JUMP:] += 900.0
        self._items: list[Item] = []
        here = (row for row in (CHANNEL, GAP) if row < len(self.values))
        borders = sorted({*(row for row in self.borders if row <= len(self.values)), *here})
        for a, b in pairwise(borders):
            names = tuple(f"c{i}" for i in range(3 if a < CHANNEL else 4))
            if a in (0, CHANNEL):
                version = 1 + (a == CHANNEL)
                told = StreamInfo("s", names, ("",) * len(names), RATE_HZ, version=version)
                self._items.append(told)
            if a == GAP:
                self._items.append(Event("s", a, times[a], "gap", dict(reason="test")))
            values = np.ascontiguousarray(self.values[a:b, : len(names)])
            self._items.append(Block("s", a, times[a:b], values, time.monotonic()))


def table() -> np.ndarray:
    """Return (ROWS, 4): two channels, the label of the row DELAY before, a channel that is new."""
    draw = np.random.default_rng(5)
    t = np.arange(ROWS)[:, None]
    values = np.sin(t / np.array([5.0, 3.3, 7.7])) + 0.1 * draw.standard_normal((ROWS, 3))
    louder = np.minimum(np.maximum(t - LOUDER, 0) / 150, 1.0)
    values += 0.25 * louder * draw.standard_normal((ROWS, 3))
    y = (values[:, 0] > 0).astype(float) + (values[:, 1] > 1.0)
    y[::11] = np.nan
    values[draw.random((ROWS, 3)) < 0.003] = np.nan
    values[WILD, 0] = 1e30
    values[SHIFT:] += 12.0
    late = np.append(np.full(DELAY, np.nan), y[:-DELAY])
    return np.column_stack((values[:, :2], late, values[:, 2]))


TABLE = table()


class Witness(Sink):
    """Turn something once a row was handed over; see how far each step was trusted."""

    name = "witness"

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self.turns = [
            (SWITCH, SetParam("model.hidden", 16)),
            (RECKLESS, SetParam("learner.lr_mode", "absolute")),
        ]
        self.trust: list[float] = []

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and self.turns and item.seq >= self.turns[0][0]:
            self.monitor.send(self.turns.pop(0)[1])
        if isinstance(item, Learned):
            self.trust.append(self.monitor.lanes["s"].learner.trust)

    def close(self) -> None:
        assert self.trust


def run(values: np.ndarray, cuts: Sequence[int] = ()) -> tuple[Kept, list[float]]:
    """Return all that came out, and how far each step was trusted."""
    monitor, kept = monitored(Eventful(values, cuts), **SETTINGS)
    witness = Witness(monitor)
    monitor.add_sink(witness)
    monitor.run()
    return kept, witness.trust


@pytest.fixture(scope="module")
def reference() -> tuple[Kept, list[float]]:
    return run(TABLE)


def columns(kept: Kept, of: type = Result, rows: int = ROWS) -> dict[str, np.ndarray]:
    """Return every number of each row before `rows`; NaN where another row has one."""
    found: dict[str, np.ndarray] = {}
    for item in (item for item in kept.all if isinstance(item, of)):
        seqs = item.seq if of is Graded else item.seq + np.arange(len(item))
        for field in fields(item):
            value = getattr(item, field.name)
            if field.name in NOT_OF_ROWS or value is None:
                continue
            for name, each in value.items() if isinstance(value, Mapping) else [("", value)]:
                wide = found.setdefault(f"{field.name} {name}", np.full((ROWS, 4), np.nan))
                given = np.asarray(each, float)
                given = given.reshape(len(given), -1) if given.ndim else given[None, None]
                wide[seqs, : given.shape[1]] = given
    return {name: wide[:rows] for name, wide in found.items()}


def told(kept: Kept) -> list[object]:
    """Return all that is no number of a row, in order."""
    events = [(e.seq, e.time_s, e.kind, e.data) for e in kept.all if isinstance(e, Event)]
    learned = [(each.seq, each.step, each.loss, each.state) for each in kept.learned]
    reports = [each.figures for each in kept.all if isinstance(each, Report)]
    infos = [each for each in kept.all if isinstance(each, StreamInfo)]
    return [events, learned, kept.alarms, reports, infos]


def check(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> None:
    assert one.keys() == two.keys()
    for name, column in one.items():
        assert np.array_equal(column, two[name], equal_nan=True), name


def test_everything_happens(reference: tuple[Kept, list[float]]) -> None:
    kept, trust = reference
    assert {"drift", "restored"} <= {e.kind for e in kept.all if isinstance(e, Event)}
    assert len(kept.events("gap")) == 2, "the break, and the jump of the clock"
    news = [event.data["message"] for event in kept.events("note")]
    assert any("taken for normal" in each for each in news)
    assert any("New in the stream" in each for each in news)
    assert min(trust) == UNJUDGED and LEAST in trust and max(trust) == 1.0
    found = columns(kept)
    for name in ("parts 0.1x", "parts 3x", "parts closed form", "former_loss mlp, hidden units 64"):
        assert np.isfinite(found[name]).any(), name
    assert np.isfinite(columns(kept, Graded)["loss "][:, 0]).sum() > 0.85 * ROWS


@pytest.mark.parametrize("cuts", [range(1, ROWS, 7), [1, 149, 603, 901, 903, 1004, 1006, 1222]])
def test_block_borders_change_nothing(
    cuts: Sequence[int], reference: tuple[Kept, list[float]]
) -> None:
    kept, trust = run(TABLE, cuts)
    for of in (Result, Graded):
        check(columns(kept, of), columns(reference[0], of))
    np.testing.assert_equal(told(kept), told(reference[0]))
    assert trust == reference[1]


@pytest.mark.parametrize("rows", [903, 1187])
def test_cutting_the_future_off_changes_nothing(
    rows: int, reference: tuple[Kept, list[float]]
) -> None:
    kept, trust = run(TABLE[:rows])
    for of, known in ((Result, rows), (Graded, rows - DELAY)):
        check(columns(kept, of, known), columns(reference[0], of, known))
    assert trust == reference[1][: len(trust)]


def test_another_future_changes_nothing(reference: tuple[Kept, list[float]]) -> None:
    rows, other = 1187, TABLE.copy()
    other[rows:, [0, 1, 3]] *= -1e6
    other[rows:, 2] = 0.0
    kept, _ = run(other)
    for of, known in ((Result, rows), (Graded, rows - DELAY)):
        check(columns(kept, of, known), columns(reference[0], of, known))
        a, b = columns(kept, of)["loss "][rows:], columns(reference[0], of)["loss "][rows:]
        assert not np.array_equal(a, b, equal_nan=True)
