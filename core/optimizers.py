"""The optimizer's step, and the one formula of the safe step.

torch.optim is not used: making the first of its objects imports torch._dynamo, 72 MB. The
parameters of a net, or of several copies of it, are views of one matrix, so a step is a handful of
calls whatever the net, and however many copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from driftscope.core.bank import flatten
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F64, Bools

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
        self.rates: F64 = np.array(rates)
        self.weights, self.gradient = flatten([module] if isinstance(module, nn.Module) else module)
        self.reset()

    def reset(self) -> None:
        """Forget moments and running means."""
        self.kind = self.params.optimizer
        self.first = torch.zeros_like(self.weights)
        self.second = torch.zeros_like(self.weights)
        self.updates, self.mean_loss, self.mean_slope = np.zeros((3, len(self.weights)))

    def clear(self) -> None:
        """Empty the gradients, to be called before each backward pass."""
        self.gradient.fill_(TINY)

    @torch.no_grad()
    def step(self, loss: F64 | float, factor: F64 | float = 1.0) -> Bools:
        """Step along the gradients that are there; `factor` shortens the step.

        `loss` is the mean loss they belong to; both (K,), or one for all. Return (K,) which copies
        took it: one whose gradients are not finite does not, and nothing of it has changed. With
        lr = 0 no weight changes.
        """
        if self.params.optimizer != self.kind:
            self.reset()
        adam, g, second = self.kind == "adam", self.gradient, self.second
        if self.kind == "sgd":
            along, slope = g, (g * g).sum(1)
        else:
            squares = g * g
            second = torch.lerp(second, squares, 1.0 - (BETA2 if adam else ALPHA))
            along = (second + EPS * EPS).rsqrt_()
            slope = squares.mul_(along).sum(1)
        done, length = self._lengths(np.atleast_1d(loss), slope.cpu().numpy())
        held = [] if done.all() else [(t, t.clone()) for t in (self.weights, self.first, second)]
        if adam:
            self.first.lerp_(g, 1.0 - self.params.momentum)
            along.mul_(self.first)
        else:
            direction = g if along is g else along.mul_(g)
            along = self.first.mul_(self.params.momentum).add_(direction)
        far = torch.from_numpy((length * factor).astype(np.float32)).to(g.device)
        self.weights.addcmul_(along, far[:, None], value=-1.0)
        if held:
            held[2] = second, self.second
            bad = torch.from_numpy(~done).to(g.device)
            for tensor, before in held:
                tensor[bad] = before[bad]
        self.second = second
        return done

    def _lengths(self, loss: F64, slope: NDArray[np.float32]) -> tuple[Bools, F64]:
        """Return (K,) which copies can take a step, and how long it is along their directions."""
        params = self.params
        done = np.isfinite(slope + loss)
        whole = bool(done.all())
        if not whole:
            loss, slope = np.where(done, loss, 0.0), np.where(done, slope, 0.0)
        self.updates = self.updates + done
        lr, adam = params.lr * self.rates, self.kind == "adam"
        if adam:  # torch.optim's correction for the second moment's start at 0
            young = np.sqrt(1.0 - BETA2 ** np.maximum(self.updates, 1.0))
            slope = slope * young
        if params.lr_mode == "absolute":
            length = lr / (1.0 - params.momentum ** np.maximum(self.updates, 1.0)) if adam else lr
        else:
            smooth = np.maximum(SMOOTH, 1.0 / np.maximum(self.updates, 1.0)) * done
            twice, slope = 2.0 * loss, slope + LEAST
            self.mean_loss = self.mean_loss + smooth * (twice - self.mean_loss)
            self.mean_slope = self.mean_slope + smooth * (slope - self.mean_slope)
            usual = lr * self.careful * self.mean_loss / (self.mean_slope + LEAST)
            length = np.minimum(usual, twice / slope)
            if not adam:
                length *= 1.0 - params.momentum
        return done, length * young if adam else length

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


def _copied(value: Tensor | F64) -> Tensor | F64:
    return value.clone() if isinstance(value, Tensor) else value.copy()
