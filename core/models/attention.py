"""A small causal attention model: looks back for the moments that are like this one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from driftscope.core.models._nets import Beside, NetParams, grow
from driftscope.core.params import param
from driftscope.core.stream import StreamInfo

PATCH, HEADS = 4, 4


class Net(Beside):
    """See in a window what its end finds in the rest of it.

    The window is cut into patches of 4 samples; the last one asks, all of them answer, and one
    hidden layer makes something of it. Nothing later than the end exists, so nothing is masked.
    """

    def __init__(self, channels: int, hidden: int, window: int) -> None:
        super().__init__(channels, window, hidden)
        self.short = -window % PATCH
        patches = (window + self.short) // PATCH
        self.inner = nn.Linear(PATCH * channels, hidden)
        self.place = nn.Parameter(torch.randn(patches, hidden) / hidden**0.5)
        self.ask = nn.Linear(hidden, hidden)
        self.answer = nn.Linear(hidden, 2 * hidden)
        self.deeper = nn.Linear(2 * hidden, hidden)

    def features(self, windows: Tensor) -> Tensor:
        x = pad(windows, (0, 0, self.short, 0)) if self.short else windows
        patches, hidden = self.place.shape[-2:]
        cut = x.reshape(*x.shape[:-2], patches, PATCH * self.channels)
        seen = self.inner(cut) + self.place
        newest = seen[..., -1, :]
        asked = self.ask(newest).unflatten(-1, (HEADS, 1, hidden // HEADS))
        answers = self.answer(seen).unflatten(-1, (2, HEADS, hidden // HEADS))
        keys, values = answers.transpose(-4, -2).unbind(-3)  # each (..., heads, patches, width)
        weight = torch.softmax((asked * keys).sum(-1) / keys.shape[-1] ** 0.5, -1)
        found = (weight[..., None] * values).sum(-2).flatten(-2)
        return torch.relu(self.deeper(torch.cat((newest, found), -1)))


@dataclass
class AttentionParams(NetParams):
    """How large the net is, and how far it looks back."""

    hidden: int = param(
        32, low=4, high=256, log=True, live=False, unit="units", label="Hidden units",
        help="How finely moments are compared. More tells more apart and takes longer.",
    )  # fmt: skip
    window: int = param(
        64, low=4, high=512, log=True, live=False, unit="samples", label="Window",
        help="How many past samples it looks back on.",
    )  # fmt: skip


class Attention:
    """Predict from the past moments most like this one. Good for patterns that come and go."""

    Params = AttentionParams

    @staticmethod
    def build(params: AttentionParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net for the stream's channels."""
        hidden = max(HEADS, params.hidden // HEADS * HEADS)
        return Net(len(info.channels), hidden, params.window)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same."""
        channels = old.channels, new.channels
        grow(old.inner, new.inner, channels, PATCH)
        for name in ("ask", "answer", "deeper"):
            getattr(new, name).load_state_dict(getattr(old, name).state_dict())
        new.place.copy_(old.place)
        grow(old.outer, new.outer, channels, new.window)


PLUGIN = Attention
