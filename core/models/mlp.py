"""A small multilayer perceptron beside a linear path: quick, and enough for most sensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from driftscope.core.bank import Arrays, Judge, Layers
from driftscope.core.models._nets import Beside, NetParams, grow
from driftscope.core.params import param
from driftscope.core.stream import F32, StreamInfo


class Net(Beside):
    """See in a window what one hidden layer makes of it."""

    def __init__(self, channels: int, hidden: int, window: int) -> None:
        super().__init__(channels, window, hidden)
        self.inner = nn.Linear(window * channels, hidden)

    def features(self, windows: Tensor) -> Tensor:
        return torch.relu(self.inner(windows.flatten(-2)))

    def say(self, x: F32) -> F32:
        """Return (K, B, C) of flat windows (B, W * C), once stacked."""
        return self._made(x)[0]

    def descend(self, x: F32, judge: Judge) -> F32:
        """Put the gradients of flat windows (B, W * C) in place, once stacked; return what `judge`
        says the losses are (K,)."""
        made, hidden = self._made(x)
        losses, slopes = judge(made)
        inner, outer = self._arrays
        outer.descend(x, hidden, slopes=slopes)
        back = slopes @ outer.weight[:, :, x.shape[1] :]
        back *= hidden > 0.0
        inner.descend(x, slopes=back)
        return losses

    def _made(self, x: F32) -> tuple[F32, F32]:
        """Return what is made of flat windows, and the hidden units (K, B, hidden)."""
        inner, outer = self._arrays
        hidden = inner.made(x)
        np.maximum(hidden, 0.0, out=hidden)
        weight = outer.weight.transpose(0, 2, 1)
        made = x @ weight[:, : x.shape[1]]
        made += hidden @ weight[:, x.shape[1] :]
        made += outer.bias
        return made, hidden

    @property
    def _arrays(self) -> tuple[Arrays, Arrays]:
        return cast(Layers, self.inner).arrays, cast(Layers, self.outer).arrays


@dataclass
class MLPParams(NetParams):
    """How large the net is, and how far it looks back."""

    hidden: int = param(
        64, low=4, high=1024, log=True, live=False, unit="units", label="Hidden units",
        help="How much the model can tell apart. More learns finer shapes and takes longer.",
    )  # fmt: skip
    window: int = param(
        16, low=1, high=512, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip


class MLP:
    """Predict from a short window by one hidden layer beside a linear path."""

    Params = MLPParams

    @staticmethod
    def build(params: MLPParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net for the stream's channels."""
        return Net(len(info.channels), params.hidden, params.window)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same."""
        channels = old.channels, new.channels
        grow(old.inner, new.inner, channels, new.window)
        grow(old.outer, new.outer, channels, new.window)


PLUGIN = MLP
