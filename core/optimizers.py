"""The optimizer's step, and the one formula of the safe step.

torch.optim is not used: making the first of its objects imports torch._dynamo, 72 MB. A net's
parameters are views of one flat vector, so a step is a handful of calls whatever the net.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from driftscope.core.sections import LearnerParams

CAREFUL = 0.02
"""The part of the longest safe step that "auto" takes: right where a gradient is of a few rows."""
BETA2 = 0.999
ALPHA = 0.99
"""How much Adam's, and the normalised step's, mean of the squared gradient keeps each time."""
EPS = 1e-8
SMOOTH = 0.02
TINY = 1e-17
"""In place of a gradient of 0: moments that decay towards 0 end as denormal numbers, which made
a step with dead units four times slower (measured)."""


class Optimizer:
    """Step a module's parameters along its gradients: SGD with momentum, the same normalised by
    the gradient's running root mean square (RMSprop), or Adam.

    The safe step. Along a direction d (the gradient g, or g / sqrt(v)) a step of length s
    promises to lower the loss by s * g.d, and a loss can fall by no more than itself; for a
    squared error e and a linear net, s = 2 loss / g.d is just the step that brings e to 0
    (normalised least mean squares; Polyak's step with the minimum at 0). So

        step = min(lr * careful * mean(2 loss) / mean(g.d),  2 loss / g.d)

    with running means over about 1 / SMOOTH updates. The first part averages noise out, the
    second is what keeps a single odd sample, or lr = 100, from overshooting. Units and the
    number of channels cancel. The momentum is damped by (1 - momentum), so that turning it does
    not change how far a step goes. With `lr_mode` "absolute" lr is the step, undamped, and
    all three are those of torch.optim.
    """

    def __init__(self, module: nn.Module, params: LearnerParams, careful: float = CAREFUL) -> None:
        self.params = params
        self.careful = careful
        self.weights, self.gradient = _flatten(module)
        self.reset()

    def reset(self) -> None:
        """Forget moments and running means."""
        self.kind = self.params.optimizer
        self.updates = 0
        self.first = torch.zeros_like(self.weights)
        self.second = torch.zeros_like(self.weights)
        self.mean_loss = self.mean_slope = 0.0

    def clear(self) -> None:
        """Empty the gradients, to be called before each backward pass."""
        self.gradient.fill_(TINY)

    @torch.no_grad()
    def step(self, loss: float, factor: float = 1.0) -> bool:
        """Step along the gradients that are there; `factor` shortens the step.

        `loss` is the mean loss they belong to. Return False, with nothing changed, if they are
        not finite. With lr = 0 no weight changes.
        """
        if self.params.optimizer != self.kind:
            self.reset()
        g = self.gradient
        if self.kind == "adam":
            return self._adam(g, loss, factor)
        if self.kind == "sgd":
            return self._along(g, float(torch.dot(g, g)), loss, factor)
        squares = g * g
        second = torch.lerp(self.second, squares, 1.0 - ALPHA)
        root = second.sqrt().add_(EPS)
        done = self._along(g / root, float(squares.div_(root).sum()), loss, factor)
        if done:
            self.second = second
        return done

    def _along(self, d: Tensor, slope: float, loss: float, factor: float) -> bool:
        """Step along the directions so far and d, where the loss falls by `slope`."""
        params = self.params
        if not math.isfinite(slope + loss):
            return False
        self.updates += 1
        self.first.mul_(params.momentum).add_(d)
        length = self._length(loss, slope) * factor
        if params.lr_mode == "safe":
            length *= 1.0 - params.momentum
        self.weights.add_(self.first, alpha=-length)
        return True

    def _adam(self, g: Tensor, loss: float, factor: float) -> bool:
        beta1 = self.params.momentum
        squares = g * g
        total = float(squares.sum())
        if not math.isfinite(total + loss):
            return False
        self.updates += 1
        self.first.lerp_(g, 1.0 - beta1)
        self.second.lerp_(squares, 1.0 - BETA2)
        root = self.second.sqrt().mul_(1.0 / math.sqrt(1.0 - BETA2**self.updates)).add_(EPS)
        slope = float(squares.div_(root).sum())
        length = self._length(loss, slope) * factor
        if self.params.lr_mode == "absolute":
            length /= 1.0 - beta1**self.updates
        self.weights.addcdiv_(self.first, root, value=-length)
        return True

    def _length(self, loss: float, slope: float) -> float:
        params = self.params
        if params.lr_mode == "absolute":
            return params.lr
        smooth = max(SMOOTH, 1.0 / self.updates)
        self.mean_loss += smooth * (2.0 * loss - self.mean_loss)
        self.mean_slope += smooth * (slope - self.mean_slope)
        tiny = 1e-30
        usual = params.lr * self.careful * self.mean_loss / (self.mean_slope + tiny)
        return min(usual, 2.0 * loss / (slope + tiny))

    def state_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "updates": self.updates,
            "first": self.first.clone(),
            "second": self.second.clone(),
            "mean_loss": self.mean_loss,
            "mean_slope": self.mean_slope,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {k: state[k].clone() for k in ("first", "second")})


def _flatten(module: nn.Module) -> tuple[Tensor, Tensor]:
    """Make a module's parameters and gradients views of two flat vectors; return these."""
    parameters = list(module.parameters())
    flat = torch.cat([torch.zeros(0), *(p.detach().reshape(-1) for p in parameters)])
    gradient = torch.zeros_like(flat)
    start = 0
    for p in parameters:
        part = slice(start, start + p.numel())
        p.data, p.grad = flat[part].view_as(p), gradient[part].view_as(p)
        start += p.numel()
    return flat, gradient
