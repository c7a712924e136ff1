"""Copies of one net, each at a learning rate of its own, asked and trained in one call."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Judge = Callable[[Tensor], tuple[Tensor, Tensor]]
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
    and slower: torch.func.vmap, which is no faster than K calls for most nets. A net that stacks
    may have a `descend` besides, which does what autograd would, in a third of its time: see
    core/models/_nets.py.
    """

    def __init__(self, nets: Sequence[nn.Module], weights: Tensor, gradient: Tensor) -> None:
        self._nets = tuple(nets)
        self.stacked: nn.Module | None = None
        if getattr(nets[0], "stacks", False):
            self.stacked = _stacked(nets[0], weights, gradient)
        self._descend: Any = getattr(self.stacked, "descend", None)

    def __call__(self, windows: Tensor) -> Tensor:
        """Return (K, B, C), what each net makes of windows (B, W, C)."""
        if self.stacked is None or len(self._nets) * windows.numel() > MANY:
            return torch.stack([net(windows) for net in self._nets])
        made: Tensor = self.stacked(windows.expand(len(self._nets), *windows.shape))
        return made

    def descend(self, windows: Tensor, judge: Judge) -> Tensor | None:
        """Add to the gradients those of windows (B, W, C) and return the losses (K,), without
        autograd; None if these nets cannot."""
        if self._descend is None:
            return None
        losses: Tensor = self._descend(windows.expand(len(self._nets), *windows.shape), judge)
        return losses


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

    def descend(self, x: Tensor, slopes: Tensor) -> None:
        """Add to the gradients those of inputs x (K, B, inputs), given how the loss rises with
        what was made of them, `slopes` (K, B, outputs)."""
        weight, bias = self.weight.grad, self.bias.grad
        assert weight is not None and bias is not None
        weight.baddbmm_(slopes.mT, x)
        bias.add_(slopes.sum(1, keepdim=True))


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
