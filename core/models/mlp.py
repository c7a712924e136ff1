"""A small multilayer perceptron beside a linear path: quick, and enough for most sensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from driftscope.core.params import Params, param
from driftscope.core.stream import StreamInfo


class Net(nn.Module):
    """Map windows (B, W, C) to (B, C): one hidden layer plus a linear path, zero at first."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.inner = nn.Linear(inputs, hidden)
        self.outer = nn.Linear(inputs + hidden, outputs)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, windows: Tensor) -> Tensor:
        flat = windows.flatten(1)
        inner = torch.relu(self.inner(flat))
        made: Tensor = self.outer(torch.cat((flat, inner), 1))
        return made


@dataclass
class MLPParams(Params):
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
        channels = len(info.channels)
        return Net(params.window * channels, params.hidden, channels)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same."""
        before, after = old.outer.out_features, new.outer.out_features
        inputs = torch.arange(new.inner.in_features).view(-1, after)[:, :before].flatten()
        new.inner.weight.zero_()
        new.inner.weight[:, inputs] = old.inner.weight
        new.inner.bias.copy_(old.inner.bias)
        new.outer.weight[:before, inputs] = old.outer.weight[:, : len(inputs)]
        new.outer.weight[:before, new.inner.in_features :] = old.outer.weight[:, len(inputs) :]
        new.outer.bias[:before] = old.outer.bias


PLUGIN = MLP
