r"""Time the learner's step beside a bare PyTorch loop, and beside deep-river's learner.

Run: python benchmarks/learner.py [--seconds 2] [--channels 8]
The bare loop works on ready-normalised windows and does nothing else: zero_grad, forward, Huber
loss, backward and the step of torch.optim with the learner's optimizer, on one copy of the net;
where it says so, a scoring pass in inference mode before. deep-river gets the same net and
optimizer, and ready-made windows: predict_one, then learn_one. It wants an older River than this
project, so install both into a folder of their own, and name that in PYTHONPATH:
pip install --no-deps --target FOLDER deep-river==0.3.4 "river==0.25.*" sortedcontainers tqdm \
    pandas python-dateutil six
What is done only at the start of a stream is over by then. All that is compared runs in this
process, turn by turn, on one torch thread; medians.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch import nn

from driftscope.core import registry
from driftscope.core.forecasts import YOUNG_ROWS
from driftscope.core.learner import Forecaster
from driftscope.core.models.linear import LAST_ROWS
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import Step, StreamInfo

HORIZON = 50
Once = Callable[[], tuple[float, float]]
ROWS = (1, 8, 64)
MODELS = ("linear", "mlp", "tcn", "attention", "gru")


def make(model: str, channels: int, optimizer: str = "adam", **params: Any) -> Forecaster:
    """Return a fresh learner for a 1 kHz stream with automatic horizon (50 samples)."""
    names = tuple(f"c{i}" for i in range(channels))
    info = StreamInfo("bench", names, ("",) * channels, 1000.0)
    learner = LearnerParams(model=model, horizon=HORIZON, optimizer=optimizer, **params)
    return Forecaster(info, learner, registry.load("models", model).Params())


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
    """Return a function that makes one step and gives (score, learn) in ms, warmed up."""
    following = steps(rows, channels)

    def once() -> tuple[float, float]:
        step = following()
        a = time.perf_counter()
        scored = learner.score(step)
        b = time.perf_counter()
        learner.learn(step, scored)
        return 1e3 * (b - a), 1e3 * (time.perf_counter() - b)

    young = LAST_ROWS if learner.model == "linear" else YOUNG_ROWS
    for _ in range(-(-(learner.window + HORIZON + young) // rows) + 100):
        once()  # until there is something to train on, and nothing more to solve
    return once


def net_of(learner: Forecaster) -> nn.Module:
    """Return a fresh net as the learner's own."""
    net: nn.Module = registry.load("models", learner.model).build(
        learner.model_params, learner.info
    )
    return net


def bare_loop(learner: Forecaster, rows: int, channels: int) -> Once:
    """Return a function that gives (score, learn) in ms of a bare loop over the same net."""
    net = net_of(learner)
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


class Flat(nn.Module):
    """Take windows flat, (B, W * C): deep-river sizes its input by the first layer it finds."""

    def __init__(self, net: Any, shape: tuple[int, int]) -> None:
        super().__init__()
        self.first, self.net, self.shape = net.inner, net, shape

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.net(x.view(-1, *self.shape))
        return made


def river_loop(learner: Forecaster, channels: int) -> Once | None:
    """Return the same for deep-river's learner, one by one; None where it is not installed."""
    try:
        from deep_river.regression.multioutput import MultiTargetRegressor
    except ImportError:
        return None
    cells = learner.window * channels
    net = Flat(net_of(learner), (learner.window, channels))
    model = MultiTargetRegressor(net, loss_fn="huber", optimizer_fn="adam", lr=1e-3)
    draw = np.random.default_rng(0)
    row = draw.normal(size=cells)
    x = {f"x{i:05}": float(value) for i, value in enumerate(row)}
    y = {f"y{i:05}": float(value) for i, value in enumerate(row[:channels])}

    def once() -> tuple[float, float]:
        a = time.perf_counter()
        model.predict_one(x)
        b = time.perf_counter()
        model.learn_one(x, y)
        return 1e3 * (b - a), 1e3 * (time.perf_counter() - b)

    return once


