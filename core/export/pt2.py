"""Export a net by torch.export, and check it: `python -m driftscope.core.export.pt2 IN OUT.pt2`.

A process of its own does this, as torch.export imports torch._dynamo. The .pt2 holds the net
alone, or the nets, if the model has several, with any number of rows, and "driftscope.json": the
stream, the model, its parameters, and which inputs each net takes.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from driftscope.core import own_model
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.export import model
from driftscope.core.stream import F32, Step, StreamInfo
from driftscope.core.training import Training

ABOUT = "driftscope.json"
ROWS, STEPS = 2, 64
"""The batch the net is exported with; how many steps it may take until the net is asked."""
NEAR = 1e-4
"""How far an output may be off, relative to the largest one."""


class Together(nn.Module):
    """Give the outputs of several nets, each of which takes its own inputs."""

    def __init__(self, parts: list[nn.Module], counts: list[int]) -> None:
        super().__init__()
        self.parts, self.counts = nn.ModuleList(parts), counts

    def forward(self, *inputs: Tensor) -> tuple[Any, ...]:
        outputs, at = [], 0
        for part, count in zip(self.parts, self.counts, strict=True):
            outputs.append(part(*inputs[at : at + count]))
            at += count
        return tuple(outputs)


def export(given: str, to: str) -> None:
    """Export the model in a .safetensors file; raise DriftscopeError with the reason."""
    saved = model.load(given)
    parts = {
        name: copy.deepcopy(net).eval()
        for name, net in model.parts_of(saved, saved.learner()).items()
    }
    asked = _inputs(saved)
    inputs = tuple(each for name in parts for each in asked[name])
    single = len(parts) == 1
    counts = [len(asked[name]) for name in parts]
    net = next(iter(parts.values())) if single else Together([*parts.values()], counts)
    told = [
        dict(net=name, shape=each.shape[1:], dtype=str(each.dtype))
        for name in parts
        for each in asked[name]
    ]
    rows = torch.export.Dim("rows", min=1)
    free = tuple({0: rows} for _ in inputs)
    try:
        made = torch.export.export(net, inputs, dynamic_shapes=free if single else (free,))
    except Exception:  # a net that cannot take any number of rows is exported for two
        made = torch.export.export(net, inputs)
    said = json.dumps({**model.about(saved), "inputs": told})
    torch.export.save(made, to, extra_files={ABOUT: said})
    _check(net, to, inputs)


def _check(net: nn.Module, path: str, inputs: tuple[Tensor, ...]) -> None:
    """Load what was written; raise StateError if it says something else than the net."""
    loaded = torch.export.load(path).module()
    with torch.no_grad():
        wanted, found = _flat(net(*inputs)), _flat(loaded(*inputs))
    for one, two in zip(wanted, found, strict=True):
        near = one.shape == two.shape and torch.allclose(one, two, rtol=NEAR, atol=NEAR)
        if not near:
            raise StateError("the exported net gives other results than the one it was made from")


def _flat(outputs: Any) -> list[Tensor]:
    return (
        [outputs] if isinstance(outputs, Tensor) else [e for each in outputs for e in _flat(each)]
    )


def _inputs(saved: model.Saved) -> dict[str, tuple[Tensor, ...]]:
    """Return what a learner gives each of its nets, repeated to two rows.

    A learner of its own is let score and learn noise until all were asked.
    """
    learner = saved.learner()
    parts = model.parts_of(saved, learner)
    found: dict[str, tuple[Tensor, ...]] = {}

    def note(name: str, module: nn.Module, given: tuple[Any, ...]) -> None:
        if all(isinstance(each, Tensor) for each in given):
            found.setdefault(name, tuple(each.detach().clone()[:1] for each in given))

    for name, net in parts.items():
        net.register_forward_pre_hook(partial(note, name))
    training = getattr(learner, "training", None)
    if isinstance(training, Training):
        say, net = training.say, training.net

        def asked(windows: F32) -> F32:
            net(torch.from_numpy(windows))
            return say(windows)

        training.say = asked  # type: ignore[method-assign]  # it asks all copies at once
    for step in _noise(saved.info):
        learner.learn(step, learner.score(step))
        if len(found) == len(parts):  # copied once more: what inference made is good for no export
            return {
                name: tuple(each.repeat(ROWS, *[1] * (each.ndim - 1)) for each in given)
                for name, given in found.items()
            }
    raise StateError(f"the model {saved.model!r} never asked its net, so its input is not known")


def _noise(info: StreamInfo) -> Iterator[Step]:
    draw = np.random.default_rng(0)
    for number in range(STEPS):
        shape = (ROWS, *info.sample_shape)
        values = draw.integers(0, 256, shape) if info.pictures else draw.standard_normal(shape)
        times_s = (np.arange(ROWS) + number * ROWS) / (info.rate_hz or 1.0)
        yield Step(info.key, number * ROWS, times_s, values.astype(info.dtype), ROWS)


def main(words: list[str]) -> int:
    """Export from the first file to the second; the last line of stderr says why it failed. A
    third word is a model of one's own that may be run."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    try:
        for own in words[2:]:
            own_model.allow(own)
        export(*words[:2])
    except DriftscopeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
