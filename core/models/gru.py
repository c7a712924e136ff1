"""A gated recurrent unit run over the window: for shapes that take long to tell apart."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from driftscope.core.params import Params, param
from driftscope.core.stream import StreamInfo


class Net(nn.Module):
    """Map windows (B, W, C) to (B, C) from the last hidden state; zero at first."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.inner = nn.GRU(channels, hidden, batch_first=True)
        self.outer = nn.Linear(hidden, channels)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, windows: Tensor) -> Tensor:
        states, _ = self.inner(windows)
        made: Tensor = self.outer(states[:, -1])
        return made


@dataclass
class GRUParams(Params):
    """How large the net is, and how far it looks back."""

    hidden: int = param(
        64, low=4, high=512, log=True, live=False, unit="units", label="Hidden units",
        help="How much the model can keep in mind. More learns finer shapes, takes longer.",
    )  # fmt: skip
    window: int = param(
        32, low=2, high=256, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip


class GRU:
    """Predict from the state a gated recurrent unit reaches at the window's end."""

    Params = GRUParams

    @staticmethod
    def build(params: GRUParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net for the stream's channels."""
        return Net(len(info.channels), params.hidden)

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more channels what one for fewer has learned: at first it predicts
        these the same."""
        for mine, kept in zip(new.parameters(), old.parameters(), strict=True):
            mine.zero_()  # of all these weights, those of new channels stand behind the others
            mine[tuple(map(slice, kept.shape))] = kept


PLUGIN = GRU
