"""The middle of the window: the signal or the picture, or a sentence about why there is none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from driftscope.gui import theme, words
from driftscope.gui.actions import Actions
from driftscope.gui.sentence import Phase, phase, state_words
from driftscope.gui.session import Session
from driftscope.gui.widgets import Elided, MovingLine, label, set_text

WELCOME = (
    "Try the built-in demo, a machine whose bearing fails now and then, or connect a camera or a "
    "device that prints numbers."
)
WIDTH_PX = 500
DEMO, CONNECT, CHANGE, AGAIN, PLAY, TAKE = (
    "Try the demo", "Connect…", "Change…", "Try again", "Play again", "Take port back",
)  # fmt: skip
NOTICES: dict[Phase, tuple[str, ...]] = {
    "nothing": (DEMO, CONNECT),
    "connecting": (CHANGE,),
    "loading": (),
    "waiting": (CHANGE,),
    "stalled": (CHANGE,),
    "lost": (CHANGE,),
    "failed": (AGAIN, CHANGE),
}
"""The buttons of each state in which there may be nothing to draw yet."""
BANDS: dict[Phase, tuple[str, ...]] = {
    "stalled": (CHANGE,),
    "lost": (CHANGE,),
    "released": (TAKE,),
    "ended": (PLAY, CHANGE),
    "failed": (AGAIN, CHANGE),
}
"""The buttons of each state that is told in a band above the plots."""


class Buttons(QWidget):
    """The buttons a state offers; `pressed` gives the word on the one that was."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(theme.GAP_PX)
        self._offered: tuple[str, ...] = ()

    def offer(self, wanted: tuple[str, ...]) -> None:
        """Show just these."""
        if wanted == self._offered:
            return
        self._offered = wanted
        while (item := self.row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for word in wanted:
            button = QPushButton(word)
            button.clicked.connect(lambda _=False, word=word: self.pressed.emit(word))
            self.row.addWidget(button)
        self.setVisible(bool(wanted))


class Notice(QWidget):
    """A whole page for one sentence, with a moving line while something is awaited."""

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        self.said = label(role="title", wrap=True)
        self.more = label(role="secondary", wrap=True)
        self.waiting = MovingLine()
        self.buttons = Buttons()
        inside = QWidget()
        inside.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(inside)
        column.setSpacing(16)
        middle = Qt.AlignmentFlag.AlignHCenter
        for text in (self.said, self.more):
            text.setAlignment(middle)
            column.addWidget(text)
        for widget in (self.waiting, self.buttons):
            column.addWidget(widget, 0, middle)
        rows = QVBoxLayout(self)
        row = QHBoxLayout()  # an alignment instead would cut off what wraps
        row.addStretch()
        row.addWidget(inside)
        row.addStretch()
        rows.addStretch(2)
        rows.addLayout(row)
        rows.addStretch(3)


class Band(QWidget):
    """A band across the plots that says why they stand still."""

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setFixedHeight(44)
        self.said = Elided()
        self.buttons = Buttons()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.addWidget(self.said, 1)
        row.addWidget(self.buttons)


class Stage(QStackedWidget):
    """Show the signal or the picture with a band above it, or a notice. `pressed` is a button's
    word."""

    pressed = Signal(str)

    def __init__(self, session: Session, shown: QWidget) -> None:
        super().__init__()
        self.session = session
        self.last: Callable[[], str] = lambda: ""
        """Returns the source that was connected last, to be offered again."""
        self.notice = Notice()
        self.band = Band()
        self.band.hide()
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_PX)
        rows.addWidget(self.band)
        rows.addWidget(shown, 1)
        self.addWidget(self.notice)
        self.addWidget(page)
        self.notice.buttons.pressed.connect(self.pressed)
        self.band.buttons.pressed.connect(self.pressed)

    def refresh(self) -> None:
        """Choose between plots and notice; move the line while something is awaited."""
        now = phase(self.session)
        drawn = self.session.history is not None and len(self.session.history) > 0
        if now in NOTICES and not (drawn and now in BANDS):
            self.setCurrentIndex(0)
            awaited = now in ("connecting", "loading", "waiting", "stalled", "lost")
            self.notice.waiting.setVisible(awaited)
            if awaited:
                self.notice.waiting.update()
            set_text(self.notice.said, state_words(self.session))
            set_text(self.notice.more, WELCOME if now == "nothing" else "")
            self.notice.more.setVisible(now == "nothing")
            last = (self.last_word(),) if now == "nothing" and self.last() else ()
            self.notice.buttons.offer(NOTICES[now] + last)
            return
        self.setCurrentIndex(1)
        self._show_band(now)

    def last_word(self) -> str:
        """Return the word on the button that connects to the last source again."""
        return f"Connect {words.shortened(self.last(), 32)}"

    def text(self) -> str:
        """Return the sentence shown in place of the plots or above them, "" if there is none."""
        if self.currentIndex() == 0:
            return self.notice.said.text()
        return self.band.said.accessibleName() if self.told_above() else ""

    def told_above(self) -> bool:
        """Say whether a band above the plots tells what is wrong."""
        return self.currentIndex() == 1 and not self.band.isHidden()

    def _show_band(self, now: Phase) -> None:
        told = now in BANDS
        if told:
            live = self.session.can_release()
            buttons = tuple(AGAIN if live and word == PLAY else word for word in BANDS[now])
            self.band.said.say(state_words(self.session))
            self.band.buttons.offer(buttons)
        self.band.setVisible(told)


class Guarded(QWidget):
    """Hold a panel; one that raises is replaced by its message and the rest goes on."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self.panel: QWidget | None = None
        self._said = ""
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        try:
            self.panel = make()
            self._rows.addWidget(self.panel)
        except Exception as error:  # whatever a panel may raise, the window stays
            self._replace(error)

    def refresh(self) -> None:
        """Draw the panel anew."""
        if self.panel is None:
            return
        try:
            self.panel.refresh()  # type: ignore[attr-defined]  # every panel has it
        except Exception as error:  # as above
            self._replace(error)

    def offer(self, actions: Actions) -> None:
        """Have the panel say what can be done with it, if it has anything to say."""
        said = getattr(self.panel, "offer", None)
        if said is None:
            return
        try:
            said(actions)
        except Exception as error:  # as above
            self._replace(error)

    def text(self) -> str:
        """Return why the panel is gone, "" while it is there."""
        return self._said

    def _replace(self, error: Exception) -> None:
        name = type(self.panel).__name__ if self.panel else "A panel"
        if self.panel is not None:
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None
        self._said = (
            f"{name} stopped: {type(error).__name__}: {error}. Everything else goes on; restart "
            "Driftscope to have it back, and please report it."
        )
        said = label(self._said, "fault", wrap=True)
        theme.as_panel(said)
        said.setContentsMargins(16, 12, 16, 12)
        self._rows.addWidget(said)