def medians(loops: list[Once], seconds: float) -> list[tuple[float, float, float]]:
    """Run loops turn by turn; return of each the median ms of score, of learn, and of both."""
    taken: list[list[tuple[float, float]]] = [[] for _ in loops]
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(taken[0]) < 20:
        for times, once in zip(taken, loops, strict=True):
            times.append(once())
    settled = [np.array(times[len(times) // 10 :]) for times in taken]
    return [
        (*map(float, np.median(t, axis=0)), float(np.median(t.sum(1))))  # type: ignore[misc]  # two
        for t in settled
    ]


def one_by_one(channels: int, seconds: float) -> None:
    """Print the complete default learner beside the bare loop and deep-river's learner."""
    learner = make("mlp", channels)
    ours, bare = learner_loop(learner, 1, channels), bare_loop(learner, 1, channels)
    theirs = river_loop(learner, channels)
    found = medians([ours, bare, *([theirs] if theirs else [])], 2 * seconds)
    (score, learn, both), (_, alone, _) = found[:2]
    print(f"One by one, complete default learner (mlp, {learner.params.rates} rates):")
    print(f"  score {score:.3f} + learn {learn:.3f} = {both:.3f} ms, {1e3 / both:,.0f} samples/s")
    print(f"  {alone / both:.2f} of a bare loop's speed ({alone:.3f} ms); goal 0.5")
    if theirs:
        took = found[2][2]
        print(f"  {took / both:.2f} times deep-river's speed ({took:.3f} ms); goal 1.5")
    else:
        print("  deep-river cannot be imported: the head of this file says how to get it")


def long_steps(channels: int, seconds: float) -> None:
    """Print steps of 64, MLP with window 16, beside a bare loop that also scores."""
    print("In steps of 64, beside a bare loop that also scores (goals 0.8, 100,000 samples/s):")
    for rates in (1, LearnerParams().rates):
        learner = make("mlp", channels, rates=rates)
        loops = [learner_loop(learner, 64, channels), bare_loop(learner, 64, channels)]
        (_, _, both), (_, _, bare) = medians(loops, seconds)
        print(
            f"  mlp, {rates} rate{'s' if rates > 1 else ''}: {both:.3f} ms, "
            f"{bare / both:.2f} of its speed ({bare:.3f} ms), {64e3 / both:,.0f} samples/s"
        )
    spent = []
    learner, following = make("mlp", channels), steps(64, channels)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        step = following()
        a = time.perf_counter()
        learner.skip(step, learner.score(step))
        spent.append(time.perf_counter() - a)
    print(f"  scoring only, every update left out: {64 / np.median(spent):,.0f} samples/s")


def banks(channels: int, seconds: float) -> None:
    """Print each model alone and four times, beside the bare loop with a scoring pass."""
    print("A bank of four beside one copy (goal 2.0 at most, but for gru), ms a step:")
    print("  model     rows  bare loop   one copy   four   four/one   bare/one")
    for model in MODELS:
        for rows in ROWS:
            one, four = (make(model, channels, rates=rates) for rates in (1, 4))
            loops = [learner_loop(each, rows, channels) for each in (one, four)]
            loops.append(bare_loop(one, rows, channels))
            (_, _, alone), (_, _, bank), (_, _, bare) = medians(loops, seconds)
            print(
                f"  {model:9} {rows:4} {bare:10.3f} {alone:10.3f} {bank:6.3f} "
                f"{bank / alone:10.2f} {bare / alone:10.2f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="for each line")
    parser.add_argument("--channels", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{options.channels} channels, horizon {HORIZON}, adam, one torch thread; medians")
    one_by_one(options.channels, options.seconds)
    long_steps(options.channels, options.seconds)
    banks(options.channels, options.seconds)


if __name__ == "__main__":
    main()
