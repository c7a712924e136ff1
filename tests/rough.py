"""Treat a lane as badly as can be: any data, any slider, gaps, new channels, going back."""

from __future__ import annotations

import copy

import numpy as np
import torch

from driftscope.core.lane import Lane
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Event, Result, StreamInfo

RATE_HZ = 100.0
KNOBS = (
    ("learner.lr", (0.0, 1e-3, 0.3, 1.0, 10.0, 100.0)),
    ("learner.lr_mode", ("safe", "safe", "absolute")),
    ("learner.optimizer", ("adam", "sgd", "rmsprop")),
    ("learner.momentum", (0.0, 0.5, 0.9, 0.99)),
    ("learner.step_rows", (0, 1, 4, 16, 64)),
    ("learner.horizon", (0, 1, 3, 40)),
    ("learner.frozen", (False, False, False, True)),
    ("learner.replay", (0, 1, 8)),
    ("detector.decision_rows", (0, 1, 7, 50)),
)
HORRID = (1e30, -1e30, 1e300, -1e300, np.inf, -np.inf, np.nan, 0.0, 1e-300, 5e-324)


class Rough:
    """Drive one lane at random; `step` does one thing to it and raises if a number was lost."""

    def __init__(self, seed: int, model: str = "mlp") -> None:
        self.random = np.random.default_rng(seed)
        params = default_params()
        params.set("learner.model", model)
        self.channels = 2
        self.version = 1
        self.lane = Lane(self._info(), params, live=False)
        self.row = self.steps = 0
        self.time_s = 0.0
        self._level, self._size = np.zeros(8), np.ones(8)

    def step(self) -> None:
        """Turn a knob, break something, or do nothing; then give a few rows."""
        draw = float(self.random.random())
        if draw < 0.03:
            name, values = KNOBS[self.random.integers(len(KNOBS))]
            self.lane.params.set(name, values[self.random.integers(len(values))])
            self.lane.turned()
        elif draw < 0.034:
            list(self.lane.gap(Event("s", self.row, self.time_s, "gap", {"reason": "rough"})))
        elif draw < 0.036:
            self.row += int(self.random.integers(1, 50))  # samples known to be lost
        elif draw < 0.037 and self.channels < 5:
            self.channels, self.version = self.channels + 1, self.version + 1
            list(self.lane.extend(self._info()))
        elif draw < 0.040:
            self.lane.go_back(float(self.random.choice([0.0, 10.0])))
        elif draw < 0.041:
            self._save_and_load()
        elif draw < 0.0415:
            self.time_s += float(self.random.choice([1e-3, 60.0, 1e6]))
        elif draw < 0.0420:
            self.lane.replace(self.lane.fresh_learner(), "the one before")
        self._feed(int(self.random.integers(1, 12)))
        self.steps += 1
        self._check()

    def _feed(self, n: int) -> None:
        random, all_channels = self.random, slice(0, self.channels)
        if random.random() < 0.02:
            self._level[random.integers(8)] = random.choice([0.0, 1e-6, 30.0, 1e6, -1e12])
            self._size[random.integers(8)] = random.choice([0.0, 1e-9, 1.0, 1.0, 100.0, 1e9])
        phase = (self.row + np.arange(n))[:, None] / np.array([3, 5, 7, 11, 13, 17, 19, 23])
        values = self._level + self._size * (np.sin(phase) + 0.1 * random.standard_normal((n, 8)))
        values = np.ascontiguousarray(values[:, all_channels])
        if random.random() < 0.05:
            at = int(random.integers(n)), int(random.integers(self.channels))
            values[at] = HORRID[random.integers(len(HORRID))]
        if random.random() < 0.01:
            values[:, int(random.integers(self.channels))] = HORRID[random.integers(len(HORRID))]
        times = self.time_s + np.arange(1, n + 1) / RATE_HZ
        self.time_s = float(times[-1])
        for item in self.lane.take(Block("s", self.row, times, values, 0.0)):
            if isinstance(item, Result):
                assert not np.isinf(item.prediction).any(), f"step {self.steps}: prediction"
                assert np.isfinite(item.rarity).all(), f"step {self.steps}: rarity"
                assert not np.isinf(item.loss).any(), f"step {self.steps}: loss"
        self.row += n

    def _check(self) -> None:
        learner = self.lane.learner
        weights = learner.training.optimizer.weights  # type: ignore[attr-defined]
        assert bool(torch.isfinite(weights).all()), f"step {self.steps}: a weight is not finite"
        statistics = learner.normaliser  # type: ignore[attr-defined]
        finite = np.isfinite(statistics.mean) & np.isfinite(statistics.scale)
        assert finite.all() and (statistics.scale > 0).all(), f"step {self.steps}: statistics"
        assert 0.0 < learner.trust <= 1.0

    def _save_and_load(self) -> None:
        """Go on in a lane of its own, from a copy of all this one knows."""
        state = copy.deepcopy(self.lane.state_dict())
        info = self.lane.info
        self.lane = Lane(info, self.lane.params, live=False)
        self.lane.load_state_dict(state)

    def _info(self) -> StreamInfo:
        names = tuple(f"c{i}" for i in range(self.channels))
        return StreamInfo("s", names, ("",) * self.channels, RATE_HZ, version=self.version)
