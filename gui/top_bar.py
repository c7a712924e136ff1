"""The bar above: what is connected, and the few things done to it with one click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from driftscope.gui import theme, words
from driftscope.gui.keys import Keys
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.widgets import Pill

HEIGHT_PX = 48
CHIP_PX = 400
"""How wide the source's words are, whatever they say: buttons that jump are missed."""
Texts = tuple[str, str]
OPEN: Texts = ("Connect…", "Change…")
RELEASE: Texts = ("Release port", "Take port back")
PAUSE: Texts = ("Pause view", "Resume view")
FREEZE: Texts = ("Freeze learning", "Unfreeze learning")
"""What the buttons say while they are up, and while they are down."""


class TopBar(QWidget):
    """Say what is connected. `change` asks for the connect dialog."""

    change = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.as_panel(self)
        theme.set_role(self, "bar")
        self.setFixedHeight(HEIGHT_PX)
        self.session = session
        self.chip = Pill(dot=True, width_px=CHIP_PX)
        self.chip.setAccessibleName("Source")
        self.open = self._button("Change…", "Connect another source (Ctrl+O).")
        self.release = self._button("Release port", "Let another program have the port, to flash.")
        self.pause = self._button("Pause view", "Hold the view; the work goes on (Space).")
        self.freeze = self._button("Freeze learning", "Predict, but hold what was learned (F).")
        self.keys = self._button("Keys", "What the keys do (F1).")
        theme.set_role(self.keys, "flat")
        self.help = Keys(self)
        for button, texts in (
            (self.open, OPEN), (self.release, RELEASE), (self.pause, PAUSE), (self.freeze, FREEZE),
        ):  # fmt: skip
            button.setCheckable(button is not self.open)
            _hold_width(button, texts)
        self.open.clicked.connect(self.change)
        self.release.clicked.connect(lambda on: self._act(session.release_port, on))
        self.pause.clicked.connect(lambda on: self._act(session.pause, on))
        self.freeze.clicked.connect(lambda on: self._act(session.freeze, on))
        self.keys.clicked.connect(self.show_keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.chip)
        row.addWidget(self.open)
        row.addSpacing(12)
        row.addWidget(self.pause)
        row.addWidget(self.freeze)
        row.addSpacing(12)
        row.addWidget(self.release)
        row.addStretch(1)
        row.addWidget(self.keys)

    def refresh(self) -> None:
        """Show what is connected and which buttons are down."""
        session, colours = self.session, theme.current()
        now = phase(session)
        self.open.setText(OPEN[now != "nothing"])
        self.release.setVisible(session.can_release())
        released = now == "released"
        _show(self.release, released, RELEASE)
        _show(self.pause, session.paused, PAUSE)
        frozen = bool(session.params.get("learner.frozen"))
        _show(self.freeze, frozen, FREEZE)
        flows = now in ("warming up", "learning", "held", "frozen", "waiting")
        faulty = now in ("lost", "failed")
        colour = colours.good if flows else colours.fault if faulty else colours.secondary
        self.chip.show_state(source_words(session), colour, colours.text, hollow=not flows)
        self.chip.setToolTip(f"{self.chip.text()}\n{session.address}".strip())

    def show_keys(self) -> None:
        """Show what the keys do."""
        self.help.show_below(self.keys)

    def _act(self, verb: object, on: bool) -> None:
        assert callable(verb)
        verb(on)
        self.refresh()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        return button


def source_words(session: Session) -> str:
    """Return 'Arduino Uno (ttyACM0) · 115200 · 3 channels · 1.00 kHz', and the link if not live."""
    now = phase(session)
    if now == "nothing":
        return "nothing connected"
    parts = [words.shortened(session.source_name or session.address, 48)]
    baud = getattr(session.params.sections.get("source"), "baud", None)
    if baud is not None:
        parts.append(str(baud))
    if session.info is not None and now not in ("connecting", "failed"):
        parts.append(words.plural(len(session.info.channels), "channel"))
        rate_hz = session.info.rate_hz or session.health.rate_hz
        if rate_hz:
            parts.append(words.rate(rate_hz))
    if now in ("connecting", "loading", "lost", "released", "ended", "failed"):
        parts.append({"lost": "link lost"}.get(now, now))
    return " · ".join(parts)


def _show(button: QPushButton, down: bool, texts: Texts) -> None:
    if button.text() != texts[down]:
        button.setText(texts[down])
    button.setChecked(down)


def _hold_width(button: QPushButton, texts: Texts) -> None:
    """Make a button as wide as the longer of its texts, so that none moves when it changes."""
    widths = []
    for text in reversed(texts):
        button.setText(text)
        widths.append(button.sizeHint().width())
    button.setFixedWidth(max(widths))
