"""How well labels are told, in a small table: this model, the plain ways, late and all in all."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from driftscope.core.reports import Label
from driftscope.gui import words
from driftscope.gui.grade_words import tenths
from driftscope.gui.widgets import label, set_text

CLASS_ROWS = (
    ("accuracy", "Right", "How many labels were told right before they were learned."),
    ("no_change_accuracy", "Same as last", "What one gets who says the last label again."),
    ("majority_accuracy", "Most common", "What one gets who says what came most often so far."),
    ("kappa", "Kappa", "How much better than chance: 1 perfect, 0 no better."),
    ("kappa_t", "Kappa-T", "How much better than saying the last label again: 1 perfect, 0 no "
     "better."),
    ("f1", "F1", "The mean over all classes, rare ones counting as much as common ones."),
)  # fmt: skip
VALUE_ROWS = (
    ("mae", "Error", "How far off on average what was said was, before the label was learned."),
    ("no_change_mae", "Same as last", "What one gets who says the last label again."),
    ("mean_mae", "Running mean", "What one gets who says the mean of the labels so far."),
    ("r2", "R²", "Which part of the labels' spread is told: 1 all of it, 0 none."),
)
BASELINES = ("no_change_accuracy", "majority_accuracy", "no_change_mae", "mean_mae")
COLUMNS = (
    ("last 1,000", "", "Of the newest 1,000 labels."),
    ("all", "overall_", "Of all labels since the start, however little was known."),
)


class GradeTable(QWidget):
    """Show the figures of a Report; empty where nothing is known."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("How well the labels are told")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 10, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[str, QLabel] = {}
        self._kind = ""

    def show_figures(self, figures: dict[str, float], what: Label) -> None:
        """Show how well labels of a kind are told."""
        if what.kind != self._kind:
            self._build(CLASS_ROWS if what.kind == "class" else VALUE_ROWS)
            self._kind = what.kind
        unit = f" {what.unit}" if what.unit else ""
        for name, cell in self._cells.items():
            value = figures.get(name, math.nan)
            if not math.isfinite(value):
                set_text(cell, "–")
            elif "accuracy" in name:
                set_text(cell, tenths(value))
            elif "mae" in name:
                set_text(
                    cell, f"{words.measurement(value) if unit else words.rounded(value)}{unit}"
                )
            else:
                set_text(cell, f"{value:.2f}")

    def _build(self, rows: tuple[tuple[str, str, str], ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._cells = {}
        right = Qt.AlignmentFlag.AlignRight
        for place, (title, _, tip) in enumerate(COLUMNS, 1):
            head = label(title, "small")
            head.setToolTip(tip)
            self._grid.addWidget(head, 0, place, right)
        for line, (name, title, tip) in enumerate(rows, 1):
            called = label(title, "small" if name in BASELINES else "secondary")
            called.setToolTip(tip)
            self._grid.addWidget(called, line, 0)
            for place, (column, before, _) in enumerate(COLUMNS, 1):
                cell = self._cells[f"{before}{name}"] = label("–", "number")
                cell.setToolTip(tip)
                cell.setAccessibleDescription(f"{title}, {column}")
                self._grid.addWidget(cell, line, place, right)
