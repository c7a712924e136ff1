"""What goes on, a line a second, for `driftscope watch`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from driftscope.core import address
from driftscope.core.health import Health
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Alarm, Event, Output

NO_SAMPLES = {
    "live": "connected, no sample yet",
    "stalled": "nothing comes",
    "lost": "the link is lost",
    "closed": "opening",
}
"""What to say of a link while there is no sample to count."""
TOLD = ("gap", "loss", "link", "note", "restored", "pass")


class StatusLine(Sink):
    """Print one line a second, and each alarm and message as it comes, to standard error.

    Of several devices each has its own line, beginning with its name. `owner` gives the device
    of a stream.
    """

    name = "the status line"

    def __init__(
        self, healths: Mapping[str, Health], owner: Callable[[str], str], out: TextIO
    ) -> None:
        self._healths = healths
        self._owner = owner
        self._out = out
        self._last_s = time.monotonic()
        self._last: dict[str, str] = {}
        self._rejected = dict.fromkeys(healths, 0)
        self._open: set[tuple[str, int]] = set()

    def write(self, item: Output) -> None:
        device = self._owner(item.key)
        if isinstance(item, Alarm):
            name = item.key, item.id
            if item.end is not None:
                self._open.discard(name)
            elif name not in self._open:
                self._open.add(name)
                who = ", ".join(item.channels) or "all channels"
                text = f"alarm {item.id} at {item.start_s:.3f} s: {who}, 1 in {rare(item)}"
                self._line(device, text)
        elif isinstance(item, Event) and item.kind in TOLD:
            data = item.data
            text = data.get("message") or data.get("reason") or data.get("number") or ""
            self._line(device, f"{item.kind}: {text}" if text else item.kind)
        self.tick()

    def tick(self) -> None:
        if time.monotonic() - self._last_s >= 1.0:
            self._last_s = time.monotonic()
            for device, health in self._healths.items():
                self._tell_rejects(device)
                self._line(device, status(health))

    def close(self) -> None:
        for device, health in self._healths.items():
            self._tell_rejects(device)
            if health.samples and status(health) != self._last.get(device):
                self._line(device, status(health))

    def _tell_rejects(self, device: str) -> None:
        """Print the last rejected line if there are new ones."""
        health = self._healths[device]
        if health.rejected > self._rejected[device] and health.rejects:
            text, reason = health.rejects[-1]
            self._line(device, f"rejected: {text!r} ({reason})")
        self._rejected[device] = health.rejected

    def _line(self, device: str, text: str) -> None:
        self._last[device] = text
        name = f"{address.masked(device)}: " if len(self._healths) > 1 else ""
        print(f"{name}{text}", file=self._out, flush=True)


def rare(alarm: Alarm) -> str:
    """Return N of "1 in N" for an alarm's peak, with thousands separated."""
    return f"{min(10**alarm.rarity, 1e12):,.0f}"


def status(health: Health) -> str:
    """Return what is going on in one line."""
    loss, _ = health.recent.means()
    skill = health.recent.skill()
    if not health.samples:
        rejected = f" · {health.rejected:,} rejected" if health.rejected else ""
        return f"{NO_SAMPLES.get(health.link, health.link)}{rejected}"
    seconds = health.stream_s
    stretch = f"{seconds:,.1f} s" if seconds < 1e12 else f"{seconds:.3g} s"
    timed = health.info is None or health.info.clock != "rows"
    parts = [
        *([f"{health.progress:.0%}"] if health.progress is not None else []),
        *([stretch] if timed else []),
        f"{health.samples:,} samples",
        f"{health.measured_rate_hz():,.0f}/s",
        f"loss {loss:.3g}, skill {skill:+.2f}" if math.isfinite(skill) else health.state,
        f"{health.alarms} alarm{'s' * (health.alarms != 1)}",
    ]
    figures = health.report.figures if health.report is not None else {}
    if math.isfinite(figures.get("accuracy", math.nan)):
        parts.append(f"accuracy {figures['accuracy']:.1%}")
    for count, word in (
        (health.rejected, "rejected"),
        (health.dropped, "dropped"),
        (health.skipped_updates, "updates skipped"),
        (health.unscored, "not scored"),
        (health.missed, "pictures left out"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    return " · ".join(parts)
