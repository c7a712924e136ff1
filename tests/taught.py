"""A classifier for tests, taught with seeded pictures."""

from __future__ import annotations

import torch
from labelled import NAMES, classes, described, drawn, step

from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.pictures.classifier import Classifier
from driftscope.core.sections import default_params
from driftscope.core.stream import Graded, Report

prepare_thread(pictures=True)
ROWS = 8


def made(names: tuple[str, ...] = NAMES, **settings: object) -> Classifier:
    params = default_params(pictures=True, labelled=True)
    for name, value in settings.items():
        params.set(name.replace("__", "."), value)
    learner = make_learner(described(names=names), params)
    assert isinstance(learner, Classifier)
    return learner


def taught(learner: Classifier, steps: int = 20, kinds: int = 3, seq: int = 0) -> int:
    """Learn so many steps of freshly drawn pictures; return the next row's number."""
    y = classes(steps * ROWS, kinds, seq)
    pictures = drawn(y, seed=seq)
    for k in range(steps):
        rows = slice(k * ROWS, (k + 1) * ROWS)
        one = step(pictures[rows], y[rows], seq + k * ROWS)
        learner.learn(one, learner.score(one))
    return seq + steps * ROWS


def weights(learner: Classifier) -> torch.Tensor:
    return learner.net.training.optimizer.weights.clone()


def told(learner: Classifier) -> tuple[list[Graded], Report]:
    reports = learner.take_reports()
    assert isinstance(reports[-1], Report)
    return [each for each in reports if isinstance(each, Graded)], reports[-1]
