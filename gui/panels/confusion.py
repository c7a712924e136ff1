"""Which classes are taken for which: the confusion matrix of any stream that is classified."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.reports import Report
from driftscope.gui import theme, words
from driftscope.gui.confusion_table import Cell, Confusion, Names
from driftscope.gui.grade_words import percent
from driftscope.gui.panels.samples import SamplesPanel
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, label, set_text

EMPTY = "Here stands which classes are taken for which, once some labels have come."
WIDEST_PX, HIGHEST_PX, LEAST_PX = 84, 56, 5
BARE = (
    "QHeaderView, QHeaderView::section, QTableCornerButton::section "
    "{ background: transparent; border: none; }"
)
TIP = (
    "Each row is a class as it was labelled, each column what the model said: what is right stands "
    "on the framed diagonal. Click a cell, or press Return on it, to see its pictures."
)


class ConfusionPanel(QWidget):
    """Show the matrix of a session's Report. `opened` gives the cell (true, said) to look into;
    its pictures, if any are remembered, then stand in the matrix's place until one goes back."""

    opened = Signal(int, int)

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName("Confusion matrix")
        self.session = session
        self.model = Confusion()
        self.table = QTableView()
        self.axes = label("said →\ntrue ↓", "small")
        self.axes.setParent(self.table)
        self.axes.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self.samples = SamplesPanel(session)
        self.title = label("Confusion", "title")
        self.title.setToolTip(TIP)
        self.figure = Elided(role="secondary")
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to the matrix (Esc).")
        self.back.hide()
        self.empty = label(EMPTY, "secondary", wrap=True)
        self._build()
        self.back.clicked.connect(self.close_cell)
        escape = QShortcut(QKeySequence("Esc"), self.samples)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_cell)
        self.table.clicked.connect(self._open)
        self.table.installEventFilter(self)
        self.pages.installEventFilter(self)
        self.refresh()

    def refresh(self) -> None:
        """Show the counts as they are now; cheap while the report stays the same."""
        report = self.session.report
        info = self.session.info
        if self.model.take(report, none=info is None or info.label is None):
            self._fit()
            self.close_cell()
        none = not self.model.classes
        self.empty.setVisible(none)
        self.pages.setVisible(not none)
        if self.pages.currentIndex() == 1:
            self.samples.refresh()
        self.figure.say(self._said(report) if report is not None and not none else "")

    def open_cell(self, true: int, said: int) -> None:
        """Look into a cell: its pictures take the matrix's place, if any are remembered."""
        self.opened.emit(true, said)
        report = self.session.report
        if report is None or not report.samples:
            return
        set_text(self.samples.title, self.model.said(true, said).partition(":")[0])
        self.samples.show_only((true, said))
        self.pages.setCurrentIndex(1)
        self.back.show()
        self.samples.list.setFocus()

    def close_cell(self) -> None:
        """Go back to the matrix."""
        self.pages.setCurrentIndex(0)
        self.back.hide()
        self.table.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look into the current cell with Return; fit the cells to the room there is."""
        if watched is self.pages:
            if event.type() == QEvent.Type.Resize:
                self._fit()
            return False
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(event, QKeyEvent) and event.key() in keys:
            if event.type() == QEvent.Type.KeyPress:
                self._open(self.table.currentIndex())
            return True
        return False

    def _said(self, report: Report) -> str:
        counts = self.model.counts
        total, right = int(counts.sum()), int(counts.diagonal().sum())
        if not total:
            return f"no {report.of} yet"
        return f"{percent(right / total)} right of {words.thousands(total)} {report.of}"

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_cell(index.row(), index.column())

    def _fit(self) -> None:
        """Make the cells as large as there is room for, and write names as room allows."""
        classes = len(self.model.classes)
        if not classes:
            return
        across, down = self._across, self._down
        room = self.pages.contentsRect()
        wide = min(max(down.needed_px(), self.axes.sizeHint().width() + 8), room.width() // 3)
        down.setFixedWidth(wide)
        cell = min((room.width() - wide) / self.model.columns, WIDEST_PX)
        across.upright = across.needed_px() > cell
        text_px = across.fontMetrics().height() + 6
        high = min(across.needed_px(), room.height() // 3) if across.upright else 2 * text_px
        across.setFixedHeight(high)
        self.axes.setGeometry(0, 0, wide - 6, high - 3)
        row = min(cell, (room.height() - high) / classes, HIGHEST_PX)
        across.setDefaultSectionSize(int(max(cell, LEAST_PX)))
        down.setDefaultSectionSize(int(max(row, LEAST_PX)))

    def _build(self) -> None:
        self._across, self._down = (
            Names(way) for way in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical)
        )
        table = self.table
        table.setModel(self.model)
        table.setHorizontalHeader(self._across)
        table.setVerticalHeader(self._down)
        table.setItemDelegate(Cell(table))
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setShowGrid(False)
        table.setStyleSheet(BARE)
        table.setCornerButtonEnabled(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAccessibleName("True classes by said classes")
        table.setTabKeyNavigation(False)
        table.setMinimumSize(160, 120)
        inside = self.samples.layout()
        assert inside is not None
        inside.setContentsMargins(0, 4, 0, 0)
        self.pages = QStackedWidget()
        self.pages.addWidget(table)
        self.pages.addWidget(self.samples)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(self.title)
        heading.addWidget(self.figure, 1)
        heading.addWidget(self.back)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 10, 8, 8)
        rows.setSpacing(6)
        rows.addLayout(heading)
        rows.addWidget(self.empty)
        rows.addWidget(self.pages, 1000)
        rows.addStretch()
