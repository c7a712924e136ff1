"""A gated recurrent unit run over the window: for shapes that take long to tell apart."""

from __future__ import annotations

from torch import Tensor, nn

from driftscope.core.models._nets import NetParams, last_layer
from driftscope.core.stream import StreamInfo


class Net(nn.Module):
    """Map windows (B, W, C) to (B, C) from the last hidden state; zero at first.

    There is no linear path beside: it would learn sooner, and less in the end (measured).
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.inner = nn.GRU(channels, hidden, batch_first=True)
        self.outer = last_layer(hidden, channels)

    def forward(self, windows: Tensor) -> Tensor:
        states, _ = self.inner(windows)
        made: Tensor = self.outer(states[:, -1])
        return made


class GRU:
    """Predict from the state a gated recurrent unit reaches at the window's end."""

    Params = NetParams

    @staticmethod
    def build(params: NetParams, info: StreamInfo) -> nn.Module:
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
