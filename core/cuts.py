"""Cut a stream into batches of rows, or of windows with what comes after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftscope.core.arrays import Array, Bools
from driftscope.core.errors import ParamError

Missing = Literal["drop", "hold", "keep"]
MISSING = ("drop", "hold", "keep")


@dataclass(frozen=True, slots=True)
class Cut:
    """Say what a batch holds: see `as_dataset`."""

    batch_size: int
    window: int = 0
    horizon: int = 0
    missing: Missing = "drop"
    drop_last: bool = False

    def __post_init__(self) -> None:
        for name, low in (("batch_size", 1), ("window", 0), ("horizon", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < low:
                raise ParamError(f"{name} must be a whole number from {low} on, not {value!r}.")
        if self.missing not in MISSING:
            raise ParamError(f"missing must be one of {', '.join(MISSING)}, not {self.missing!r}.")
        if self.horizon and not self.window:
            raise ParamError("horizon says how far behind a window its target is: give a window.")


class Cutter:
    """Take rows as they come, give batches: a tuple of arrays of the same length each.

    These are the rows (b, C), or windows (b, W, C) with the rows h behind their ends (b, C) where
    a horizon is asked for; then, where labels come with the rows, those (b,) of each row or of
    each window's last one. No window, nor its target, crosses a `gap`.
    """

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._behind = max(cut.window - 1, 0) + cut.horizon
        self._rows: Array | None = None
        self._y: Array | None = None
        self._known: Array | None = None
        self._ready: list[tuple[Array, ...]] = []
        self._count = 0
        self.barren = 0
        """Rows in a row that gave nothing, as some of their values were missing."""

    def gap(self) -> None:
        """Let no window cross this point."""
        self._rows = self._y = self._known = None

    def take(self, rows: Array, y: Array | None = None) -> Iterator[tuple[Array, ...]]:
        """Take rows (n, ...) with their labels (n,); give each batch that is full by now."""
        made = self._cut_out(rows, y)
        size = self._cut.batch_size
        if len(made[0]):
            self._ready.append(made)
            self._count += len(made[0])
            self.barren = 0
        else:
            self.barren += len(rows)
        if self._count >= size:
            whole = self._joined()
            full = self._count - self._count % size
            for start in range(0, full, size):
                yield tuple(each[start : start + size] for each in whole)
            self._count -= full
            self._ready = [tuple(each[full:].copy() for each in whole)] if self._count else []

    def rest(self) -> Iterator[tuple[Array, ...]]:
        """Give the last, smaller batch, unless there is none or it is not wanted."""
        if self._count and not self._cut.drop_last:
            yield self._joined()
        self._ready, self._count = [], 0

    def _joined(self) -> tuple[Array, ...]:
        return tuple(np.concatenate(each) for each in zip(*self._ready, strict=True))

    def _cut_out(self, rows: Array, y: Array | None) -> tuple[Array, ...]:
        """Return what the rows complete, as far as nothing is missing that must not be."""
        raw = rows
        if self._cut.missing == "hold":
            rows = self._held(rows)
        if not self._cut.window:
            return self._kept((rows,) if y is None else (rows, y), _present(rows))
        before = 0 if self._rows is None else len(self._rows)
        if self._rows is not None:
            rows = np.concatenate((self._rows, rows))
        if y is not None:
            y = y if self._y is None else np.concatenate((self._y, y))
        parts, present = self._windows(rows, y)
        if self._cut.horizon and self._cut.missing == "hold":  # what was held is no target
            present &= _present(raw[self._behind - before :])[: len(present)]
        kept = min(self._behind, len(rows))
        self._rows = rows[len(rows) - kept :].copy()
        self._y = None if y is None else y[len(y) - kept :].copy()
        return self._kept(parts, present)

    def _windows(self, rows: Array, y: Array | None) -> tuple[tuple[Array, ...], Bools]:
        """Return every window within the rows, with its target and label, and which are whole."""
        window, horizon = self._cut.window, self._cut.horizon
        count = max(0, len(rows) - self._behind)
        views = np.lib.stride_tricks.sliding_window_view(rows, window, axis=0) if count else None
        shape = (0, window, *rows.shape[1:])
        found = np.empty(shape, rows.dtype) if views is None else np.moveaxis(views, -1, 1)[:count]
        whole = _present(rows)
        parts: tuple[Array, ...] = (np.ascontiguousarray(found),)
        run = np.concatenate(([0], np.cumsum(whole)))
        present: Bools = np.asarray(run[window : window + count] - run[:count] == window)
        if horizon:
            parts += (rows[self._behind : self._behind + count],)
            present &= whole[self._behind : self._behind + count]
        if y is not None:
            parts += (y[window - 1 : window - 1 + count],)
        return parts, present

    def _kept(self, parts: tuple[Array, ...], present: Bools) -> tuple[Array, ...]:
        if self._cut.missing == "keep" or present.all():
            return parts
        return tuple(each[present] for each in parts)

    def _held(self, rows: Array) -> Array:
        """Return the rows with the last known value where one is missing."""
        if rows.dtype.kind != "f":
            return rows
        first = np.full(rows.shape[1:], np.nan, rows.dtype) if self._known is None else self._known
        known = np.concatenate((first[None], rows))
        newest = np.where(np.isnan(known), 0, np.arange(len(known))[:, None])
        held: Array = np.take_along_axis(known, np.maximum.accumulate(newest), 0)[1:]
        self._known = held[-1].copy()
        return held


def _present(rows: Array) -> Bools:
    """Return (n,) which rows have all their values."""
    if rows.dtype.kind != "f":
        return np.ones(len(rows), bool)
    return np.asarray(np.isfinite(rows).all(axis=tuple(range(1, rows.ndim))))
