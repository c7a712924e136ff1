"""Rows of numbers that a program has, or makes, as a source."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from driftscope.core.errors import ParamError, SourceError
from driftscope.core.interfaces import Source
from driftscope.core.pacing import block_rows
from driftscope.core.params import Params
from driftscope.core.stream import F64, Array, Block, Clock, Item, StreamInfo

LAZY_ROWS = 64
"""Rows that are gathered into one block where they are made one by one."""


class Given(Source):
    """Give rows of numbers as blocks: an array (n, C) or (n,), or any iterable of rows.

    What is no array is asked for its rows only when they are wanted, so it may be endless. `NaN`
    is missing. Without `rate_hz` the stream has no time, rows only count.
    """

    scheme = "rows"
    _info: StreamInfo | None
    _seq: int
    _coming: Iterator[object]

    def __init__(
        self,
        rows: Array | Iterable[object],
        rate_hz: float | None = None,
        channels: Iterable[str] | None = None,
    ) -> None:
        if rate_hz is not None and not 0 < rate_hz < float("inf"):
            raise ParamError(f"rate_hz must be a number above 0, not {rate_hz!r}.")
        if not isinstance(rows, Iterable):
            raise ParamError(
                f"{type(rows).__name__} is nothing to read: give an address, a path, an array of "
                "shape (n, C), or anything that gives one row after the other."
            )
        self.name, self.params = "the rows given", Params()
        self._table = _as_table(rows) if isinstance(rows, np.ndarray) else None
        self._rows: Iterable[object] = () if self._table is not None else rows
        self._rate_hz = rate_hz
        self._names = tuple(channels) if channels is not None else None
        self._start()

    def open(self) -> None:
        self._start()

    def read(self) -> list[Item] | None:
        values = self._next_values()
        if values is None:
            return None
        items: list[Item] = []
        if self._info is None:
            self._info = self._described(values.shape[1])
            items.append(self._info)
        elif values.shape[1] != len(self._info.channels):
            raise SourceError(
                f"Row {self._seq} has {values.shape[1]} numbers, those before it had "
                f"{len(self._info.channels)}: fill up with NaN what is missing."
            )
        time_s = np.arange(self._seq, self._seq + len(values)) / (self._rate_hz or 1.0)
        items.append(Block("rows", self._seq, time_s, values, time.monotonic()))
        self._seq += len(values)
        return items

    def close(self) -> None:
        self._coming = iter(())

    def _start(self) -> None:
        self._info = None
        self._seq = 0
        self._coming = iter(self._rows)

    def _next_values(self) -> F64 | None:
        """Return the next rows (n, C), None at the end."""
        if self._table is not None:
            n = block_rows(self._table.shape[1])
            values = self._table[self._seq : self._seq + n]
            return values if len(values) else None
        rows = list(islice(self._coming, LAZY_ROWS))
        return _as_table(rows) if rows else None

    def _described(self, channels: int) -> StreamInfo:
        names = self._names or tuple(f"value {k + 1}" for k in range(channels))
        if len(names) != channels:
            raise ParamError(f"{len(names)} channels are named, but a row has {channels} numbers.")
        clock: Clock = "elapsed" if self._rate_hz else "rows"
        return StreamInfo("rows", names, ("",) * channels, self._rate_hz, clock=clock)


def _as_table(rows: Array | Sequence[object]) -> F64:
    """Return rows as (n, C) float64; raise ParamError if they are no such thing."""
    try:
        values = np.ascontiguousarray(rows, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParamError(
            f"These rows are no table of numbers ({error}): each must hold the same count of "
            "numbers, NaN where one is missing."
        ) from None
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or not values.shape[1]:
        raise ParamError(f"An array of shape (n, C) is needed, not {values.shape}.")
    return values
