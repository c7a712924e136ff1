"""The left column: what one turns, the channels, and how the link is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.label_choice import LabelChoice
from driftscope.gui.panels.channels import ChannelsPanel
from driftscope.gui.panels.health import Figures, HealthPanel
from driftscope.gui.param_form import ParamForm
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.traces import Traces
from driftscope.gui.widgets import STATE_PX, Pill, Rule, label

WIDTH_PX = 288
LATELY = "Have what was learned be as it was {} s of stream ago"
REGION = "model.region"
"""It is drawn over the picture."""
SELDOM = ("learner.precision", "learner.device", "learner.rates", "learner.replay", "model.")
"""Parameters that are folded away at first."""


class Controls(QWidget):
    """Learning, alarms, channels and link health below one another; scrolls where room is short."""

    def __init__(self, session: Session, figures: Figures, traces: Traces) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setMinimumWidth(WIDTH_PX)
        self.session = session
        self.state = Pill(width_px=STATE_PX)
        self.state.setAccessibleName("State of the learning")
        self.learning = ParamForm(session, ("learner", "model"), elsewhere=(REGION,), seldom=SELDOM)
        self.detection = ParamForm(session, ("detector",))
        self.source = ParamForm(session, ("source",), live=True)
        self.source_title = label("Source", "title")
        self.source_part = _part(self.source_title, self.source)
        self.channels = ChannelsPanel(session, traces)
        self.labels = LabelChoice(session)
        self.health = HealthPanel(session, figures)
        self.reset = QPushButton("Reset model")
        self.reset.setToolTip(
            "Forget all that was learned and begin with fresh weights (Ctrl+R). Ctrl+Z goes back."
        )
        self.reset.clicked.connect(session.reset_model)
        self.mark = QPushButton("Bookmark")
        self.mark.setToolTip(
            "Remember what was learned up to now (Ctrl+B), to come back to it (Ctrl+Shift+B)."
        )
        self.mark.clicked.connect(session.bookmark)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.reset, self.mark):
            buttons.addWidget(button, 1)
        head = QHBoxLayout()
        head.addWidget(label("Learning", "title"))
        head.addStretch()
        head.addWidget(self.state)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(16, 14 - theme.STRIP_PX, 16, 8)
        rows.setSpacing(6)
        rows.addLayout(head)
        rows.addWidget(self.learning)
        rows.addLayout(buttons)
        rows.addWidget(Rule())
        rows.addWidget(label("Alarms", "title"))
        rows.addWidget(self.detection)
        rows.addWidget(Rule())
        rows.addWidget(self.source_part)
        rows.addWidget(self.channels)
        rows.addWidget(self.labels)
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
        for part in (
            self.learning, self.detection, self.source, self.channels, self.labels, self.health,
        ):  # fmt: skip
            part.refresh()
        fields = list(self.source.fields.values())
        self.source_part.setVisible(bool(fields))
        self.source_title.setVisible(len(fields) > 1)
        if len(fields) == 1:
            fields[0].head()
        if self.session.pictures:  # there is one, and it is to be seen
            self.channels.hide()

    def offer(self, actions: Actions) -> None:
        """Add what can be done here."""
        session = self.session
        known = lambda: session.info is not None  # noqa: E731  used five times
        actions.gap("Learning")
        for text, act, keys, tip in (
            ("Undo 10 s", partial(session.go_back, 10.0), "Ctrl+Z", LATELY.format(10)),
            ("Undo 60 s", partial(session.go_back, 60.0), "Ctrl+Shift+Z", LATELY.format(60)),
            ("Bookmark", session.bookmark, "Ctrl+B", "Remember what was learned up to now"),
            (
                "Back to the bookmark", partial(session.go_back, None), "Ctrl+Shift+B",
                "Have what was learned be as it was at the bookmark",
            ),
            (
                "Reset model", session.reset_model, "Ctrl+R",
                "Forget all that was learned and begin with fresh weights",
            ),
        ):  # fmt: skip
            actions.add("Learning", text, act, keys, tip, when=known)
        more = self.learning.more
        actions.add(
            "Learning", "More settings", more.line.click, tip=more.line.toolTip(),
            on=more.line.isChecked, when=lambda: not more.isHidden(),
        )  # fmt: skip
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
        idle = (colours.secondary, colours.text)
        self.state.show_state(now if now in look else "not learning", *look.get(now, idle))


def _part(title: QWidget, form: ParamForm) -> QWidget:
    """Return a form under its heading, with a line below, to be shown and hidden as one."""
    made = QWidget()
    rows = QVBoxLayout(made)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(6)
    for widget in (title, form, Rule()):
        rows.addWidget(widget)
    return made
