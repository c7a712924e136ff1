"""Which frequencies the signal holds, and which of them the model has learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from driftscope.core.spectrum import WINDOWS
from driftscope.gui import draw, theme, words
from driftscope.gui.plot import PlotPanel
from driftscope.gui.spectrum_plot import SpectrumPlot
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Combo, Elided, Tick, set_text

TIP = (
    "How strong each frequency is in the stretch of time that the signal shows: a sine of "
    "amplitude A reads A. The blue line is what was predicted: where it falls short, the model "
    "has not learned that frequency."
)
NAME_CHARS = 28
SMALL = (
    "QComboBox { padding: 3px 0 3px 8px; font-size: 9pt; }"
    "QComboBox::drop-down { border: none; width: 20px; } QComboBox::down-arrow { image: none; }"
)
"""Four boxes and a tick stand in one row, also in a narrow window."""


class SpectrumPanel(PlotPanel):
    """Show the spectrum of one plot's channels; `view` and `traces` are the signal panel's."""

    def __init__(self, session: Watched, view: TimeView, traces: Traces) -> None:
        self.curves = SpectrumPlot(session, view, traces)
        super().__init__("Spectrum", self.curves, TIP)
        self.session, self.traces = session, traces
        self._offered: list[tuple[str, str]] = []
        self.channel = self._box("Channels", "Which plot's channels to look at.")
        self.what = self._box("What is shown", "Amplitude of the sines, or their power density.")
        self.rows_box = self._box(
            "Window", "Samples looked at together: more tell nearby frequencies apart, fewer "
            "average out more noise."
        )  # fmt: skip
        self.scale = self._box("Vertical axis", "Linear, logarithmic, or in decibels (dB).")
        self.log = Tick("log frequency")
        self.log.setFont(theme.text_font(9))
        self.log.setAccessibleName("Logarithmic frequency axis")
        self.log.setToolTip("Give every decade of frequencies the same room.")
        self.told = Elided(role="alarm")
        self._fill()
        self._place()

    def refresh(self) -> None:
        """Bring it up to date; nothing is worked out while it cannot be seen."""
        if not self.isVisible():
            return
        self._offer_plots()
        super().refresh()
        shown, colours = self.curves.shown, theme.current()
        set_text(self.note, shown.note())
        warning = shown.warning()
        self.told.say(f"▲ {warning}" if warning else "")
        self.told.setVisible(bool(warning))
        now, items = shown.now, []
        if now is not None:
            several = len(now.names) > 1
            items = [
                (self.curves.pen(k), words.shortened(name, 20) if several else "measured")
                for k, name in enumerate(now.names)
            ]
            if now.predicted is not None:
                items.append((draw.pen(colours.prediction), "predicted"))
        self.legend.show_items(items)

    def picture_title(self) -> str:
        now = self.curves.shown.now
        return f"Spectrum of {_called(list(now.names))}" if now is not None else "Spectrum"

    def _choose(self, **what: Any) -> None:
        self.curves.shown.choices = replace(self.curves.shown.choices, **what)
        self.refresh()

    def _offer_plots(self) -> None:
        """Have the first box offer the plots there are."""
        info = self.session.info
        plots = self.traces.plots(info) if info is not None else []
        names = [[info.channels[k] for k in plot] for plot in plots] if info is not None else []
        offered = [(plot[0], _called(plot)) for plot in names]
        if offered == self._offered or self.channel.view().isVisible():
            return
        self._offered = offered
        self.channel.clear()
        for first, text in offered:
            self.channel.addItem(text, first)
        if info is not None and (plot := self.curves.shown.plot(info)):
            self.channel.setCurrentIndex(self.channel.findData(info.channels[plot[0]]))

    def _box(self, name: str, tip: str) -> Combo:
        made = Combo()
        made.setAccessibleName(name)
        made.setToolTip(tip)
        made.setMaximumWidth(190)
        made.setMinimumContentsLength(3)
        made.setStyleSheet(SMALL)
        return made

    def _fill(self) -> None:
        for text, density in (("Amplitude", False), ("Density", True)):
            self.what.addItem(text, density)
        self.rows_box.addItem("auto window", 0)
        for rows in WINDOWS:
            self.rows_box.addItem(f"{rows:,}", rows)
        for text, scale in (("Linear", "linear"), ("Log", "log"), ("dB", "dB")):
            self.scale.addItem(text, scale)
        self.scale.setCurrentIndex(1)
        boxes = {"channel": self.channel, "density": self.what, "rows": self.rows_box,
                 "scale": self.scale}  # fmt: skip
        for what, box in boxes.items():
            box.activated.connect(self._chosen(box, what))
        self.log.clicked.connect(lambda on: self._choose(log_frequency=on))

    def _chosen(self, box: Combo, what: str) -> Callable[[int], None]:
        return lambda _: self._choose(**{what: box.currentData()})

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 2)
        row.setSpacing(6)
        for box, share in ((self.channel, 4), (self.what, 4), (self.rows_box, 4), (self.scale, 2)):
            row.addWidget(box, share)
        row.addWidget(self.log)
        row.addStretch(1)
        self.told.setContentsMargins(14, 0, 14, 2)
        rows = self.layout()
        assert isinstance(rows, QVBoxLayout)
        rows.insertLayout(1, row)
        rows.insertWidget(2, self.told)


def _called(names: list[str]) -> str:
    """Return what a plot is called that holds these channels."""
    first = words.shortened(names[0], NAME_CHARS)
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
