"""A net, or copies of it at several learning rates, with optimizer and guards: what every learner
trains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from driftscope.core import precision
from driftscope.core.bank import Bank, copies
from driftscope.core.errors import StateError
from driftscope.core.guard import Guard
from driftscope.core.interfaces import State
from driftscope.core.optimizers import CAREFUL, TINY, Optimizer
from driftscope.core.precision import asked
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import F32, Bools, EventKind


class Training:
    """Step K copies of a net by the safe step; a copy whose loss is not sane goes back to its
    snapshot, alone.

    `rates` (K,) says by what each copy multiplies the slider; `net` is the copy at 1, and
    `predict` asks them all, `ask` this one: where and how exactly the parameters say. To the
    guards no loss counts as less than `least`. `updates` counts those made. The nets stay in
    their eval mode, so that scoring changes nothing.
    """

    def __init__(
        self,
        net: nn.Module,
        params: LearnerParams,
        careful: float = CAREFUL,
        least: float = 0.0,
        rates: Sequence[float] = (1.0,),
    ) -> None:
        self._params, self._careful, self._least = params, careful, least
        self.rates = tuple(rates)
        self.guards = [Guard() for _ in rates]
        self.updates = 0
        self.go_on(copies(net.to(params.device), len(rates)))

    def go_on(self, nets: nn.Module | Sequence[nn.Module]) -> None:
        """Train these nets from now on, one for each rate, in the place of those before; their
        weights are sane."""
        given = [nets] if isinstance(nets, nn.Module) else nets
        self.nets = [net.to(self._params.device).eval() for net in given]
        self.net = self.nets[self.rates.index(1.0)]
        self.optimizer = Optimizer(self.nets, self._params, self._careful, self.rates)
        self._bank = Bank(self.nets, self.optimizer.weights, self.optimizer.gradient)
        self._each = torch.ones(len(self.nets))
        self._all_sane()

    def predict(self, windows: Tensor) -> Tensor:
        """Return (K, B, C), what each copy makes of windows (B, W, C)."""
        return asked(self._bank, windows, self._params, self.optimizer.weights.device)

    def say(self, windows: F32) -> F32:
        """Return (K, B, C), what each copy makes of windows (B, W, C), without a way back."""
        if self._by_hand:
            return self._bank.say(windows)
        with torch.inference_mode():
            made: F32 = self.predict(torch.from_numpy(windows)).numpy()
        return made

    @property
    def _by_hand(self) -> bool:
        return self._bank.by_hand and self._params.precision == "float32"

    def ask(self, inputs: Tensor) -> Tensor:
        """Return what `net` makes of its inputs."""
        return asked(self.net, inputs, self._params, self.optimizer.weights.device)

    def step(
        self, mean: Tensor, baseline: float, time_s: float, unit: float = 1.0, trust: float = 1.0
    ) -> tuple[float, bool]:
        """Make an update by the mean loss of each copy (K,), or of the only one; return the loss
        of `net`, and whether all is well.

        `baseline` is what a plain way would have lost, by which the guards judge; they are given
        the loss in units of `unit`. `trust` (0 to 1) shortens the step.
        """
        losses: list[float] = mean.detach().reshape(-1).tolist()
        if not any(map(math.isfinite, losses)):
            return self._moved(losses, [False] * len(losses), baseline, time_s, unit)
        self.optimizer.clear()
        self._back(mean, self._each if mean.dim() else self._each[0])
        return self._step(losses, baseline, time_s, unit, trust)

    def fit(
        self, rows: tuple[F32, F32, Bools], baseline: float, time_s: float, trust: float = 1.0
    ) -> float:
        """Make an update on rows; return the mean Huber loss of `net`.

        `rows` are windows (B, W, C), what is to be predicted (B, C), and whether that is known
        (B, C). The rest is as in `step`.
        """
        windows, target, known = rows
        part = known * np.float32(1.0 / np.count_nonzero(known))

        def judge(made: F32) -> tuple[F32, F32]:
            made -= target
            slopes = np.minimum(made, 1.0)
            np.maximum(slopes, -1.0, out=slopes)
            made -= 0.5 * slopes
            slopes *= part
            made *= slopes
            return made.sum((1, 2)), slopes

        if self._by_hand:
            losses = self._bank.descend(windows, judge)
            self.optimizer.gradient.add_(TINY)
        else:
            self.optimizer.clear()
            made = self.predict(torch.from_numpy(windows))
            losses, slopes = judge(made.detach().numpy().copy())
            self._back(made, torch.from_numpy(slopes))
        return self._step(losses.tolist(), baseline, time_s, 1.0, trust)[0]

    def _back(self, made: Tensor, slopes: Tensor) -> None:
        """Add to the gradients what autograd finds, given how the loss rises with what was made."""
        scale = precision.scale(self._params)
        made.backward(slopes if scale == 1.0 else slopes * scale)  # type: ignore[no-untyped-call]  # torch does not say
        if scale != 1.0:
            self.optimizer.gradient.div_(scale)

    def _step(
        self, losses: list[float], baseline: float, time_s: float, unit: float, trust: float
    ) -> tuple[float, bool]:
        """Step along the gradients that are there."""
        rate = (self._params.lr, self._params.lr_mode)
        factors = [trust * guard.factor(time_s, rate) for guard in self.guards]
        done = self.optimizer.step(losses, factors)
        return self._moved(losses, done, baseline, time_s, unit)

    def _moved(
        self, losses: list[float], done: list[bool], baseline: float, time_s: float, unit: float
    ) -> tuple[float, bool]:
        """Have the guards judge the update that was made."""
        self.updates += any(done)
        well = True
        for k, guard in enumerate(self.guards):
            judged = max(losses[k] / unit, self._least)
            reason = guard.judge(judged, baseline, done[k], time_s)
            if reason:
                self._restore(k, reason, time_s)
                well = False
            elif guard.due(judged, time_s):
                guard.keep(self.optimizer.row(k), time_s)
        if self._params.device != self.optimizer.weights.device.type:
            self._move()
        return losses[self.rates.index(1.0)], well

    def solve(self, windows: F32, target: F32, known: Bools) -> None:
        """Let a net that has a `start` put a solution in the place of its weights, as long as it
        is young: that of rows (B, W, C) with what was `known` of the `target` (B, C)."""
        start: Any = getattr(self.net, "start", None)
        if start is None:
            return
        device = self.optimizer.weights.device
        given = [torch.from_numpy(each).to(device) for each in (windows, target, known)]
        if start(*given) and len(self.nets) > 1:
            self.optimizer.weights.copy_(self.optimizer.weights[self.rates.index(1.0)].clone())

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return what is worth an Event since the last call."""
        events = [event for guard in self.guards for event in guard.events]
        for guard in self.guards:
            guard.events = []
        return events

    def quicken(self) -> None:
        """Begin moments anew and take longer steps for a while: the loss has risen for good."""
        self.optimizer.reset()
        for guard in self.guards:
            guard.quicken()

    def learned(self) -> State:
        """Return a copy of what was learned: weights, moments, what else the nets remember."""
        return dict(
            weights=self.optimizer.weights.clone(), optimizer=self.optimizer.state_dict(),
            buffers={name: each.clone() for name, each in self.net.named_buffers()},
        )  # fmt: skip

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was; the guards will not go back behind it."""
        self.optimizer.weights.copy_(learned["weights"])
        self.optimizer.load_state_dict(learned["optimizer"])
        for name, buffer in self.net.named_buffers():
            buffer.copy_(learned["buffers"][name])
        self._all_sane()

    def _move(self) -> None:
        """Go on where the parameters say now, with all that was learned."""
        learned = self.learned()
        self.go_on(copies(self.net.to(self._params.device), len(self.nets)))
        self.go_back(learned)

    def _restore(self, k: int, reason: str, time_s: float) -> None:
        """Have one copy go back to its snapshot; say so unless that was just said of another."""
        told = any(guard.lately(time_s) for guard in self.guards)
        guard = self.guards[k]
        self.optimizer.put(k, guard.snapshot)
        before = list(guard.events)
        guard.restored(reason, time_s)
        if told:
            guard.events = before

    def _all_sane(self) -> None:
        for k, guard in enumerate(self.guards):
            guard.snapshot = self.optimizer.row(k)

    def state_dict(self) -> State:
        guards = [guard.state_dict() for guard in self.guards]
        return dict(self.learned(), guards=guards, updates=self.updates)

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another net."""
        saved, mine = tuple(state["weights"].shape), tuple(self.optimizer.weights.shape)
        if saved != mine:
            raise StateError(
                f"The saved state holds {saved[-1]} weights, {saved[0]} times, this model has "
                f"{mine[-1]}, {mine[0]} times. Choose the model, its settings, learner.rates and "
                "the source the state was saved with."
            )
        self.go_back(state)
        for guard, each in zip(self.guards, state["guards"], strict=True):
            guard.load_state_dict(each)
        self.updates = state["updates"]
