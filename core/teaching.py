"""What a user asks of one stream's learner, beyond turning its parameters.

A learner obeys those it knows (`Learner.obey`) and says of the others why not. `y` is always
the number of a class.
"""

from __future__ import annotations

from dataclasses import dataclass


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


LearnerCommand = Accept | Teach | NameClass | DeleteSamples | RelabelSamples | UndoSamples
