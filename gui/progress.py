"""How far a file has been read, how long that goes on, and a button to stop it."""

from __future__ import annotations

import math
import time
from collections import deque

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from driftscope.gui import theme, words
from driftscope.gui.sentence import LEARNS, phase
from driftscope.gui.session import Session
from driftscope.gui.widgets import label, set_text

LOOKED_BACK_S = 20.0
"""How far back it is looked for how fast it goes."""
SURE_S = 2.0
BAR_PX = 3


class Remaining:
    """Say how far it is and how long it takes still, by how fast it went lately."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def text(self, name: str, progress: float, now_s: float) -> str:
        """Return such as "34 % of run.csv, 1 min left"; `now_s` is of the steady clock."""
        seen = self._seen
        if seen and progress < seen[-1][1]:
            seen.clear()  # another file, or the same one anew
        seen.append((now_s, progress))
        while now_s - seen[0][0] > LOOKED_BACK_S:
            seen.popleft()
        told = f"{math.floor(100 * progress)} % of {words.shortened(name, 40)}"
        lasted_s, went = now_s - seen[0][0], progress - seen[0][1]
        if lasted_s < SURE_S or went <= 0:
            return told
        return f"{told}, {words.duration((1 - progress) * lasted_s / went)} left"


class Bar(QWidget):
    """A thin bar, filled as far as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.part = 0.0
        self.setFixedHeight(BAR_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), colours.raised)
        painter.fillRect(QRectF(0, 0, self.width() * self.part, BAR_PX), colours.good)


class Progress(QWidget):
    """Show the shown file's progress while it is read; nothing of what has no end."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.text = label(role="secondary")
        self.text.setAccessibleName("How far the file has been read")
        self.bar = Bar()
        self.stop = QPushButton("Stop")
        self.stop.setAccessibleName("Stop reading")
        self.stop.setToolTip("Read no more of the file; what was read stays, and what was learned.")
        self.stop.clicked.connect(session.stop_reading)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addStretch()
        column.addWidget(self.text)
        column.addWidget(self.bar)
        column.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addLayout(column)
        row.addWidget(self.stop)
        self._remaining = Remaining()
        self.hide()

    def refresh(self) -> None:
        """Show how far it is now."""
        session = self.session
        part = session.health.progress
        read = part is not None and session.running and phase(session) in LEARNS
        self.setVisible(read)
        if part is not None and read:
            now_s = time.monotonic()
            set_text(self.text, self._remaining.text(session.source_name, part, now_s))
            self.bar.part = part
            self.bar.update()
