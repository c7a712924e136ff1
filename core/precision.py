"""How exactly nets calculate, and where: `learner.precision` and `learner.device`.

Weights and their steps, losses and all that is around a net stay float32. What a net is asked
goes to its device, autocast calculates in half the digits where that serves, and what it gives
comes back as float32 in the processor's memory, so nobody else needs to know.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from driftscope.core.sections import LearnerParams

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
SCALE = 2.0**10
"""What gradients are multiplied by on their way through float16, whose smallest number is 6e-8. A
mean loss that is cut off, as Huber's is, has slopes of at most 1, so none comes near its largest,
65504; a power of two costs no digit."""


def asked(
    net: Callable[[Tensor], Tensor], inputs: Tensor, params: LearnerParams, device: torch.device
) -> Tensor:
    """Return what a net on a device makes of inputs, with the way back to its weights."""
    exact = params.precision == "float32"
    if exact and device.type == "cpu":
        return net(inputs)
    with torch.autocast(device.type, None if exact else DTYPES[params.precision], not exact):
        made = net(inputs.to(device))
    return made.float().cpu()


def scale(params: LearnerParams) -> float:
    """Return what the loss is to be multiplied by before, and the gradient divided by after, the
    way back."""
    return SCALE if params.precision == "float16" else 1.0
