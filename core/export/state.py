"""A state as tensors with names and one text: what a safetensors file can hold."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import numpy as np
import torch
from torch import Tensor

from driftscope.core.errors import StateError

PLAIN = (bool, int, float, str, type(None))
KINDS = {"list": list, "tuple": tuple, "deque": deque}


def packed(state: Any) -> tuple[str, dict[str, Tensor]]:
    """Return a state's shape as JSON, and its arrays and tensors by their place in it.

    A state is made of dicts, lists, tuples, deques, tensors, arrays, bytes, numbers, text and
    None. Raise StateError for anything else.
    """
    tensors: dict[str, Tensor] = {}
    return json.dumps(_tree(state, (), tensors)), tensors


def unpacked(text: str, tensors: dict[str, Tensor]) -> Any:
    """Return the state that `packed` was given; raise StateError if the two do not fit."""
    try:
        return _state(json.loads(text), tensors)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise StateError(f"it is damaged ({type(error).__name__}: {error})") from error


def _tree(value: Any, place: tuple[str, ...], tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, dict):
        pairs = [
            [_tree(key, (*place, f"key{at}"), tensors), _tree(each, (*place, str(key)), tensors)]
            for at, (key, each) in enumerate(value.items())
        ]
        return {"dict": pairs}
    for kind, made in KINDS.items():
        if type(value) is made:
            parts = [_tree(each, (*place, str(at)), tensors) for at, each in enumerate(value)]
            return {kind: parts, **({"maxlen": value.maxlen} if isinstance(value, deque) else {})}
    if isinstance(value, Tensor | np.ndarray | np.generic | bytes):
        return _stored(value, place, tensors)
    if type(value) in PLAIN:
        return value
    raise StateError(
        f"{'.'.join(place)} is a {type(value).__name__}, which no file of states holds"
    )


def _stored(
    value: Tensor | np.ndarray[Any, Any] | np.generic | bytes,
    place: tuple[str, ...],
    tensors: dict[str, Tensor],
) -> dict[str, str]:
    name = ".".join(place) or "value"
    while name in tensors:
        name += "_"
    if isinstance(value, Tensor):
        kind, tensor = "tensor", value.detach().cpu().contiguous().clone()
    elif isinstance(value, bytes):
        kind, tensor = "bytes", torch.from_numpy(np.frombuffer(value, np.uint8).copy())
    else:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        try:
            tensor = torch.from_numpy(np.array(value, order="C"))
        except TypeError as error:
            raise StateError(
                f"{name} is an array of {value.dtype}: no file of states holds it"
            ) from error
    tensors[name] = tensor
    return {kind: name}


def _state(tree: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(tree, dict):
        return tree
    kind, what = next(iter(tree.items()))
    if kind == "dict":
        return {_state(key, tensors): _state(value, tensors) for key, value in what}
    if kind == "deque":
        return deque((_state(each, tensors) for each in what), tree["maxlen"])
    if kind in KINDS:
        return KINDS[kind](_state(each, tensors) for each in what)
    tensor = tensors[what]
    if kind == "tensor":
        return tensor
    array = tensor.numpy()
    if kind == "array":
        return array
    if kind == "scalar":
        return array[()]
    if kind == "bytes":
        return array.tobytes()
    raise ValueError(kind)
