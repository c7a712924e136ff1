"""A source as a PyTorch data set: batches of rows, or of windows with what comes after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from driftscope.core.arrays import UNKNOWN, Array
from driftscope.core.blocks import Blocks, Readable, open_source
from driftscope.core.cuts import Cut, Cutter, Missing
from driftscope.core.errors import ParamError, SourceError
from driftscope.core.labels import Waiting
from driftscope.core.stream import Block, Event, Labels, StreamInfo

PATIENCE_ROWS = 100_000
"""So many rows, one after the other, that gave nothing are told rather than waited out."""

Batch = Tensor | tuple[Tensor, ...]


class Batches(IterableDataset[Batch]):
    """Give the batches of a source; each new iteration opens it anew. Made by `as_dataset`."""

    def __init__(
        self,
        source: Readable,
        settings: Mapping[str, object] | None,
        cut: Cut,
        *,
        labels: bool = False,
        channels: Sequence[str] | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        open_source(source, settings)  # what is wrong with it is told now
        self._source, self._cut, self._settings = source, cut, dict(settings or {})
        self._labels = labels
        self._channels = tuple(channels) if channels is not None else None
        self._dtype = dtype

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        turn, turns = (worker.id, worker.num_workers) if worker else (0, 1)
        with open_source(self._source, self._settings) as blocks:
            alone = blocks.device.live or blocks.device.scheme == "stdin"
            if alone and turn:
                return
            turns = 1 if alone else turns
            for number, batch in enumerate(self._cut_up(blocks)):
                if number % turns == turn:
                    yield self._tensors(batch)

    def _cut_up(self, blocks: Blocks) -> Iterator[tuple[Array, ...]]:
        cutter, waiting, info = Cutter(self._cut), Waiting(), blocks.info
        columns, next_seq = self._columns(info), 0
        for item in blocks.items():
            if item.key not in (info.key, ""):
                continue
            if isinstance(item, Labels):
                waiting.put(item, next_seq)
            elif isinstance(item, Event) and item.kind == "gap":
                cutter.gap()
            elif isinstance(item, Block) and len(item):
                if item.seq != next_seq:
                    cutter.gap()
                next_seq = item.seq + len(item)
                values = self._own(item, info, columns)
                y = np.array(self._known(waiting, item, info)) if self._labels else None
                yield from cutter.take(values, y)
                if cutter.barren >= PATIENCE_ROWS:
                    raise SourceError(_barren(info, values, columns))
        yield from cutter.rest()

    def _own(self, block: Block, info: StreamInfo, columns: list[int]) -> Array:
        """Return a copy of a block's values, so that a batch may be written to."""
        if info.pictures:
            return np.array(block.values)
        double = self._dtype == torch.float64
        return block.values[:, columns].astype(np.float64 if double else np.float32)

    def _columns(self, info: StreamInfo) -> list[int]:
        if info.pictures and (self._cut.window or self._channels):
            raise ParamError("Pictures have no channels and no windows: leave window and channels.")
        unknown = [name for name in self._channels or () if name not in info.channels]
        if unknown:
            known = ", ".join(info.channels)
            raise ParamError(f"There is no channel {unknown[0]!r}; there are: {known}.")
        if self._labels and not (info.label or info.pictures):
            raise ParamError(
                f"{info.key} has no labels: name their column, as in "
                'settings={"stream.label": "class"}.'
            )
        return [info.channels.index(name) for name in self._channels or info.channels]

    def _known(self, waiting: Waiting, block: Block, info: StreamInfo) -> Array:
        """Return (n,) the labels of a block's rows, as far as they came with it."""
        found = waiting.take(block.seq, len(block))
        if found is not None:
            return found[0]
        if info.label is not None and info.label.kind == "value":
            return np.full(len(block), np.nan)
        return np.full(len(block), UNKNOWN, np.int64)

    def _tensors(self, batch: tuple[Array, ...]) -> Batch:
        made = tuple(self._tensor(each) for each in batch)
        return made[0] if len(made) == 1 else made

    def _tensor(self, values: Array) -> Tensor:
        tensor = torch.from_numpy(values)
        return tensor.to(self._dtype) if tensor.is_floating_point() else tensor


def as_dataset(
    source: Readable,
    batch_size: int,
    *,
    window: int = 0,
    horizon: int = 0,
    labels: bool = False,
    channels: Sequence[str] | None = None,
    missing: Missing = "drop",
    drop_last: bool = False,
    settings: Mapping[str, object] | None = None,
    dtype: torch.dtype = torch.float32,
) -> Batches:
    """Return a torch IterableDataset over a source, for a DataLoader with `batch_size=None`.

    source, settings   those of `open_source`; every iteration opens it anew
    batch_size   rows, or windows, in each batch; the last one is smaller, or left out: `drop_last`
    window       0: batches are rows (b, C); else windows (b, W, C) on W rows one after the other
    horizon      0: no target; else a pair (windows, targets): the row (b, C) h rows behind the
                 window's last one
    labels       True puts the labels (b,) behind: of each row, or of each window's last one; int64
                 numbers of classes with -1 where it is not known, or values with NaN
    channels     the names of those wanted, in their order; all that the stream begins with by
                 default, and no later ones, so that C never changes
    missing      what happens to missing values (NaN): "drop" leaves rows, windows and targets out
                 that hold one; "hold" puts the last known value there, in targets never; "keep"
                 leaves them as they are

    No window crosses a gap. Values are not normalised. Pictures come as (b, H, W, 3) uint8. Only
    the first stream of a source with several is taken.

    With several workers, worker i of n reads the whole source and gives each n-th batch from its
    i-th on, so the DataLoader gives every batch once and in order; this pays where the work
    afterwards is long. A live device, or standard input, can be read once only: the first worker
    has it, the others give nothing.
    """
    cut = Cut(batch_size, window, horizon, missing, drop_last)
    return Batches(source, settings, cut, labels=labels, channels=channels, dtype=dtype)


def _barren(info: StreamInfo, values: Array, columns: list[int]) -> str:
    gone = [info.channels[k] for k, each in zip(columns, values.T, strict=True)
            if np.isnan(each).all()]  # fmt: skip
    what = f"{gone[0]!r} has no value" if gone else "some value is missing in each"
    return (
        f"Nothing could be made of the last {PATIENCE_ROWS:,} rows of {info.key}: {what}. Choose "
        'other channels, or missing="hold" or "keep".'
    )
