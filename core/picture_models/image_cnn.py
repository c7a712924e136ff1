"""A plain convolutional net that tells classes of pictures apart, learned from their labels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from driftscope.core.params import Params, param
from driftscope.core.pictures.classifier import Classifier
from driftscope.core.stream import StreamInfo

WIDTHS = (32, 64, 128, 256)
SMALLEST = 2 ** len(WIDTHS)
"""Pixels a side that the four poolings leave one of."""
LARGEST = 64
"""Pixels a side from which on pictures are shrunk."""


class Net(nn.Module):
    """Map pictures (B, 3, h, w) of 0 to 255 to one number for each class (B, K).

    Four 3 x 3 convolutions, each with ReLU and 2 x 2 pooling, then two linear layers. The first
    weights keep the size of what passes through (He et al. 2015); the last layer is zero, so
    that at first every class is as likely. `size` is (h, w).
    """

    def __init__(self, size: tuple[int, int], hidden: int, classes: int) -> None:
        super().__init__()
        self.size = size
        layers: list[nn.Module] = []
        channels = 3
        for width in WIDTHS:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            channels = width
        self.features = nn.Sequential(*layers)
        flat = channels * (size[0] // SMALLEST) * (size[1] // SMALLEST)
        self.inner = nn.Linear(flat, hidden)
        self.outer = nn.Linear(hidden, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # each has one
        nn.init.zeros_(self.outer.weight)

    def forward(self, pictures: Tensor) -> Tensor:
        seen = self.features((pictures.float() - 127.5) / 64.0)  # about -2 to 2
        made: Tensor = self.outer(torch.relu(self.inner(seen.flatten(1))))
        return made


@dataclass
class ImageCNNParams(Params):
    """How large the net is."""

    hidden: int = param(
        512, low=8, high=4096, log=True, live=False, unit="units", label="Hidden units",
        help="How much the last layers can tell apart.",
    )  # fmt: skip
    side: int = param(
        32, low=SMALLEST, high=128, live=False, unit="pixels", label="Picture size",
        help=f"Pictures larger than {LARGEST} pixels a side are shrunk to this before the net "
        "sees them. More shows finer things and takes longer.",
    )  # fmt: skip


class ImageCNN:
    """Four convolutions of 32, 64, 128 and 256 channels, and two linear layers."""

    Params = ImageCNNParams
    Learner = Classifier

    @staticmethod
    def build(params: ImageCNNParams, info: StreamInfo) -> Net:
        """Return a fresh net for the stream's pictures and classes."""
        height, width = info.sample_shape[:2]
        if max(height, width) > LARGEST:
            height = width = params.side
        size = max(height, SMALLEST), max(width, SMALLEST)
        return Net(size, params.hidden, max(1, len(info.classes)))

    @staticmethod
    def keep(old: Net, new: Net) -> None:
        """Give a net for more classes what one for fewer has learned."""
        known = old.outer.out_features
        new.features.load_state_dict(old.features.state_dict())
        new.inner.load_state_dict(old.inner.state_dict())
        new.outer.weight[:known] = old.outer.weight
        new.outer.bias[:known] = old.outer.bias


PLUGIN = ImageCNN
