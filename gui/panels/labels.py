"""What is said of a stream's labels before they come, and how often that is right."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from driftscope.core.reports import Label
from driftscope.gui import theme, words
from driftscope.gui.class_bar import ClassBar
from driftscope.gui.grade_table import GradeTable
from driftscope.gui.grade_words import called
from driftscope.gui.label_plot import LabelPlot
from driftscope.gui.plot import Legend
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, label

EMPTY = "Here stands what is said of {} before it is known, once some labels have come."


class LabelsPanel(QWidget):
    """Show a bar for each class, or a plot of values, and below it how well they are told."""

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName("Labels")
        self.session = session
        self.bars: list[ClassBar] = []
        self.title = label("Labels", "title")
        self.said = Elided(role="prediction")
        self.said.tip = "What is said of the newest row, before its label is looked at."
        self.empty = label(role="secondary", wrap=True)
        self.plot = LabelPlot(session)
        self.legend = Legend()
        self.grades = GradeTable()
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 10, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch()
        self.classes = QScrollArea()
        self.classes.setWidget(inside)
        self.classes.setWidgetResizable(True)
        self.classes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.classes.setAccessibleName("Classes")
        self.classes.setMinimumHeight(60)
        self.classes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(self.title)
        heading.addWidget(self.said, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 10, 8, 10)
        rows.setSpacing(6)
        rows.addLayout(heading)
        rows.addWidget(self.empty)
        rows.addWidget(self.classes, 1)
        rows.addWidget(self.legend)
        rows.addWidget(self.plot, 1)
        rows.addWidget(self.grades)
        self.refresh()

    def refresh(self) -> None:
        """Show what is said now, and how well it went."""
        info, report = self.session.info, self.session.report
        what = info.label if info is not None else None
        if info is None or what is None:
            return
        by_class, known = what.kind == "class", self.session.told.count > 0
        self.empty.setText(EMPTY.format(f"“{what.name}”"))
        self.empty.setVisible(not known)
        self.classes.setVisible(known and by_class)
        for widget in (self.plot, self.legend):
            widget.setVisible(known and not by_class)
        self.grades.setVisible(known)
        self.grades.show_figures(report.figures if report is not None else {}, what)
        if by_class:
            self._show_classes(what, tuple(map(called, info.classes)))
        else:
            self._show_values(what)

    def _show_classes(self, what: Label, names: tuple[str, ...]) -> None:
        while len(self.bars) > len(names):
            gone = self.bars.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.bars) < len(names):
            bar = ClassBar()
            bar.button.hide()
            self.bars.append(bar)
            self._rows.insertWidget(self._rows.count() - 1, bar)
        chances = self.session.told.chances[:-1]
        shares = np.full(len(names), math.nan)
        if len(chances):  # of a class that came just now nothing was said yet
            shares[: len(chances)] = chances[: len(names)]
        first = int(np.nanargmax(shares)) if np.isfinite(shares).any() else -1
        for y, bar in enumerate(self.bars):
            bar.show_class(names[y], float(shares[y]), y == first, "", lit=False)
        now = self.session.info.classes[first] if self.session.info and first >= 0 else ""
        self.said.say(f"expected {what.name}: {now}" if now else "")

    def _show_values(self, what: Label) -> None:
        value, unit = self.session.told.value, f" {what.unit}" if what.unit else ""
        known = math.isfinite(value)
        self.said.say(f"expected {what.name}: {words.measurement(value)}{unit}" if known else "")
        self.plot.refresh()
        true, said = self.plot.pens()
        self.legend.show_items([(true, "as it was"), (said, "as said before")])
