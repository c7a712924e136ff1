"""What a user asks for while it runs; carried out between two steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from driftscope.core.errors import DriftscopeError, ParamError
from driftscope.core.lane import Lane
from driftscope.core.params import ParamSet
from driftscope.core.reader import Reader
from driftscope.core.stream import EventKind


@dataclass(frozen=True, slots=True)
class SetParam:
    """Turn `section.name`; a value out of range is told as an Event and the old one stays."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Reset:
    """Forget all that was learned."""


@dataclass(frozen=True, slots=True)
class Release:
    """Let the port go for another program, or take it again."""

    released: bool


Command = SetParam | Reset | Release


class Commands:
    """Take commands from any thread, carry them out in the Monitor's, tell what was done."""

    def __init__(
        self,
        params: ParamSet,
        lanes: Mapping[str, Lane],
        readers: Mapping[str, Reader],
        tell: Callable[[EventKind, dict[str, Any]], None],
    ) -> None:
        self._params = params
        self._lanes = lanes
        self._readers = readers
        self._tell = tell
        self._waiting: deque[SetParam | Reset] = deque()

    def send(self, command: Command) -> None:
        """Have a command carried out between two steps; a port is let go at once. Any thread."""
        if isinstance(command, Release):
            for reader in self._readers.values():
                reader.release(command.released)
        else:
            self._waiting.append(command)

    def obey(self) -> None:
        """Carry out what waits, in order. The Monitor's thread, between two steps."""
        while self._waiting:
            match self._waiting.popleft():
                case SetParam(name, value):
                    self._set(name, value)
                case Reset():
                    for lane in self._lanes.values():
                        lane.reset()
                    message = (
                        "The model was reset: what it learned is forgotten, and what is usual."
                    )
                    self._tell("note", dict(message=message, reset=True))

    def _set(self, name: str, value: object) -> None:
        try:
            old, spec = self._params.get(name), self._params.spec(name)
            new = self._params.set(name, value)
        except ParamError as error:
            self._note(str(error))
            return
        if new == old:
            return
        if not spec.live and name.split(".", maxsplit=1)[0] in ("learner", "model"):
            try:
                self._rebuild(name)
            except DriftscopeError as error:
                self._params.set(name, old)
                self._tell("note", dict(message=str(error), name=name, new=old))
                return
        elif name.startswith("learner."):
            for lane in self._lanes.values():
                lane.turned()
        self._tell("param", dict(name=name, label=spec.label, old=old, new=new))

    def _rebuild(self, name: str) -> None:
        """Give every lane a fresh learner, or raise and leave all as it was."""
        sections = self._params.sections
        before = dict(sections)
        if name == "learner.model":  # another model has other parameters of its own
            sections.pop("model", None)
        try:
            made = [(lane, lane.fresh_learner()) for lane in self._lanes.values()]
        except DriftscopeError:
            sections.update(before)
            raise
        for lane, learner in made:
            lane.replace(learner)

    def _note(self, message: str) -> None:
        self._tell("note", dict(message=message))
