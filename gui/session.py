"""One session of the window: start, stop, the one display timer, every connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from driftscope.core import address, registry
from driftscope.core.commands import Command
from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Device, Sink, State
from driftscope.core.keeper import Keeper
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params, ParamSet
from driftscope.core.sinks.clips import Clips
from driftscope.core.sinks.outbox import Outbox
from driftscope.core.stream import Event, Result
from driftscope.gui.connection import Connection, carry_over
from driftscope.gui.garbage import Garbage
from driftscope.gui.monitor_thread import MonitorThread
from driftscope.gui.pace import FAST_MS, Pace
from driftscope.gui.verbs import Verbs

CLOSE_MS = 5000

Settings = Sequence[tuple[str, str]]
Inputs = dict[str, tuple[Device, ParamSet]]


class Session(QObject, Verbs):
    """Own the MonitorThread and everything the GUI thread knows of it. GUI thread only.

    Several sources may be open; one of them is `shown`, and what stands here as `info`,
    `history`, `health`, `params`, `alarms` and so on is that one's. Panels are plain widgets with
    a method `refresh()`, called through `refresh` by the one display timer; they read what they
    need from the session's attributes.
    """

    opened = Signal()
    """The shown stream was described: `info`, `history` and `params` are (anew) there."""
    failed = Signal(str)
    """A source could not be opened or was lost for good: a sentence."""
    finished = Signal()
    """The monitor's thread has ended."""
    changed = Signal()
    """Sources have come or gone, or another one is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: dict[str, Connection] = {}
        """The sources there are, by their address, in the order they were opened."""
        self.shown = Connection()
        self.paused = False
        self.frames_per_s = 0.0
        self.latency_ms = (float("nan"), float("nan"))
        self.sinks: list[Sink] = []
        """Further sinks for the sources connected from now on, such as a log."""
        self.clips = Clips()
        """What was seen lately and around alarms, of the sources connected now."""
        self._thread: MonitorThread | None = None
        self._monitor: Monitor | None = None
        self._outbox = Outbox()
        self._going_on: State = {}
        self.make_keeper: Callable[[], Keeper] = Keeper
        """What keeps the states of the sources connected from now on."""
        self.keeper = Keeper()
        self._next: tuple[str, Callable[[ParamSet], Inputs]] | None = None
        self._closing = False
        self._pace = Pace()
        self._garbage = Garbage()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.refresh: Callable[[], None] = lambda: None
        """What draws a frame: set by whoever builds the window."""

    @property
    def sources(self) -> list[Connection]:
        """Return the sources there are; the one that is shown stays when all were let go of."""
        return list(self.connections.values()) or [self.shown]

    @property
    def running(self) -> bool:
        return self._thread is not None

    def connect_to(self, text: str, settings: Settings = ()) -> None:
        """Open a source by its address, letting go of all others; `failed` says why not."""
        self.connect_all([text], settings)

    def connect_all(self, texts: Sequence[str], settings: Settings = ()) -> None:
        """Open sources by their addresses, letting go of all others; `failed` says why not."""
        texts = list(texts)
        self._open(
            texts[0],
            lambda before: address.all_configured(texts, settings, partial(carry_over, before)),
        )

    def connect_made(self, inputs: Inputs, state: State | None = None) -> None:
        """Open sources made elsewhere, such as by a profile, letting go of all others, and go on
        from a saved state if one is given. Their parameters are those they come with."""
        self._going_on = state or {}
        self._open(next(iter(inputs)), lambda _: inputs)

    def replace(self, text: str, device: Device, params: ParamSet, state: State) -> None:
        """Open one of several sources anew, going on from a saved state."""
        if self._thread is not None:
            made = self.connections[text] = Connection(text, device, params)
            made.health = self._thread.monitor.add(text, device, params, state)
            made.health.link, made.resumed = "opening", True
            self.shown = made
            self._shown_changed()

    def add_source(self, text: str, settings: Settings = ()) -> None:
        """Open one more source beside those there are, and show it; `failed` says why not."""
        if self._thread is None:
            self.connect_to(text, settings)
            return
        if text in self.connections:
            self.show(text)
            return
        try:
            device, params = address.configured(text, settings)
        except DriftscopeError as error:
            self.failed.emit(str(error))
            return
        made = self.connections[text] = Connection(text, device, params)
        made.health = self._thread.monitor.add(text, device, params)
        made.health.link = "opening"
        self.show(text)

    def remove_source(self, text: str) -> None:
        """Let one source go, with what was learned of it; of the last one what was shown stays."""
        if len(self.connections) < 2 or text not in self.connections:
            self.disconnect_source()
            return
        if self._thread is not None:
            self._thread.monitor.remove(text)
        gone = self.connections.pop(text)
        if gone is self.shown:
            self.shown = next(iter(self.connections.values()))
        self._shown_changed()

    def open_again(self) -> None:
        """Open the shown source anew, after it ended or failed; others go on as they are."""
        text = self.address
        settings = [
            (f"{section}.{name}", str(value))
            for section in ("source", "decoder", "stream")
            for name, value in self.params.sections.get(section, Params()).as_dict().items()
        ]
        if len(self.connections) < 2:
            self.connect_to(text, settings)
        elif self._thread is None:
            self.connect_all(list(self.connections))
        else:
            self.remove_source(text)
            self.add_source(text, settings)

    def show(self, text: str) -> None:
        """Show another of the sources there are."""
        if self.connections.get(text) not in (None, self.shown):
            self.shown = self.connections[text]
            self._shown_changed()

    def disconnect_source(self) -> None:
        """Let all sources go; what was shown stays."""
        self._next = None
        if self._thread is not None:
            self._thread.monitor.stop()

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
        self.keeper.close()
        return True

    def send(self, command: Command) -> None:
        """Have a command carried out, if anything is connected; one of all devices names none."""
        if self._thread is not None:
            self._thread.monitor.send(command)

    def painted(self) -> None:
        """Note that the signal panel has just painted the newest sample it was given."""
        self._pace.painted(self.paused)

    def _open(self, text: str, make: Callable[[ParamSet], Inputs]) -> None:
        """Open what is made, once what there is has been let go of; `text` is its first source."""
        if self._thread is not None:
            self._next = text, make
            self._thread.monitor.stop()
            return
        before = self.shown.params
        self.connections = {}
        self.shown = Connection(text, None, before)
        try:
            inputs = make(before)
        except DriftscopeError as error:
            self._fail(str(error))
            return
        self._start(inputs)

    def _start(self, inputs: Inputs) -> None:
        """Begin with these sources; the first one is shown."""
        self._outbox, self.clips = Outbox(), Clips()
        self.keeper = self.make_keeper()
        sinks = [self._outbox, self.clips, *self.sinks]
        monitor = self._monitor = Monitor(inputs, sinks, keeper=self.keeper)
        state, self._going_on = self._going_on, {}
        monitor.load_state_dict(state)
        for text, (device, params) in inputs.items():
            made = self.connections[text] = Connection(text, device, params)
            made.health = monitor.healths[text]
            made.health.link, made.health.state = "opening", "loading"
            made.resumed = text in state
        self.shown = next(iter(self.connections.values()))
        self.shown.marks += [Event("", 0, 0.0, "note", {"message": t}) for t in registry.broken()]
        self._pace.forget()
        self._thread = MonitorThread(monitor)
        self._thread.failed.connect(self._fail)
        self._thread.finished.connect(self._thread_finished)
        self._thread.start()
        self._garbage.take_over(time.monotonic())
        self._timer.start(FAST_MS)
        self.changed.emit()

    def _shown_changed(self) -> None:
        self._pace.forget()
        self.changed.emit()
        self.opened.emit()

    def _tick(self) -> None:
        """Take in what came since the last frame and draw one."""
        begun_s = time.monotonic()
        self._take_news()
        self.refresh()
        self._garbage.tick(begun_s)
        left_out = self.health.skipped_updates + self.health.unscored
        wanted_ms = self._pace.next_ms(left_out, self.shown.pictures)
        self.frames_per_s, self.latency_ms = self._pace.frames_per_s, self._pace.latency_ms
        if self._timer.interval() != wanted_ms:
            self._timer.setInterval(wanted_ms)

    def _take_news(self) -> None:
        news, results = self._outbox.drain()
        for item in news:
            connection = self._of(item.key)
            if connection is None or not connection.take(item, self._params_of(connection)):
                continue
            if connection is self.shown:
                self.opened.emit()
                self._garbage.settle()
            elif connection.health.link == "failed":
                self.failed.emit(connection.message)
        for result in results:
            connection = self._of(result.key)
            if connection is None or not connection.append(result):
                continue
            timely = connection is self.shown and connection.in_real_time()
            if timely and isinstance(result, Result):
                self._pace.arrived(result.arrived_s)
        for key, picture in self._outbox.take_pictures().items():
            if (connection := self._of(key)) is not None:
                connection.picture = picture

    def _of(self, key: str) -> Connection | None:
        """Return the source that a stream, or an event of a device, belongs to."""
        name = self._thread.monitor.owner(key) if self._thread is not None else key
        return self.connections.get(name)

    def _params_of(self, connection: Connection) -> ParamSet | None:
        return self._thread.monitor.params.get(connection.address) if self._thread else None

    def _fail(self, message: str) -> None:
        self.shown.fail(message)
        self.failed.emit(message)

    def _thread_finished(self) -> None:
        if self._closing:
            self._thread = None
            return
        self._tick()
        self._thread = None
        for each in self.connections.values():
            if each.health.link not in ("failed", "closed"):
                each.health.link = "ended" if self._next is None else "closed"
        self.finished.emit()
        if self._next is not None:
            (text, make), self._next = self._next, None
            self._open(text, make)
