import math

import numpy as np
import pytest

from driftscope.core.errors import ParamError
from driftscope.core.pacing import (
    CATCH_UP_S,
    TICK_S,
    WAIT_S,
    Pacer,
    PlayParams,
    block_rows,
    parse_speed,
)
from driftscope.core.params import ParamSet


class Clock:
    """A clock that moves when somebody sleeps, or is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, wait_s: float) -> None:
        self.slept_s.append(wait_s)
        self.now_s += wait_s


class Player:
    """Play samples at given times; note when each went out, and in which company."""

    def __init__(self, time_s: np.ndarray, speed: str = "1") -> None:
        self.time_s = time_s
        self.params = PlayParams(speed=speed)
        self.clock = Clock()
        self.pacer = Pacer(self.params, self.clock, self.clock.sleep)
        self.sent_s: list[float] = []
        self.blocks: list[int] = []

    def play(self, for_s: float, limit: int = 4096) -> None:
        end_s = self.clock.now_s + for_s
        while self.clock.now_s < end_s and len(self.sent_s) < len(self.time_s):
            at = len(self.sent_s)
            n = self.pacer.due(self.time_s[at : at + limit])
            self.sent_s += [self.clock.now_s - 1000.0] * n
            self.blocks += [n] * (n > 0)


def test_a_fast_stream_goes_out_in_blocks_of_ten_milliseconds() -> None:
    player = Player(np.arange(1000) / 1000)
    player.play(2.0)
    late_s = np.array(player.sent_s) - player.time_s
    assert len(late_s) == 1000 and late_s.min() >= -1e-9 and late_s.max() <= TICK_S + 1e-6
    assert 9 <= np.median(player.blocks) <= 11


def test_a_slow_stream_goes_out_row_by_row_when_due_and_no_wait_is_long() -> None:
    player = Player(5e8 + np.arange(4.0))
    player.play(10.0)
    assert player.blocks == [1, 1, 1, 1]
    assert np.allclose(player.sent_s, np.arange(4.0), atol=1e-5)
    assert max(player.clock.slept_s) <= WAIT_S


@pytest.mark.parametrize("speed", ["0.5", "10", "1000"])
def test_n_fold_speed(speed: str) -> None:
    player = Player(np.arange(20_000) / 1000, speed)
    player.play(10.0)
    took_s = player.sent_s[-1] - player.sent_s[0]
    played_s = player.time_s[len(player.sent_s) - 1]
    assert took_s == pytest.approx(played_s / float(speed), abs=2 * TICK_S)


def test_max_never_waits() -> None:
    player = Player(np.arange(10_000.0), "max")
    player.play(math.inf)
    assert player.blocks == [4096, 4096, 1808] and not player.clock.slept_s


def test_a_late_consumer_loses_nothing_and_gets_no_flood() -> None:
    player = Player(np.arange(5000) / 1000)
    player.play(1.0)
    before = len(player.sent_s)
    player.clock.now_s += 60.0
    player.play(0.005)
    assert len(player.sent_s) - before <= 1000 * CATCH_UP_S + 10
    player.play(10.0)
    assert len(player.sent_s) == 5000


def test_a_little_lateness_is_made_good() -> None:
    player = Player(np.arange(3000) / 1000)
    for _ in range(30):
        player.play(0.05)
        player.clock.now_s += 0.05
    assert len(player.sent_s) == pytest.approx(3000, abs=60)


def test_turning_the_speed_goes_on_from_the_same_sample() -> None:
    player = Player(np.arange(100_000) / 1000)
    for speed, expected in (("1", 1000), ("20", 20_000), ("0.1", 100)):
        player.params.speed = speed
        before = len(player.sent_s)
        player.play(1.0)
        assert len(player.sent_s) - before == pytest.approx(expected, abs=0.025 * expected + 20)
    player.params.speed = "max"
    assert player.pacer.due(player.time_s[-4000:]) == 4000
    player.params.speed = "1"
    assert player.pacer.due(np.array([1e6, 1e6 + 0.5])) == 1


def test_no_samples_are_none_due() -> None:
    assert Player(np.empty(0)).pacer.due(np.empty(0)) == 0


@pytest.mark.parametrize("bad", ["", "fast", "0", "-1", "nan", "inf", "1e999", None])
def test_a_speed_that_is_none_is_refused_and_the_old_one_stays(bad: object) -> None:
    params = PlayParams(speed="10")
    with pytest.raises(ParamError, match="max or a number above 0"):
        ParamSet(source=params).set("source.speed", bad)
    assert params.speed == "10"


def test_speeds() -> None:
    assert parse_speed(" MAX ") == math.inf
    assert parse_speed(2) == 2.0
    assert PlayParams(speed=" Max").speed == "max"


@pytest.mark.parametrize("channels", [1, 8, 38, 256, 100_000])
def test_a_block_is_bounded_in_rows_and_bytes(channels: int) -> None:
    rows = block_rows(channels)
    assert 1 <= rows <= 4096
    assert rows == 1 or rows * 8 * (channels + 1) <= 256_000
