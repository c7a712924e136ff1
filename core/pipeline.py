"""The whole pipeline as an iterator: score each step, hand it over, learn it, with no thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from driftscope.core.blocks import Blocks, Readable, open_source
from driftscope.core.lane import Lane
from driftscope.core.parts import prepare_thread
from driftscope.core.stream import Block, Event, Labels, Output, Result, StreamInfo
from driftscope.core.streams import told


def outputs(
    source: Readable | Blocks, settings: Mapping[str, object] | None = None
) -> Iterator[Output]:
    """Score every sample of a source, then learn it; give all that comes of it, in order.

    `source` and `settings` are those of `open_source`. The results are the same, bit for bit, as
    those of `driftscope watch`. A step is learned when the output after its result is asked for.
    The calling thread is set to one torch thread, without which a step takes a hundred times as
    long. What cannot be taken raises AddressError or ParamError at once.
    """
    blocks = source if isinstance(source, Blocks) else open_source(source, settings)
    for full, value in (settings or {}).items():
        blocks.params.set(full, value)
    return _worked_off(blocks)


def results(
    source: Readable | Blocks, settings: Mapping[str, object] | None = None
) -> Iterator[Result]:
    """Score every sample of a source, then learn it; give the Results alone. See `outputs`."""
    return (made for made in outputs(source, settings) if isinstance(made, Result))


def _worked_off(blocks: Blocks) -> Iterator[Output]:
    prepare_thread(blocks.device.pictures)
    lanes: dict[str, Lane] = {}
    with blocks:
        for item in blocks.items():
            lane = lanes.get(item.key)
            if isinstance(item, StreamInfo) and lane is None:
                lanes[item.key] = Lane(item, blocks.params, blocks.device.live)
                yield item
            elif isinstance(item, StreamInfo) and lane is not None:
                yield from lane.extend(item) if item != lane.info else ()
            elif isinstance(item, Event):
                yield from told(lane, item)
            elif isinstance(item, Block) and lane is not None:
                yield from lane.take(item)
            elif isinstance(item, Labels) and lane is not None:
                yield from lane.label(item)
        for lane in lanes.values():
            yield from lane.finish()
