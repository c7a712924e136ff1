"""Where the panels stand: the signal or the picture in the middle, docks with all others around."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QStackedWidget

from driftscope.gui.actions import Actions
from driftscope.gui.alarm_list import Entry
from driftscope.gui.classes_area import ClassesArea
from driftscope.gui.layouts import Layouts
from driftscope.gui.panels.alarms import AlarmsPanel
from driftscope.gui.panels.health import Figures
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.panels.signal import SignalPanel
from driftscope.gui.places import Parts, places
from driftscope.gui.preferences import Preferences
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded, Stage
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces

TEXTS = ("settings", "alarms", "classes")
"""These are looked at a few times a second; all others are drawn at every frame."""


class Arrangement(Layouts):
    """Hold the panels, and show those that go with the stream that is shown. GUI thread only.

    `panels` are the held ones by name; those in docks are named in `gui/places.py`.
    """

    def __init__(self, session: Session, figures: Figures, preferences: Preferences) -> None:
        super().__init__(preferences)
        self.session = session
        self.view = TimeView()
        self.traces = Traces()
        self.signal = Guarded(lambda: SignalPanel(session, self.view, self.traces))
        self.picture = Guarded(lambda: PicturePanel(session))
        self.seen = QStackedWidget()
        self.seen.addWidget(self.signal)
        self.seen.addWidget(self.picture)
        self.stage = Stage(session, self.seen)
        self.setCentralWidget(self.stage)
        parts = Parts(session, figures, self.view, self.traces)
        for place in places():
            self.add(place, Guarded(partial(place.make, parts)))
        self.panels = {
            "signal": self.signal, "picture": self.picture,
            **{name: dock.held for name, dock in self.docks.items()},
        }  # fmt: skip
        self.score, self.loss = self.panels["score"], self.panels["loss"]
        self.controls, self.alarms = self.panels["settings"], self.panels["alarms"]
        self.plots = [held for name, held in self.panels.items() if name not in TEXTS]
        classes = self.panels["classes"].panel
        assert isinstance(classes, ClassesArea)
        self.classes = classes
        if isinstance(self.alarms.panel, AlarmsPanel):
            self.alarms.panel.chosen.connect(self.look_at)
            if isinstance(self.signal.panel, SignalPanel):
                self.alarms.panel.passed.connect(self.signal.panel.lanes.keyPressEvent)
        self.build()

    def refresh(self) -> None:
        """Draw a frame."""
        seen = self.picture if self.session.pictures else self.signal
        if self.seen.currentWidget() is not seen:
            self.seen.setCurrentWidget(seen)
        seen.refresh()
        for name, dock in self.docks.items():
            if name not in TEXTS:
                dock.refresh()
        self.stage.refresh()

    def refresh_texts(self) -> None:
        """Bring every text up to date, and show what applies."""
        count = sum(len(each.alarms) for each in self.session.sources)
        title = f"Alarms ({count:,})" if count else "Alarms"
        info = self.session.info
        of_rows = info is not None and info.label is not None
        for name, now in (("alarms", title), ("classes", "Labels" if of_rows else "Classes")):
            if self.docks[name].windowTitle() != now:
                self.docks[name].setWindowTitle(now)
        self.show_what_applies()
        for name in TEXTS:
            self.docks[name].refresh()
        self.watch()

    def offer(self, actions: Actions) -> None:
        """Have each panel say what can be done with it, and say which panels there are."""
        for held in self.panels.values():
            held.offer(actions)
        super().offer(actions)

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
        self.alarms.refresh()  # it may be hidden, and behind
        alarms = self.alarms.panel
        return alarms.chosen_entry() if isinstance(alarms, AlarmsPanel) else None

    def after_paint(self, tell: Callable[[int], object]) -> None:
        """Have `tell` called whenever the newest sample or picture has been painted."""
        for guarded in (self.signal, self.picture):
            if isinstance(guarded.panel, SignalPanel | PicturePanel):
                guarded.panel.after_paint.append(tell)
