"""Carry out what a user asks for, between two steps."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from driftscope.core.commands import (
    Ask,
    Attach,
    Bookmark,
    Command,
    Detach,
    GoBack,
    Release,
    Reset,
    SaveModel,
    Send,
    SetParam,
    Stop,
    StopComparing,
)
from driftscope.core.errors import DriftscopeError, ParamError, StateError
from driftscope.core.fan_out import FanOut
from driftscope.core.inputs import Input
from driftscope.core.lane import Lane
from driftscope.core.params import Spec, Value
from driftscope.core.stream import EventKind
from driftscope.core.teaching import UpdateModel, UpdateParameters


class Commands:
    """Take commands from any thread, carry them out in the Monitor's, tell what was done."""

    def __init__(
        self,
        inputs: Mapping[str, Input],
        lanes: Mapping[str, Lane],
        tell: Callable[[EventKind, dict[str, Any], str], None],
        sinks: FanOut,
    ) -> None:
        self._inputs = inputs
        self._lanes = lanes
        self._tell = tell
        self._sinks = sinks
        self._comers: deque[Attach | Detach] = deque()
        self._waiting: deque[Command] = deque()
        self._ended = False
        self._ending = threading.RLock()

    def send(self, command: Command) -> None:
        """Have a command carried out between two steps; what concerns the port alone, at once. Any
        thread."""
        if isinstance(command, Release | Send | Stop):  # at once: a step may take its time
            for key, each in list(self._inputs.items()):
                if command.device in ("", key) and isinstance(command, Release):
                    each.reader.release(command.released)
                elif command.device in ("", key) and isinstance(command, Send):
                    each.reader.send(command.data)
                elif command.device in ("", key):
                    each.reader.cancel()
        elif isinstance(command, Attach | Detach):
            self._comers.append(command)
        else:
            self._waiting.append(command)
        if self._ended:
            self._save_waiting()

    def end(self) -> None:
        """Nothing is learned any more: what is still to be saved, now and later, is saved now."""
        self._ended = True
        self._save_waiting()

    def attend(self) -> None:
        """Let sinks come and go. The Monitor's thread; within a step as well, since one may take
        its time to fill."""
        while self._comers:
            match self._comers.popleft():
                case Attach(sink):
                    self._sinks.attach(sink, [lane.info for lane in self._lanes.values()])
                case Detach(sink):
                    self._sinks.detach(sink)

    def obey(self) -> None:
        """Carry out what waits, in order. The Monitor's thread, between two steps."""
        while self._waiting:
            match self._waiting.popleft():
                case SetParam(name, value, device):
                    self._set_all(name, value, device)
                case SaveModel() as wish:
                    self._save(wish)
                case Ask() as wish:
                    self._ask(wish)
                case Reset(device):
                    for key in self._devices(device):
                        for lane in self._of(key):
                            lane.reset()
                        message = (
                            "The model was reset: what it learned is forgotten, and what is usual."
                        )
                        self._tell("note", dict(message=message, reset=True), key)
                case Bookmark(device):
                    self._bookmark(device)
                case GoBack(seconds, device):
                    self._go_back(seconds, device)
                case StopComparing(device):
                    for key in self._devices(device):
                        for lane in self._of(key):
                            lane.former.end()

    def _bookmark(self, device: str) -> None:
        for key in self._devices(device):
            why_not = next(filter(None, [lane.bookmark() for lane in self._of(key)]), "")
            done = "Bookmarked: one can come back to what is known now."
            self._tell(
                "note", dict(message=why_not or done, mark="" if why_not else "bookmark"), key
            )

    def _go_back(self, seconds: float | None, device: str) -> None:
        where = "to the bookmark" if seconds is None else f"{seconds:g} s"
        for key in self._devices(device):
            came = [name for lane in self._of(key) for name in lane.come_since(seconds)]
            why_not = next(filter(None, [lane.go_back(seconds) for lane in self._of(key)]), "")
            done = f"Back {where}: what was learned since then is forgotten."
            if came:
                done += f" {', '.join(came)} came since then, and {_begins(came)} anew."
            mark = "" if why_not else f"back {where}"
            self._tell("note", dict(message=why_not or done, mark=mark), key)

    def _of(self, device: str) -> list[Lane]:
        params = self._inputs[device].params
        return [lane for lane in self._lanes.values() if lane.params is params]

    def _devices(self, device: str) -> list[str]:
        """Return the devices meant, as far as they are still there."""
        return [key for key in self._inputs if device in ("", key)]

    def _save_waiting(self) -> None:
        """Save what is still to be saved; a sink that comes too late is closed."""
        with self._ending:  # what comes just now is another thread's to save
            while self._comers:
                with contextlib.suppress(OSError):
                    self._comers.popleft().sink.close()
            while self._waiting:
                command = self._waiting.popleft()
                if isinstance(command, SaveModel):
                    self._save(command)
                elif isinstance(command, Ask) and command.done is not None:
                    command.done.set_result("The run has ended: there is no learner any more.")

    def _save(self, wish: SaveModel) -> None:
        """Take a copy of a stream's learner now, and have it written beside the work."""
        from driftscope.core.export import model

        lane = self._lanes.get(wish.stream)
        try:
            if lane is None:
                raise StateError(
                    f"There is no stream {wish.stream!r}, so nothing was learned of it."
                )
            saved = model.Saved.of(lane.info, lane.params, lane.learner)
        except DriftscopeError as error:
            wish.done.set_exception(error)
        else:
            model.save_beside(saved, wish.path, wish.done)

    def _ask(self, wish: Ask) -> None:
        lane = self._lanes.get(wish.stream)
        gone = f"There is no stream {wish.stream!r}: it is not there yet, or not any more."
        why_not = lane.obey(wish.command) if lane else gone
        if lane and not why_not and isinstance(wish.command, UpdateModel | UpdateParameters):
            lane.turned()
        if wish.done is not None:
            wish.done.set_result(why_not)
        elif why_not:
            self._tell("note", dict(message=why_not), self._owner(lane) if lane else "")

    def _owner(self, lane: Lane) -> str:
        """Return the device a lane belongs to, "" if it was let go of."""
        return next((k for k, each in self._inputs.items() if each.params is lane.params), "")

    def _set_all(self, name: str, value: object, device: str) -> None:
        """Turn it wherever it is known; nowhere at all is told."""
        devices = self._devices(device)
        known = [key for key in devices if self._inputs[key].params.has(name)]
        for key in known or devices[:1]:
            self._set(key, name, value)

    def _set(self, device: str, name: str, value: object) -> None:
        params = self._inputs[device].params
        section = params.sections.get("model")
        try:
            old, spec = params.get(name), params.spec(name)
            if section is not None and not spec.live and name.startswith("model."):
                params.sections["model"] = copy.copy(section)  # the one before keeps its own
            new = params.set(name, value)
        except ParamError as error:
            self._tell("note", dict(message=str(error)), device)
            return
        if new == old:
            return
        if not spec.live and name.split(".", maxsplit=1)[0] in ("learner", "model"):
            try:
                self._rebuild(device, spec, name, old)
            except DriftscopeError as error:
                params.set(name, old)
                self._tell("note", dict(message=str(error), name=name, new=old), device)
                return
        elif name.startswith("learner."):
            for lane in self._of(device):
                lane.turned()
        self._tell("param", dict(name=name, label=spec.label, old=old, new=new), device)

    def _rebuild(self, device: str, spec: Spec, name: str, old: Value) -> None:
        """Give every lane of a device a fresh learner, or raise and leave all as it was. The one
        before is called by what it was: its model, or what was `old` of it."""
        sections = self._inputs[device].params.sections
        kept = dict(sections)
        if name == "learner.model":  # another model has other parameters of its own
            sections.pop("model", None)
        try:
            made = [(lane, lane.fresh_learner()) for lane in self._of(device)]
            for lane, learner in made:
                learner.take_over(lane.learner)
        except DriftscopeError:
            sections.update(kept)
            raise
        model = self._inputs[device].params.learner.model
        before = str(old) if name == "learner.model" else f"{model}, {spec.label.lower()} {old}"
        for lane, learner in made:
            lane.replace(learner, before)


def _begins(names: list[str]) -> str:
    return "begins" if len(names) == 1 else "begin"
