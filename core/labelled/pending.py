"""What was said of rows whose labels are still to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from driftscope.core.arrays import F64, Array, widened
from driftscope.core.interfaces import State
from driftscope.core.labelled.context import Last

LIMIT_BYTES = 32 * 2**20


class Said(NamedTuple):
    """Hold what was said of a row before its label was known.

    inputs   (F,), what the experts saw
    each     (E, K), what each said
    mixed    (K,), what was said in the end; empty if nothing was learned yet
    last     the label known then
    mean, scale  by which values were read as deviations; 0 and 1 for classes
    """

    seq: int
    time_s: float
    inputs: F64
    each: F64
    mixed: F64
    last: Last
    mean: float
    scale: float


class Pending:
    """Remember rows until their labels come, as many as fit into `limit_bytes`; the oldest go."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._rows: dict[int, Said] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Said]:
        return iter(self._rows.values())

    def add(self, said: Said) -> None:
        """Remember a row."""
        self._rows[said.seq] = said
        each = 200 + said.inputs.nbytes + said.each.nbytes + said.mixed.nbytes
        while len(self._rows) > 1 and len(self._rows) * each > self.limit_bytes:
            del self._rows[next(iter(self._rows))]

    def take(self, seq: int) -> Said | None:
        """Return what was said of row `seq`, and forget it; None if it is not remembered."""
        return self._rows.pop(seq, None)

    def extend(self, inputs: int, outputs: int, places: Array) -> None:
        """Make room for more inputs and outputs; those from before are in `places` now."""
        self._rows = {said.seq: widen(said, inputs, outputs, places) for said in self}

    def state_dict(self) -> State:
        return dict(rows=[[*said[:5], list(said.last), *said[6:]] for said in self])

    def load_state_dict(self, state: State) -> None:
        rows = [Said._make((*row[:5], Last(*row[5]), *row[6:])) for row in state["rows"]]
        self._rows = {said.seq: said for said in rows}


def widen(said: Said, inputs: int, outputs: int, places: Array) -> Said:
    """Return what was said of a row, with room for more inputs and outputs."""
    seen = np.zeros(inputs)
    seen[places] = said.inputs
    mixed = widened(said.mixed, outputs, 0.0) if len(said.mixed) else said.mixed
    return said._replace(inputs=seen, each=widened(said.each, outputs, 0.0), mixed=mixed)
