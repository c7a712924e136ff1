"""The left column: what one turns, the channels, and how the link is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.panels.channels import ChannelsPanel
from driftscope.gui.panels.health import Figures, HealthPanel
from driftscope.gui.param_form import ParamForm
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.traces import Traces
from driftscope.gui.widgets import Pill, Rule, label

WIDTH_PX = 288
REGION = "model.region"
"""It is drawn over the picture."""


class Controls(QWidget):
    """Learning, alarms, channels and link health below one another; scrolls where room is short."""

    def __init__(self, session: Session, figures: Figures, traces: Traces) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setMinimumWidth(WIDTH_PX)
        self.session = session
        self.state = Pill()
        self.state.setAccessibleName("State of the learning")
        self.learning = ParamForm(session, ("learner", "model"), elsewhere=(REGION,))
        self.detection = ParamForm(session, ("detector",))
        self.channels = ChannelsPanel(session, traces)
        self.health = HealthPanel(session, figures)
        self.reset = QPushButton("Reset model")
        self.reset.setToolTip("Forget all that was learned and begin with fresh weights.")
        self.reset.clicked.connect(session.reset_model)
        head = QHBoxLayout()
        head.addWidget(label("Learning", "title"))
        head.addStretch()
        head.addWidget(self.state)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(16, 14 - theme.STRIP_PX, 16, 12)
        rows.setSpacing(10)
        rows.addLayout(head)
        rows.addWidget(self.learning)
        rows.addWidget(self.reset)
        rows.addWidget(Rule())
        rows.addWidget(label("Alarms", "title"))
        rows.addWidget(self.detection)
        rows.addWidget(Rule())
        rows.addWidget(self.channels)
        rows.addWidget(self.health)
        rows.addStretch()
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(area)

    def refresh(self) -> None:
        """Show every value as it is now."""
        self._show_state()
        for part in (self.learning, self.detection, self.channels, self.health):
            part.refresh()
        if self.session.pictures:  # there is one, and it is to be seen
            self.channels.hide()

    def offer(self, actions: Actions) -> None:
        """Add what can be done here."""
        self.channels.offer(actions)

    def _show_state(self) -> None:
        colours = theme.current()
        now = phase(self.session)
        look = {
            "learning": (colours.good, colours.good_text),
            "held": (colours.alarm, colours.alarm_text),
            "frozen": (colours.prediction, colours.prediction_text),
            "warming up": (colours.secondary, colours.text),
        }
        idle = (colours.secondary, colours.secondary)
        self.state.show_state(now if now in look else "not learning", *look.get(now, idle))
