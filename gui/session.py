"""One session of the window: start, stop, the one display timer, every connection."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from itertools import islice

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from driftscope.core import address, registry
from driftscope.core.commands import Command, Release, Reset, SetParam
from driftscope.core.errors import DriftscopeError
from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.interfaces import Sink, Source, Transport
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params, ParamSet, default_params
from driftscope.core.sinks.outbox import Outbox
from driftscope.core.stream import Alarm, Event, Result, StreamInfo
from driftscope.gui.garbage import Garbage
from driftscope.gui.monitor_thread import MonitorThread
from driftscope.gui.pace import FAST_MS, Pace

CLOSE_MS = 5000
KEPT = 10_000
"""Alarms, and marks, that are remembered; older ones are counted only."""
MARKED = ("param", "gap", "loss", "restored", "note", "unscored", "drift")
CARRIED = ("stream", "learner", "model", "detector", "decoder")


class Session(QObject):
    """Own the MonitorThread and everything the GUI thread knows of it. GUI thread only.

    Panels are plain widgets with a method `refresh()`, called through `refresh` by the one
    display timer; they read what they need from the session's attributes. Of a source with
    several streams the first one is shown.
    """

    opened = Signal()
    """A stream was described: `info`, `history` and `params` are (anew) there."""
    failed = Signal(str)
    """The source could not be opened or was lost for good: a sentence."""
    finished = Signal()
    """The monitor's thread has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        self.source_name = ""
        self.info: StreamInfo | None = None
        self.history: History | None = None
        self.health = Health()
        self.params: ParamSet = default_params()
        self.alarms: dict[int, Alarm] = {}
        self.marks: list[Event] = []
        self.paused = False
        self.message = ""
        self.frames_per_s = 0.0
        self.latency_ms = (float("nan"), float("nan"))
        self.sinks: list[Sink] = []
        """Further sinks for the sources connected from now on, such as a log."""
        self._device: Source | Transport | None = None
        self._thread: MonitorThread | None = None
        self._outbox = Outbox()
        self._next: tuple[str, list[tuple[str, str]] | None] | None = None
        self._closing = False
        self._pace = Pace()
        self._garbage = Garbage()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.refresh: Callable[[], None] = lambda: None
        """What draws a frame: set by whoever builds the window."""

    @property
    def running(self) -> bool:
        return self._thread is not None

    def connect_to(self, text: str, settings: list[tuple[str, str]] | None = None) -> None:
        """Open a source by its address, letting go of the one before; `failed` says why not."""
        if self._thread is not None:
            self._next = text, settings
            self._thread.monitor.stop()
            return
        self.address, self.message = text, ""
        try:
            parsed = address.parse(text)
            device = address.make(parsed)
            params = self._carry_over(device.params)
            for name, value in settings or []:
                params.set(name, value)
        except DriftscopeError as error:
            self._fail(str(error))
            return
        self._device = device
        self.source_name = device.name
        self._outbox = Outbox()
        monitor = Monitor({_key(parsed): device}, params, [self._outbox, *self.sinks])
        self._forget()
        self.health = monitor.health
        self.health.link = "opening"
        self.health.state = "loading"
        self.params = _copied(params)
        self.marks += [Event("", 0, 0.0, "note", {"message": told}) for told in registry.broken()]
        self._thread = MonitorThread(monitor)
        self._thread.failed.connect(self._fail)
        self._thread.finished.connect(self._thread_finished)
        self._thread.start()
        self._garbage.take_over()
        self._timer.start(FAST_MS)

    def disconnect_source(self) -> None:
        """Let the source go; what was shown stays."""
        self._next = None
        if self._thread is not None:
            self._thread.monitor.stop()

    def set_param(self, name: str, value: object) -> None:
        """Check and send `section.name`; raises ParamError, the old value then stays."""
        taken = self.params.set(name, value)
        self._send(SetParam(name, taken))

    def reset_model(self) -> None:
        """Forget all that was learned."""
        self._send(Reset())

    def freeze(self, frozen: bool) -> None:
        """Hold the weights as they are, or go on learning; scoring goes on either way."""
        self.set_param("learner.frozen", frozen)

    def pause(self, paused: bool) -> None:
        """Hold the view; acquisition and learning go on."""
        self.paused = paused

    def release_port(self, released: bool) -> None:
        """Let the port go for flashing, or take it again."""
        self._send(Release(released))

    def can_release(self) -> bool:
        """True if the source is a device that another program may want for a while."""
        return isinstance(self._device, Transport) and self._device.live

    def close(self) -> bool:
        """Stop everything, within seconds whatever the device does; True if nothing runs on."""
        self._closing = True
        self._next = None
        self._timer.stop()
        self._garbage.give_back()
        if self._thread is not None:
            self._thread.monitor.stop()
            if not self._thread.wait(CLOSE_MS):
                return False
            self._thread = None
        return True

    def painted(self) -> None:
        """Note that the signal panel has just painted the newest sample it was given."""
        self._pace.painted(self.paused)

    def _carry_over(self, source: Params) -> ParamSet:
        """Begin with the sliders as they stand, the source's own section apart. A learner that
        was frozen begins anew: frozen it would never start."""
        params = default_params(source)
        for name, section in self.params.sections.items():
            if name in CARRIED:
                params.attach(name, copy.copy(section))
        params.set("learner.frozen", False)
        return params

    def _send(self, command: Command) -> None:
        if self._thread is not None:
            self._thread.monitor.send(command)

    def _forget(self) -> None:
        self.info, self.history = None, None
        self.alarms, self.marks = {}, []
        self._pace.forget()

    def _tick(self) -> None:
        """Take in what came since the last frame and draw one."""
        begun_s = time.monotonic()
        news, results = self._outbox.drain()
        for item in news:
            if isinstance(item, StreamInfo):
                self._describe(item)
            elif isinstance(item, Alarm):
                self._alarm(item)
            else:
                self._event(item)
        self._append(results)
        self.refresh()
        self._garbage.tick(begun_s)
        wanted_ms = self._pace.next_ms(begun_s, self.health.skipped_updates + self.health.unscored)
        self.frames_per_s, self.latency_ms = self._pace.frames_per_s, self._pace.latency_ms
        if self._timer.interval() != wanted_ms:
            self._timer.setInterval(wanted_ms)

    def _describe(self, info: StreamInfo) -> None:
        if self.info is not None and self.info.key != info.key:
            return
        self.info = info
        if self.history is None:
            self.history = History(info)
        else:
            self.history.extend(info)
        self._copy_model_params(anew=False)
        self.opened.emit()
        self._garbage.settle()

    def _append(self, results: list[Result]) -> None:
        if self.info is None or self.history is None:
            return
        shown = [result for result in results if result.key == self.info.key]
        for result in shown:
            self.history.append(result)
        if shown and self._in_real_time():
            self._pace.arrived(shown[-1].arrived_s)

    def _in_real_time(self) -> bool:
        """A file played faster waits to be taken: its age says nothing of the screen."""
        return getattr(self.params.sections["source"], "speed", "1") == "1"

    def _alarm(self, alarm: Alarm) -> None:
        if self.info is None or alarm.key != self.info.key:
            return
        self.alarms[alarm.id] = alarm
        if len(self.alarms) > KEPT:  # another dict, so that who follows it starts anew
            self.alarms = dict(islice(self.alarms.items(), KEPT // 10, None))

    def _event(self, event: Event) -> None:
        if event.kind in ("gap", "loss") and self.history is not None:
            self.history.note_gap(event)
        name = event.data.get("name")
        if event.kind == "param" and name == "learner.model":
            self._copy_model_params(anew=True)
            self.opened.emit()
        elif event.kind == "note" and name is not None:  # refused: the old value stays
            self.params.set(name, event.data["new"])
            self.opened.emit()
        if event.kind in MARKED:
            self.marks.append(event)
            if len(self.marks) > KEPT:
                del self.marks[: KEPT // 10]

    def _copy_model_params(self, anew: bool) -> None:
        """Take over another model's own parameters; of the same one, ours are the newer."""
        if self._thread is not None:
            section = self._thread.monitor.params.sections.get("model")
            mine = self.params.sections.get("model")
            if section is not None and (anew or type(section) is not type(mine)):
                self.params.attach("model", copy.copy(section))

    def _fail(self, message: str) -> None:
        self.message = message
        self.health.link = "failed"
        self.health.link_message = message
        self.failed.emit(message)

    def _thread_finished(self) -> None:
        self._thread = None
        if self._closing:
            return
        self._tick()
        if self.health.link not in ("failed", "closed"):
            self.health.link = "ended" if self._next is None else "closed"
        self.finished.emit()
        if self._next is not None:
            (text, settings), self._next = self._next, None
            self.connect_to(text, settings)


def _key(parsed: address.Address) -> str:
    return parsed.target or parsed.scheme


def _copied(params: ParamSet) -> ParamSet:
    return ParamSet(**{name: copy.copy(section) for name, section in params.sections.items()})
