"""What comes in and what was expected: one lane a channel, the forecast ahead of now."""

from __future__ import annotations

from driftscope.gui import draw, theme, words
from driftscope.gui.lanes import Lanes
from driftscope.gui.plot import PlotPanel
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
        self.session = session

    def show_interval(self, start_s: float, end_s: float) -> None:
        """Go back to a stretch of stream time, with some time around it."""
        self.view.show(start_s, end_s)
        self.refresh()

    def follow_live(self) -> None:
        """Go back to now."""
        self.lanes.follow_live()

    def refresh(self) -> None:
        super().refresh()
        colours = theme.current()
        self.legend.show_items([
            (draw.pen(colours.text), "measured"),
            (draw.pen(colours.prediction), f"predicted{self._before()}"),
            (draw.dashed(colours.prediction, 2, 2), "forecast"),
        ])  # fmt: skip
        self.note.setText(self.lanes.note())

    def _before(self) -> str:
        info, health = self.session.info, self.session.health
        if not health.horizon or info is None:
            return ""
        rate_hz = info.rate_hz or health.rate_hz
        if not rate_hz:
            return f" {words.plural(health.horizon, 'sample')} before"
        return f" {words.duration(health.horizon / rate_hz)} before"
