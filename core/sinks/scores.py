"""Write one row a sample: how unusual it was, and whether it is part of an alarm."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import numpy as np

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.row_file import RowFile
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result
from driftscope.core.table import SCORE_COLUMNS, SCORE_FORMAT, line_of, lines, score_columns

HEADER = line_of(["index", "time_s", *SCORE_COLUMNS])


class Scores(Sink):
    """Write `index,time_s,anomaly_score,rarity,onset,alarm`; a row not scored has empty cells.

    Of a source with several streams the first one goes to the file named, each other one to a
    file beside it: that of stream "b" for `out.csv` is `out.b.csv`.
    """

    name = "the file of scores"

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        try:
            self._first = _opened(self._path)
        except OSError as error:
            raise DriftscopeError(
                f"The scores cannot be written to {path}: {error.strerror}. Name another file."
            ) from error
        self._files: dict[str, RowFile] = {}

    def write(self, item: Output) -> None:
        if not isinstance(item, Result):
            return
        file = self._files.get(item.key) or self._file_of(item.key)
        numbers = np.arange(item.seq, item.seq + len(item), dtype=float)
        rarity = item.rarity if item.scored else np.full(len(item), np.nan)
        columns = numbers, item.time_s, *score_columns(rarity, item.onset, item.alarm)
        file.write(lines(np.column_stack(columns), f"%.0f,%.6f,{SCORE_FORMAT}"), len(item))

    def tick(self) -> None:
        """Have what was written so far on the disk, once a second."""
        for file in self._files.values():
            file.tick()

    def close(self) -> None:
        with contextlib.ExitStack() as stack:  # all of them, even if one cannot
            for file in {self._first, *self._files.values()}:
                stack.callback(file.close)

    def _file_of(self, key: str) -> RowFile:
        file = self._first
        if self._files:
            word = re.sub(r"[^\w-]+", "_", key)
            file = _opened(self._path.with_suffix(f".{word}{self._path.suffix}"))
        self._files[key] = file
        return file


def _opened(path: Path) -> RowFile:
    file = RowFile(path)
    file.write(HEADER, 0)
    return file


PLUGIN = Scores
