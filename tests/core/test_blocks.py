"""A source read from a program: lazily, in constant memory, closed by itself."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from driftscope.core.blocks import Blocks, open_source
from driftscope.core.errors import AddressError, DriftscopeError, LinkLost, ParamError, SourceError
from driftscope.core.interfaces import Source, Transport
from driftscope.core.params import Params
from driftscope.core.stream import Block, Event, Item, Labels, StreamInfo


class Counted(Source):
    """An endless stream that counts what is asked of it."""

    scheme = "counted"

    def __init__(self) -> None:
        self.name, self.params = "the counted source", Params()
        self.opened = self.closed = self.reads = 0
        self.fails_at = 10**9

    def open(self) -> None:
        self.opened += 1
        self.reads = 0

    def read(self) -> Sequence[Item]:
        self.reads += 1
        if self.reads == self.fails_at:
            raise SourceError("The counted source broke.")
        if self.reads == 1:
            return [StreamInfo("c", ("a",), ("",), 100.0)]
        seq = 10 * (self.reads - 2)
        return [Block("c", seq, np.arange(seq, seq + 10) / 100, np.ones((10, 1)), 0.0)]

    def close(self) -> None:
        self.closed += 1


class Wire(Transport):
    """A live device: gives what it is told to, is lost where that is an error."""

    scheme = "wire"

    def __init__(self, *script: bytes | Exception | None) -> None:
        self.name, self.params = "the wire", Params()
        self.script = list(script)
        self.closed = threading.Event()
        self.reads = 0

    def open(self) -> None:
        self.closed.clear()

    def read(self) -> bytes | None:
        self.reads += 1
        if not self.script:
            self.closed.wait(0.05)
            return b""
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed.set()


def test_nothing_is_opened_or_read_before_it_is_asked_for() -> None:
    source = Counted()
    blocks = Blocks(source)
    assert source.opened == 0
    first = next(blocks)
    assert first.seq == 0 and source.reads == 2
    assert next(blocks).seq == 10 and source.reads == 3
    blocks.close()
    assert source.closed == 1
    with pytest.raises(StopIteration):
        next(blocks)


def test_it_is_closed_by_the_end_by_leaving_and_by_being_forgotten() -> None:
    source = Counted()
    with Blocks(source) as blocks:
        assert next(blocks).seq == 0
    assert source.closed == 1
    for _ in Blocks(source):
        break
    assert source.closed == 2
    source.fails_at = 4
    with pytest.raises(SourceError, match="broke"):
        list(Blocks(source))
    assert source.closed == 3


def test_what_describes_the_stream_is_known_at_once_and_nothing_is_lost_by_asking() -> None:
    blocks = Blocks(Counted())
    assert blocks.info.channels == ("a",) and blocks.info.rate_hz == 100.0
    kinds = [type(item) for item in islice(blocks.items(), 3)]
    assert kinds == [StreamInfo, Block, Block]
    assert next(blocks).seq == 20


def test_a_loop_after_the_end_begins_anew() -> None:
    blocks = open_source(np.arange(10_000.0))
    one, two = ([block.seq for block in blocks] for _ in range(2))
    assert one == two and len(one) == 3
    assert list(blocks.infos) == ["rows"]


def test_the_demo_is_given_as_fast_as_it_is_asked_for_unless_told() -> None:
    begun_s = time.perf_counter()
    blocks = list(islice(open_source("demo:"), 100))
    assert sum(map(len, blocks)) == 102_400
    assert [b.seq for b in blocks] == list(range(0, 102_400, 1024))
    assert open_source("demo:?speed=2").params.get("source.speed") == "2"
    assert open_source("demo:", speed="1").params.get("source.speed") == "1"
    assert time.perf_counter() - begun_s < 60  # at its own speed it takes 102 s


def test_memory_stays_where_it_is_on_an_endless_stream() -> None:
    code = """
import sys
from itertools import islice
import psutil
from driftscope.core import open_source
def used_mb(): return psutil.Process().memory_info().rss / 2**20
blocks = open_source("demo:")
rows = sum(len(block) for block in islice(blocks, 200))
before = used_mb()
rows += sum(len(block) for block in islice(blocks, 2000))
print(rows, used_mb() - before)
assert "torch" not in sys.modules
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=200
    )
    rows, grown_mb = ran.stdout.split()
    assert int(rows) == 2200 * 1024  # 54 MB of values
    assert float(grown_mb) < 8


def test_bytes_are_decoded_on_the_way() -> None:
    text = b"".join(b"a:%d,b:%d\n" % (k, 2 * k) for k in range(500))
    wire = Wire(*[text[k : k + 100] for k in range(0, len(text), 100)], None)
    wire.live = False
    blocks = open_source(wire)
    assert blocks.info.channels == ("a", "b")
    values = np.concatenate([block.values for block in blocks])
    assert np.array_equal(values[:, 1], 2 * np.arange(500.0))
    assert wire.closed.is_set()


def test_standard_input_is_a_source_too() -> None:
    code = "from driftscope.core import open_source\nprint(sum(map(len, open_source('-'))))"
    ran = subprocess.run(
        [sys.executable, "-c", code], input=b"1,2\n" * 300, capture_output=True, check=True,
        timeout=200,
    )  # fmt: skip
    assert ran.stdout.strip() == b"300"


