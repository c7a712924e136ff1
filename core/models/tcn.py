"""Dilated causal convolutions: for shapes of several lengths at once, over a long window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from driftscope.core.models._nets import Beside, NetParams, grow
from driftscope.core.params import param
from driftscope.core.stream import StreamInfo


class Net(Beside):
    """See in a window what convolutions of kernel 2 and dilations 1, 2, 4, ... say at its end.

    Of each layer only the places that its end depends on are computed: every second one of those
    below, so that a window costs about two layers of it, however many there are.
    """

    def __init__(self, channels: int, hidden: int, window: int) -> None:
        super().__init__(channels, window, hidden)
        depth = max(1, math.ceil(math.log2(window)))
        self.short = 2**depth - window
        self.layers = nn.ModuleList(
            nn.Linear(2 * (hidden if k else channels), hidden) for k in range(depth)
        )

    def features(self, windows: Tensor) -> Tensor:
        x = pad(windows, (0, 0, self.short, 0)) if self.short else windows
        for k, layer in enumerate(self.layers):
            pairs = x.reshape(*x.shape[:-2], x.shape[-2] // 2, 2 * x.shape[-1])
            made = torch.relu(layer(pairs))
            x = made + x[..., 1::2, :] if k else made
        return x[..., 0, :]


@dataclass
class TCNParams(NetParams):
    """How large the net is, and how far it looks back."""

    hidden: int = param(
        32, low=4, high=512, log=True, live=False, unit="units", label="Hidden units",
        help="How many patterns each layer looks for. More learns finer shapes, takes longer.",
    )  # fmt: skip
    window: int = param(
        64, low=2, high=512, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip


class TCN:
    """Predict from dilated causal convolutions. Good for repeating shapes, such as a heartbeat."""

    Params = TCNParams

    @staticmethod
    def build(params: TCNParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net for the stream's channels."""
        return Net(len(info.channels), params.hidden, params.window)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same."""
        channels = old.channels, new.channels
        layers = zip(old.layers, new.layers, strict=True)
        for k, (kept, mine) in enumerate(layers):
            assert isinstance(mine, nn.Linear) and isinstance(kept, nn.Linear)
            grow(kept, mine, channels, 0 if k else 2)
        grow(old.outer, new.outer, channels, new.window)


PLUGIN = TCN
