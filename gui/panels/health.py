"""Link health: what came in, what was lost on the way, and how long everything takes."""

from __future__ import annotations

import math
import time

import psutil
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolTip, QVBoxLayout, QWidget

from driftscope.core.clock import ClockQuality
from driftscope.core.health import Health
from driftscope.gui import theme, words
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, label, set_text

SLOWLY_S = 1.0
SHOWN_REJECTS = 20
P99 = "p99 is what 99 of 100 stay below: the slow end."
TIPS = {
    "received": "Samples that arrived each second, over the last two seconds.",
    "clock": "How even the clock behind the samples is. Jitter: how far what comes strays from an "
    "even beat on its way here; the times are freed of it. Drift, where the device sends its own "
    "time: how fast its clock runs against this computer's (12 ppm gain a second a day); its "
    "times are kept. Where it sends none: its samples a second by this computer's clock.",
    "rejected": "What came damaged, or was no sample at all. Click for the last ones.",
    "left out": "Pictures that were passed over since a newer one was there: the newest is always "
    "taken.",
    "dropped · skipped": "Dropped: samples lost before they could be read. Skipped: times the "
    "model was not updated for want of time; what was measured then is still drawn and judged.",
    "not scored": "Samples that were not judged for lack of time; drawn hatched.",
    "not drawn": "Samples that were judged, but came too fast for the window to take in; a hatched "
    "hole stands for them.",
    "gaps": "Times the link was interrupted. Nothing is learned across a gap.",
    "learn time": f"How long judging and learning one step takes: half the steps take less. {P99}",
    "sample to screen": "How long a sample takes from its arrival to being drawn: half of them "
    f"take less. {P99}",
}


class Figures:
    """Figures dear to come by, asked for at most once a second. One a window."""

    def __init__(self) -> None:
        self.memory_bytes = 0
        self.step_ms = (math.nan, math.nan)
        """What scoring and learning a step takes: median and 99th percentile."""
        self._process = psutil.Process()
        self._asked_s = -SLOWLY_S

    def refresh(self, health: Health) -> bool:
        """Ask again if a second has gone by; return whether it has."""
        now_s = time.monotonic()
        if now_s - self._asked_s < SLOWLY_S:
            return False
        self._asked_s = now_s
        self.memory_bytes = self._process.memory_info().rss
        self.step_ms = (health.step_ms(50), health.step_ms(99))
        return True


class Rejects(Elided):
    """Count of rejected lines and the last one; a click or Return shows the last ones' text."""

    def __init__(self) -> None:
        super().__init__()
        self.health = Health()
        self.setAccessibleDescription("Rejected: Return shows the last ones")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_count(self, health: Health) -> None:
        """Show how many there are."""
        self.health = health
        theme.set_role(self, "alarm" if health.rejected else "")
        if not health.rejects:
            self.say(words.thousands(health.rejected))
            return
        last = words.shortened(health.rejects[-1][0], 40)
        self.say(f"{words.thousands(health.rejected)} last: ‘{last}’")

    def listing(self) -> str:
        """Return the last rejected lines with the reason for each, oldest first."""
        if not self.health.rejects:
            return "Nothing was rejected."
        last = list(self.health.rejects)[-SHOWN_REJECTS:]
        told = "\n".join(f"‘{words.shortened(text, 60)}’  {reason}" for text, reason in last)
        info = self.health.info
        what = "damaged picture" if info is not None and info.pictures else "rejected line"
        head = f"The last {len(last)} of {words.plural(self.health.rejected, what)}:"
        return f"{head}\n{told}"

    def show_listing(self) -> None:
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.listing(), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.show_listing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_listing()
        else:
            super().keyPressEvent(event)


class HealthPanel(QWidget):
    """Show the counts of the session's Health, a line each."""

    def __init__(self, session: Watched, figures: Figures) -> None:
        super().__init__()
        self.session = session
        self.rejects = Rejects()
        self.values: dict[str, Elided] = {name: Elided() for name in TIPS}
        self.values["rejected"] = self.rejects
        self._names: dict[str, QLabel] = {}
        self.figures = figures
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        title = label("Link health", "title")
        title.setMinimumHeight(24)
        rows.addWidget(title)
        for name, value in self.values.items():
            called = self._names[name] = label(name, "secondary")
            called.setToolTip(TIPS[name])
            value.tip = TIPS[name]
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(called)
            row.addWidget(value, 1)
            rows.addLayout(row)

    def refresh(self) -> None:
        """Show the counts as they are now."""
        health, values = self.session.health, self.values
        pictures = self.session.pictures
        anew = self.figures.refresh(health) or not values["received"].text()
        if anew:
            values["received"].say(_per_second(health.measured_rate_hz(), pictures))
        set_text(self._names["rejected"], "damaged" if pictures else "rejected lines")
        set_text(
            self._names["sample to screen"], f"{'picture' if pictures else 'sample'} to screen"
        )
        self._show("left out", pictures)
        values["left out"].say(words.thousands(health.missed))
        self.rejects.show_count(health)
        lost = f"{words.thousands(health.dropped)} · {words.thousands(health.skipped_updates)}"
        values["dropped · skipped"].say(lost)
        if anew:
            self._show_clock(health.clock)
        history = self.session.history
        not_drawn = history.not_shown if history is not None else 0
        self._show("not drawn", not_drawn > 0)
        values["not drawn"].say(words.thousands(not_drawn))
        for name, count in (("not scored", health.unscored), ("gaps", health.gaps)):
            self._show(name, count > 0)
            values[name].say(words.thousands(count))
        values["learn time"].say(_middle_and_worst(*self.figures.step_ms))
        values["sample to screen"].say(_middle_and_worst(*self.session.latency_ms))

    def _show_clock(self, clock: ClockQuality) -> None:
        text = clock_words(clock)
        self._show("clock", bool(text))
        self.values["clock"].say(text)

    def _show(self, name: str, shown: bool) -> None:
        """Show a line, or hide it where it has nothing to say."""
        for widget in (self.values[name], self._names[name]):
            widget.setVisible(shown)


def clock_words(clock: ClockQuality) -> str:
    """Return how well times are known: 'drift +12 ppm · jitter 0.4 ms'; "" if that is unknown."""
    parts = []
    if clock.drift_ppm is not None:
        parts.append(f"drift {clock.drift_ppm:+,.0f} ppm")
    if clock.rate_hz is not None:
        decimals = min(max(0, 4 - math.floor(math.log10(clock.rate_hz))), 9)
        parts.append(f"{clock.rate_hz:,.{decimals}f} Hz")
    if clock.jitter_ms is not None:
        parts.append(f"jitter {words.milliseconds(clock.jitter_ms)}")
    return " · ".join(parts)


def _per_second(rate_hz: float, pictures: bool) -> str:
    if pictures:
        return f"{rate_hz:,.1f} pictures/s"
    digits = 1 if rate_hz < 10_000 else 0
    return f"{rate_hz:,.{digits}f} samples/s"


def _middle_and_worst(p50_ms: float, p99_ms: float) -> str:
    if math.isnan(p50_ms):
        return words.UNKNOWN
    return f"{words.milliseconds(p50_ms)} (p99 {words.milliseconds(p99_ms).removesuffix(' ms')})"
