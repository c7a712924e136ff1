"""What the GUI thread knows of one source and its stream."""

from __future__ import annotations

import copy
import time
from itertools import islice

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.interfaces import Device, Transport
from driftscope.core.params import ParamSet
from driftscope.core.sections import default_params
from driftscope.core.stream import Alarm, Event, Graded, Report, Result, StreamInfo
from driftscope.gui.told import Told
from driftscope.gui.typed import masked

KEPT = 10_000
"""Alarms, and marks, that are remembered; older ones are counted only."""
CARRIED = ("learner", "model", "detector")
"""Sections of parameters that the next source begins with."""
MARKED = ("param", "gap", "loss", "restored", "note", "unscored", "drift", "pass")


class Connection:
    """Hold what is known of one source; of one with several streams, of the first. GUI thread.

    `params` is a copy of the parameters in use, so that the form answers at once. `picture` is
    the newest result with its pixels, of a stream of pictures. `address` is also its name.
    """

    def __init__(
        self, address: str = "", device: Device | None = None, params: ParamSet | None = None
    ) -> None:
        self.address = address
        self.device = device
        self.source_name = device.name if device is not None else masked(address)
        self.params = copied(params) if params is not None else default_params()
        self.health = Health()
        self.info: StreamInfo | None = None
        self.history: History | None = None
        self.alarms: dict[int, Alarm] = {}
        self.marks: list[Event] = []
        self.picture: Result | None = None
        self.report: Report | None = None
        self.told = Told()
        self.message = ""
        self.resumed = False
        """True if it goes on from what an earlier run had learned."""
        self._to_unix_s: float | None = None

    def take(self, item: StreamInfo | Alarm | Event | Report, params: ParamSet | None) -> bool:
        """Take in news; return True if what there is to draw or to turn is another now.

        `params` are those in use, whose model's section may have come or changed.
        """
        if isinstance(item, StreamInfo):
            return self._describe(item, params)
        if isinstance(item, Report):
            self.report = item
        elif isinstance(item, Event):
            return self._event(item, params)
        elif self.info is not None and item.key == self.info.key:
            self.alarms[item.id] = item
            if len(self.alarms) > KEPT:  # another dict, so that who follows it starts anew
                self.alarms = dict(islice(self.alarms.items(), KEPT // 10, None))
        return False

    def append(self, result: Result | Graded) -> bool:
        """Take a result, or what labels said of some, into the history; say whether it is ours."""
        if self.info is None or self.history is None or result.key != self.info.key:
            return False
        self.history.append(result)
        self.told.take(result)
        if self._to_unix_s is None and isinstance(result, Result):
            arrived_s = time.time() - time.monotonic() + result.arrived_s
            self._to_unix_s = arrived_s - float(result.time_s[-1])
        return True

    def unix_s(self, time_s: float) -> float:
        """Return a time of the stream's own clock on the one clock of all sources (Unix time)."""
        if self.info is not None and self.info.clock == "unix":
            return time_s
        return time_s + (self._to_unix_s or 0.0)

    @property
    def pictures(self) -> bool:
        """Say whether it gives pictures; known before it is open."""
        if self.info is not None:
            return self.info.pictures
        return self.device is not None and self.device.pictures

    def decision_s(self) -> float:
        """Return how long one decision takes, in seconds; 0 while that is unknown."""
        rate_hz = (self.info and self.info.rate_hz) or self.health.rate_hz
        return self.health.decision_rows / rate_hz if rate_hz else 0.0

    def in_real_time(self) -> bool:
        """A file played faster waits to be taken: its age says nothing of the screen."""
        return getattr(self.params.sections["source"], "speed", "1") == "1"

    def can_release(self) -> bool:
        """True if the source is a device that another program may want for a while."""
        device = self.device
        return (
            device is not None
            and device.live
            and (device.pictures or isinstance(device, Transport))
        )

    def fail(self, message: str) -> None:
        """Note that it could not be opened or was lost for good."""
        self.message = message
        self.health.link = "failed"
        self.health.link_message = message

    def _describe(self, info: StreamInfo, params: ParamSet | None) -> bool:
        if self.info is not None and self.info.key != info.key:
            return False
        self.info = info
        if self.history is None:
            self.history = History(info)
        else:
            self.history.extend(info)
        self._copy_model_params(params, anew=False)
        return True

    def _event(self, event: Event, params: ParamSet | None) -> bool:
        changed = False
        if event.kind in ("gap", "loss") and self.history is not None:
            self.history.note_gap(event)
        name = event.data.get("name")
        if event.kind == "param" and name == "learner.model":
            self._copy_model_params(params, anew=True)
            changed = True
        elif event.kind == "note" and name is not None:  # refused: the old value stays
            self.params.set(name, event.data["new"])
            changed = True
        elif event.kind == "link":
            if self.device is not None:  # once it is open, by what it calls itself
                self.source_name = self.device.name
            if event.data["state"] == "failed":
                self.message = str(event.data["message"])
                changed = True
        if event.kind in MARKED:
            self.marks.append(event)
            if len(self.marks) > KEPT:
                del self.marks[: KEPT // 10]
        return changed

    def _copy_model_params(self, params: ParamSet | None, anew: bool) -> None:
        """Take over another model's own parameters; of the same one, ours are the newer."""
        section = params.sections.get("model") if params is not None else None
        mine = self.params.sections.get("model")
        if section is not None and (anew or type(section) is not type(mine)):
            self.params.attach("model", copy.copy(section))


def copied(params: ParamSet) -> ParamSet:
    """Return a copy whose values can be turned by themselves."""
    return ParamSet(**{name: copy.copy(section) for name, section in params.sections.items()})


def carry_over(before: ParamSet, params: ParamSet) -> None:
    """Begin with the sliders as they stood for the last source of this kind, its own section
    apart. A learner that was frozen begins anew: frozen it would never start."""
    if type(before.sections.get("learner")) is not type(params.sections["learner"]):
        return
    for name, section in before.sections.items():
        if name in CARRIED:
            params.attach(name, copy.copy(section))
    params.set("learner.frozen", False)


class Shown:
    """Say of a session what is so of the source that is shown."""

    shown: Connection

    @property
    def address(self) -> str:
        return self.shown.address

    @property
    def source_name(self) -> str:
        return self.shown.source_name

    @property
    def info(self) -> StreamInfo | None:
        return self.shown.info

    @property
    def history(self) -> History | None:
        return self.shown.history

    @property
    def health(self) -> Health:
        return self.shown.health

    @property
    def params(self) -> ParamSet:
        return self.shown.params

    @property
    def alarms(self) -> dict[int, Alarm]:
        return self.shown.alarms

    @property
    def marks(self) -> list[Event]:
        return self.shown.marks

    @property
    def message(self) -> str:
        return self.shown.message

    @property
    def pictures(self) -> bool:
        return self.shown.pictures

    @property
    def picture(self) -> Result | None:
        return self.shown.picture

    @property
    def report(self) -> Report | None:
        return self.shown.report

    @property
    def told(self) -> Told:
        return self.shown.told
