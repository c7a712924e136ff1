"""The fast learner: each channel from its own newest samples, solved in closed form."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from driftscope.core.stream import F64

LAGS = 32
MEMORY = 2000.0
"""What was seen fades over so many rows; over half of all there were while these are fewer."""
FOLD = 8
"""Rows are gathered and taken in together, so many at least: that costs less than one by one."""
MOST_ROWS = 8
"""Of a longer step this many rows are taken in, evenly chosen: neighbours tell much the same."""
ROWS = 128
"""A channel is solved again after so many rows; at the start each time a quarter was added."""
MOST_SOLVED = 16
"""So many channels are solved at once, the others with the following rows: 0.5 ms at the most."""
RIDGE, JITTER = 4.0, 1e-4
"""The weights are held to where they started as by so many rows, and by a part of their spread."""
NEAR = 1.0
"""An error pulls no more than one of so many usual ones, as in a median."""
LEVER = 6.0
"""A window that goes further from the mean weighs less, by the square."""
FOLLOW = 0.02


class ClosedForm:
    """Predict h samples ahead by recursive least squares on the LAGS newest samples of a channel.

    All is in deviations from the running mean. Rows weigh less the larger their error (Huber's
    weights: Holland and Welsch, 1977), and fade exponentially. The ridge solution is held to
    `last` * x[i], the shrunk last value. Memory and time grow with the number of channels alone,
    LAGS**2 numbers each; with many of them each is solved less often.
    """

    def __init__(self, channels: int) -> None:
        self._weights = np.zeros((channels, LAGS + 1))
        self._weights[:, LAGS - 1] = 1.0
        self._gram = np.zeros((channels, LAGS + 1, LAGS + 1))
        self._cross = np.zeros((channels, LAGS + 1))
        self._usual = np.ones(channels)
        self._solved = np.zeros(channels)
        self._seen = 0.0
        self.forget()

    def extend(self, channels: int) -> None:
        """Make room for more channels: new ones start as all did."""
        fresh, old = ClosedForm(channels), len(self._usual)
        for name in ("_weights", "_gram", "_cross", "_usual"):
            getattr(fresh, name)[:old] = getattr(self, name)
            setattr(self, name, getattr(fresh, name))
        self._solved = np.append(self._solved, np.full(channels - old, self._solved.min()))
        self.forget()

    def forget(self) -> None:
        """Drop the rows that were gathered, as where they are interrupted."""
        self._gathered: list[F64] = []
        self._trusts: list[float] = []
        self._count = 0

    def predict(self, z: F64) -> F64:
        """Return (n, C), predicted from z (LAGS - 1 + n, C), the deviations up to each row."""
        made: F64 = (_windows(z) @ self._weights[:, :LAGS, None])[:, :, 0].T
        return made + self._weights[:, LAGS]

    def gather(self, samples: F64, trust: float) -> F64 | None:
        """Keep samples (n, C), to be learned as far as they can be trusted; return all that were
        gathered once there are enough, to be given to `learn`."""
        self._gathered.append(samples.copy())
        self._trusts.append(trust)
        self._count += len(samples)
        return np.concatenate(self._gathered) if self._count >= FOLD else None

    @property
    def trusts(self) -> F64:
        """Return (n,), how far each row that was gathered can be trusted."""
        return np.repeat(self._trusts, [len(each) for each in self._gathered])

    def learn(self, z: F64, target: F64, last: F64) -> None:
        """Take in what was gathered, in deviations (n, C): `target`, NaN where unknown, is to be
        predicted from z (LAGS - 1 + n, C). `last` (C,) is how far the last value counts alone."""
        trust, channels = self.trusts, len(self._usual)
        if not trust.any():
            self.forget()
            return
        stride = -(-len(target) // MOST_ROWS)
        y, n = target[::stride].T, -(-len(target) // stride)
        seen = np.empty((channels, n, LAGS + 1))
        seen[:, :, :LAGS] = _windows(z)[:, ::stride]
        seen[:, :, LAGS] = 1.0
        size = np.maximum(np.abs(seen).max(2), LEVER)
        off = np.abs(y - (seen @ self._weights[:, :, None])[:, :, 0])
        unknown = np.isnan(off)
        usual = self._usual[:, None]
        np.copyto(off, usual, where=unknown)
        near = NEAR * usual
        weight = near / np.maximum(off, near) * (LEVER / size) ** 2 * trust[::stride]
        weight[unknown] = 0.0
        self._usual += (
            min(FOLLOW * n, 0.5)
            * float(trust.mean())
            * (np.minimum(off, 4.0 * usual).mean(1) - self._usual)
        )
        self._usual = np.maximum(self._usual, 1e-6)
        self._seen += n
        kept = float(np.exp(-n * trust.mean() / min(MEMORY, 0.5 * self._seen + FOLD)))
        weighed = (seen * weight[:, :, None]).transpose(0, 2, 1)
        self._gram *= kept
        self._gram += weighed @ seen
        self._cross = kept * self._cross + (weighed @ np.where(unknown, 0.0, y)[:, :, None])[..., 0]
        self.forget()
        self._solve(last)

    def _solve(self, last: F64) -> None:
        """Solve the channels that are due, those first that have waited longest."""
        until = self._seen - min(ROWS, 0.2 * self._seen)
        if self._solved.min() > until:
            return
        due = np.argsort(self._solved, kind="stable")[:MOST_SOLVED]
        due = due[self._solved[due] <= until]
        gram, cross = self._gram[due], self._cross[due]
        diagonal = np.einsum("cii->ci", gram)
        held = RIDGE + JITTER * diagonal.mean(1)
        diagonal += held[:, None]
        cross[:, LAGS - 1] += held * last[due]
        made = np.linalg.solve(gram, cross[:, :, None])[:, :, 0]
        good = np.isfinite(made).all(1)
        self._weights[due[good]] = made[good]
        self._solved[due] = self._seen

    def state_dict(self) -> dict[str, Any]:
        return {name: copy.copy(value) for name, value in self.__dict__.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: copy.copy(value) for name, value in state.items()})


def _windows(z: F64) -> F64:
    """Return (C, n, LAGS), what each channel of z (LAGS - 1 + n, C) was up to each row."""
    row, channel = z.strides
    shape = (z.shape[1], len(z) - LAGS + 1, LAGS)
    return np.ndarray(shape, z.dtype, z, strides=(channel, row, row))  # quicker than as_strided
