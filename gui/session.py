"""One session of the window: start, stop, the one display timer, every connection.

THIS IS THE AGREED SURFACE (bodies follow): panels and forms are written against it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.params import ParamSet
from driftscope.core.stream import Alarm, Event, StreamInfo


class Session(QObject):
    """Own the MonitorThread and everything the GUI thread knows of it. GUI thread only.

    Panels are plain widgets with a method `refresh()`, called by the one display timer (never
    by themselves); they read what they need from the session's attributes.
    """

    opened = Signal()
    """A stream was described: `info`, `history` and `params` are (anew) there."""
    failed = Signal(str)
    """The source could not be opened or was lost for good: a sentence."""
    finished = Signal()
    """The monitor's thread has ended."""

    address: str
    """What the session is connected to, as text; "" if nothing."""
    source_name: str
    """How the source is called for people: "Arduino Uno (ttyACM0)", "demo: vibration"."""
    info: StreamInfo | None
    history: History | None
    health: Health
    params: ParamSet
    """The GUI's own copy: what the form shows. Change it through `set_param` only."""
    alarms: dict[int, Alarm]
    """Every alarm by id, in order; the core's log is the truth, this follows it."""
    marks: list[Event]
    """Events worth a mark on a time axis (param, gap, restored, note), in order of time."""
    paused: bool
    frames_per_s: float
    latency_ms: tuple[float, float]
    """Sample to screen: (median, 99th percentile) of the last seconds; NaN when unknown."""

    def connect_to(self, address: str) -> None: ...
    def disconnect_source(self) -> None: ...
    def set_param(self, name: str, value: object) -> None:
        """Check and send `section.name`; raises ParamError, the old value then stays."""

    def reset_model(self) -> None: ...
    def freeze(self, frozen: bool) -> None: ...
    def pause(self, paused: bool) -> None:
        """Hold the view; acquisition and learning go on."""

    def release_port(self, released: bool) -> None:
        """Let the port go for flashing, or take it again."""

    def can_release(self) -> bool:
        """True if the source is a device that another program may want for a while."""

    def close(self) -> None:
        """Stop everything; returns within a second or two whatever the device does."""
