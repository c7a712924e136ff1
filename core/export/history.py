"""Write what the window's history holds to a file: CSV as the log, Edge Impulse, Parquet."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import why_not
from driftscope.core.history import History
from driftscope.core.rows import ALARM, GAP, HOLE, ONSET, UNSCORED
from driftscope.core.stream import StreamInfo
from driftscope.core.table import Table, columns, header, line_of, lines

CSV, EDGE_IMPULSE, PARQUET = "CSV", "Edge Impulse CSV", "Parquet"
SUFFIXES = {CSV: ".csv", EDGE_IMPULSE: ".csv", PARQUET: ".parquet"}
CHUNK_ROWS = 512
"""So many rows are made into text at once: 2 ms, in which no other thread of Python gets on."""


def kinds() -> list[str]:
    """Return what can be written here; Parquet needs pyarrow, which is not part of Driftscope."""
    return [CSV, EDGE_IMPULSE, *([PARQUET] if importlib.util.find_spec("pyarrow") else [])]


def snapshot(history: History, lo_s: float = -np.inf, hi_s: float = np.inf) -> Table:
    """Copy the rows between two times, both included. The thread that owns the history."""
    rows = history.rows
    times = rows.time_s[: rows.count]
    part = slice(int(np.searchsorted(times, lo_s)), int(np.searchsorted(times, hi_s, "right")))
    flags = rows.flags[part]
    pictures = history.info.pictures
    values, prediction = (
        np.empty((len(flags), 0)) if pictures else each[:, part].copy().T
        for each in (rows.values, rows.prediction)
    )
    rarity = rows.rarity[0, part].copy()
    rarity[(flags & UNSCORED) > 0] = np.nan
    return Table(
        times[part].copy(), values, prediction, rarity, (flags & ONSET) > 0, (flags & ALARM) > 0,
        (flags & (GAP | HOLE)) > 0,
    )  # fmt: skip


def write(
    path: Path,
    table: Table,
    info: StreamInfo,
    kind: str = CSV,
    *,
    progress: Callable[[float], object] = lambda _: None,
    stop: threading.Event | None = None,
) -> str:
    """Write rows to a file, whole or not at all, replacing what is there; return a sentence.

    `progress` is told the share done, 0 to 1. Raise DriftscopeError with what to try, also when
    told to `stop`. Any thread.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if kind == PARQUET:
            _write_parquet(part, table, info)
        else:
            texts = _edge_impulse(table, info) if kind == EDGE_IMPULSE else _csv(table, info)
            with part.open("w", encoding="utf-8", errors="replace", newline="") as file:
                for done, text in texts:
                    if stop is not None and stop.is_set():
                        raise DriftscopeError(f"{path.name} was not written: it was stopped.")
                    file.write(text)
                    progress(done / max(1, len(table)))
        os.replace(part, path)
    except (OSError, ValueError) as error:
        raise DriftscopeError(
            f"The rows could not be exported to {path}: {why_not(path, error)}"
        ) from error
    finally:
        _forget(part)
    return f"{len(table):,} rows were exported to {path}.{_remark(table, info, kind)}"


def _csv(table: Table, info: StreamInfo) -> Iterator[tuple[int, str]]:
    yield 0, header(info)
    for start in range(0, len(table), CHUNK_ROWS):
        piece = table.part(slice(start, start + CHUNK_ROWS))
        yield start + len(piece), piece.text(info)


def _edge_impulse(table: Table, info: StreamInfo) -> Iterator[tuple[int, str]]:
    """Give `timestamp,axis...` with whole milliseconds from the first row on; rows that miss a
    value are left out, since it takes none."""
    yield 0, line_of(["timestamp", *info.channels])
    begin_s = table.time_s[0] if len(table) else 0.0
    scale = 1.0 if info.clock == "rows" else 1000.0
    form = ",".join(["%.0f", *["%r"] * table.values.shape[1]])
    for start in range(0, len(table), CHUNK_ROWS):
        piece = table.part(slice(start, start + CHUNK_ROWS))
        whole = ~np.isnan(piece.values).any(axis=1)
        stamps = np.round((piece.time_s - begin_s) * scale)
        yield start + len(piece), lines(np.column_stack((stamps, piece.values))[whole], form)


def _write_parquet(part: Path, table: Table, info: StreamInfo) -> None:
    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    parquet.write_table(arrow.table(table.arrays(), names=columns(info)), part)


def _remark(table: Table, info: StreamInfo, kind: str) -> str:
    """Return what is to be known of an Edge Impulse file, "" if nothing is."""
    if kind != EDGE_IMPULSE or not len(table):
        return ""
    missing = int(np.isnan(table.values).any(axis=1).sum())
    said = f" {missing:,} that miss a value were left out." if missing else ""
    if len(table) > 1 and info.clock != "rows" and np.median(np.diff(table.time_s)) < 0.999e-3:
        said += " Above 1,000 rows a second some share a millisecond: its times are whole ones."
    return said


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except (OSError, ValueError):  # a name too long, a folder that is gone
        return
