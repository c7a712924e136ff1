"""A small autoencoder over the cells of a picture: whatever it cannot redraw is unusual."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from driftscope.core.params import Params, param
from driftscope.core.pictures.cells import FEATURES
from driftscope.core.pictures.region import checked
from driftscope.core.pictures.trunk import wanted
from driftscope.core.pictures.watcher import Watcher
from driftscope.core.stream import StreamInfo


class Redraw(nn.Module):
    """Redraw maps (B, 12, 16, 16) through a bottleneck of (B, code, 4, 4); 0 at first."""

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        last = nn.ConvTranspose2d(width, FEATURES, 4, 2, 1)
        nn.init.zeros_(last.weight)
        assert last.bias is not None
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(
            nn.Conv2d(FEATURES, width, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(width, code, 4, 2, 1),
            nn.ConvTranspose2d(code, width, 4, 2, 1), nn.ReLU(),
            last,
        )  # fmt: skip

    def forward(self, maps: Tensor) -> Tensor:
        made: Tensor = self.layers(maps)
        return made


class Find(nn.Module):
    """Give the log odds (B, 1, 16, 16) that a cell is foreign, from maps (B, 24, 16, 16)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(2 * FEATURES, width, 3, 1, 1), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 2, 2), nn.ReLU(),
            nn.Conv2d(width, 1, 1),
        )  # fmt: skip

    def forward(self, maps: Tensor) -> Tensor:
        made: Tensor = self.layers(maps)
        return made


class Net(nn.Module):
    """Hold both: what redraws, and what finds. They are trained apart."""

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        self.redraw = Redraw(width, code)
        self.find = Find(3 * width // 4)


@dataclass
class CellsParams(Params):
    """How large the net is, and what part of the picture counts."""

    region: str = param(
        "", read=checked, label="Region",
        help="Rectangles of the picture to watch, in percent of it: left,top,right,bottom, with a "
        "semicolon between two. What lies outside is never unusual; classes are told by the whole "
        "picture all the same. Empty: the whole picture.",
    )  # fmt: skip
    width: int = param(
        32, low=4, high=256, log=True, live=False, unit="channels", label="Width",
        help="How many features the layers have. More learns finer things and takes longer.",
    )  # fmt: skip
    code: int = param(
        16, low=1, high=64, log=True, live=False, unit="channels", label="Bottleneck",
        help="How much of a picture may pass the middle. Less redraws only what is very usual.",
    )  # fmt: skip
    trunk: str = param(
        "none", choices=("none", "imagenet"), read=wanted, live=False,
        label="Start for classes",
        help="What classes taught by hand are told by: the cells alone, or what a network learned "
        "on ImageNet sees. It takes about 15 ms a look, and moves and light disturb it less; get "
        "it with pip install 'driftscope[imagenet]'.",
    )  # fmt: skip


class Cells:
    """Watch pictures by cells: a Gaussian, this autoencoder and a memory say what is unusual."""

    Params = CellsParams
    Learner = Watcher

    @staticmethod
    def build(params: CellsParams, info: StreamInfo) -> nn.Module:
        """Return a fresh net; the pictures' size does not matter to it."""
        return Net(params.width, params.code)


PLUGIN = Cells
