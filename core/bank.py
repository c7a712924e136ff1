"""Copies of one net, each at a learning rate of its own, asked and trained in one call."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from driftscope.core.stream import F32

Judge = Callable[[F32], tuple[F32, F32]]
"""Of what was made (K, B, C): the loss of each copy (K,), and how it rises with each (K, B, C)."""

MANY = 2**16
"""Numbers in K copies of windows from which layers side by side no longer fit the fast memory: such
windows are shown to one net after the other, which took half the time (measured)."""

SPREADS = {
    1: (1.0,),
    2: (0.3, 1.0),
    3: (0.3, 1.0, 3.0),
    4: (0.1, 0.3, 1.0, 3.0),
    5: (0.1, 0.3, 1.0, 3.0, 10.0),
    6: (0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
}
"""What each of so many copies multiplies the slider by: half a decade apart, 1 among them."""

# The gradients are views of one matrix, as the weights are; torch would have them dense. It only
# costs what is measured in benchmarks/learner.py, and gathering dense ones costs more.
warnings.filterwarnings("ignore", "grad and param do not obey the gradient layout contract")


def names(rates: Sequence[float]) -> tuple[str, ...]:
    """Return what the copies are called on screen, such as "0.3x"."""
    return tuple(f"{rate:g}x" for rate in rates)


def copies(net: nn.Module, count: int) -> list[nn.Module]:
    """Return the net and further copies of it, `count` in all; they share its buffers."""
    shared = {id(buffer): buffer for buffer in net.buffers()}
    return [net, *(copy.deepcopy(net, dict(shared)) for _ in range(count - 1))]


def flatten(nets: Sequence[nn.Module]) -> tuple[Tensor, Tensor]:
    """Make parameters and gradients of K alike nets views of two matrices (K, P); return these."""
    rows = [[p.detach().reshape(-1) for p in net.parameters()] for net in nets]
    flat = torch.stack([torch.cat(row or [torch.zeros(0)]) for row in rows])
    gradient = torch.zeros_like(flat)
    for k, net in enumerate(nets):
        start = 0
        for p in net.parameters():
            part = slice(start, start + p.numel())
            p.data, p.grad = flat[k, part].view_as(p), gradient[k, part].view_as(p)
            start += p.numel()
    return flat, gradient


class Bank:
    """Map windows (B, W, C) to what each of K nets makes of them, (K, B, C).

    A net whose class says `stacks = True` is asked in one call: each of its layers becomes K
    layers side by side, and its forward gets (K, B, W, C). Any other one is asked K times. Tried
    and slower: torch.func.vmap, which is no faster than K calls for most nets. A net of few plain
    layers may do by hand, in numpy, what torch and autograd would, in a fourth of their time: see
    core/models/_nets.py.
    """

    def __init__(self, nets: Sequence[nn.Module], weights: Tensor, gradient: Tensor) -> None:
        self._nets = tuple(nets)
        self.stacked: nn.Module | None = None
        if getattr(nets[0], "stacks", False):
            self.stacked = _stacked(nets[0], weights, gradient)
        self.by_hand = hasattr(self.stacked, "descend") and gradient.device.type == "cpu"

    def __call__(self, windows: Tensor) -> Tensor:
        """Return (K, B, C), what each net makes of windows (B, W, C)."""
        if self.stacked is None or len(self._nets) * windows.numel() > MANY:
            return torch.stack([net(windows) for net in self._nets])
        made: Tensor = self.stacked(windows.expand(len(self._nets), *windows.shape))
        return made

    def say(self, windows: F32) -> F32:
        """Return (K, B, C), what each net makes of windows (B, W, C); only `by_hand`."""
        stacked: Any = self.stacked
        with np.errstate(all="ignore"):
            made: F32 = stacked.say(windows.reshape(len(windows), -1))
        return made

    def descend(self, windows: F32, judge: Judge) -> F32:
        """Put the gradients of windows (B, W, C) in the place of those that are there; return the
        losses (K,); only `by_hand`."""
        stacked: Any = self.stacked
        with np.errstate(all="ignore"):
            losses: F32 = stacked.descend(windows.reshape(len(windows), -1), judge)
        return losses


class Arrays(NamedTuple):
    """Weights (K, outputs, inputs) and biases (K, 1, outputs) of layers side by side, and the
    gradients of both: all of them views of the two matrices."""

    weight: F32
    bias: F32
    weight_gradient: F32
    bias_gradient: F32

    def made(self, x: F32) -> F32:
        """Return (K, B, outputs) of x, (B, inputs) or (K, B, inputs)."""
        made: F32 = x @ self.weight.transpose(0, 2, 1)
        made += self.bias
        return made

    def descend(self, *parts: F32, slopes: F32) -> None:
        """Put the gradients of inputs in their place, given how the loss rises with what was made
        of them, `slopes` (K, B, outputs). The inputs, each (B, part) or (K, B, part), stand side
        by side."""
        first, each = 0, slopes.transpose(0, 2, 1)
        times = np.multiply if slopes.shape[1] == 1 else np.matmul  # of one row it is quicker
        for x in parts:
            last = first + x.shape[-1]
            times(each, x, out=self.weight_gradient[:, :, first:last])
            first = last
        np.sum(slopes, 1, keepdims=True, out=self.bias_gradient)


class Layers(nn.Module):
    """K linear layers side by side: (K, ..., inputs) to (K, ..., outputs)."""

    def __init__(self, weight: nn.Parameter, bias: nn.Parameter) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias  # (K, outputs, inputs), (K, 1, outputs)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 3:
            return torch.baddbmm(self.bias, x, self.weight.mT)
        made = torch.baddbmm(self.bias, x.reshape(x.shape[0], -1, x.shape[-1]), self.weight.mT)
        return made.view(*x.shape[:-1], made.shape[-1])

    @cached_property
    def arrays(self) -> Arrays:
        """Weights and gradients as arrays, in the processor's memory."""
        assert self.weight.grad is not None and self.bias.grad is not None
        all_four = (self.weight.detach(), self.bias.detach(), self.weight.grad, self.bias.grad)
        return Arrays(*(each.numpy() for each in all_four))


def _stacked(net: nn.Module, weights: Tensor, gradient: Tensor) -> nn.Module:
    """Return a module like the net whose parameters are those of all rows of weights (K, P)."""
    made = copy.deepcopy(net, {id(buffer): buffer for buffer in net.buffers()})
    views: dict[str, nn.Parameter] = {}
    start = 0
    for name, p in net.named_parameters():
        part = slice(start, start + p.numel())
        start += p.numel()
        shape = (-1, *p.shape) if name.endswith("weight") else (-1, 1, *p.shape)
        views[name] = nn.Parameter(weights[:, part].view(shape))
        views[name].grad = gradient[:, part].view(shape)
    for path, module in list(made.named_modules()):
        inside = f"{path}." if path else ""
        if isinstance(module, nn.Linear):
            made.set_submodule(path, Layers(views[inside + "weight"], views[inside + "bias"]))
            continue
        for name, _ in list(module.named_parameters(recurse=False)):
            setattr(module, name, views[inside + name])
    return made
