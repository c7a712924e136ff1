"""Write one row a sample: how unusual it was, and whether it is part of an alarm."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path
from typing import TextIO

import numpy as np

from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result

HEADER = "index,time_s,anomaly_score,rarity,onset,alarm\n"
FLUSH_S = 1.0


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
        self._files: dict[str, TextIO] = {}
        self._flushed_s = time.monotonic()

    def write(self, item: Output) -> None:
        if not isinstance(item, Result):
            return
        file, first = self._files.get(item.key) or self._file_of(item.key), item.seq
        if not item.scored:
            file.writelines(f"{first + i},{t:.6f},,,,\n" for i, t in enumerate(item.time_s))
            return
        unusual = 1.0 - np.power(10.0, -item.rarity)
        file.writelines(
            f"{first + i},{t:.6f},{score:.17g},{rarity:.17g},{onset:d},{alarm:d}\n"
            for i, (t, score, rarity, onset, alarm) in enumerate(
                zip(
                    item.time_s.tolist(), unusual.tolist(), item.rarity.tolist(),
                    item.onset.tolist(), item.alarm.tolist(), strict=True,
                )
            )
        )  # fmt: skip

    def tick(self) -> None:
        """Have what was written so far on the disk, once a second."""
        if time.monotonic() - self._flushed_s >= FLUSH_S:
            self._flushed_s = time.monotonic()
            for file in self._files.values():
                file.flush()

    def close(self) -> None:
        with contextlib.ExitStack() as stack:  # all of them, even if one cannot
            for file in {self._first, *self._files.values()}:
                stack.callback(file.close)

    def _file_of(self, key: str) -> TextIO:
        file = self._first
        if self._files:
            word = re.sub(r"[^\w-]+", "_", key)
            file = _opened(self._path.with_suffix(f".{word}{self._path.suffix}"))
        self._files[key] = file
        return file


def _opened(path: Path) -> TextIO:
    file = path.open("w", encoding="utf-8", newline="")
    file.write(HEADER)
    return file


PLUGIN = Scores
