"""What every source and transport must do; each is found by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faulty_capture import faulty
from mjpeg_server import MjpegServer, coloured
from recordings import MOST_ROWS_LIVE, batch, film, folder, opened, read, table
from rtsp_server import RtspServer

from driftscope.core import cameras, registry
from driftscope.core.cameras import Camera
from driftscope.core.capture import process
from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Source, Transport
from driftscope.core.stream import Block, Event, Labels, StreamInfo

LEAST_ROWS, LEAST_PICTURES = 3000, 100
SOURCES, BROKEN = registry.load_all("sources")
TRANSPORTS, BROKEN_TRANSPORTS = registry.load_all("transports")


@pytest.fixture(params=sorted(SOURCES))
def text(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Give an address for each source; a new source needs a line here."""
    camera = Camera(0, 0, "a camera", "/dev/none", 1, 2, "A1")
    monkeypatch.setattr(cameras, "cameras", lambda: [camera])
    if request.param == "camera":  # of which there is none here
        monkeypatch.setattr(process, "COMMAND", faulty("plain"))
    examples = {
        "demo": "demo:?speed=max",
        "scene": "scene:?speed=max",
        "csv_file": f"csv:{table(tmp_path)}?speed=max",
        "pictures": f"pictures:{folder(tmp_path)}?speed=max&passes=40",
        "cifar": f"cifar:{batch(tmp_path)}?speed=max&passes=4",
        "video": f"video:{film(tmp_path)}?speed=max&loop=on",
        "camera": camera.address,
        "rtsp": "",
        "http": "",
    }
    assert request.param in examples, f"give an example address for the source {request.param}"
    if request.param in ("http", "rtsp"):
        frames = coloured()
        serving = MjpegServer if request.param == "http" else RtspServer
        with serving(frames, 200.0) as server:
            yield server.url
    else:
        yield examples[request.param]


def test_nothing_is_broken() -> None:
    assert not BROKEN + BROKEN_TRANSPORTS


@pytest.mark.parametrize("name", sorted(SOURCES | TRANSPORTS))
def test_parameters_are_within_their_own_range(name: str) -> None:
    plugin = (SOURCES | TRANSPORTS)[name]
    assert plugin.scheme and issubclass(plugin, Source | Transport)
    made = plugin.Params()
    for spec in plugin.Params.specs().values():
        assert spec.label and spec.help, spec.name
        assert spec.parse(getattr(made, spec.name)) == getattr(made, spec.name)


@pytest.mark.parametrize("name", sorted(SOURCES | TRANSPORTS))
def test_closing_without_opening_and_twice_is_nothing(name: str) -> None:
    plugin = (SOURCES | TRANSPORTS)[name]
    device = plugin("nothing-of-that-name", plugin.Params())
    device.close()
    device.close()


def test_data_are_as_described_and_sequence_and_time_rise(text: str) -> None:
    described: dict[str, StreamInfo] = {}
    next_seq: dict[str, int] = {}
    last_s: dict[str, float] = {}
    source = opened(text)
    for item in read(source):
        if isinstance(item, StreamInfo):
            described[item.key] = item
            continue
        if isinstance(item, Event | Labels):
            continue
        info = described[item.key]
        assert item.values.shape == (len(item), *info.sample_shape)
        assert item.values.dtype == info.dtype and item.values.flags.c_contiguous
        assert item.seq == next_seq.get(item.key, 0)
        assert np.all(np.diff(item.time_s, prepend=last_s.get(item.key, -np.inf)) > 0)
        next_seq[item.key] = item.seq + len(item)
        last_s[item.key] = float(item.time_s[-1])
    least = MOST_ROWS_LIVE if source.live else LEAST_PICTURES if source.pictures else LEAST_ROWS
    assert described and sum(next_seq.values()) >= least


def test_opening_again_gives_the_same(text: str) -> None:
    if opened(text).live:
        pytest.skip("a live source never gives the same again")

    def values() -> np.ndarray:
        source = opened(text)
        blocks = [item.values for item in read(source) if isinstance(item, Block)]
        return np.concatenate(blocks)[: LEAST_PICTURES if source.pictures else LEAST_ROWS]

    assert np.array_equal(values(), values(), equal_nan=True)


def test_iterating_opens_and_closes_by_itself(text: str) -> None:
    source = opened(text)
    for item in source:
        if isinstance(item, Block):
            break
    again = next(item for item in opened(text) if isinstance(item, Block))
    assert source.live or np.array_equal(again.values[0], item.values[0], equal_nan=True)


@pytest.mark.parametrize("name", sorted(SOURCES | TRANSPORTS))
def test_what_is_not_there_is_told_in_a_sentence(name: str) -> None:
    if name in ("stdin",):  # it is always there
        return
    plugin = (SOURCES | TRANSPORTS)[name]
    device = plugin("nothing-of-that-name", plugin.Params())
    with pytest.raises(DriftscopeError) as told:
        device.open()
    device.close()
    message = str(told.value)
    assert "nothing-of-that-name" in message and message.endswith((".", "?")), message
