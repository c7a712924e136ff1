"""What is usual in every cell, by three parts, and how far a picture is from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from torch import nn

from driftscope.core.arrays import F32, F64, Bools, Pixels
from driftscope.core.interfaces import State
from driftscope.core.pictures.bank import Bank
from driftscope.core.pictures.cells import (
    DIRECTIONS,
    FEATURES,
    GREY,
    GRID,
    SIZE,
    cells,
    small,
)
from driftscope.core.pictures.finding import Finding
from driftscope.core.pictures.gaussian import Gaussian
from driftscope.core.pictures.heat import Heat, score_of
from driftscope.core.pictures.redrawing import Redrawing
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.stream import EventKind

cv2.setNumThreads(1)

PARTS, BANK = 3, 2
OUT = 4.0
"""A cell further out than this, in standard deviations, has changed."""
HURRIED_UPDATES = 4
"""Times as many updates while it is to hurry."""


class Net(Protocol):
    """What a model is made of: a net that redraws maps, one that finds what is foreign."""

    redraw: nn.Module
    find: nn.Module


@dataclass(frozen=True, slots=True)
class Looked:
    """Hold what was seen in B pictures, of which the first n count; the rest is zero.

    small (B, 128, 128, 3) uint8, cells and redrawn (B, 16, 16, 12), errors (B, 3, 16, 16),
    heat (B, 16, 16); score, loss and baseline (B,) are NaN while nothing is known. `changed`
    (B,) is the share of the watched cells that are far out.
    """

    small: Pixels
    cells: F32
    redrawn: F32
    errors: F32
    heat: F32
    score: F64
    loss: F64
    baseline: F64
    changed: F64


class Unusual:
    """Judge pictures by three parts and the finder together, then learn them.

    The heat of a cell is how far out it is, the mean of the robust z of Gaussian, Redrawing and
    Bank, times the probability with which the finder takes it for foreign: much that moves about
    is far out and belongs there.
    """

    def __init__(self, net: Net, params: PictureLearnerParams) -> None:
        self._params = params
        self.gaussian = Gaussian()
        self.redrawing = Redrawing(net.redraw, params)
        self.finding = Finding(net.find, params, self.gaussian, self.redrawing)
        self.bank = Bank(params.seed)
        self.usual = Heat(PARTS)
        self._picture: F32 = np.zeros((SIZE, SIZE, 3), np.float32)

    @property
    def ready(self) -> bool:
        return self.usual.ready

    def look(self, pictures: Pixels, n: int, watched: Bools) -> Looked:
        """Judge the first n of pictures (B, H, W, 3), each by itself; `watched` (16, 16) cells
        count."""
        rows = len(pictures)
        smalls = np.zeros((rows, SIZE, SIZE, 3), np.uint8)
        maps = np.zeros((rows, GRID, GRID, FEATURES), np.float32)
        errors = np.zeros((rows, PARTS, GRID, GRID), np.float32)
        heat = np.zeros((rows, GRID, GRID), np.float32)
        score, loss, baseline = np.full((3, rows), np.nan)
        changed = np.zeros(rows)
        for row in range(n):
            smalls[row] = small(pictures[row])
            maps[row] = cells(smalls[row])
        redrawn = self.redrawing.redrawn(maps)
        foreign = self.finding.chances(maps)
        for row in range(n if self.gaussian.count else 0):
            errors[row] = self._errors(maps[row], redrawn[row])
            loss[row] = self.redrawing.losses(maps[row], redrawn[row])
            baseline[row] = self.redrawing.losses(maps[row], self.gaussian.mean)
            if self.ready:
                out = np.where(watched, self.usual.of(errors[row]), 0)
                heat[row] = out * foreign[row]
                score[row] = score_of(heat[row], watched)
                changed[row] = (out[watched] > OUT).mean()
        return Looked(smalls, maps, redrawn, errors, heat, score, loss, baseline, changed)

    def learn(self, looked: Looked, hurry: bool, time_s: float) -> float:
        """Take in pictures, all of them; return the net's training loss."""
        for row in range(len(looked.cells)):
            if self.gaussian.count:
                self.usual.learn(looked.errors[row])
            self.gaussian.learn(looked.cells[row])
            self.bank.learn(looked.cells[row], looked.errors[row, BANK], hurry)
            share = max(0.005, 1 / self.gaussian.count)
            cv2.accumulateWeighted(looked.small[row], self._picture, share)
        updates = self._params.updates * (HURRIED_UPDATES if hurry else 1)
        baseline = float(looked.baseline.mean())
        self.finding.learn(looked.small, looked.cells, updates, time_s)
        return self.redrawing.learn(looked.cells, updates, baseline, time_s)

    def learned(self) -> State:
        """Return a copy of what was learned, without the pictures remembered for replay."""
        return dict(
            gaussian=self.gaussian.state_dict(), redrawing=self.redrawing.learned(),
            finding=self.finding.training.learned(), bank=self.bank.state_dict(),
            usual=self.usual.state_dict(), picture=self._picture.copy(),
        )  # fmt: skip

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was. The pictures remembered are forgotten: they would
        teach the same again."""
        self.redrawing.go_back(learned["redrawing"])
        self.finding.go_back(learned["finding"])
        self.gaussian.load_state_dict(learned["gaussian"])
        self.bank.load_state_dict(learned["bank"])
        self.usual.load_state_dict(learned["usual"])
        self._picture = learned["picture"].copy()

    def hurry(self) -> None:
        """Take what comes now for usual as fast as at the start."""
        self.gaussian.hurry()
        self.usual.hurry()

    def expected(self, redrawn: F32) -> Pixels:
        """Return (128, 128, 3): the mean picture, in the colours of a redrawn map."""
        grey = max(float(self._picture.mean()), 1.0)
        off = _colours(redrawn) - _colours(self.gaussian.mean)
        shift = cv2.resize(off * (grey / GREY), (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.clip(self._picture + shift, 0, 255), np.uint8)

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return what the nets' guards did since the last call."""
        return self.redrawing.training.take_events() + self.finding.training.take_events()

    def _errors(self, cells: F32, redrawn: F32) -> F32:
        """Return (3, 16, 16): what each part says of a map."""
        return np.stack((
            self.gaussian.error(cells),
            self.redrawing.error(cells, redrawn),
            self.bank.error(cells),
        ))  # fmt: skip

    def state_dict(self) -> State:
        return dict(
            gaussian=self.gaussian.state_dict(), redrawing=self.redrawing.state_dict(),
            finding=self.finding.state_dict(), bank=self.bank.state_dict(),
            usual=self.usual.state_dict(), picture=self._picture.copy(),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.redrawing.load_state_dict(state["redrawing"])
        self.finding.load_state_dict(state["finding"])
        self.gaussian.load_state_dict(state["gaussian"])
        self.bank.load_state_dict(state["bank"])
        self.usual.load_state_dict(state["usual"])
        self._picture = state["picture"].copy()


def _colours(cells: F32) -> F32:
    """Return (16, 16, 3) red, green and blue of a map's colour features, mean brightness GREY."""
    lab = np.ascontiguousarray(cells[..., DIRECTIONS:] * np.float32(100))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), np.float32)
