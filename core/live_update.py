"""Change the weights of a model while another thread uses it: never within a step of its."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from driftscope.core.errors import ParamError, StateError
from driftscope.core.given_weights import Gradients, Weights, checked_gradients, checked_weights
from driftscope.core.optimizers import Optimizer
from driftscope.core.sections import LearnerParams

PATIENCE_S = 30.0
"""How long the model may stay in one step before an update of it gives up."""


class LiveUpdate:
    """Apply given gradients, or new weights, to a model in use, between two of its steps.

    A step is one call of the model, or whatever is done within `with live.step():`; who trains
    the model elsewhere puts forward, backward and optimizer step into one. An update waits for
    the step to end, is made whole or not at all, and the model's tensors stay the same objects.
    Any thread may call any method; several models, or several of these for one, are no trouble.

    lr, lr_mode   "absolute": the step is lr times the direction; "safe": lr times the safe step of
                  `core/optimizers.py`, for which each call must tell the loss
    optimizer     what the gradient becomes: "sgd", "rmsprop", "adam"; `momentum` as there
    """

    def __init__(
        self,
        model: nn.Module,
        lr: float = 0.01,
        *,
        lr_mode: str = "absolute",
        optimizer: str = "sgd",
        momentum: float = 0.0,
    ) -> None:
        if not isinstance(model, nn.Module):
            raise ParamError(f"A torch nn.Module is needed, not {type(model).__name__}.")
        self.params = LearnerParams(lr=lr, lr_mode=lr_mode, optimizer=optimizer, momentum=momentum)
        """Turned at any time, as in `live.params.lr = 0.1`: it counts from the next update."""
        self.updates = 0
        self._model = model
        self._turn = _turn_of(model)
        self._copy = _Copy(model)
        self._optimizer = Optimizer(self._copy, self.params)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Let no update come between what is done within."""
        with self._turn.taken():
            yield

    def update_parameters(self, gradients: Gradients, loss: float | None = None) -> None:
        """Step along gradients: by their parameters' names, or in the order of `parameters()`.

        Those left out, or None, count as zero. `loss` is what they are the gradients of. Raise
        ParamError, with nothing changed, if there is no such parameter, or it is frozen, or of
        another shape, or if a number is not finite, or would not be afterwards.
        """
        given = checked_gradients(self._model, gradients)
        if loss is None and self.params.lr_mode == "safe":
            raise ParamError("The safe step goes by the loss: tell it, as in loss=0.3.")
        if loss is not None and not (math.isfinite(loss) and loss >= 0):
            raise ParamError(f"A loss is a number from 0 on, not {loss!r}.")
        optimizer = self._optimizer
        with self._turn.taken(), torch.no_grad():
            before = optimizer.state_dict()
            self._copy.take(self._model)
            optimizer.gradient.zero_()
            for name, gradient in given.items():
                self._copy.gradient(name).copy_(gradient)
            done = optimizer.step([0.0 if loss is None else loss], [1.0])[0]
            if not (done and bool(optimizer.weights.isfinite().all())):
                optimizer.load_state_dict(before)
                raise ParamError(
                    "This step would have left numbers that are not finite; nothing was changed. "
                    "Choose a smaller lr."
                )
            self._copy.give(self._model)
            self.updates += 1

    def update_model(self, weights: Weights) -> None:
        """Put other weights in place, all at once: a `state_dict`, another model's of the same
        kind, or a .safetensors file; what the optimizer remembers is forgotten.

        Raise StateError, with nothing changed, if a name is missing or too many, a shape is
        another one, or a number is not finite.
        """
        new = checked_weights(self._model, weights)
        with self._turn.taken(), torch.no_grad():
            for name, tensor in self._model.state_dict().items():
                tensor.copy_(new[name])
            self._optimizer.reset()
            self.updates += 1


class _Copy(nn.Module):
    """Hold float32 copies of a model's trainable parameters, for an optimizer to step."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._places = {name: str(place) for place, (name, _) in enumerate(_trainable(model))}
        for name, parameter in _trainable(model):
            copy = parameter.detach().to("cpu", torch.float32, copy=True)
            self.register_parameter(self._places[name], nn.Parameter(copy))

    def take(self, model: nn.Module) -> None:
        for name, parameter in _trainable(model):
            self.get_parameter(self._places[name]).copy_(parameter)

    def give(self, model: nn.Module) -> None:
        for name, parameter in _trainable(model):
            parameter.copy_(self.get_parameter(self._places[name]))

    def gradient(self, name: str) -> Tensor:
        gradient = self.get_parameter(self._places[name]).grad
        assert gradient is not None  # the optimizer made it
        return gradient


class _Turn:
    """Let one at a time have a model: its own calls, and updates. A copy has a turn of its own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __deepcopy__(self, memo: dict[int, Any]) -> _Turn:
        return _Turn()

    def __reduce__(self) -> tuple[type[_Turn], tuple[()]]:
        return _Turn, ()

    def before(self, model: nn.Module, args: Any) -> None:
        self._lock.acquire()

    def after(self, model: nn.Module, args: Any, result: Any) -> None:
        self._lock.release()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=PATIENCE_S):
            raise StateError(
                f"The model has been in one step for {PATIENCE_S:.0f} s, and was not changed: look "
                "where its thread stands."
            )
        try:
            yield
        finally:
            self._lock.release()


_MAKING = threading.Lock()


def _turn_of(model: nn.Module) -> _Turn:
    """Return the turn that guards a model's calls; there is one, however often it is asked for."""
    with _MAKING:
        for hook in model._forward_pre_hooks.values():
            turn = getattr(hook, "__self__", None)
            if isinstance(turn, _Turn):
                return turn
        turn = _Turn()
        model.register_forward_pre_hook(turn.before, prepend=True)
        model.register_forward_hook(turn.after, always_call=True)
        return turn


def _trainable(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    return ((name, each) for name, each in model.named_parameters() if each.requires_grad)
