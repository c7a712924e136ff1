"""What half the digits bring: ms a step, and the loss, of each model in each precision.

    python benchmarks/precision.py

One torch thread. A step is what the default learner does for 64 rows of 8 channels: score, then
learn. The rounds of the precisions alternate, so that a busy machine slows all of them; medians
of the processor's time. With a graphics card its lines follow, in time by the wall.
"""

from __future__ import annotations

import platform
import statistics
import time
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from driftscope.core import devices, registry
from driftscope.core.learner import Forecaster
from driftscope.core.pictures.trained_net import CAREFUL
from driftscope.core.precision import DTYPES
from driftscope.core.sections import LearnerParams, PictureLearnerParams
from driftscope.core.stream import Step, StreamInfo
from driftscope.core.training import Training

ROWS, CHANNELS, RATE_HZ = 64, 8, 1000.0
PICTURES = 32
WARM, ROUNDS = 5, 20
MODELS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mlp", {}),
    ("mlp", dict(hidden=1024, window=128)),
    ("gru", {}),
    ("tcn", {}),
    ("attention", {}),
)


def waves(rows: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return (rows, CHANNELS), sines with noise on them."""
    draw = np.random.default_rng(0)
    time_s = np.arange(rows)[:, None] / RATE_HZ
    hz = 3.0 + 7.0 * np.arange(CHANNELS)
    return np.sin(2 * np.pi * hz * time_s) + 0.1 * draw.standard_normal((rows, CHANNELS))


def learner(model: str, settings: dict[str, Any], precision: str, device: str) -> Forecaster:
    plugin = registry.load("models", model)
    names = tuple(f"c{k}" for k in range(CHANNELS))
    info = StreamInfo("s", names, ("",) * CHANNELS, RATE_HZ)
    params = LearnerParams(model=model, precision=precision, device=device)
    return Forecaster(info, params, plugin.Params(**settings))


def measure(model: str, settings: dict[str, Any], device: str) -> None:
    """Print a line for each precision."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    values = waves(ROWS * (WARM + ROUNDS))
    made = {name: learner(model, settings, name, device) for name in DTYPES}
    took_ms: dict[str, list[float]] = {name: [] for name in made}
    losses: dict[str, list[float]] = {name: [] for name in made}
    for number in range(WARM + ROUNDS):
        seq = number * ROWS
        time_s = np.arange(seq, seq + ROWS) / RATE_HZ
        step = Step("s", seq, time_s, values[seq : seq + ROWS], ROWS)
        for name, each in made.items():
            begun_s = clock()
            scored = each.score(step)
            each.learn(step, scored)
            if number >= WARM:
                took_ms[name].append(1e3 * (clock() - begun_s))
                losses[name].append(float(np.nanmean(scored.loss)))
    usual_ms = statistics.median(took_ms["float32"])
    what = ", ".join(f"{name} {value}" for name, value in settings.items())
    for name in made:
        ms = statistics.median(took_ms[name])
        print(
            f"{device}, {model}{f' ({what})' if what else ''}, {name}: {ms:.2f} ms a step, "
            f"{usual_ms / ms:.2f} of the speed of float32, loss {np.mean(losses[name]):.4f}",
            flush=True,
        )


def measure_pictures(device: str) -> None:
    """Print a line for each precision of the image CNN: 32 pictures learned a step."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    plugin = registry.load("picture_models", "image_cnn")
    classes = tuple("abcdefghij")
    info = StreamInfo(
        "p", ("picture",), ("",), sample_shape=(32, 32, 3), dtype="uint8", classes=classes
    )
    pictures = torch.randint(0, 256, (PICTURES, 3, 32, 32), dtype=torch.uint8)
    y = torch.arange(PICTURES) % len(classes)
    made = {}
    for name in DTYPES:
        params = PictureLearnerParams(model="image_cnn", precision=name, device=device)
        torch.manual_seed(0)
        made[name] = Training(plugin.build(plugin.Params(), info), params, CAREFUL)
    took_ms: dict[str, list[float]] = {name: [] for name in made}
    loss = dict.fromkeys(made, 0.0)
    for number in range(WARM + ROUNDS):
        for name, each in made.items():
            begun_s = clock()
            loss[name], _ = each.step(cross_entropy(each.ask(pictures), y), 1.0, float(number))
            took_ms[name].append(1e3 * (clock() - begun_s))
    usual_ms = statistics.median(took_ms["float32"][WARM:])
    for name in made:
        ms = statistics.median(took_ms[name][WARM:])
        print(
            f"{device}, image CNN, {name}: {ms:.2f} ms for {PICTURES} pictures, "
            f"{usual_ms / ms:.2f} of the speed of float32, loss {loss[name]:.4f}",
            flush=True,
        )


def main() -> None:
    torch.set_num_threads(1)
    print(f"{platform.machine()}, torch {torch.__version__}, one thread, {ROWS} rows a step")
    for device in ("cpu", "cuda") if devices.look() else ("cpu",):
        for model, settings in MODELS:
            measure(model, settings, device)
        measure_pictures(device)


if __name__ == "__main__":
    main()
