"""What the link does to a stream is never learned: rubbish, gaps, losses, jumps of a clock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from readers import Blocks, Scripted
from streams import Kept

from driftscope.core.errors import LinkLost
from driftscope.core.interfaces import Device
from driftscope.core.jumps import Jumps
from driftscope.core.lane import Lane
from driftscope.core.monitor import Monitor
from driftscope.core.parts import prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, StreamInfo

prepare_thread()
RATE_HZ, ROWS, WINDOW_AND_HORIZON = 100.0, 1200, 16 + 8 - 1


def lines(rows: range, offset_s: float = 0.0, jump_s: float = 0.0, at: int = 0) -> bytes:
    """Return lines `t,a,b`, whose time jumps by `jump_s` before row `at`."""
    made = []
    for i in rows:
        time_s = 10.0 + i / RATE_HZ + offset_s + (jump_s if jump_s and i >= at else 0.0)
        made.append(f"{time_s:.3f},{np.sin(i / 9):.6f},{np.cos(i / 13):.6f}\n")
    return "".join(made).encode()


def played(data: list[object], **settings: object) -> tuple[Kept, Lane, list[str]]:
    """Run a device that sends this to its end; return also what was trained across a break."""
    return monitored(Scripted(*data, live=False, end=True), **settings)


def monitored(device: Device, **settings: object) -> tuple[Kept, Lane, list[str]]:
    params = default_params()
    for name, value in {"learner__horizon": 8, "learner__step_rows": 4, **settings}.items():
        params.set(name.replace("__", "."), value)
    kept = Kept()
    monitor = Monitor({"device": (device, params)}, [kept])
    monitor.run()
    (lane,) = monitor.lanes.values()
    return kept, lane, [event.data["reason"] for event in kept.events("gap")]


def blind(kept: Kept, at: int, lost: int = 0) -> None:
    """Check that no window, prediction or target reaches over the point before row `at`, where
    so many samples were lost."""
    prediction = kept.column("prediction")
    assert np.isnan(prediction[at : at + WINDOW_AND_HORIZON]).all()
    assert np.isfinite(prediction[at + WINDOW_AND_HORIZON + 8 :]).all()
    assert np.isnan(kept.column("loss")[at : at + WINDOW_AND_HORIZON]).all()
    losses = {item.seq: item.loss for item in kept.learned}
    trained = [seq for seq, loss in losses.items() if np.isfinite(loss) and seq >= at + lost]
    assert trained, "nothing was learned any more"
    assert min(trained) + 4 > at + lost + WINDOW_AND_HORIZON, "trained too early"


def test_a_clock_that_jumps_ahead_is_a_gap() -> None:
    kept, _, gaps = played([b"t,a,b\n" + lines(range(ROWS), jump_s=60.0, at=700)])
    assert len(gaps) == 1 and "jumps ahead by 60.01 s" in gaps[0]
    blind(kept, 700)


def test_a_clock_that_goes_back_is_a_gap() -> None:
    kept, _, gaps = played([b"t,a,b\n" + lines(range(ROWS), jump_s=-9.0, at=700)])
    assert len(gaps) == 1 and "began anew" in gaps[0]
    assert (np.diff(kept.column("time_s")) > 0).all()
    blind(kept, 700)


def test_rubbish_is_counted_and_is_no_sample() -> None:
    random = np.random.default_rng(0)
    rubbish = bytes(random.integers(128, 256, 400, dtype=np.uint8)) + b"\n"
    first, second = lines(range(700)), lines(range(700, ROWS))
    clean, _, _ = played([b"t,a,b\n" + first + second])
    kept, lane, _ = played([b"t,a,b\n" + first + rubbish + second])
    assert len(kept.column("time_s")) == ROWS and kept.events("reject")
    assert np.array_equal(kept.column("values"), clean.column("values"))
    assert np.abs(kept.column("values")).max() <= 1.0
    assert np.isfinite(lane.learner.normaliser.mean).all()  # type: ignore[attr-defined]


def test_where_one_line_in_ten_is_rejected_learning_goes_on_across_them() -> None:
    """Nobody can tell a garbled sample from a message: neither a gap nor a row stands for it."""
    sent = lines(range(ROWS)).splitlines(keepends=True)
    for at in range(700, ROWS, 10):
        sent[at] = b"\xf3" + sent[at][:5] + b"\xff\xfe\n"
    kept, _, gaps = played([b"t,a,b\n" + b"".join(sent)])
    rejected = sum(event.data["count"] for event in kept.events("reject"))
    assert rejected == (ROWS - 700) / 10 == ROWS - len(kept.column("time_s")) and not gaps
    assert np.isfinite(kept.column("values")).all(), "nothing of it is a target"
    learned = [item.loss for item in kept.learned if item.seq >= 700]
    assert len(learned) > 100 and np.isfinite(learned).all()


def test_a_cable_that_was_pulled_is_crossed_by_nothing() -> None:
    script = (b"t,a,b\n" + lines(range(700)), LinkLost("It was pulled."), lines(range(700, ROWS)))
    kept, _, gaps = monitored(Scripted(*script, live=True, end=True))
    assert gaps == ["It was pulled."]
    (gap,) = kept.events("gap")
    assert np.isnan(kept.column("prediction")[gap.seq : gap.seq + WINDOW_AND_HORIZON]).all()
    losses = {item.seq: item.loss for item in kept.learned if item.seq >= gap.seq}
    trained = [seq for seq, loss in losses.items() if np.isfinite(loss)]
    assert trained and min(trained) + 4 > gap.seq + WINDOW_AND_HORIZON


def test_what_was_lost_between_two_blocks_is_crossed_by_nothing() -> None:
    t = np.arange(ROWS + 40)
    values = np.stack([np.sin(t / 9), np.cos(t / 13)], 1)
    parts = [slice(0, 700), slice(740, ROWS + 40)]
    blocks = [Block("s", part.start, t[part] / RATE_HZ, values[part], 0.0) for part in parts]
    info = StreamInfo("s", ("a", "b"), ("", ""), RATE_HZ)
    kept, _, _ = monitored(Blocks([info], *([block] for block in blocks), live=False))
    blind(kept, 700, lost=40)


def found(times: np.ndarray, cuts: list[int]) -> list[tuple[int, float]]:
    jumps, out = Jumps(), []
    for a, b in zip([0, *cuts], [*cuts, len(times)], strict=True):
        block = Block("s", a, times[a:b], np.zeros((b - a, 1)), 0.0)
        pieces = list(jumps.cut(block))
        assert sum(len(piece) for _, piece in pieces) == b - a
        out += [(piece.seq, round(jump_s, 6)) for jump_s, piece in pieces if jump_s]
    return out


def irregular(random: np.random.Generator) -> np.ndarray:
    return np.cumsum(random.exponential(0.01, 3000))


def rare(random: np.random.Generator) -> np.ndarray:
    return 300.0 * np.arange(3000.0) + random.uniform(0, 100, 3000)


@pytest.mark.parametrize("make", [irregular, rare])
def test_jumps_are_found_however_the_samples_are_cut(
    make: Callable[[np.random.Generator], np.ndarray],
) -> None:
    random = np.random.default_rng(1)
    times = make(random)
    assert found(times, []) == [], "an irregular clock does not jump"
    for at in (5, 200, 204, 1000, 2999):
        times[at:] += 1e5
    whole = found(times, [])
    assert [row for row, _ in whole] == [200, 1000, 2999]
    for _ in range(5):
        cuts = sorted({int(x) for x in random.integers(1, 3000, 40)})
        assert found(times, cuts) == whole
    assert found(times, list(range(1, 3000))) == whole


def test_an_interruption_that_was_told_is_no_jump_as_well() -> None:
    jumps = Jumps()
    times = np.arange(100) / RATE_HZ
    list(jumps.cut(Block("s", 0, times, np.zeros((100, 1)), 0.0)))
    jumps.gap()
    (piece,) = jumps.cut(Block("s", 100, times + 50.0, np.zeros((100, 1)), 0.0))
    assert piece[0] == 0.0
