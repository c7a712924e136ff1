"""A net that tells classes of pictures apart, with all that its training needs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from driftscope.core import registry
from driftscope.core.arrays import Classes, Pixels
from driftscope.core.interfaces import State
from driftscope.core.params import Params
from driftscope.core.replay import Replay
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.stream import StreamInfo
from driftscope.core.training import Training

CAREFUL = 0.25
"""The part of the longest safe step that "auto" takes: a gradient of 32 pictures is not as noisy
as one of a few rows. On the CIFAR excerpt 0.4 learns fastest and 0.8 is too much for Adam."""
REPLAY_BYTES = 8 * 2**20
SANE = 0.3
"""A loss under this part of the plain guess's counts as this much for the guard: pictures unlike
those before may well be guessed three times as badly for a while, and nothing is broken."""


class TrainedNet:
    """Hold a net for pictures of `info`'s first size, its training and its replay.

    `classes` may grow; the net's inputs stay as they are.
    """

    def __init__(
        self, info: StreamInfo, params: PictureLearnerParams, model_params: Params
    ) -> None:
        self._info = info
        self._params = params
        self._model_params = model_params
        self.replay = Replay(REPLAY_BYTES, params.seed)
        self.training = Training(self._made(), params, CAREFUL, SANE)

    @property
    def size(self) -> tuple[int, int]:
        """Return height and width of the pictures it takes."""
        net: Any = self.training.net
        size: tuple[int, int] = net.size
        return size

    @property
    def classes(self) -> tuple[str, ...]:
        return self._info.classes

    def logits(self, pictures: Pixels) -> Tensor:
        """Return (B, K) float32 for pictures (B, h, w, 3), with the way back to the weights."""
        return self.training.ask(torch.from_numpy(pictures).permute(0, 3, 1, 2))

    def train(
        self, pictures: Pixels, y: Classes, logits: Tensor | None, guess: float, time_s: float
    ) -> float:
        """Make the updates asked for on pictures (n, h, w, 3) of classes y; return the first's
        loss, the mean cross entropy.

        `logits` (n, K) are those of the weights as they are, where they are known. `guess` is
        the loss of a plain guess, by which the guard judges; `time_s` is stream time.
        """
        first = math.nan
        for update in range(self._params.updates):
            made = self.logits(pictures) if logits is None or update else logits
            loss, good = self._update(made, torch.from_numpy(y), guess, time_s)
            if not update:
                first = loss
            if not good:
                break
        if self._params.replay:
            for picture, each in zip(pictures, y, strict=True):
                self.replay.add(picture, y=int(each))
        return first

    def grow(self, classes: tuple[str, ...]) -> bool:
        """Go on with more classes, or other names; return False if the model starts anew."""
        more = len(classes) > len(self.classes)
        self._info = replace(self._info, classes=classes)
        if not more:
            return True
        made = self._made()
        keep = getattr(registry.load("picture_models", self._params.model), "keep", None)
        if keep is not None:
            with torch.no_grad():
                keep(self.training.net, made)
        self.training.go_on(made)
        return keep is not None

    def _made(self) -> nn.Module:
        build = registry.load("picture_models", self._params.model).build
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._params.seed)
            made: nn.Module = build(self._model_params, self._info)
        return made

    def _update(self, made: Tensor, y: Tensor, guess: float, time_s: float) -> tuple[float, bool]:
        """Make one update with the replay on top; return its loss, and whether all is well."""
        if self._params.replay and len(self.replay):
            (again,), classes = self.replay.sample(self._params.replay, balanced=True)
            made = torch.cat((made, self.logits(again)))
            y = torch.cat((y, torch.from_numpy(classes)))
        return self.training.step(cross_entropy(made, y), 1.0, time_s, unit=guess)

    def state_dict(self) -> State:
        return dict(
            training=self.training.state_dict(), replay=self.replay.state_dict(),
            classes=list(self.classes), size=list(self.size),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model or stream."""
        if tuple(state["size"]) == self.size:
            self.grow(tuple(state["classes"]))
        self.training.load_state_dict(state["training"])
        self.replay.load_state_dict(state["replay"])
