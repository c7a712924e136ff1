"""The window: what one turns left, what is measured in the middle, what happened right."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from driftscope.core import registry
from driftscope.gui import theme, words
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.controls import WIDTH_PX, Controls
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.panels.health import Figures
from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel
from driftscope.gui.sentence import LEARNS, News, Strain, phase, sentence
from driftscope.gui.session import Session
from driftscope.gui.stage import AGAIN, CHANGE, CONNECT, DEMO, PLAY, TAKE, Guarded, Stage
from driftscope.gui.time_view import TimeView
from driftscope.gui.top_bar import TopBar
from driftscope.gui.widgets import label, resize_within_screen, set_text

NARROW_PX = 1180
"""Below this width the list of alarms folds into a tab of the left column."""
RIGHT_PX = 324
TEXT_S = 0.25
"""Texts are looked at four times a second, the plots at every frame."""


class MainWindow(QMainWindow):
    """Arrange the panels and hand the display's ticks on to them. GUI thread only."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setWindowTitle("Driftscope")
        self.setMinimumSize(960, 640)
        resize_within_screen(self, 1600, 1000)
        self._figures = Figures()
        self._strain, self._news = Strain(), News()
        self._looked_s = 0.0
        self._narrow: bool | None = None
        self._build()
        self._connect()
        session.refresh = self.refresh
        self.stage.setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Draw a frame: called by the session's display timer."""
        for plot in self.plots:
            plot.refresh()
        self.stage.refresh()
        now_s = time.monotonic()
        if now_s - self._looked_s >= TEXT_S:
            self.refresh_texts()

    def refresh_texts(self) -> None:
        """Bring every text up to date."""
        self._looked_s = time.monotonic()
        for part in (self.controls, self.alarms):
            part.refresh()
        self.top_bar.refresh()
        session = self.session
        strain = self._strain.text(session.health, self._looked_s)
        news = self._news.text(session.marks, self._looked_s)
        brief = self.stage.told_above()
        set_text(self.said, sentence(session, strain=strain, news=news, brief=brief))
        self._figures.refresh(session.health)
        set_text(self.figures, self._figures_text())
        if self._narrow:
            count = len(session.alarms)
            self.tabs.setTabText(1, f"Alarms ({count:,})" if count else "Alarms")

    def _figures_text(self) -> str:
        """Return what learning, drawing and memory take, as far as anything goes on."""
        session, parts = self.session, []
        if phase(session) in LEARNS:
            parts.append(f"learn {words.milliseconds(self._figures.step_ms[0])}")
            if not session.paused:
                parts.append(f"{session.frames_per_s:.0f} frames/s")
        return " · ".join([*parts, words.megabytes(self._figures.memory_bytes)])

    def _refresh_all(self) -> None:
        """Draw everything now: what fails at once does so before the display timer runs."""
        self.refresh()
        self.refresh_texts()

    def connect_source(self) -> None:
        """Ask for a source and connect to it."""
        session = self.session
        dialog = ConnectDialog(session.address if session.running else "", self, session.address)
        chosen = dialog.ask()
        dialog.deleteLater()
        if chosen:
            session.connect_to(chosen)

    def closeEvent(self, event: QCloseEvent) -> None:
        for dialog in self.findChildren(ConnectDialog):
            dialog.reject()
        self.hide()  # at once: letting go of a device may take a second
        self.session.close()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.width() < NARROW_PX
        if narrow != self._narrow:
            self._narrow = narrow
            self._fold(narrow)
        super().resizeEvent(event)

    def _stranger(self, name: str) -> QWidget:
        panel: QWidget = registry.load("panels", name)(self.session)
        return panel

    def _build(self) -> None:
        session = self.session
        self.top_bar = TopBar(session)
        view = TimeView()
        self.signal = Guarded(lambda: SignalPanel(session, view))
        self.score = Guarded(lambda: ScorePanel(session, view))
        self.loss = Guarded(lambda: LossPanel(session))
        self.plots = [self.signal, self.score, self.loss]
        for name in registry.names("panels"):
            self.plots.append(Guarded(partial(self._stranger, name)))
        shares = [5, 2, 3] + [2] * len(self.plots[3:])
        self.stage = Stage(session, list(zip(self.plots, shares, strict=True)))
        self.controls = Guarded(lambda: Controls(session, self._figures))
        self.alarms = Guarded(lambda: AlarmsPanel(session))
        self.tabs = QTabBar()
        self.tabs.addTab("Settings")
        self.tabs.addTab("Alarms")
        self.tabs.setExpanding(True)
        self.tabs.setDrawBase(False)
        self.left = QStackedWidget()
        self.left.addWidget(self.controls)
        self.left.setFixedWidth(WIDTH_PX)
        self.tabs.currentChanged.connect(self.left.setCurrentIndex)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.tabs)
        column.addWidget(self.left, 1)
        self.body = QHBoxLayout()
        self.body.setContentsMargins(theme.GAP_PX, theme.GAP_PX, theme.GAP_PX, theme.GAP_PX)
        self.body.setSpacing(theme.GAP_PX)
        self.body.addLayout(column)
        self.body.addWidget(self.stage, 1)
        self.said = label(wrap=True)
        self.said.setAccessibleName("What is going on now")
        self.figures = label(role="secondary")
        self.figures.setToolTip(
            "How long scoring and learning one step takes, how often the signal is drawn, and how "
            "much memory the program takes up."
        )
        bar = QWidget()
        theme.as_panel(bar)
        theme.set_role(bar, "bar")
        bar.setFixedHeight(52)
        foot = QHBoxLayout(bar)
        foot.setContentsMargins(16, 0, 16, 0)
        foot.setSpacing(24)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.figures)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top_bar)
        rows.addLayout(self.body, 1)
        rows.addWidget(bar)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        session = self.session
        self.top_bar.change.connect(self.connect_source)
        self.stage.pressed.connect(self._pressed)
        session.failed.connect(lambda _: self._refresh_all())
        session.opened.connect(self.refresh_texts)
        session.finished.connect(self.refresh_texts)
        signal, alarms, controls = self.signal.panel, self.alarms.panel, self.controls.panel
        if isinstance(signal, SignalPanel):
            signal.after_paint.append(lambda _: session.painted())
        if isinstance(alarms, AlarmsPanel) and isinstance(signal, SignalPanel):
            alarms.chosen.connect(signal.show_interval)
        if isinstance(controls, Controls) and isinstance(signal, SignalPanel):
            controls.channels.shown.connect(signal.show_channels)
        self._key("Ctrl+Q", self.close)
        self._key("Ctrl+O", self.connect_source)
        self._key("F1", self.top_bar.show_keys)
        self._key("F", self.top_bar.freeze.click)
        self._key("Space", self._space)

    def _pressed(self, word: str) -> None:
        session = self.session
        if word in (CONNECT, CHANGE):
            self.connect_source()
        elif word == DEMO:
            session.connect_to("demo:")
        elif word in (AGAIN, PLAY):
            session.connect_to(session.address)
        elif word == TAKE:
            session.release_port(False)
        self.refresh_texts()

    def _space(self) -> None:
        """Press the control that has the focus, as everywhere; else pause the view."""
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        elif isinstance(focused, QComboBox):
            focused.showPopup()
        else:
            self.top_bar.pause.click()

    def _key(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _fold(self, narrow: bool) -> None:
        """Put the alarms into a tab of the left column, or back to the right."""
        if narrow:
            self.alarms.setMinimumWidth(0)
            self.left.addWidget(self.alarms)
        else:
            self.tabs.setCurrentIndex(0)
            self.alarms.setFixedWidth(RIGHT_PX)
            self.body.addWidget(self.alarms)
            self.alarms.show()
        if narrow:
            self.alarms.setFixedWidth(WIDTH_PX)
        self.tabs.setVisible(narrow)
