"""What a user asks of one stream's learner, beyond turning its parameters.

A learner obeys those it knows (`Learner.obey`) and says of the others why not. `y` is always
the number of a class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Accept:
    """Take what is seen now, and in the next seconds, for normal, however unusual it is."""


@dataclass(frozen=True, slots=True)
class Teach:
    """Label what comes from now on with a class, as long as a key is held; None ends it."""

    y: int | None


@dataclass(frozen=True, slots=True)
class NameClass:
    """Call a class by another name."""

    y: int
    name: str


@dataclass(frozen=True, slots=True)
class DeleteSamples:
    """Forget some samples, by their ids."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RelabelSamples:
    """Say that some samples, by their ids, belong to another class."""

    ids: tuple[int, ...]
    y: int


@dataclass(frozen=True, slots=True)
class UndoSamples:
    """Take back the last change of the samples: a held key, a deletion, a new label, a name."""


@dataclass(frozen=True, slots=True, eq=False)
class UpdateParameters:
    """Step the net along gradients: tensors by their parameters' names, or in their order, None
    for none. `loss` is what they are the gradients of, None for the recent one."""

    gradients: Mapping[str, Any] | Sequence[Any]
    loss: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UpdateModel:
    """Put other weights in the net's place: a state_dict, a module or a .safetensors file."""

    weights: Any


LearnerCommand = (
    Accept | Teach | NameClass | DeleteSamples | RelabelSamples | UndoSamples | UpdateParameters
    | UpdateModel
)  # fmt: skip
