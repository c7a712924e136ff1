"""How the picture is looked at: the heat over it, what was expected beside it, its region."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from driftscope.gui.picture_view import OPACITY, PictureView
from driftscope.gui.slider import Slider
from driftscope.gui.widgets import Tick, label, set_text

STEP = 5
LOW = "padding: 4px 10px"
"""Buttons beside a picture: every pixel of height is the picture's."""


class PictureTools(QWidget):
    """Turn what a PictureView lays over its picture."""

    def __init__(self, view: PictureView) -> None:
        super().__init__()
        self.view = view
        self.heat = Tick("Heat map")
        self.heat.setChecked(view.looks.heat)
        QShortcut(QKeySequence("H"), self).activated.connect(self.heat.toggle)
        self.heat.setToolTip("Colour what is not as usual, the more unusual the lighter (H).")
        self.opacity = Slider(100, _beside, round(100 * OPACITY))
        self.opacity.setFixedWidth(96)
        self.opacity.setAccessibleName("Opacity of the heat map")
        self.opacity.setToolTip(
            "How much the heat map hides of the picture. Its outline stays at 0 %."
        )
        self.percent = label(role="number")
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100 %") + 6)
        self.expected = _switch(
            "Expected", "Show beside it what the model expected to see: its reconstruction."
        )
        self.region = _switch(
            "Region…", "Watch only a part: drag rectangles over the picture, or press Return for "
            "one, arrows to move it, Shift and arrows to size it, Delete to remove it.",
        )  # fmt: skip
        self.whole = QPushButton("Whole picture")
        self.whole.setStyleSheet(LOW)
        self.whole.setToolTip("Watch everything again: take all rectangles away.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (
            self.heat, self.opacity, self.percent, self.expected, self.region, self.whole,
        ):  # fmt: skip
            row.addWidget(widget)
        row.addStretch()
        self.heat.toggled.connect(self._show_heat)
        self.opacity.valueChanged.connect(self._set_opacity)
        self.opacity.reset.connect(lambda: self.opacity.setValue(round(100 * OPACITY)))
        self.expected.toggled.connect(self._show_expected)
        self.region.toggled.connect(self._edit_region)
        self.whole.clicked.connect(lambda: view.regions.change([]))
        view.regions.ended.connect(lambda: self.region.setChecked(False))
        self.opacity.setValue(round(100 * OPACITY))

    def offer(self, heat: bool, expected: bool, region: bool) -> None:
        """Show only what there is something to show of."""
        for widget in (self.heat, self.opacity, self.percent):
            widget.setVisible(heat)
        self.expected.setVisible(expected)
        self.region.setVisible(region)
        edits = self.view.regions
        self.whole.setVisible(region and (edits.editing or bool(edits.rectangles)))

    def _show_heat(self, on: bool) -> None:
        self.view.looks.heat = on
        self.opacity.setEnabled(on)
        self.view.refresh()

    def _set_opacity(self, percent: int) -> None:
        self.view.looks.opacity = percent / 100
        set_text(self.percent, f"{percent} %")
        self.view.refresh()

    def _show_expected(self, on: bool) -> None:
        self.view.looks.expected = on
        self.view.refresh()

    def _edit_region(self, on: bool) -> None:
        self.view.regions.edit(on)
        shapes = Qt.CursorShape
        self.view.setCursor(shapes.CrossCursor if on else shapes.ArrowCursor)
        self.view.setFocus()
        self.view.refresh()


def _beside(position: int, step: int) -> int:
    return min(max(position + STEP * step, 0), 100)


def _switch(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setCheckable(True)
    button.setStyleSheet(LOW)
    button.setToolTip(tip)
    return button
