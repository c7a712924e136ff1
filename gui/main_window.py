"""The window: its bar, its panels, the sentence below, and every key."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from driftscope.gui import tab_order, theme, words
from driftscope.gui.actions import Actions
from driftscope.gui.arrangement import Arrangement
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.habits import Habits
from driftscope.gui.held_keys import HeldKeys
from driftscope.gui.keeping import Keeping
from driftscope.gui.news import News, Strain
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.panels.health import Figures
from driftscope.gui.plot_pictures import PlotPictures
from driftscope.gui.preferences import GEOMETRY, Preferences
from driftscope.gui.profiles import Profiles
from driftscope.gui.progress import Progress
from driftscope.gui.saving import Saving
from driftscope.gui.sentence import LEARNS, phase, sentence
from driftscope.gui.session import Session
from driftscope.gui.stage import AGAIN, CHANGE, CONNECT, DEMO, PLAY, TAKE
from driftscope.gui.states import States
from driftscope.gui.top_bar import TopBar
from driftscope.gui.widgets import label, resize_within_screen, set_text
from driftscope.gui.window_actions import offer

TEXT_S = 0.25
"""Texts are looked at four times a second, the plots at every frame."""


class MainWindow(QMainWindow):
    """Frame the panels, hand the display's ticks on to them, and obey keys. GUI thread only."""

    def __init__(self, session: Session, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.session = session
        self.preferences = preferences or Preferences()
        self.setWindowTitle("Driftscope")
        self.setMinimumSize(960, 640)
        resize_within_screen(self, 1600, 1000)
        self.restoreGeometry(self.preferences.data(GEOMETRY))
        self._figures = Figures()
        self._strain, self._news = Strain(), News()
        self._looked_s = 0.0
        self._build()
        self._connect()
        session.refresh = self.refresh
        self.stage.setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Draw a frame: called by the session's display timer."""
        self.panels.refresh()
        now_s = time.monotonic()
        if now_s - self._looked_s >= TEXT_S:
            self.refresh_texts()

    def refresh_texts(self) -> None:
        """Bring every text up to date."""
        self._looked_s = time.monotonic()
        self.panels.refresh_texts()
        self.top_bar.refresh()
        self.keeping.refresh()
        self.top_bar.show_log(self.keeping.log is not None, self.session.running)
        self.can_do.refresh()
        self.habits.refresh()
        session = self.session
        strain = self._strain.text(session.health, self._looked_s)
        news = self._news.text(session.marks, self._looked_s)
        brief = self.stage.told_above()
        set_text(self.said, sentence(session, strain=strain, news=news, brief=brief))
        self._figures.refresh(session.health)
        set_text(self.figures, self._figures_text())
        self.progress.refresh()

    def say(self, text: str) -> None:
        """Tell something in the sentence below for a while."""
        self._news.say(text, time.monotonic())
        self.refresh_texts()

    def connect_source(self, beside: bool = False, proposed: str = "") -> None:
        """Ask for a source and connect to it, in place of those there are or beside them."""
        session = self.session
        self.held.let_go()
        running = list(session.connections) if session.running else []
        if session.address in running:  # the one that is shown is proposed
            running.insert(0, running.pop(running.index(session.address)))
        proposed = proposed or self.habits.propose(beside)
        recent = self.habits.recent.all()
        seen = session.chunks() if running else ()
        dialog = ConnectDialog(running, self, proposed, beside=beside, recent=recent, seen=seen)
        chosen = dialog.ask()
        dialog.deleteLater()
        if chosen and beside:
            session.add_source(chosen, dialog.settings)
        elif chosen:
            session.connect_to(chosen, dialog.settings)

    def close_source(self, address: str = "") -> None:
        """Let one of several sources go, the shown one unless another is named."""
        session = self.session
        gone = session.connections.get(address or session.address)
        if gone is None or len(session.connections) < 2:
            return
        name = words.shortened(gone.source_name or gone.address, 48)
        session.remove_source(gone.address)
        self.say(f"{name} was closed: what was learned of it is forgotten, and its alarms.")

    def closeEvent(self, event: QCloseEvent) -> None:
        for dialog in self.findChildren(ConnectDialog):
            dialog.reject()
        self.habits.remember()
        self.hide()  # at once: letting go of a device may take a second
        self.keeping.close()
        self.pictures.close()
        self.session.close()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self.panels.fold()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.panels.fold()
        self.habits.remember()
        self.habits.check()
        self.held.watch()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.isVisible():
            self._refresh_all()  # the theme is another; a display that stands still is not asked
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.held.let_go()
        super().changeEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Have Tab go through the window as one sees it."""
        wanted = tab_order.beside(self, forward)
        if wanted is not None:
            reasons = Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.TabFocusReason
            wanted.setFocus(reasons[forward])
        return wanted is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.held.take(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.held.take(event):
            super().keyReleaseEvent(event)

    def _teaches(self) -> bool:
        """Say whether a digit teaches a class now."""
        return self.session.pictures and not self.classes.takes_digits()

    def _figures_text(self) -> str:
        """Return what learning, drawing and memory take, as far as anything goes on."""
        session, parts = self.session, [self.keeping.text()]
        if phase(session) in LEARNS:
            parts.append(f"learn {words.milliseconds(self._figures.step_ms[0])}")
            if not session.paused:
                parts.append(f"{session.frames_per_s:.0f} redraws/s")
        parts.append(words.megabytes(self._figures.memory_bytes))
        return " · ".join(part for part in parts if part)

    def _refresh_all(self) -> None:
        """Draw everything now: what fails at once does so before the display timer runs."""
        self.refresh()
        self.refresh_texts()

    def _build(self) -> None:
        session = self.session
        self.top_bar = TopBar(session)
        self.panels = panels = Arrangement(session, self._figures, self.preferences)
        self.stage, self.plots = panels.stage, panels.plots
        self.signal, self.picture = panels.signal, panels.picture
        self.score, self.loss = panels.score, panels.loss
        self.controls, self.alarms, self.classes = panels.controls, panels.alarms, panels.classes
        self.held = HeldKeys(self, self.classes.hold, self._teaches)
        self.saving = Saving(session, self, panels.chosen_alarm)
        self.keeping = Keeping(session, panels.view, self)
        self.profiles = Profiles(
            session, panels.traces, panels.view, self.keeping, self.preferences
        )
        self.states = States(session, self.preferences, self)
        self.habits = Habits(self)
        self.said = label(wrap=True)
        self.said.setAccessibleName("What is going on now")
        self.figures = label(role="secondary")
        self.figures.setToolTip(
            "How long scoring and learning one step takes, how often the newest sample is drawn, "
            "and how much memory the program takes up."
        )
        bar = QWidget()
        theme.as_panel(bar)
        theme.set_role(bar, "bar")
        bar.setFixedHeight(52)
        foot = QHBoxLayout(bar)
        foot.setContentsMargins(16, 0, 16, 0)
        foot.setSpacing(24)
        foot.addWidget(self.said, 1)
        self.progress = Progress(session)
        foot.addWidget(self.progress)
        foot.addWidget(self.figures)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top_bar)
        rows.addWidget(panels, 1)
        rows.addWidget(self.states.band)
        rows.addWidget(self.habits.hint)
        rows.addWidget(bar)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        session, top_bar = self.session, self.top_bar
        top_bar.change.connect(self.connect_source)
        top_bar.add.connect(lambda: self.connect_source(beside=True))
        top_bar.chips.closed.connect(self.close_source)
        top_bar.save.clicked.connect(self.offer_to_save)
        for each in (self.saving, self.keeping, self.profiles, self.states):
            each.told.connect(self.say)
        top_bar.log.clicked.connect(self.keeping.turn_log)
        self.keeping.changed.connect(self.refresh_texts)
        if isinstance(self.alarms.panel, AlarmsPanel):
            self.alarms.panel.asked.connect(lambda place: self.saving.menu().popup(place))
        self.stage.pressed.connect(self._pressed)
        self.stage.last = self.habits.recent.last
        session.failed.connect(lambda _: self._refresh_all())
        session.opened.connect(self.refresh_texts)
        session.finished.connect(self.refresh_texts)
        session.changed.connect(self.held.let_go)
        session.changed.connect(self.refresh_texts)
        self.panels.after_paint(lambda _: session.painted())
        self.can_do = Actions(self)
        offer(self, self.can_do)
        self.pictures = PlotPictures(session, self, self.panels.traces)
        self.pictures.told.connect(self.say)
        self.pictures.offer(self.can_do)
        self.panels.offer(self.can_do)
        self.habits.offer(self.can_do)
        self.can_do.gap("File")
        self.can_do.add("File", "Quit", self.close, "Ctrl+Q", "Close Driftscope")

    def _pressed(self, word: str) -> None:
        session = self.session
        if word in (CONNECT, CHANGE):
            self.connect_source()
        elif word == DEMO:
            session.connect_to("demo:")
        elif word in (AGAIN, PLAY):
            session.open_again()
        elif word == TAKE:
            session.release_port(False)
        elif word == self.stage.last_word():
            self.habits.connect_again(self.habits.recent.last())
        self.refresh_texts()

    def offer_to_save(self) -> None:
        """Show what can be saved in a menu under its button."""
        button = self.top_bar.save
        self.held.let_go()
        self.saving.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
