"""The optimizer's step, and the one formula of the safe step.

torch.optim is not used: making the first of its objects imports torch._dynamo, 72 MB. The
parameters of a net, or of several copies of it, are views of one matrix, so a step is a handful of
calls whatever the net, and however many copies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from driftscope.core.bank import flatten
from driftscope.core.sections import LearnerParams

CAREFUL = 0.02
"""The part of the longest safe step that "auto" takes: right where a gradient is of a few rows."""
BETA2 = 0.999
ALPHA = 0.99
"""How much Adam's, and the normalised step's, mean of the squared gradient keeps each time."""
EPS = 1e-8
LEAST = 1e-30
SMOOTH = 0.02
TINY = 1e-17
"""In place of a gradient of 0: moments that decay towards 0 end as denormal numbers, which made
a step with dead units four times slower (measured)."""


class Optimizer:
    """Step K copies of a module along their gradients: SGD with momentum, the same normalised by
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

    Each copy has its own step, moments and running means, and `rates` (K,) says what its lr is a
    multiple of the slider by. `weights` and `gradient` are (K, P).
    """

    def __init__(
        self,
        module: nn.Module | Sequence[nn.Module],
        params: LearnerParams,
        careful: float = CAREFUL,
        rates: Sequence[float] = (1.0,),
    ) -> None:
        self.params = params
        self.careful = careful
        self.rates = tuple(rates)
        self.weights, self.gradient = flatten([module] if isinstance(module, nn.Module) else module)
        self._squares, self._along = torch.empty_like(self.weights), torch.empty_like(self.weights)
        self.reset()

    def reset(self) -> None:
        """Forget moments and running means."""
        self.kind = self.params.optimizer
        self.first = torch.zeros_like(self.weights)
        self.second = torch.zeros_like(self.weights)
        copies = len(self.weights)
        self.updates = [0] * copies
        self.mean_loss, self.mean_slope = [0.0] * copies, [0.0] * copies

    def clear(self) -> None:
        """Empty the gradients, to be called before each backward pass."""
        self.gradient.fill_(TINY)

    @torch.no_grad()
    def step(self, loss: Sequence[float], factor: Sequence[float]) -> list[bool]:
        """Step along the gradients that are there; `factor` shortens the step.

        `loss` is the mean loss they belong to; of both there are K. Return which copies took it:
        one whose gradients are not finite does not, and nothing of it has changed. With lr = 0 no
        weight changes.
        """
        if self.params.optimizer != self.kind:
            self.reset()
        adam, g, along = self.kind == "adam", self.gradient, self._along
        rate = 1.0 - (BETA2 if adam else ALPHA)
        if self.kind == "sgd":
            along, slope = g, torch.linalg.vecdot(g, g)
        else:
            torch.mul(g, g, out=self._squares)
            torch.lerp(self.second, self._squares, rate, out=along)
            along.add_(EPS * EPS).rsqrt_()
            slope = torch.linalg.vecdot(self._squares, along)
        far = self._lengths(slope.tolist(), loss, factor)
        bad = [k for k, each in enumerate(far) if each is None]
        held = [each[bad] for each in (self.weights, self.first, self.second)] if bad else []
        if along is not g:
            self.second.lerp_(self._squares, rate)
        if adam:
            self.first.lerp_(g, 1.0 - self.params.momentum)
            along.mul_(self.first)
        else:
            direction = g if along is g else along.mul_(g)
            along = self.first.mul_(self.params.momentum).add_(direction)
        length = torch.tensor([[each or 0.0] for each in far], device=g.device)
        self.weights.addcmul_(along, length, value=-1.0)
        for each, before in zip((self.weights, self.first, self.second), held, strict=False):
            each[bad] = before  # indexing made a copy
        return [each is not None for each in far]

    def _lengths(
        self, slopes: list[float], losses: Sequence[float], factors: Sequence[float]
    ) -> list[float | None]:
        """Return how long each copy's step is along its direction; None if it can take none.

        In plain numbers: of so few arrays would be slower.
        """
        params, adam = self.params, self.kind == "adam"
        safe, made = params.lr_mode == "safe", list[float | None]()
        for k, (slope, loss) in enumerate(zip(slopes, losses, strict=True)):
            if not math.isfinite(slope + loss):
                made.append(None)
                continue
            self.updates[k] += 1
            count, young = self.updates[k], 1.0
            if adam:  # torch.optim's correction for the second moment's start at 0
                young = math.sqrt(1.0 - BETA2**count)
            lr = params.lr * self.rates[k]
            if not safe:
                length = lr / (1.0 - params.momentum**count) if adam else lr
            else:
                smooth, falls = max(SMOOTH, 1.0 / count), slope * young
                self.mean_loss[k] += smooth * (2.0 * loss - self.mean_loss[k])
                self.mean_slope[k] += smooth * (falls - self.mean_slope[k])
                usual = lr * self.careful * self.mean_loss[k] / (self.mean_slope[k] + LEAST)
                length = min(usual, 2.0 * loss / (falls + LEAST))
                if not adam:
                    length *= 1.0 - params.momentum
            made.append(length * young * factors[k])
        return made

    def state_dict(self) -> dict[str, Any]:
        return {"kind": self.kind} | {name: _copied(getattr(self, name)) for name in _KEPT}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.kind = state["kind"]
        for name in _KEPT:
            value = _copied(state[name])
            setattr(self, name, value.to(self.weights.device) if torch.is_tensor(value) else value)

    def row(self, k: int) -> dict[str, Any]:
        """Return a copy of what there is of copy k alone, weights included, to be put back."""
        return {name: _copied(getattr(self, name)[k : k + 1]) for name in ("weights", *_KEPT)}

    def put(self, k: int, row: dict[str, Any]) -> None:
        """Have copy k be as it was."""
        for name in ("weights", *_KEPT):
            getattr(self, name)[k : k + 1] = row[name]


_KEPT = ("updates", "first", "second", "mean_loss", "mean_slope")


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else list(value)
