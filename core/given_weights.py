"""What a program gives for a model's weights: checked whole before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from driftscope.core.errors import ParamError, StateError

Gradients = Mapping[str, Any] | Sequence[Any]
Weights = Mapping[str, Any] | nn.Module | str | Path


def checked_gradients(model: nn.Module, gradients: Gradients) -> dict[str, Tensor]:
    """Return the gradients by name, as tensors on the CPU; raise ParamError."""
    named = dict(model.named_parameters())
    if isinstance(gradients, Mapping):
        given = dict(gradients)
    elif isinstance(gradients, Sequence) and len(gradients) == len(named):
        given = dict(zip(named, gradients, strict=True))
    else:
        count = len(gradients) if isinstance(gradients, Sequence) else type(gradients).__name__
        raise ParamError(
            f"The model has {len(named)} parameters: give a gradient for each in their order, or "
            f"some by name, not {count}."
        )
    found = {}
    for name, gradient in given.items():
        if name not in named:
            known = ", ".join(list(named)[:8])
            raise ParamError(f"The model has no parameter {name!r}; it has: {known}.")
        if gradient is None:
            continue
        if not named[name].requires_grad:
            raise ParamError(f"{name} is frozen (requires_grad is False) and takes no gradient.")
        found[name] = _as_tensor(name, gradient, named[name], ParamError)
    if not found:
        raise ParamError("Not one gradient was given.")
    return found


def checked_weights(model: nn.Module, weights: Weights) -> dict[str, Tensor]:
    """Return all of a model's weights by name, as tensors on the CPU; raise StateError."""
    if isinstance(weights, str | Path):
        weights = _read(Path(weights))
    elif isinstance(weights, nn.Module):
        weights = weights.state_dict()
    if not isinstance(weights, Mapping):
        raise StateError(
            f"A {type(weights).__name__} holds no weights: give a state_dict, a model or a "
            ".safetensors file. Nothing was changed."
        )
    own = model.state_dict()
    missing, more = own.keys() - weights.keys(), weights.keys() - own.keys()
    if missing or more:
        what = f"has no {min(missing)!r}" if missing else f"has {min(more)!r}, the model has not"
        raise StateError(f"These weights are another model's: it {what}. Nothing was changed.")
    return {name: _as_tensor(name, weights[name], own[name], StateError) for name in own}


def _as_tensor(name: str, value: Any, like: Tensor, error: type[ParamError | StateError]) -> Tensor:
    """Return a value as a tensor of the same shape; raise `error` if it is none, or not finite."""
    try:
        tensor = torch.as_tensor(value).detach()
    except (TypeError, ValueError, RuntimeError) as why:
        raise error(f"{name}: {type(value).__name__} is no tensor. Nothing was changed.") from why
    if tensor.shape != like.shape:
        raise error(
            f"{name} has the shape {tuple(like.shape)}, what was given {tuple(tensor.shape)}. "
            "Nothing was changed."
        )
    if not bool(torch.isfinite(tensor).all()):
        raise error(f"{name}: not all numbers given are finite. Nothing was changed.")
    return tensor.to("cpu", copy=True)


def _read(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise StateError(f"{path} cannot be read as safetensors: {error}.") from error
