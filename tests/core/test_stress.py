"""As many samples as asked for, turned while it runs, and what is left out is counted."""

from __future__ import annotations

import numpy as np

from driftscope.core.address import configured
from driftscope.core.sources import _stress
from driftscope.core.sources._stress import Stress, StressParams
from driftscope.core.stream import Block, Item, StreamInfo


def read(stress: Stress, rows: int) -> list[Item]:
    items: list[Item] = []
    while sum(len(item) for item in items if isinstance(item, Block)) < rows:
        items += stress.read()
    return items


def blocks(items: list[Item]) -> list[Block]:
    return [item for item in items if isinstance(item, Block)]


def test_it_is_live_and_its_samples_follow_one_another() -> None:
    stress = Stress("stress", StressParams(rows_per_s=50_000.0, channels=3))
    stress.open()
    items = read(stress, 40_000)
    assert stress.live and isinstance(items[0], StreamInfo) and len(items[0].channels) == 3
    seqs = np.concatenate([b.seq + np.arange(len(b)) for b in blocks(items)])
    time_s = np.concatenate([b.time_s for b in blocks(items)])
    assert np.array_equal(seqs, np.arange(len(seqs)))
    assert np.allclose(np.diff(time_s), 1 / 50_000)
    assert all(np.isfinite(b.values).all() for b in blocks(items))


def test_channels_may_come_and_go_while_it_runs() -> None:
    stress = Stress("stress", StressParams(rows_per_s=20_000.0, channels=2))
    stress.open()
    read(stress, 100)
    stress.params.channels = 5
    items = read(stress, 100)
    (info,) = [item for item in items if isinstance(item, StreamInfo)]
    assert (info.version, len(info.channels)) == (2, 5)
    stress.params.channels = 1
    last = blocks(read(stress, 100))[-1].values
    assert np.isfinite(last[:, 0]).all() and np.isnan(last[:, 1:]).all()


def test_what_it_cannot_make_in_time_it_does_not_owe_for_ever(monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(_stress.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(_stress.time, "sleep", lambda s: clock.__setitem__(0, clock[0] + s))
    stress = Stress("stress", StressParams(rows_per_s=1000.0, channels=1))
    stress.open()
    clock[0] += 60.0
    assert sum(map(len, blocks(stress.read()))) <= 1000 * _stress.LATE_S + 1


def test_a_slow_rate_gives_one_by_one() -> None:
    stress = Stress("stress", StressParams(rows_per_s=20.0, channels=1))
    stress.open()
    assert all(len(b) <= 3 for b in blocks(read(stress, 3)))


def test_both_can_be_turned_while_it_runs() -> None:
    _, params = configured("demo:stress?rows_per_s=500&channels=64")
    assert params.get("source.rows_per_s") == 500 and params.get("source.channels") == 64
    assert params.spec("source.rows_per_s").live and params.spec("source.channels").live
