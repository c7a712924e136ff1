"""What is in view, among the classes that were taught by holding a key."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from driftscope.core.reports import Report
from driftscope.core.teaching import NameClass, Teach
from driftscope.gui import theme, words
from driftscope.gui.class_bar import ClassBar
from driftscope.gui.grade_words import called, grades, tip
from driftscope.gui.loss_line import LossLine
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, label, set_text

MOST_TAUGHT = 9
NONE, NEW = "none of these", "Hold to add a class"
EMPTY = "Hold a key 1 to 9 while something is in view to teach it."


class ClassesPanel(QWidget):
    """Show a bar for each class, and one more to begin a new one with."""

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName("Classes")
        self.session = session
        self.bars: list[ClassBar] = []
        """By number of the class; the last one is to begin a new class with, where there may be
        more. They stay as long as they can: one may be held down."""
        self.none = ClassBar()
        self._keyed = True
        self.taught: int | None = None
        """The class being taught now, None if none is."""
        self.title = label("Classes", "title")
        self.seen = Elided(role="prediction")
        self.seen.tip = "What is most probably in view."
        self.seen.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.seen.setContentsMargins(0, 0, 10, 0)
        self.empty = label(EMPTY, "secondary", wrap=True)
        self.figures = label(role="secondary", wrap=True)
        self.losses = LossLine()
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 10, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self.none)
        self._rows.addStretch()
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(self.title)
        heading.addWidget(self.seen, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 12, 8, 10)
        rows.setSpacing(8)
        rows.addLayout(heading)
        rows.addWidget(self.empty)
        rows.addWidget(area, 1)
        rows.addWidget(self.figures)
        rows.addWidget(self.losses)
        self.refresh()

    def hold(self, y: int, down: bool) -> None:
        """Begin to teach class number y, or end it; its bar is lit meanwhile."""
        if down and self.taught != y:
            self.taught = y
            self.session.ask(Teach(y))
        elif not down and self.taught == y:
            self.taught = None
            self.session.ask(Teach(None))
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of each class now."""
        report = self.session.report
        names = tuple(map(called, report.classes)) if report is not None else ()
        self._build(len(names))
        shares = self._shares(len(names))
        first = int(shares.argmax()) if np.isfinite(shares).all() else -1
        counts = Counter(sample.y for sample in report.samples) if report is not None else Counter()
        for y, bar in enumerate(self.bars):
            name, share = (names[y], float(shares[y])) if y < len(names) else (NEW, math.nan)
            wins = y == first and y < len(names)
            kept = words.plural(counts[y], "sample") if self._keyed else f"{counts[y]} held out"
            bar.show_class(name, share, wins, kept if counts[y] else "", y == self.taught)
        self.none.show_class(NONE, float(shares[-1]), first == len(names), "", lit=False)
        self.none.setVisible(bool(names))
        self.seen.say(f"in view: {[*names, NONE][first]}" if first >= 0 else "")
        self.empty.setVisible(not names)
        self._show_grades(report)

    def _show_grades(self, report: Report | None) -> None:
        said = grades(report.figures) if report is not None else ""
        set_text(self.figures, said)
        self.figures.setToolTip(tip(report.figures) if report is not None else "")
        self.figures.setVisible(bool(said))
        self.losses.show_losses(report.losses if report is not None else np.zeros(0))

    def _by_hand(self) -> bool:
        """Say whether classes are taught here; those of labelled pictures come with them."""
        info = self.session.info
        return info is None or not info.classes

    def _shares(self, classes: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Return the probability of each class and of none, NaN while unknown."""
        picture = self.session.picture
        found = picture.extras.get("classes") if picture is not None else None
        if found is None or len(found) != classes + 1:
            return np.full(classes + 1, np.nan)
        return np.asarray(found, float)

    def _drop_bars(self, left: int) -> None:
        while len(self.bars) > left:
            gone = self.bars.pop()
            gone.hide()
            gone.deleteLater()

    def _build(self, classes: int) -> None:
        """Have a bar for each class, and behind "none of these" one for a new class."""
        by_hand = self._by_hand()
        if by_hand != self._keyed:  # another kind of stream: keys come or go
            self._keyed, self.taught = by_hand, None
            self._drop_bars(0)
            self.none.button.setVisible(by_hand)
        wanted = classes + 1 if by_hand and classes < MOST_TAUGHT else classes
        self._drop_bars(wanted)
        while len(self.bars) < wanted:
            y = len(self.bars)
            bar = ClassBar(y + 1 if by_hand and y < MOST_TAUGHT else None)
            bar.button.setVisible(by_hand)
            bar.held.connect(partial(self.hold, y))
            bar.named.connect(lambda name, y=y: self.session.ask(NameClass(y, name)))
            self.bars.append(bar)
            self._rows.insertWidget(self._rows.count() - 1, bar)
        if self._rows.indexOf(self.none) != classes:
            self._rows.removeWidget(self.none)
            self._rows.insertWidget(classes, self.none)
