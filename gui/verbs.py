"""What can be done to the source that is shown, each as the command that the Monitor obeys."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from driftscope.core.commands import (
    Ask,
    Bookmark,
    Command,
    GoBack,
    Release,
    Reset,
    SaveModel,
    SetParam,
    Stop,
    StopComparing,
)
from driftscope.core.monitor import Monitor
from driftscope.core.teaching import LearnerCommand
from driftscope.core.wire import Chunk
from driftscope.gui.connection import Shown


class Verbs(Shown):
    """Say what a user wants in the words of the Monitor. GUI thread only."""

    paused: bool
    _monitor: Monitor | None

    def send(self, command: Command) -> None:
        """Have a command carried out, if anything is connected."""
        raise NotImplementedError

    def set_param(self, name: str, value: object) -> None:
        """Check and send `section.name`; raises ParamError, the old value then stays."""
        taken = self.params.set(name, value)
        self.send(SetParam(name, taken, self.address))

    def ask(self, command: LearnerCommand) -> None:
        """Have the shown stream's learner do what only it knows, such as learning a class."""
        if self.info is not None:
            self.send(Ask(self.info.key, command))

    def reset_model(self) -> None:
        """Forget all that was learned of the shown stream."""
        self.send(Reset(self.address))

    def bookmark(self) -> None:
        """Remember what was learned up to now."""
        self.send(Bookmark(self.address))

    def go_back(self, seconds: float | None) -> None:
        """Have what was learned be as it was so many seconds ago; at the bookmark with None."""
        self.send(GoBack(seconds, self.address))

    def stop_comparing(self) -> None:
        """Let go of the model before, whose loss is shown beside that of the one in use."""
        self.send(StopComparing(self.address))

    def freeze(self, frozen: bool) -> None:
        """Hold the weights as they are, or go on learning; scoring goes on either way."""
        self.set_param("learner.frozen", frozen)

    def chunks(self, after: int = -1) -> list[Chunk]:
        """Return the newest bytes the shown device sent, chunks numbered above `after`."""
        return self._monitor.chunks(self.address, after) if self._monitor is not None else []

    def save_model(self, path: Path) -> Future[Path] | None:
        """Have what was learned of the shown stream written, also after its end; None if nothing
        was."""
        if self.info is None or self._monitor is None:
            return None
        command = SaveModel(self.info.key, path)
        self._monitor.send(command)
        return command.done

    def pause(self, paused: bool) -> None:
        """Hold the view; acquisition and learning go on."""
        self.paused = paused

    def stop_reading(self) -> None:
        """Read no more of the shown source; what was taken in stays."""
        self.send(Stop(self.address))

    def release_port(self, released: bool) -> None:
        """Let the device go for another program, or take it again."""
        self.send(Release(released, self.address))

    def can_release(self) -> bool:
        """True if the source is a device that another program may want for a while."""
        return self.shown.can_release()
