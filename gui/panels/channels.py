"""The channels by name, with what each measures now; a tick shows or hides its plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from driftscope.core.history import History
from driftscope.core.stream import StreamInfo
from driftscope.gui import theme, words
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, Rule, Tick, label, set_text

ROW_PX = 24
MOST_ROWS = 8
AWAY = ("lost", "released", "ended", "failed")
"""While the link is so, the last values are not those of now."""
LOOK_BACK = 64
"""Rows looked through for a channel's last value: it may be missing in the newest."""


class ChannelsPanel(QWidget):
    """List the channels; a tick shows or hides one in `traces`."""

    def __init__(self, session: Watched, traces: Traces) -> None:
        super().__init__()
        self.traces = traces
        self.session = session
        self.boxes: list[Tick] = []
        self._values: list[QLabel] = []
        self._made: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(label("Channels", "title"))
        rows.addWidget(self._area)
        rows.addSpacing(4)
        rows.addWidget(Rule())
        self.hide()

    def refresh(self) -> None:
        """Show what is measured now; rows are made anew when the stream has other channels."""
        info, history = self.session.info, self.session.history
        self.setVisible(info is not None)
        if info is None:
            return
        if self._made != (info.channels, info.units):
            self._build(info)
        if history is None or not len(history):
            return
        role = "old number" if self.session.health.link in AWAY else "number"
        for place, value in enumerate(_newest(history)):
            if place < len(self._values):
                theme.set_role(self._values[place], role)
                set_text(self._values[place], words.measurement(float(value)))

    def _build(self, info: StreamInfo) -> None:
        self._made = (info.channels, info.units)
        self.boxes, self._values = [], []
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for row, (name, unit) in enumerate(zip(info.channels, info.units, strict=True)):
            box = Tick()
            box.setObjectName(name)
            box.setAccessibleName(f"Show {name}")
            box.setChecked(not self.traces.look(name).hidden)
            box.clicked.connect(self._tell)
            value = label(words.UNKNOWN, "number")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(76)
            value.setAccessibleName(f"{name} now")
            called = Elided(name)
            for column, widget in enumerate((box, called, label(unit, "secondary"), value)):
                grid.addWidget(widget, row, column)
            grid.setRowMinimumHeight(row, ROW_PX)
            self.boxes.append(box)
            self._values.append(value)
        grid.setRowStretch(len(info.channels), 1)
        self._area.setWidget(inside)
        self._area.setFixedHeight(ROW_PX * min(len(info.channels), MOST_ROWS) + 2)

    def _tell(self) -> None:
        for box in self.boxes:
            self.traces.change(box.objectName(), hidden=not box.isChecked())


def _newest(history: History) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return each channel's last value that is not missing among the newest rows."""
    last = history.row(history.last_seq)
    assert last is not None
    values = last.values
    for seq in range(history.last_seq - 1, history.last_seq - LOOK_BACK, -1):
        if np.isfinite(values).all() or (row := history.row(seq)) is None:
            break
        values = np.where(np.isfinite(values), values, row.values)
    return values
