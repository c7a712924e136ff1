"""A learner to test, and what it is tested on."""

import numpy as np

from driftscope.core import registry
from driftscope.core.learner import Forecaster
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import Step, StreamInfo


def learner(channels=2, rate_hz=None, model="mlp", **params):
    plugin = registry.load("models", model)
    names = tuple(f"c{i}" for i in range(channels))
    info = StreamInfo("s", names, ("",) * channels, rate_hz)
    return Forecaster(info, LearnerParams(model=model, **params), plugin.Params())


def steps(values, rows=1, rate_hz=1.0):
    for seq in range(0, len(values) - rows + 1, rows):
        time_s = np.arange(seq, seq + rows) / rate_hz
        yield Step("s", seq, time_s, values[seq : seq + rows], rows)


def run(made, values, rows=1):
    """Score and learn everything; return loss (n,), baselines {name: (n,)}, prediction (n, C)."""
    scored = []
    for step in steps(values, rows):
        scored.append(made.score(step))
        made.learn(step, scored[-1])
    names = scored[0].baseline_loss
    return (
        np.concatenate([s.loss for s in scored]),
        {name: np.concatenate([s.baseline_loss[name] for s in scored]) for name in names},
        np.concatenate([s.prediction for s in scored]),
    )


def skill(loss, baselines, first):
    best = min(np.nanmean(values[first:]) for values in baselines.values())
    return 1 - np.nanmean(loss[first:]) / best


def sinusoids(n, channels=3, seed=0):
    """A 1 kHz signal that can be predicted but for its noise."""
    draw = np.random.default_rng(seed)
    time_s = np.arange(n)[:, None] / 1000.0
    values = 0.1 * draw.normal(size=(n, channels))
    for hz, size in ((29.5, 1.0), (59.0, 0.5), (7.3, 0.5)):
        values += size * np.sin(2 * np.pi * hz * time_s + draw.uniform(0, 6, channels))
    return values


def noise(n, channels=2, seed=0):
    return np.random.default_rng(seed).normal(size=(n, channels))


def same(a, b):
    assert a.keys() == b.keys()
    for name, value in a.items():
        if isinstance(value, dict):
            same(value, b[name])
        elif isinstance(value, list | tuple):
            same(dict(enumerate(value)), dict(enumerate(b[name])))
        else:
            np.testing.assert_array_equal(np.asarray(value), np.asarray(b[name]), name)
