"""What the experts see of a row: itself, what came before it, and the labels known last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from driftscope.core.arrays import F64, UNKNOWN, Array, widened
from driftscope.core.interfaces import State

SPANS = np.array([4.0, 16.0, 64.0, 256.0])
"""Rows over which the channels' running means go: a label often says how a row compares with
those before it, and nothing says with how many."""
LABEL_SPANS = np.array([1.0, 4.0, 16.0])
"""Labels over which those known last are averaged."""
NEVER = -1


class Last(NamedTuple):
    """Hold the label known last, and the row it belongs to; `seq` NEVER without one."""

    y: float = float(UNKNOWN)
    seq: int = NEVER


class Context:
    """Make each row's inputs, (1 + 5 C + 3 K): 1, the row itself, how far it is from its running
    means, and the running means of the labels known, all in deviations.

    Nothing reaches across a gap. `row_inputs` is how many of them are the row itself.
    """

    def __init__(self, channels: int, outputs: int) -> None:
        self.channels, self.outputs = channels, outputs
        self.clear(0)

    def clear(self, seq: int) -> None:
        """Forget everything, as at a gap: labels of rows before `seq` tell nothing any more."""
        self.means = np.zeros((len(SPANS), self.channels))
        self.seen = np.zeros(self.channels)
        self.codes = np.zeros((len(LABEL_SPANS), self.outputs))
        self.last = Last()
        self.begun = seq

    @property
    def row_inputs(self) -> int:
        return 1 + self.channels

    @property
    def inputs(self) -> int:
        return 1 + (1 + len(SPANS)) * self.channels + len(LABEL_SPANS) * self.outputs

    def look(self, z: Array, present: Array, n: int) -> tuple[F64, F64, F64]:
        """Return the inputs (B, F) of rows z (B, C), of which the first n are there; and the
        means and counts (see `take`) behind these. Missing values are as usual as can be."""
        made = np.zeros((len(z), self.inputs))
        made[:, 0] = 1.0
        c, spans = self.channels, len(SPANS)
        made[:n, 1 : 1 + c] = z[:n]
        means, seen = self.means.copy(), self.seen.copy()
        past = made[:, 1 + c : 1 + (1 + spans) * c]
        for row in range(n):
            off = np.where(present[row], z[row] - means, 0.0)
            past[row] = np.where(seen > 0, off, 0.0).ravel()
            seen += present[row]
            means += off * np.maximum(1.0 / SPANS[:, None], 1.0 / np.maximum(seen, 1.0))
        made[:, 1 + (1 + spans) * c :] = self.codes.ravel()
        return made, means, seen

    def take(self, means: F64, seen: F64) -> None:
        """Go on behind rows that were looked at."""
        self.means, self.seen = means, seen

    def know(self, seq: int, y: float, code: F64) -> None:
        """Take in the label of row `seq`, unless one of a later row is known, or a gap between."""
        if seq >= self.begun and seq > self.last.seq:
            if self.last.seq == NEVER:
                self.codes[:] = code
            self.codes += (code - self.codes) / LABEL_SPANS[:, None]
            self.last = Last(y, seq)

    def extend(self, channels: int, outputs: int) -> Array:
        """Make room for more; return where each input from before is now, (F,) int64."""
        places = [np.zeros(1, np.int64)]
        start = 1
        for blocks, old, new in (
            (1 + len(SPANS), self.channels, channels),
            (len(LABEL_SPANS), self.outputs, outputs),
        ):
            for _ in range(blocks):
                places.append(start + np.arange(old))
                start += new
        self.means = widened(self.means, channels, 0.0)
        self.seen = widened(self.seen, channels, 0.0)
        self.codes = widened(self.codes, outputs, 0.0)
        self.channels, self.outputs = channels, outputs
        return np.concatenate(places)

    def state_dict(self) -> State:
        return dict(
            means=self.means.copy(), seen=self.seen.copy(), codes=self.codes.copy(),
            last=list(self.last), begun=self.begun,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.means, self.seen = state["means"].copy(), state["seen"].copy()
        self.codes = state["codes"].copy()
        self.last, self.begun = Last(*state["last"]), state["begun"]
