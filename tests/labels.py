"""Streams with labels, and a learner of them."""

from __future__ import annotations

import numpy as np

from driftscope.core.labelled.learner import LabelLearner
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.reports import Graded, Label, Report
from driftscope.core.sections import default_params
from driftscope.core.stream import Step, StreamInfo

prepare_thread()


def learner(channels=2, kind="class", classes=(), **settings):
    names = tuple(f"c{k}" for k in range(channels))
    info = StreamInfo(
        "s", names, ("",) * channels, clock="rows", classes=classes, label=Label("y", kind=kind)
    )
    params = default_params()
    params.set("learner.rates", 1)  # of what predicts the signal: it is not what is tested
    for name, value in settings.items():
        params.set(f"learner.{name}", value)
    made = make_learner(info, params)
    assert isinstance(made, LabelLearner)
    return made


def blobs(rows, channels=2, classes=3, seed=0):
    """Return values (rows, C) around a centre for each class, and the classes: hardly ever wrong
    for who knows them."""
    draw = np.random.default_rng(seed)
    centres = 3.0 * draw.standard_normal((classes, channels))
    y = draw.integers(classes, size=rows)
    return 10.0 + centres[y] + 0.25 * draw.standard_normal((rows, channels)), y


def slope(rows, seed=0):
    """Return values (rows, 2) and a value that is their sum, far from 0, with little noise."""
    draw = np.random.default_rng(seed)
    values = draw.standard_normal((rows, 2))
    return values, 500.0 + 20.0 * values.sum(1) + 0.5 * draw.standard_normal(rows)


def runs(rows, seed=0):
    """Return values that say nothing, and two classes of which each lasts for long."""
    draw = np.random.default_rng(seed)
    return draw.standard_normal((rows, 2)), np.cumsum(draw.random(rows) < 0.03) % 2


def step(values, y, seq, rows=1, test=None):
    at = slice(seq, seq + rows)
    time_s = np.arange(seq, seq + rows, dtype=float)
    known = None if y is None else y[at]
    held = None if test is None else test[at]
    return Step("s", seq, time_s, values[at], rows, known, held)


def run(made, values, y, rows=1, *, first=0, test=None):
    """Score and learn; return what was graded and the last report."""
    graded, report = [], None
    for seq in range(first, len(values) - rows + 1, rows):
        scored = made.score(step(values, None, seq, rows))
        made.learn(step(values, y, seq, rows, test), scored)
        for item in made.take_reports():
            if isinstance(item, Graded):
                graded.append(item)
            else:
                report = item
    return graded, report


def said(graded):
    """Return seq, y, predicted of all that was graded."""
    return tuple(
        np.concatenate([getattr(each, name) for each in graded])
        for name in ("seq", "y", "predicted")
    )


__all__ = ["Report", "blobs", "learner", "run", "runs", "said", "slope", "step"]
