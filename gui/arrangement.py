"""Where the panels stand: what one turns left, what is measured in the middle, what happened right.

In a narrow window the right column folds into tabs of the left one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from driftscope.core import registry
from driftscope.gui import theme
from driftscope.gui.alarm_list import Entry
from driftscope.gui.classes_area import ClassesArea, applying
from driftscope.gui.controls import WIDTH_PX, Controls
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.panels.health import Figures
from driftscope.gui.panels.loss import LossPanel
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.panels.score import ScorePanel
from driftscope.gui.panels.signal import SignalPanel
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded, Stage
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces

RIGHT_PX, WIDER_PX, ROOMY_PX = 324, 400, 1500
"""How wide the right column is; wider where classes stand in it and the window has the room."""


class Arrangement(QWidget):
    """Hold the panels, and show those that go with the stream that is shown. GUI thread only."""

    def __init__(self, session: Session, figures: Figures) -> None:
        super().__init__()
        self.session = session
        self.view = TimeView()
        self.traces = Traces()
        self.signal = Guarded(lambda: SignalPanel(session, self.view, self.traces))
        self.picture = Guarded(lambda: PicturePanel(session))
        self.score = Guarded(lambda: ScorePanel(session, self.view))
        self.loss = Guarded(lambda: LossPanel(session))
        strangers = [Guarded(partial(self._stranger, name)) for name in registry.names("panels")]
        self.plots = [self.signal, self.picture, self.score, self.loss, *strangers]
        self.seen = QStackedWidget()
        self.seen.addWidget(self.signal)
        self.seen.addWidget(self.picture)
        shares: list[tuple[QWidget, int]] = [(self.seen, 5), (self.score, 2), (self.loss, 3)]
        self.stage = Stage(session, shares + [(each, 2) for each in strangers])
        self.controls = Guarded(lambda: Controls(session, figures, self.traces))
        self.alarms = Guarded(lambda: AlarmsPanel(session))
        self.classes = ClassesArea(session)
        self._narrow: bool | None = None
        self._build()
        self._connect()
        self.fold(False)

    def refresh(self) -> None:
        """Draw a frame."""
        seen = self.picture if self.session.pictures else self.signal
        if self.seen.currentWidget() is not seen:
            self.seen.setCurrentWidget(seen)
        for plot in self.plots:
            if plot is seen or plot not in (self.signal, self.picture):
                plot.refresh()
        self.stage.refresh()

    def refresh_texts(self) -> None:
        """Bring every text up to date, and show what applies."""
        for part in (self.controls, self.alarms):
            part.refresh()
        applies = bool(applying(self.session))
        if self._narrow:
            count = sum(len(each.alarms) for each in self.session.sources)
            self.tabs.setTabText(1, f"Alarms ({count:,})" if count else "Alarms")
            self.tabs.setTabVisible(2, applies)
        else:
            self.classes.setVisible(applies)
            self._set_right_width(applies)
        if self.classes.isVisible():
            self.classes.refresh()

    def fold(self, narrow: bool) -> None:
        """Put the right column into tabs of the left one, or back to the right."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self.left.addWidget(self.alarms)
            self.left.addWidget(self.classes)
        else:
            self.tabs.setCurrentIndex(0)
            for part in (self.alarms, self.classes):
                self.happened.addWidget(part)
            self.happened.setStretchFactor(0, 2)
            self.happened.setStretchFactor(1, 3)
            self.happened.setSizes([2000, 3000])
            self.alarms.show()
        self.right.setVisible(not narrow)
        self.tabs.setVisible(narrow)

    def look_at(self, entry: Entry) -> None:
        """Show an alarm's or a gap's source, and the time it began at."""
        self.session.show(entry.source.address)
        self.view.update(self.session.history, self.session.paused)
        alarms = self.alarms.panel
        end_s = alarms.model.ended_s(entry) if isinstance(alarms, AlarmsPanel) else entry.began_s
        self.view.show(entry.began_s, end_s)
        self.refresh()

    def chosen_alarm(self) -> Entry | None:
        """Return the alarm that is chosen in the list, the newest if none is."""
        alarms = self.alarms.panel
        return alarms.chosen_entry() if isinstance(alarms, AlarmsPanel) else None

    def after_paint(self, tell: Callable[[int], object]) -> None:
        """Have `tell` called whenever the newest sample or picture has been painted."""
        for guarded in (self.signal, self.picture):
            if isinstance(guarded.panel, SignalPanel | PicturePanel):
                guarded.panel.after_paint.append(tell)

    def _stranger(self, name: str) -> QWidget:
        panel: QWidget = registry.load("panels", name)(self.session)
        return panel

    def _build(self) -> None:
        self.tabs = QTabBar()
        for name in ("Settings", "Alarms", "Classes"):
            self.tabs.addTab(name)
        self.tabs.setTabVisible(2, False)
        self.tabs.setExpanding(True)
        self.tabs.setDrawBase(False)
        self.left = QStackedWidget()
        self.left.addWidget(self.controls)
        self.left.setFixedWidth(WIDTH_PX)
        self.happened = QSplitter(Qt.Orientation.Vertical)
        self.happened.setHandleWidth(theme.GAP_PX)
        self.happened.setChildrenCollapsible(False)
        self.right = QWidget()  # a splitter itself forgets a fixed width
        around = QVBoxLayout(self.right)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.happened)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.tabs)
        column.addWidget(self.left, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.GAP_PX] * 4)
        row.setSpacing(theme.GAP_PX)
        row.addLayout(column)
        row.addWidget(self.stage, 1)
        row.addWidget(self.right)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._turn)
        if isinstance(self.alarms.panel, AlarmsPanel):
            self.alarms.panel.chosen.connect(self.look_at)

    def _turn(self, place: int) -> None:
        self.left.setCurrentIndex(place)
        self.refresh_texts()

    def _set_right_width(self, classes: bool) -> None:
        wide = classes and self.width() >= ROOMY_PX
        self.right.setFixedWidth(WIDER_PX if wide else RIGHT_PX)
