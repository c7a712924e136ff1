"""Export a net by torch.export, and check it: `python -m driftscope.core.export.pt2 IN OUT.pt2`.

A process of its own does this, as torch.export imports torch._dynamo. The .pt2 holds the net
alone, with any number of rows, and "driftscope.json": the stream, the model, its parameters.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.export import model
from driftscope.core.interfaces import Learner
from driftscope.core.stream import Step

ABOUT = "driftscope.json"
ROWS, STEPS = 2, 64
"""The batch the net is exported with; how many steps it may take until the net is asked."""
NEAR = 1e-4
"""How far an output may be off, relative to the largest one."""


def export(given: str, to: str) -> None:
    """Export the model in a .safetensors file; raise DriftscopeError with the reason."""
    saved = model.load(given)
    learner = saved.learner()
    net = model.model_of(saved, learner)
    inputs = _inputs(saved, type(net))
    shapes = [dict(shape=each.shape[1:], dtype=str(each.dtype)) for each in inputs]
    said = {**model.about(saved), "inputs": shapes}
    rows = torch.export.Dim("rows", min=1)
    try:
        made = torch.export.export(net, inputs, dynamic_shapes=tuple({0: rows} for _ in inputs))
    except Exception:  # a net that cannot take any number of rows is exported for two
        made = torch.export.export(net, inputs)
    torch.export.save(made, to, extra_files={ABOUT: json.dumps(said)})
    _check(net, to, inputs)


def _check(net: nn.Module, path: str, inputs: tuple[Tensor, ...]) -> None:
    """Load what was written; raise StateError if it says something else than the net."""
    loaded = torch.export.load(path).module()
    with torch.no_grad():
        wanted, found = _flat(net(*inputs)), _flat(loaded(*inputs))
    for one, two in zip(wanted, found, strict=True):
        if one.shape != two.shape or float((one - two).abs().max()) > NEAR * float(
            1 + one.abs().max()
        ):
            raise StateError("the exported net gives other results than the one it was made from")


def _flat(outputs: Any) -> list[Tensor]:
    return (
        [outputs] if isinstance(outputs, Tensor) else [e for each in outputs for e in _flat(each)]
    )


def _inputs(saved: model.Saved, kind: type[nn.Module]) -> tuple[Tensor, ...]:
    """Return what a learner gives such a net, cut or repeated to two rows.

    A fresh learner is let score and learn noise until its net is asked.
    """
    learner = saved.learner()
    found: list[tuple[Tensor, ...]] = []

    def note(module: nn.Module, given: tuple[Any, ...]) -> None:
        if type(module) is kind and all(isinstance(each, Tensor) for each in given):
            found.append(copy.deepcopy(tuple(each.detach().clone() for each in given)))

    hook = nn.modules.module.register_module_forward_pre_hook(note)
    try:
        _let_work(saved, learner, found)
    finally:
        hook.remove()
    if not found:
        raise StateError(
            f"the model {saved.model!r} never asked its net, so its input is not known"
        )
    return tuple(each[:1].repeat(ROWS, *[1] * (each.ndim - 1)) for each in found[0])


def _let_work(saved: model.Saved, learner: Learner, until: list[tuple[Tensor, ...]]) -> None:
    info, draw = saved.info, np.random.default_rng(0)
    learner.gap()
    for number in range(STEPS):
        shape = (ROWS, *info.sample_shape)
        values = draw.integers(0, 256, shape) if info.pictures else draw.standard_normal(shape)
        times_s = (np.arange(ROWS) + number * ROWS) / (info.rate_hz or 1.0)
        step = Step(info.key, number * ROWS, times_s, values.astype(info.dtype), ROWS)
        scored = learner.score(step)
        learner.learn(step, scored)
        if until:
            return


def main(words: list[str]) -> int:
    """Export from the first file to the second; the last line of stderr says why it failed."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    try:
        export(*words)
    except DriftscopeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
