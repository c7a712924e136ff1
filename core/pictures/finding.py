"""The finder: a net taught on patches pasted into usual pictures to tell what does not belong."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from driftscope.core.arrays import F32, Pixels
from driftscope.core.interfaces import State
from driftscope.core.pictures.cells import GRID, cells
from driftscope.core.pictures.gaussian import Gaussian
from driftscope.core.pictures.patches import patched
from driftscope.core.pictures.redrawing import Redrawing, as_maps
from driftscope.core.replay import Replay
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.training import Training

REPLAY_BYTES = 16 * 2**20
"""Room for 340 pictures."""
CLEAR, CLEAN = 0.3, 0.02
"""A cell covered by more than this is foreign, by less than that it is not; others do not count."""
CAREFUL = 0.05
"""The part of the longest safe step that "auto" takes: a gradient of so many cells is sure."""
FARTHEST, UNIT = 10.0, 3.0
"""Deviations beyond the first are cut; so many are one unit for the net."""


class Finding:
    """Hold a net that says of each cell how surely it is foreign, its training and its replay.

    It sees each cell's features and how far they are from what is usual there, and so do its
    neighbours: a familiar thing in the wrong place differs from a familiar thing.
    """

    def __init__(
        self, net: nn.Module, params: PictureLearnerParams, usual: Gaussian, drawn: Redrawing
    ) -> None:
        self._params = params
        self._usual, self._drawn = usual, drawn
        self.training = Training(net, params, CAREFUL)
        self.replay = Replay(REPLAY_BYTES, params.seed)
        self._random = np.random.default_rng(params.seed)

    def chances(self, maps: F32) -> F32:
        """Return (B, 16, 16) the probability that cells of maps (B, 16, 16, 12) are foreign."""
        with torch.inference_mode():
            found: F32 = torch.sigmoid(self.training.ask(self._seen(maps))[:, 0]).numpy()
        return found

    def learn(self, smalls: Pixels, maps: F32, updates: int, time_s: float) -> None:
        """Train on pictures (B, 128, 128, 3), with their maps, as clean ones, and on remembered
        ones with patches in them."""
        for small in smalls:
            self.replay.add(small)
        for _ in range(updates):
            count = max(1, self._params.replay)
            (pictures,), _ = self.replay.sample(2 * count)
            made = [patched(each, pictures[count:], self._random) for each in pictures[:count]]
            covered = np.stack([share for _, share in made])
            covered = np.concatenate((covered, np.zeros((len(maps), GRID, GRID), np.float32)))
            seen = np.concatenate((np.stack([cells(picture) for picture, _ in made]), maps))
            foreign = covered > CLEAR
            counts = (foreign | (covered < CLEAN)).astype(np.float32)
            mean = binary_cross_entropy_with_logits(
                self.training.ask(self._seen(seen))[:, 0],
                torch.from_numpy(foreign.astype(np.float32)),
                torch.from_numpy(counts),
            )
            if not self.training.step(mean, math.log(2), time_s)[1]:
                break

    def _seen(self, maps: F32) -> Tensor:
        off = np.clip(self._usual.deviation(maps), -FARTHEST, FARTHEST) / np.float32(UNIT)
        return as_maps(np.concatenate((self._drawn.normalised(maps), off), -1))

    def go_back(self, learned: State) -> None:
        """Have what the training `learned` be as it was; the replay begins anew."""
        self.training.go_back(learned)
        self.replay = Replay(REPLAY_BYTES, self._params.seed)

    def state_dict(self) -> State:
        return dict(
            training=self.training.state_dict(), replay=self.replay.state_dict(),
            random=self._random.bit_generator.state,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.training.load_state_dict(state["training"])
        self.replay.load_state_dict(state["replay"])
        self._random.bit_generator.state = state["random"]
