"""A session's numbers without a session, and plots of them on screen."""

from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from driftscope.core.health import Health
from driftscope.core.history import History
from driftscope.core.params import ParamSet
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import Alarm, Event, Result, StreamInfo

RATE_HZ = 100.0


@dataclass
class StandIn:
    """A session's numbers without a session."""

    channels: int = 2
    info: StreamInfo | None = None
    history: History | None = None
    health: Health = field(default_factory=Health)
    params: ParamSet = field(
        default_factory=lambda: ParamSet(learner=LearnerParams(), detector=DetectorParams())
    )
    alarms: dict[int, Alarm] = field(default_factory=dict)
    marks: list[Event] = field(default_factory=list)
    paused: bool = False

    def describe(self) -> None:
        names = tuple(f"ch{k}" for k in range(self.channels))
        self.info = StreamInfo("s", names, ("g",) * self.channels, RATE_HZ)
        self.history = History(self.info)
        self.health.horizon = 8

    def feed(self, seq: int, rows: int, values: np.ndarray | None = None, **fields) -> None:
        """Append rows of a slow sine, in steps of 10."""
        for at in range(seq, seq + rows, 10):
            i = np.arange(at, at + 10)
            sine = np.sin(i / 30)[:, None] * np.ones(self.channels)
            given = sine if values is None else values[at - seq : at - seq + 10]
            off, loss = i < 0, np.full(10, 0.1)
            result = Result(
                "s", at, i / RATE_HZ, given, sine + 0.1, sine[:8], loss,
                {"last value": 4 * loss, "running mean": 8 * loss}, sine, loss, 4.0, off, off,
                True, 0.0,
            )  # fmt: skip
            result = replace(result, **fields)
            self.history.append(result)
            self.health.write(result)


def shown(qtbot, panel: QWidget, width: int = 900, height: int = 400) -> QWidget:
    """Put a panel on screen, painted once."""
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    panel.refresh()
    panel.grab()
    return panel


def colours_at(plot: QWidget, left: float, right: float) -> set[str]:
    """Return every colour painted between two places, in pixels of a plot."""
    image = plot.grab().toImage()
    area = plot.area()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(int(left), int(right))
        for y in range(int(area.top()), int(area.bottom()))
    }
