"""An autoregressive model, solved in closed form at the start: the fastest to learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from driftscope.core.bank import Judge, Layers
from driftscope.core.models._nets import grow, last_layer
from driftscope.core.params import Params, param
from driftscope.core.stream import F32, StreamInfo

FIRST_ROWS, LAST_ROWS = 16, 4096
"""It is solved after so many rows, after each doubling, and for the last time after so many."""
RIDGE = 1e-2
"""How much of a row's spread the weights are held back by: what was seen little stays small."""
FADE = 0.25
"""What came before a solution counts so much in the next: statistics were young then."""
MOST_INPUTS = 512
"""With more each channel starts from its own past alone: solving all at once would take 50 ms."""


class Net(nn.Module):
    """Map windows (B, W, C) to (B, C) by one weight for each value in the window.

    `start` accumulates the normal equations of the first rows and puts their ridge solution in
    place of the weights; in between, and from then on, these are trained like any other's.
    """

    stacks = True
    gram: Tensor
    cross: Tensor
    rows: Tensor

    def __init__(self, channels: int, window: int) -> None:
        super().__init__()
        self.channels, self.window = channels, window
        self.outer = last_layer(window * channels, channels)
        self.together = window * channels < MOST_INPUTS
        groups, inputs = (1, window * channels) if self.together else (channels, window)
        self.register_buffer("gram", torch.zeros(groups, inputs + 1, inputs + 1).double())
        self.register_buffer("cross", torch.zeros(groups, inputs + 1, channels // groups).double())
        self.register_buffer("rows", torch.zeros(2, dtype=torch.int64))

    def forward(self, windows: Tensor) -> Tensor:
        made: Tensor = self.outer(windows.flatten(-2))
        return made

    def say(self, x: F32) -> F32:
        """Return (K, B, C) of flat windows (B, W * C), once stacked."""
        return cast(Layers, self.outer).arrays.made(x)

    def descend(self, x: F32, judge: Judge) -> F32:
        """Put the gradients of flat windows (B, W * C) in place, once stacked; return what `judge`
        says the losses are (K,)."""
        outer = cast(Layers, self.outer).arrays
        losses, slopes = judge(outer.made(x))
        outer.descend(x, slopes=slopes)
        return losses

    @torch.no_grad()
    def start(self, windows: Tensor, target: Tensor, present: Tensor) -> bool:
        """Take in windows (B, W, C) and what was to be predicted from them (B, C), as far as it
        is `present` (B, C); solve now and then, until there were LAST_ROWS rows. Return whether
        the weights are a solution now."""
        seen, solved = int(self.rows[0]), int(self.rows[1])
        if solved >= LAST_ROWS:
            return False
        known = present.all(1)
        x, y = windows[known].double(), target[known].double()
        x = x.flatten(1)[None] if self.together else x.permute(2, 0, 1)
        x = torch.cat((x, x.new_ones(*x.shape[:2], 1)), 2)
        y = y[None] if self.together else y.T[:, :, None]
        self.gram += x.mT @ x
        self.cross += x.mT @ y
        seen += int(known.sum())
        due = seen >= max(FIRST_ROWS, 2 * solved)
        if due:
            self._solve()
            solved = seen
            self.gram *= FADE
            self.cross *= FADE
        self.rows[0], self.rows[1] = seen, solved
        return due

    def _solve(self) -> None:
        held = RIDGE * self.gram.diagonal(dim1=1, dim2=2).mean(1) + 1e-6
        eye = torch.eye(self.gram.shape[1], dtype=self.gram.dtype, device=self.gram.device)
        found = torch.linalg.solve(self.gram + held[:, None, None] * eye, self.cross)
        if not found.isfinite().all():
            return
        if self.together:
            self.outer.weight.copy_(found[0, :-1].T)
        else:
            weight = self.outer.weight.new_zeros(self.channels, self.window, self.channels)
            of = torch.arange(self.channels)
            weight[of, :, of] = found[:, :-1, 0].float()
            self.outer.weight.copy_(weight.flatten(1))
        self.outer.bias.copy_(found[:, -1].flatten())


@dataclass
class LinearParams(Params):
    """How far it looks back."""

    window: int = param(
        64, low=2, high=512, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip


class Linear:
    """Predict from a weighted sum of the window. Good for steady hums and swings: at once."""

    Params = LinearParams

    @staticmethod
    def build(params: LinearParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net for the stream's channels."""
        return Net(len(info.channels), params.window)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same. It is solved anew once as many rows again were seen, if it still was."""
        grow(old.outer, new.outer, (old.channels, new.channels), new.window)
        new.rows.copy_(old.rows)


PLUGIN = Linear
