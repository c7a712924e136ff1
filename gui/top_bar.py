"""The bar above: what is connected, and the few things done to it with one click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from driftscope.gui import theme
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.source_chips import SourceChips

HEIGHT_PX = 48
Texts = tuple[str, str]
OPEN: Texts = ("Connect…", "Change…")
RELEASE: Texts = ("Release port", "Take port back")
RELEASE_CAMERA: Texts = ("Release camera", "Take camera back")
PAUSE: Texts = ("Pause view", "Resume view")
FREEZE: Texts = ("Freeze learning", "Unfreeze learning")
LOG: Texts = ("Log to CSV", "End log")
"""What the buttons say while they are up, and while they are down."""
NAME_PX = 110
"""More room than it needs at least for the names of what is connected."""


class TopBar(QWidget):
    """Say what is connected. `change` and `add` ask for the connect dialog, to take another
    source in place of those there are, or beside them."""

    change = Signal()
    add = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.as_panel(self)
        theme.set_role(self, "bar")
        self.setFixedHeight(HEIGHT_PX)
        self.session = session
        self.chips = SourceChips(session)
        self.open = self._button("Change…", "Connect another source (Ctrl+O).")
        self.more = self._button("Add source…", "Connect one more, beside it (Ctrl+Shift+O).")
        self.release = self._button("", "Let another program have the device for a while.")
        self.pause = self._button("Pause view", "Hold the view; the work goes on (Space).")
        self.freeze = self._button("Freeze learning", "Predict, but hold what was learned (F).")
        self.undo = self._button(
            "Undo 10 s", "Have what was learned be as it was 10 s of stream ago (Ctrl+Z)."
        )
        self.save = self._button("Save…", "Save an alarm's film, samples or the model (Ctrl+S).")
        self.anything = self._button("Ctrl+K anything", "Type what you want done (Ctrl+K).")
        for flat in (self.save, self.anything):
            theme.set_role(flat, "flat")
        self.log = self._button("Log to CSV", "Write what comes from now on to a file (Ctrl+G).")
        for button, texts in (
            (self.open, OPEN), (self.release, RELEASE_CAMERA), (self.pause, PAUSE),
            (self.freeze, FREEZE), (self.log, LOG),
        ):  # fmt: skip
            button.setCheckable(button is not self.open)
            _hold_width(button, texts)
        self.open.clicked.connect(self.change)
        self.more.clicked.connect(self.add)
        self.release.clicked.connect(lambda on: self._act(session.release_port, on))
        self.pause.clicked.connect(lambda on: self._act(session.pause, on))
        self.freeze.clicked.connect(lambda on: self._act(session.freeze, on))
        self.undo.clicked.connect(lambda: session.go_back(10.0))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.chips)
        row.addWidget(self.open)
        row.addWidget(self.more)
        row.addSpacing(12)
        row.addWidget(self.pause)
        row.addWidget(self.freeze)
        row.addWidget(self.undo)
        row.addWidget(self.log)
        row.addSpacing(12)
        row.addWidget(self.release)
        row.addStretch(1)
        row.addWidget(self.save)
        row.addWidget(self.anything)

    def refresh(self) -> None:
        """Show what is connected and which buttons are down."""
        session = self.session
        now = phase(session)
        self.open.setText(OPEN[now != "nothing"])
        self.release.setVisible(session.can_release() and not _from_network(session.address))
        released = now == "released"
        _show(self.release, released, RELEASE_CAMERA if session.pictures else RELEASE)
        _show(self.pause, session.paused, PAUSE)
        frozen = bool(session.params.get("learner.frozen"))
        _show(self.freeze, frozen, FREEZE)
        self.more.setEnabled(now != "nothing")
        self.undo.setEnabled(session.info is not None)
        self.chips.refresh()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what menus have too where the bar is too narrow for all."""
        row = self.layout()
        assert row is not None
        spare = (self.more, self.save, self.anything)
        widths = {each: each.sizeHint().width() + row.spacing() for each in spare}
        taken = row.minimumSize().width() + NAME_PX
        room = self.width() - taken + sum(widths[each] for each in spare if not each.isHidden())
        for each in spare:
            room -= widths[each]
            if each.isHidden() != (room < 0):
                each.setHidden(room < 0)

    def show_log(self, running: bool, possible: bool) -> None:
        """Show whether a log is written now, and whether one could be."""
        _show(self.log, running, LOG)
        self.log.setEnabled(running or possible)

    def _act(self, verb: object, on: bool) -> None:
        assert callable(verb)
        verb(on)
        self.refresh()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        return button


def _from_network(address: str) -> bool:
    """Say whether a source is sent to whoever asks, so that nobody need let it go."""
    return address.partition(":")[0].lower() in ("http", "https", "rtsp", "rtsps", "tcp", "udp")


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
