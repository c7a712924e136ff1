"""Write one row a sample: how unusual it was, and whether it is part of an alarm."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result

HEADER = "index,time_s,anomaly_score,rarity,onset,alarm\n"
FLUSH_S = 1.0


class Scores(Sink):
    """Write `index,time_s,anomaly_score,rarity,onset,alarm`; a row not scored has empty cells."""

    name = "the file of scores"

    def __init__(self, path: str | Path) -> None:
        try:
            self._file = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115  closed in close()
        except OSError as error:
            raise DriftscopeError(
                f"The scores cannot be written to {path}: {error.strerror}. Name another file."
            ) from error
        self._file.write(HEADER)
        self._flushed_s = time.monotonic()

    def write(self, item: Output) -> None:
        if not isinstance(item, Result):
            return
        first = item.seq
        if not item.scored:
            self._file.writelines(f"{first + i},{t:.6f},,,,\n" for i, t in enumerate(item.time_s))
            return
        unusual = 1.0 - np.power(10.0, -item.rarity)
        self._file.writelines(
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
            self._file.flush()

    def close(self) -> None:
        self._file.close()


PLUGIN = Scores