def test_a_live_device_that_goes_away_is_a_gap_and_is_opened_again() -> None:
    wire = Wire(b"1\n2\n", LinkLost("The wire was cut."), b"3\n4\n", None)
    items = list(open_source(wire).items())
    kinds = [item.kind for item in items if isinstance(item, Event)]
    assert kinds.count("gap") == 1
    assert [e.data["state"] for e in items if isinstance(e, Event) and e.kind == "link"] == [
        "opening", "live", "lost", "live",
    ]  # fmt: skip
    blocks = [item for item in items if isinstance(item, Block)]
    assert np.concatenate([b.values for b in blocks])[:, 0].tolist() == [1, 2, 3, 4]
    gap = next(k for k, e in enumerate(items) if isinstance(e, Event) and e.kind == "gap")
    assert any(isinstance(item, Block) for item in items[gap:])


def test_a_silent_live_device_is_waited_for_and_can_be_closed_from_elsewhere() -> None:
    wire = Wire()
    blocks = open_source(wire)
    closing = threading.Timer(0.5, blocks.close)
    closing.start()
    begun_s = time.monotonic()
    assert list(blocks) == []
    most = 10 + 20 * (time.monotonic() - begun_s)  # each read waits for 50 ms
    assert wire.reads < most, "it spins"
    closing.join()


def test_what_a_live_device_sent_meanwhile_is_there() -> None:
    wire = Wire(*[b"%d\n" % k for k in range(200)])
    blocks = open_source(wire)
    rows = len(next(blocks))
    until_s = time.monotonic() + 60
    while wire.script and time.monotonic() < until_s:
        time.sleep(0.01)  # the program does something else
    assert not wire.script
    for block in blocks:
        rows += len(block)
        if rows >= 199:  # the last line may be kept back in case more comes
            break
    assert rows >= 199
    blocks.close()


def test_rows_of_numbers_are_a_source() -> None:
    assert open_source([1.0, 2.0, 3.0]).info.channels == ("value 1",)
    made = open_source(np.ones((5, 2)), rate_hz=50.0, channels=("x", "y"))
    assert made.info.channels == ("x", "y") and made.info.rate_hz == 50.0
    assert np.allclose(next(made).time_s, np.arange(5) / 50)

    def endless() -> Iterator[tuple[float, float]]:
        while True:
            yield 1.0, float("nan")

    block = next(open_source(endless()))
    assert block.values.shape[1] == 2 and np.isnan(block.values[:, 1]).all()


@pytest.mark.parametrize(
    ("source", "more", "error", "said"),
    [
        ("nothing.xyz", {}, AddressError, "no source"),
        ("demo:?loudness=3", {}, ParamError, "loudness"),
        ("demo:", dict(settings={"learner.lr": 1e9}), ParamError, "learner.lr"),
        ("demo:", dict(settings={"nothing.at_all": 1}), ParamError, "nothing.at_all"),
        ("demo:", dict(speed="fast"), ParamError, "speed"),
        ("demo:", dict(rate_hz=5.0), ParamError, "rate_hz"),
        (5, {}, ParamError, "int"),
        (np.ones((2, 3, 4)), {}, ParamError, "(2, 3, 4)"),
        (np.array(["a", "b"]), {}, ParamError, "no table of numbers"),
        (np.ones((4, 2)), dict(rate_hz=-1.0), ParamError, "-1.0"),
        (np.ones((4, 2)), dict(rate_hz=float("nan")), ParamError, "nan"),
    ],
)
def test_what_cannot_be_taken_is_told_at_once(
    source: object, more: dict[str, object], error: type[DriftscopeError], said: str
) -> None:
    with pytest.raises(error) as told:
        open_source(source, **more)  # type: ignore[arg-type]  # that is what is tested
    assert said in str(told.value) and str(told.value).endswith((".", "?"))


def test_labels_are_told_apart_and_stand_in_front_of_their_rows(tmp_path: Path) -> None:
    words = ["up", "down"]
    lines = "".join(f"{k},{words[k // 7 % 2]}\n" for k in range(300))
    (tmp_path / "log.csv").write_text("level,class\n" + lines)
    blocks = open_source(tmp_path / "log.csv", {"stream.label": "class"})
    y: dict[int, str] = {}
    for item in blocks.items():
        if isinstance(item, Labels):
            y |= {item.seq + k: blocks.info.classes[each] for k, each in enumerate(item.y)}
        elif isinstance(item, Block):
            assert item.values.shape == (len(item), 1)
            assert set(range(item.seq, item.seq + len(item))) <= y.keys()
    assert y == {k: words[k // 7 % 2] for k in range(300)}
    with pytest.raises(ParamError, match="kind"):
        list(open_source(tmp_path / "log.csv", {"stream.label": "kind"}))


def test_what_cannot_be_opened_is_told_by_the_first_block(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there\.csv"):
        next(open_source(tmp_path / "there.csv"))
    with pytest.raises(SourceError, match="Not one sample"):
        _ = open_source([]).info
    with pytest.raises(ParamError, match="2 channels are named"):
        next(open_source(np.ones((4, 3)), channels=("a", "b")))
    with pytest.raises(SourceError, match="Row 64 has 2 numbers"):
        list(open_source([[1.0]] * 64 + [[1.0, 2.0]]))
    with pytest.raises(ParamError, match="no table"):
        next(open_source([[1.0], [1.0, 2.0]]))
