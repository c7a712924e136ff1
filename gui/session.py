"""One session of the window: start, stop, the one display timer, every connection."""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from driftscope.core import address
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

FAST_MS, SLOW_MS, LATE_MS = 16, 33, 50
CLOSE_MS = 5000
KEPT_MARKS = 10_000
MARKED = ("param", "gap", "loss", "restored", "note", "unscored", "drift")
CARRIED = ("stream", "learner", "detector", "decoder")


class Session(QObject):
    """Own the MonitorThread and everything the GUI thread knows of it. GUI thread only.

    Panels are plain widgets with a method `refresh()`, called through `refresh` by the one
    display timer; they read what they need from the session's attributes.
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
        self._next_address: str | None = None
        self._closing = False
        self._frames: deque[float] = deque(maxlen=120)
        self._latencies: deque[float] = deque(maxlen=300)
        self._arrived_s = float("nan")
        self._skipped_before = 0
        self._late_until_s = 0.0
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
            self._next_address = text
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
        self._thread = MonitorThread(monitor)
        self._thread.failed.connect(self._fail)
        self._thread.finished.connect(self._thread_finished)
        self._thread.start()
        self._garbage.take_over()
        self._timer.start(FAST_MS)

    def disconnect_source(self) -> None:
        """Let the source go; what was shown stays."""
        self._next_address = None
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
        self._next_address = None
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
        now_s = time.monotonic()
        self._frames.append(now_s)
        if not self.paused and np.isfinite(self._arrived_s):
            self._latencies.append(1e3 * (now_s - self._arrived_s))
            self._arrived_s = float("nan")

    def _carry_over(self, source: Params) -> ParamSet:
        """Begin with the sliders as they stand, the source's own section apart."""
        params = default_params(source)
        for name, section in self.params.sections.items():
            if name in CARRIED:
                params.attach(name, copy.copy(section))
        return params

    def _send(self, command: Command) -> None:
        if self._thread is not None:
            self._thread.monitor.send(command)

    def _forget(self) -> None:
        self.info, self.history = None, None
        self.alarms, self.marks = {}, []
        self.latency_ms = (float("nan"), float("nan"))
        self._latencies.clear()
        self._skipped_before = 0

    def _tick(self) -> None:
        """Take in what came since the last frame and draw one."""
        begun_s = time.monotonic()
        news, results = self._outbox.drain()
        for item in news:
            if isinstance(item, StreamInfo):
                self._describe(item)
            elif isinstance(item, Alarm):
                self.alarms[item.id] = item
            else:
                self._event(item)
        self._append(results)
        self.refresh()
        self._garbage.tick(begun_s)
        self._statistics(begun_s)

    def _describe(self, info: StreamInfo) -> None:
        self.info = info
        if self.history is None or self.history.info.key != info.key:
            self.history = History(info)
        else:
            self.history.extend(info)
        self._copy_model_params()
        self.opened.emit()
        self._garbage.settle()

    def _append(self, results: list[Result]) -> None:
        if self.history is None or not results:
            return
        for result in results:
            self.history.append(result)
        if self._in_real_time():
            self._arrived_s = results[-1].arrived_s

    def _in_real_time(self) -> bool:
        """A file played faster waits to be taken: its age says nothing of the screen."""
        return getattr(self.params.sections["source"], "speed", "1") == "1"

    def _event(self, event: Event) -> None:
        if event.kind in ("gap", "loss") and self.history is not None:
            self.history.note_gap(event)
        if event.kind == "param" and event.data["name"] == "learner.model":
            self._copy_model_params()
            self.opened.emit()
        if event.kind in MARKED:
            self.marks.append(event)
            if len(self.marks) > KEPT_MARKS:
                del self.marks[: KEPT_MARKS // 10]

    def _copy_model_params(self) -> None:
        if self._thread is not None:
            section = self._thread.monitor.params.sections.get("model")
            if section is not None:
                self.params.attach("model", copy.copy(section))

    def _statistics(self, begun_s: float) -> None:
        now_s = time.monotonic()
        fresh = [at for at in self._frames if now_s - at < 1.0]
        self.frames_per_s = float(len(fresh))
        if self._latencies:
            p50, p99 = np.percentile(list(self._latencies), [50, 99])
            self.latency_ms = (float(p50), float(p99))
        skipped = self.health.skipped_updates + self.health.unscored
        if skipped != self._skipped_before:
            self._skipped_before = skipped
            self._late_until_s = now_s + 1.0
        wanted = SLOW_MS if now_s - begun_s > 0.012 else FAST_MS
        if now_s < self._late_until_s:  # learning has been skipped: draw less
            wanted = LATE_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

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
            self.health.link = "ended" if self._next_address is None else "closed"
        self.finished.emit()
        if self._next_address is not None:
            text, self._next_address = self._next_address, None
            self.connect_to(text)


def _key(parsed: address.Address) -> str:
    return parsed.target or parsed.scheme


def _copied(params: ParamSet) -> ParamSet:
    return ParamSet(**{name: copy.copy(section) for name, section in params.sections.items()})
