"""A small multilayer perceptron beside a linear path: quick, and enough for most sensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from driftscope.core.bank import Judge, Layers
from driftscope.core.models._nets import Beside, NetParams, grow
from driftscope.core.params import param
from driftscope.core.stream import StreamInfo


class Net(Beside):
    """See in a window what one hidden layer makes of it."""

    def __init__(self, channels: int, hidden: int, window: int) -> None:
        super().__init__(channels, window, hidden)
        self.inner = nn.Linear(window * channels, hidden)

    def features(self, windows: Tensor) -> Tensor:
        return torch.relu(self.inner(windows.flatten(-2)))

    @torch.no_grad()
    def descend(self, windows: Tensor, judge: Judge) -> Tensor:
        """Add the gradients of windows (K, B, W, C), once stacked; return what `judge` says the
        losses are (K,)."""
        inner, outer = cast(Layers, self.inner), cast(Layers, self.outer)
        x, hidden = windows.flatten(-2), self.features(windows)
        seen = torch.cat((x, hidden), -1)
        losses, slopes = judge(outer(seen))
        outer.descend(seen, slopes)
        inner.descend(x, slopes.bmm(outer.weight[:, :, x.shape[2] :]).mul_(hidden > 0))
        return losses


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
