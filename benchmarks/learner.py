"""Time the learner's step: milliseconds to score and to learn, beside a bare PyTorch loop.

Run: python benchmarks/learner.py [--seconds 2] [--channels 8]
The bare loop makes the same passes on ready-normalised windows and nothing else: a scoring pass in
inference mode, then zero_grad, forward, Huber loss, backward and the step of torch.optim with the
learner's optimizer. What Linear solves at its start is over by then. Both run in this process, turn
by turn, on one torch thread; medians.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from driftscope.core import registry
from driftscope.core.learner import Forecaster
from driftscope.core.models.linear import LAST_ROWS
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import Step, StreamInfo

HORIZON = 50
Once = Callable[[], tuple[float, float]]
ROWS = (1, 8, 64)
LOOPS = (
    ("linear", "adam"), ("mlp", "adam"), ("mlp", "sgd"), ("mlp", "rmsprop"), ("gru", "adam"),
    ("tcn", "adam"), ("attention", "adam"),
)  # fmt: skip


def make(model: str, channels: int, optimizer: str = "adam") -> Forecaster:
    """Return a fresh learner for a 1 kHz stream with automatic horizon (50 samples)."""
    names = tuple(f"c{i}" for i in range(channels))
    info = StreamInfo("bench", names, ("",) * channels, 1000.0)
    params = LearnerParams(model=model, horizon=HORIZON, optimizer=optimizer)
    return Forecaster(info, params, registry.load("models", model).Params())


def steps(rows: int, channels: int) -> Callable[[], Step]:
    """Return a source of steps of a noisy sine at 1 kHz."""
    draw = np.random.default_rng(0)
    at = 0

    def step() -> Step:
        nonlocal at
        time_s = np.arange(at, at + rows) / 1000.0
        phase = np.arange(channels)
        values = np.sin(40 * time_s[:, None] + phase) + 0.1 * draw.normal(size=(rows, channels))
        at += rows
        return Step("bench", at - rows, time_s, values, rows)

    return step


def learner_loop(learner: Forecaster, rows: int, channels: int) -> Once:
    """Return a function that makes one step and gives (score, learn) in ms."""
    following = steps(rows, channels)

    def once() -> tuple[float, float]:
        step = following()
        a = time.perf_counter()
        scored = learner.score(step)
        b = time.perf_counter()
        learner.learn(step, scored)
        return 1e3 * (b - a), 1e3 * (time.perf_counter() - b)

    return once


def bare_loop(learner: Forecaster, rows: int, channels: int) -> Once:
    """Return the same for a bare loop over the same net: forward; forward, backward, step."""
    plugin = registry.load("models", learner.params.model)
    net = plugin.build(learner.model_params, learner.info)
    kinds = {
        "adam": torch.optim.Adam,
        "sgd": partial(torch.optim.SGD, momentum=0.9),
        "rmsprop": partial(torch.optim.RMSprop, momentum=0.9),
    }
    optimizer = kinds[learner.params.optimizer](net.parameters(), lr=1e-3)
    windows = torch.randn(rows, learner.window, channels)
    target = torch.randn(rows, channels)

    def once() -> tuple[float, float]:
        a = time.perf_counter()
        with torch.inference_mode():
            net(windows)
        b = time.perf_counter()
        loss = torch.nn.functional.huber_loss(net(windows), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return 1e3 * (b - a), 1e3 * (time.perf_counter() - b)

    return once


def skipping_rate(seconds: float, channels: int) -> float:
    """Return samples a second when every update is left out, in steps of 64."""
    learner, following = make("mlp", channels), steps(64, channels)
    spent = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        step = following()
        a = time.perf_counter()
        learner.skip(step, learner.score(step))
        spent.append(time.perf_counter() - a)
    return float(64 / np.median(spent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each line")
    parser.add_argument("--channels", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{options.channels} channels, horizon {HORIZON}, one thread; median ms a step")
    print("model     optim   rows   score   learn    both | bare loop: both   ratio bare/learner")
    for model, optimizer in LOOPS:
        for rows in ROWS:
            learner = make(model, options.channels, optimizer)
            ours = learner_loop(learner, rows, options.channels)
            bare = bare_loop(learner, rows, options.channels)
            settled = learner.window + HORIZON + (LAST_ROWS if model == "linear" else 0)
            for _ in range(-(-settled // rows) if model == "linear" else settled):
                ours()  # until there is something to train on, and nothing more to solve
            taken, bare_taken = [], []
            until = time.perf_counter() + options.seconds
            while time.perf_counter() < until:
                taken.append(ours())
                bare_taken.append(bare())
            score, learn = np.median(taken[len(taken) // 10 :], axis=0)
            both = float(np.median(np.sum(bare_taken[len(taken) // 10 :], axis=1)))
            print(
                f"{model:9} {optimizer:7} {rows:4} {score:7.3f} {learn:7.3f} {score + learn:7.3f} |"
                f" {both:15.3f} {both / (score + learn):15.2f}"
            )
    rate = skipping_rate(options.seconds, options.channels)
    print(f"scoring only, mlp, steps of 64: {rate:,.0f} samples/s")


if __name__ == "__main__":
    main()
