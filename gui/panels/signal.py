"""What comes in and what was expected: one lane a channel, the forecast ahead of now."""

from __future__ import annotations

from driftscope.gui import draw, measuring, theme, words
from driftscope.gui.actions import Actions
from driftscope.gui.lanes import Lanes
from driftscope.gui.plot import PlotPanel
from driftscope.gui.readout import Readout
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched


class SignalPanel(PlotPanel):
    """Show the signal with the prediction over it. `view` is shared with the score panel."""

    def __init__(
        self, session: Watched, view: TimeView | None = None, traces: Traces | None = None
    ) -> None:
        self.view = view or TimeView()
        self.lanes = Lanes(session, self.view, traces or Traces())
        super().__init__("Signal", self.lanes, "What was measured, and what was expected before.")
        self.readout = Readout(self.lanes)
        self.rows.addWidget(self.readout)
        self.session = session

    def show_interval(self, start_s: float, end_s: float) -> None:
        """Go back to a stretch of stream time, with some time around it."""
        self.view.show(start_s, end_s)
        self.refresh()

    def follow_live(self) -> None:
        """Go back to now."""
        self.lanes.follow_live()

    def offer(self, actions: Actions) -> None:
        """Say what can be read and measured, and how one moves through the plots."""
        measuring.offer(self.lanes, self.readout, actions)

    def refresh(self) -> None:
        super().refresh()
        self.readout.refresh()
        colours = theme.current()
        self.legend.show_items([
            (draw.pen(colours.text), "measured"),
            (draw.pen(colours.prediction), f"predicted{self._before()}{self._of()}"),
            (draw.dashed(colours.prediction, 2, 2), "forecast"),
        ])  # fmt: skip
        self.note.setText(self.lanes.note())

    def _of(self) -> str:
        """Return of which channel the prediction is, where not of every one."""
        info, lanes = self.session.info, self.lanes.lanes()
        if info is None or all(len(lane.channels) < 2 for lane in lanes):
            return ""
        if len(lanes) > 1:
            return ", of one in each plot"
        return f", of {words.shortened(info.channels[self.lanes.first(lanes[0])], 16)}"

    def _before(self) -> str:
        info, health = self.session.info, self.session.health
        if not health.horizon or info is None:
            return ""
        rate_hz = info.rate_hz or health.rate_hz
        if not rate_hz:
            return f" {words.plural(health.horizon, 'sample')} before"
        return f" {words.duration(health.horizon / rate_hz)} before"
