"""What the camera sees, and over it what is unusual there."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.errors import ParamError
from driftscope.core.teaching import Accept
from driftscope.gui import theme, words
from driftscope.gui.picture_offer import ACCEPT, ACCEPT_TIP, RELEARN, RELEARN_TIP, Offer
from driftscope.gui.picture_tools import LOW, PictureTools
from driftscope.gui.picture_view import PictureView
from driftscope.gui.sentence import phase
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import STATE_PX, Elided, Pill, label, set_text

REGION = "model.region"
ONE_ROW_PX = 800
LAMPS = {
    "learning": "It learns what is usual from every picture.",
    "held": "The picture is unusual, so it is watched but not learned.",
    "frozen": "Learning was frozen by hand: it is watched but nothing is learned.",
}
RATE_EVERY_S, REFUSED_S = 0.5, 6.0


class PicturePanel(QWidget):
    """Show the newest picture, what is unusual in it, how unusual, and whether it is learned.

    Made for a stream of pictures; `after_paint` and `drawn_seq` are those of the view.
    """

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName("Picture")
        self.session = session
        self.view = PictureView(session)
        self.tools = PictureTools(self.view)
        self.proposal = Offer()
        self.proposal.accept.clicked.connect(self._accept)
        self.proposal.relearn.clicked.connect(session.reset_model)
        self.lamp = Pill(width_px=STATE_PX)
        self.lamp.setAccessibleName("State of the learning")
        self.score = label()
        self.score.setFont(theme.number_font(10))
        self.score.setAccessibleName("How unusual")
        self.score.setToolTip("How rarely a usual picture looks as unusual as this one.")
        self.note = Elided(role="small")
        self.accept = QPushButton(ACCEPT)
        self.accept.setToolTip(ACCEPT_TIP)
        self.accept.clicked.connect(self._accept)
        self.relearn = QPushButton(RELEARN)
        self.relearn.setToolTip(RELEARN_TIP)
        self.relearn.clicked.connect(session.reset_model)
        self.more: list[Callable[[QMenu], object]] = []
        """What else the picture's menu offers: each adds its own."""
        self._rate = (-math.inf, 0.0)
        self._refused = ("", -math.inf)
        self._build()
        self.view.regions.changed.connect(self._keep_region)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(
            lambda at: self.menu().popup(self.view.mapToGlobal(at))
        )

    @property
    def after_paint(self) -> list[Callable[[int], object]]:
        """Return what is called when the picture has been painted, with its number."""
        return self.view.after_paint

    @property
    def drawn_seq(self) -> int:
        """Return the number of the picture on screen, -1 if there is none."""
        return self.view.drawn_seq

    def refresh(self) -> None:
        """Show the newest picture and what is said of it; cheap when none has come."""
        params = self.session.params
        has_region = params.has(REGION)
        if has_region:
            self.view.regions.show_text(str(params.get(REGION)))
        self.view.refresh()
        picture = self.view.picture
        extras = picture.extras if picture is not None else {}
        self.tools.offer("heat" in extras, "expected" in extras, has_region)
        self._show_words()
        self.proposal.refresh(self.session.marks, self.unusual())
        for button in (self.accept, self.relearn):
            button.setVisible("heat" in extras and self.proposal.isHidden())

    def unusual(self) -> bool:
        """Say whether what is seen now is unusual, or held back from learning as if it were."""
        picture = self.session.picture
        alarm = picture is not None and bool(picture.alarm[-1])
        return alarm or phase(self.session) == "held"

    def menu(self) -> QMenu:
        """Return what can be done with the picture."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addAction("Fit\t0", self.view.fit)
        menu.addAction("Watch the whole picture", self.tools.whole.click)
        menu.addSeparator()
        for text, tip, act in (
            (ACCEPT, ACCEPT_TIP, self._accept), (RELEARN, RELEARN_TIP, self.session.reset_model),
        ):  # fmt: skip
            menu.addAction(text, act).setToolTip(tip)
        if self.more:
            menu.addSeparator()
        for add in self.more:
            add(menu)
        return menu

    def _show_words(self) -> None:
        colours, picture = theme.current(), self.view.picture
        now = phase(self.session)
        look = {
            "learning": (colours.good, colours.good_text),
            "held": (colours.alarm, colours.alarm_text),
            "frozen": (colours.prediction, colours.prediction_text),
        }.get(now, (colours.secondary, colours.secondary))
        self.lamp.show_state(now, *look)
        self.lamp.setToolTip(LAMPS.get(now, ""))
        rare = float(picture.rarity[-1]) if picture is not None else math.nan
        set_text(self.score, words.rarity(rare))
        alarm = picture is not None and bool(picture.alarm[-1])
        theme.set_role(self.score, "alarm" if alarm else "secondary")
        self.view.setAccessibleDescription(f"{'Unusual' if alarm else 'Usual'}, {now}")
        said, since_s = self._refused
        self.note.say(said if time.monotonic() - since_s < REFUSED_S else self._size())
        self.accept.setEnabled(self.unusual())

    def _size(self) -> str:
        picture, health = self.view.picture, self.session.health
        if picture is None:
            return ""
        height, width = picture.values.shape[1:3]
        size = f"{width} × {height}"
        if self.session.paused:
            return f"{size} · paused"
        now_s = time.monotonic()
        if now_s - self._rate[0] > RATE_EVERY_S:
            self._rate = now_s, health.measured_rate_hz()
        rate_hz = self._rate[1]
        return f"{size} · {words.frame_rate(rate_hz)}" if rate_hz else size

    def _accept(self) -> None:
        self.session.ask(Accept())

    def _keep_region(self, text: str) -> None:
        try:
            self.session.set_param(REGION, text)
        except ParamError as error:
            self._refused = str(error), time.monotonic()
            self.note.say(str(error))

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = self.width() >= ONE_ROW_PX
        ways = QBoxLayout.Direction
        self.proposal.row.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        super().resizeEvent(event)

    def _build(self) -> None:
        title = QLabel("Picture")
        theme.set_role(title, "title")
        title.setToolTip("What the camera sees; coloured where it is not as usual.")
        heading = QHBoxLayout()
        heading.setContentsMargins(4, 0, 4, 0)
        heading.setSpacing(12)
        heading.addWidget(title)
        heading.addWidget(self.note, 1)
        for button in (self.accept, self.relearn):
            button.setStyleSheet(LOW)
            heading.addWidget(button)
        heading.addWidget(self.score)
        heading.addWidget(self.lamp)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 0, 4, 2)
        foot.addWidget(self.tools)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 8, 10, 6)
        rows.setSpacing(6)
        rows.addLayout(heading)
        rows.addWidget(self.proposal)
        rows.addWidget(self.view, 1)
        rows.addLayout(foot)
