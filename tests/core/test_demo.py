import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftscope.core.address import make, parse
from driftscope.core.errors import ParamError, SourceError
from driftscope.core.sources.demo import CHUNK, Demo, DemoParams, Vibration
from driftscope.core.stream import Block, StreamInfo


def opened(address: str = "demo:") -> Demo:
    demo = make(parse(address))
    assert isinstance(demo, Demo)
    demo.params.speed = "max"
    demo.open()
    return demo


def played(demo: Demo, samples: int) -> np.ndarray:
    got: list[np.ndarray] = []
    while sum(map(len, got)) < samples:
        got += [item.values for item in demo.read() if isinstance(item, Block)]
    return np.concatenate(got)[:samples]


def test_it_describes_itself_first() -> None:
    (info,) = opened("demo:vibration").read()
    assert isinstance(info, StreamInfo)
    assert (info.channels, info.units) == (("x", "y", "z"), ("g", "g", "g"))
    assert (info.rate_hz, info.clock) == (1000.0, "elapsed")


@settings(max_examples=20, deadline=None)
@given(limits=st.lists(st.integers(1, 3000), min_size=1, max_size=8))
def test_any_block_size_gives_the_same_samples(limits: list[int]) -> None:
    demo = opened()
    demo.read()
    at = 0
    for limit in itertools.islice(itertools.cycle(limits), 30):
        (block,) = demo.read(limit)
        assert isinstance(block, Block) and 0 < len(block) <= limit and block.seq == at
        assert np.array_equal(block.time_s, np.arange(at, at + len(block)) / 1000)
        first = Vibration(demo.params).chunk(at // CHUNK)
        assert np.array_equal(block.values, first[at % CHUNK : at % CHUNK + len(block)])
        at += len(block)


def test_the_seed_decides_and_opening_again_starts_anew() -> None:
    demo = opened("demo:?seed=5")
    once = played(demo, 3000)
    demo.close()
    demo.open()
    assert np.array_equal(played(demo, 3000), once)
    assert not np.array_equal(played(opened("demo:?seed=6"), 3000), once)


@pytest.mark.parametrize("seed", range(20))
def test_faults_come_late_and_not_too_often(seed: int) -> None:
    demo = Demo("", DemoParams(seed=seed))
    faults = np.array(demo.true_intervals(3600))
    assert len(faults) > 30 and faults[0, 0] >= 40
    assert np.all((np.diff(faults[:, 0]) >= 45) & (np.diff(faults[:, 0]) <= 90))
    lasts_s = faults[:, 1] - faults[:, 0]
    assert np.all((lasts_s >= 1) & (lasts_s <= 4))
    assert demo.true_intervals(39) == []
    assert demo.true_intervals(200) == [(a, b) for a, b in faults.tolist() if a < 200]


@pytest.mark.parametrize("rate_hz", [200.0, 1000.0, 7000.0])
def test_a_fault_is_heard_within_its_interval_only(rate_hz: float) -> None:
    params = DemoParams(noise=0.0, rate_hz=rate_hz)
    healthy = Vibration(params)
    healthy._ringing = lambda number: (0, np.empty((0, 3)))  # type: ignore[method-assign]
    faults = Demo("", params).true_intervals(130)
    chunks = range(int(130 * rate_hz / CHUNK))
    machine = Vibration(params)
    heard = np.concatenate([machine.chunk(k) - healthy.chunk(k) for k in chunks])
    time_s = np.arange(len(heard)) / rate_hz
    inside = np.zeros(len(heard), dtype=bool)
    for start_s, end_s in faults:
        during = (time_s >= start_s) & (time_s < end_s)
        inside |= during
        plain = during & (time_s > start_s + 0.4 * (end_s - start_s))
        subtle = during & (time_s < start_s + 0.2 * (end_s - start_s))
        assert np.abs(heard[plain, 2]).max() > 0.25
        assert 0 < np.abs(heard[subtle, 2]).max() < 0.25
    assert inside.any() and np.all(heard[~inside] == 0)


@pytest.mark.parametrize("window", [16, 64])
def test_a_linear_forecast_50_ms_ahead_has_skill(window: int) -> None:
    """The first minute, learned on its first half: what a small net can reach is well above 0.5."""
    values = played(opened(), 60_000)
    values = (values - values.mean(0)) / values.std(0)
    now = np.arange(window, len(values) - 50)
    past = np.stack([values[now - back] for back in range(window)], axis=1).reshape(len(now), -1)
    ahead = values[now + 50]
    half = len(now) // 2
    gram = past[:half].T @ past[:half] + 10 * np.eye(past.shape[1])
    weights = np.linalg.solve(gram, past[:half].T @ ahead[:half])

    def huber(error: np.ndarray) -> float:
        size = np.abs(error)
        return float(np.where(size < 1, size**2 / 2, size - 0.5).mean())

    loss = huber(past[half:] @ weights - ahead[half:])
    best = min(huber(values[now[half:]] - ahead[half:]), huber(ahead[half:]))
    assert 1 - loss / best > 0.75


def test_what_cannot_be_played_is_told() -> None:
    with pytest.raises(SourceError, match="demo:vibration"):
        opened("demo:music")
    with pytest.raises(ParamError, match="rate_hz"):
        make(parse("demo:?rate_hz=0"))
