"""What the nets for sensors have in common: a last layer that is zero at first and sees the window
as well, and how it grows with the stream."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from driftscope.core.params import Params, param


@dataclass
class NetParams(Params):
    """How large a net is, and how far it looks back; each model has its own defaults."""

    hidden: int = param(
        64, low=4, high=512, log=True, live=False, unit="units", label="Hidden units",
        help="How much the model can tell apart. More learns finer shapes and takes longer.",
    )  # fmt: skip
    window: int = param(
        32, low=2, high=256, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip


def last_layer(inputs: int, outputs: int) -> nn.Linear:
    """Return a layer that says 0, "same as before", until it has learned."""
    made = nn.Linear(inputs, outputs)
    nn.init.zeros_(made.weight)
    nn.init.zeros_(made.bias)
    return made


class Beside(nn.Module):
    """Map windows (B, W, C) to (B, C): a linear path from the window beside one from features.

    The linear path learns in seconds what a net needs minutes for; a subclass says in `features`
    what else may be seen in a window, (B, F). All of them take the windows of several nets side by
    side as well, (K, B, W, C), once their layers were stacked (core/bank.py): dimensions are
    counted from behind. Where all its layers are Linear, a net may do by hand, on arrays, what
    torch would: `say`, and `descend` for the gradients.
    """

    stacks = True

    def __init__(self, channels: int, window: int, features: int) -> None:
        super().__init__()
        self.channels, self.window = channels, window
        self.outer = last_layer(window * channels + features, channels)

    def features(self, windows: Tensor) -> Tensor:
        """Return (B, F), what the net sees in windows (B, W, C)."""
        raise NotImplementedError

    def forward(self, windows: Tensor) -> Tensor:
        made: Tensor = self.outer(torch.cat((windows.flatten(-2), self.features(windows)), -1))
        return made


def grow(old: nn.Linear, new: nn.Linear, channels: tuple[int, int], window: int) -> None:
    """Give a layer of (old, new) channels' net the weights of that of fewer channels.

    Its first inputs are `window` times all channels, the others the same for both; what it makes
    of new channels stays as it is, and these tell it nothing yet.
    """
    before, after = channels
    seen = torch.arange(window * after).view(window, after)[:, :before].flatten()
    rest = torch.arange(window * after, new.in_features)
    rows = old.out_features
    new.weight[:rows] = 0.0
    new.weight[:rows, torch.cat((seen, rest))] = old.weight
    new.bias[:rows] = old.bias
