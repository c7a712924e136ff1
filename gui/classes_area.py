"""What a stream is taught and how well it is told apart: classes, samples, confusion, passes."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from driftscope.gui import theme
from driftscope.gui.panels.classes import ClassesPanel
from driftscope.gui.panels.confusion import ConfusionPanel
from driftscope.gui.panels.labels import LabelsPanel
from driftscope.gui.panels.passes import PassesPanel
from driftscope.gui.panels.samples import SamplesPanel
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded
from driftscope.gui.watched import Watched

TITLED = LabelsPanel | ClassesPanel | SamplesPanel | ConfusionPanel | PassesPanel


class ClassesArea(QWidget):
    """Show one of several panels by its tab; only those that apply to the shown stream."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        theme.as_panel(self)
        self.session = session
        self.pages = {
            "Labels": Guarded(lambda: LabelsPanel(session)),
            "Classes": Guarded(lambda: ClassesPanel(session)),
            "Samples": Guarded(lambda: SamplesPanel(session)),
            "Confusion": Guarded(lambda: ConfusionPanel(session)),
            "Passes": Guarded(lambda: PassesPanel(session)),
        }
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("What is told of the classes")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 6px 9px }")  # so that four fit
        self.stack = QStackedWidget()
        for name, page in self.pages.items():
            self.tabs.addTab(name)
            self.stack.addWidget(page)
            if isinstance(page.panel, TITLED):
                page.panel.title.hide()  # the tab says it
        self.tabs.currentChanged.connect(self._turn)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(4, 8, 4, 4)
        rows.setSpacing(4)
        rows.addWidget(self.tabs)
        rows.addWidget(self.stack, 1)

    def refresh(self) -> None:
        """Draw the page that is shown."""
        wanted = applying(self.session)
        for place, name in enumerate(self.pages):
            if self.tabs.isTabVisible(place) != (name in wanted):
                self.tabs.setTabVisible(place, name in wanted)
                self.tabs.updateGeometry()  # Qt does not: with no tab at first it stays flat
        if wanted and not self.tabs.isTabVisible(self.tabs.currentIndex()):
            self.show_page(wanted[0])
        page = self.stack.currentWidget()
        if isinstance(page, Guarded):
            page.refresh()

    def show_page(self, name: str) -> None:
        """Turn to a page by its name."""
        self.tabs.setCurrentIndex(list(self.pages).index(name))

    def hold(self, y: int, down: bool) -> None:
        """A key for class `y` went down or up."""
        panel = self.pages["Classes"].panel
        if isinstance(panel, ClassesPanel):
            panel.hold(y, down)

    def takes_digits(self) -> bool:
        """Say whether digits are for the samples that are selected."""
        panel = self.pages["Samples"].panel
        return isinstance(panel, SamplesPanel) and (
            panel.list.hasFocus() and bool(panel.list.chosen())
        )

    def _turn(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self.refresh()


def applying(session: Watched) -> tuple[str, ...]:
    """Return which pages there is something to show on, "" of them for a stream without classes.

    Labels come with the stream, or are taught by hand to a stream of pictures.
    """
    info, report = session.info, session.report
    if info is not None and info.label is not None:
        return ("Labels", "Confusion") if info.label.kind == "class" else ("Labels",)
    taught = info is not None and info.pictures and not info.classes
    if info is None or not (taught or info.classes or report is not None):
        return ()
    found = ["Classes"]
    if taught or (report is not None and report.samples):
        found.append("Samples")
    found.append("Confusion")
    if report is not None and report.passes:
        found.append("Passes")
    return tuple(found)
