"""Learn CIFAR pictures online until all are known, and time it beside a bare PyTorch loop.

Run: python benchmarks/image_cnn.py [DATA] [--passes 60] [--rounds 5]
DATA is a CIFAR file, or a folder with one or with a folder cifar10_excerpt in it (default: what
DRIFTSCOPE_DATA names); without any, seeded synthetic pictures take its place. A tenth of each
class is held out.
Every picture is said before it is learned: "train" is the share that was right in a pass, so 100 %
means that no picture learned before was told wrongly. The bare loop makes forward, cross entropy,
backward and the step of torch.optim with the same net, batch, optimizer and pictures, and nothing
else: once with the pictures as PyTorch's examples lay them out (NCHW), once channels last as the
pipeline does. Pipeline and bare loops take turns in this process, on one torch thread; medians.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from driftscope.core import address, registry
from driftscope.core.arrays import Classes, Pixels
from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.stream import Block, Item, Labels, Output, Report, StreamInfo

SETTINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "defaults": (),
    "SGD 0.01, momentum 0.9": (
        ("learner.optimizer", "sgd"), ("learner.lr_mode", "absolute"), ("learner.lr", "0.01"),
        ("learner.momentum", "0.9"),
    ),
    "Adam 0.001": (
        ("learner.optimizer", "adam"), ("learner.lr_mode", "absolute"), ("learner.lr", "0.001"),
    ),
    "defaults, bfloat16": (("learner.precision", "bfloat16"),),
}  # fmt: skip
TIMED = ("SGD 0.01, momentum 0.9", "Adam 0.001")
BATCH = 32
GOAL = 0.8


class Watched(Sink):
    """Keep the newest Report; have the run stopped once a whole pass was told rightly."""

    name = "the benchmark"

    def __init__(self) -> None:
        self.report: Report | None = None
        self.stop: Callable[[], None] = lambda: None
        self.begun_s = 0.0

    def write(self, item: Output) -> None:
        if isinstance(item, StreamInfo):
            self.begun_s = time.perf_counter()
        if isinstance(item, Report):
            self.report = item
            if item.passes and item.passes[-1]["train_accuracy"] == 1.0:
                self.stop()

    def close(self) -> None:
        """Keep what was seen."""


def find(data: str | None) -> Path | None:
    """Return the file or folder to read, None if there is none."""
    named = data or os.environ.get("DRIFTSCOPE_DATA")
    if not named:
        return None
    inside = Path(named) / "cifar10_excerpt" / "data_batch_1_first1000.bin"
    return inside if inside.exists() else Path(named)


def synthetic(folder: Path, count: int = 1000) -> Path:
    """Write a CIFAR file of noisy pictures, each class with a colour and a stripe of its own."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 10, count)
    across = np.arange(32) / 32
    stripes = np.sin(2 * np.pi * (1 + np.arange(10))[:, None] * across)
    colours = draw.uniform(60, 190, (10, 3, 1, 1))
    values = colours[y] + 30 * stripes[y][:, None, None, :] + draw.normal(0, 40, (count, 3, 32, 32))
    pixels = values.clip(0, 255).astype(np.uint8).reshape(count, -1)
    path = folder / "data_batch_1.bin"
    path.write_bytes(np.concatenate((y.astype(np.uint8)[:, None], pixels), 1).tobytes())
    return path


def made(
    path: Path, passes: int, settings: tuple[tuple[str, str], ...], held_out: float = 0.1
) -> tuple[Monitor, Watched]:
    """Return the whole pipeline over a CIFAR file, and what watches it."""
    text = f"cifar:{path}?speed=max&passes={passes}&held_out={held_out}"
    seen = Watched()
    return Monitor({text: address.configured(text, settings)}, [seen]), seen


def learn(path: Path, name: str, passes: int) -> None:
    """Go through the pictures until a whole pass was told rightly; print how it went."""
    monitor, seen = made(path, passes, SETTINGS[name])
    seen.stop = monitor.stop
    monitor.run()
    taken_s = time.perf_counter() - seen.begun_s
    assert seen.report is not None
    done = seen.report.passes
    last = done[-1]
    course = " ".join(f"{100 * each['train_accuracy']:.0f}" for each in done)
    print(
        f"{name:24} {len(done):3} passes  train {last['train_accuracy']:7.2%}  loss "
        f"{last['loss']:.4f}  held out {last['held_out_accuracy']:.1%}  "
        f"{monitor.health.samples / taken_s:6,.0f} pictures/s\n    train % by pass: {course}"
    )


def pipeline(path: Path, settings: tuple[tuple[str, str], ...]) -> float:
    """Return pictures a second through the whole pipeline, over two passes; all are learned."""
    monitor, seen = made(path, 2, settings, 0.0)
    monitor.run()
    return monitor.health.samples / (time.perf_counter() - seen.begun_s)


def pictures(path: Path) -> tuple[Pixels, Classes]:
    """Return all that the source gives in one pass: pictures (n, h, w, 3) and classes (n,)."""
    device, _ = address.configured(f"cifar:{path}?speed=max&passes=1")
    assert isinstance(device, Source)
    items: list[Item] = list(device)
    values = np.concatenate([item.values for item in items if isinstance(item, Block)])
    return values, np.concatenate([item.y for item in items if isinstance(item, Labels)])


def bare(values: Pixels, y: Classes, adam: bool, layout: torch.memory_format) -> float:
    """Return pictures a second of a bare loop over the same pictures."""
    plugin = registry.load("picture_models", "image_cnn")
    info = StreamInfo("bench", ("picture",), ("",), None, sample_shape=values.shape[1:],
                      dtype="uint8", classes=tuple(map(str, range(10))))  # fmt: skip
    net = plugin.build(plugin.Params(), info)
    kind = torch.optim.Adam if adam else partial(torch.optim.SGD, momentum=0.9)
    optimizer = kind(net.parameters(), lr=0.001 if adam else 0.01)
    seen = torch.from_numpy(values).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    classes = torch.from_numpy(y)
    whole = len(seen) // BATCH * BATCH
    begun_s = time.perf_counter()
    for at in range(0, 2 * whole, BATCH):
        rows = slice(at % whole, at % whole + BATCH)
        loss = cross_entropy(net(seen[rows]), classes[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return 2 * whole / (time.perf_counter() - begun_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?")
    parser.add_argument("--passes", type=int, default=60, help="at most")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is taken")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = find(options.data)
        print(f"{path.name if path else 'synthetic pictures'}, batches of {BATCH}, one thread")
        path = path or synthetic(Path(folder))
        for name in SETTINGS:
            learn(path, name, options.passes)
        values, y = pictures(path)
        layouts = (torch.contiguous_format, torch.channels_last)
        print(f"\npictures/s, medians of {options.rounds}      pipeline  bare loop  channels last")
        for name in TIMED:
            timed = np.array([
                [pipeline(path, SETTINGS[name]),
                 *(bare(values, y, name.startswith("Adam"), layout) for layout in layouts)]
                for _ in range(options.rounds)
            ])  # fmt: skip
            ours, plain, last = np.median(timed, axis=0)
            print(
                f"{name:34} {ours:9,.0f} {plain:10,.0f} {last:14,.0f}   ratio {ours / plain:.2f} "
                f"and {ours / last:.2f} (goal {GOAL})"
            )


if __name__ == "__main__":
    main()
