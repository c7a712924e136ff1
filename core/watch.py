"""Run the pipeline with no window: `driftscope watch SOURCE`."""

from __future__ import annotations

import json
import math
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from driftscope.core import address, summary
from driftscope.core.errors import DriftscopeError, SourceError
from driftscope.core.health import Health
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.params import default_params
from driftscope.core.sinks.scores import Scores
from driftscope.core.stream import Alarm, Event, Output

DONE, BAD_ARGUMENTS, NO_SOURCE, INTERRUPTED = 0, 2, 3, 130


class StatusLine(Sink):
    """Print one line a second, and each alarm and message as it comes, to standard error."""

    name = "the status line"

    def __init__(self, health: Callable[[], Health], out: TextIO) -> None:
        self._health = health
        self._out = out
        self._last_s = time.monotonic()
        self._open: set[int] = set()

    def write(self, item: Output) -> None:
        if isinstance(item, Alarm):
            if item.id not in self._open and item.end is None:
                self._open.add(item.id)
                who = ", ".join(item.channels) or "all channels"
                self._line(f"alarm {item.id} at {item.start_s:.3f} s: {who}, 1 in {rare(item)}")
        elif isinstance(item, Event) and item.kind in ("gap", "loss", "link", "note", "restored"):
            text = item.data.get("message") or item.data.get("reason") or ""
            self._line(f"{item.kind}: {text}" if text else item.kind)
        if time.monotonic() - self._last_s >= 1.0:
            self._last_s = time.monotonic()
            self._line(status(self._health()))

    def close(self) -> None:
        self._line(status(self._health()))

    def _line(self, text: str) -> None:
        print(text, file=self._out, flush=True)


def rare(alarm: Alarm) -> str:
    """Return N of "1 in N" for an alarm's peak, with thousands separated."""
    return f"{min(10**alarm.rarity, 1e12):,.0f}"


def status(health: Health) -> str:
    """Return what is going on in one line."""
    loss, _ = health.recent.means()
    skill = health.recent.skill()
    parts = [
        f"{health.stream_s:,.1f} s",
        f"{health.samples:,} samples",
        f"{health.measured_rate_hz():,.0f}/s",
        f"loss {loss:.3g}, skill {skill:+.2f}" if math.isfinite(skill) else health.state,
        f"{health.alarms} alarms",
    ]
    for count, word in (
        (health.rejected, "rejected"),
        (health.dropped, "dropped"),
        (health.skipped_updates, "updates skipped"),
        (health.unscored, "not scored"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    return " · ".join(parts)


def watch(
    source: str,
    *,
    for_s: float | None = None,
    speed: str | None = None,
    scores: str | None = None,
    summary_file: str | None = None,
    settings: list[tuple[str, str]] | None = None,
) -> int:
    """Watch a source until it ends, time is up or Ctrl+C; return the exit status."""
    out = sys.stderr
    interrupted = False
    try:
        device = address.make(address.parse(source))
        params = default_params(device.params)
        for name, value in settings or []:
            params.set(name, value)
        if speed is not None and ("speed" in device.params.specs() or speed != "1"):
            params.set("source.speed", speed)
        sinks: list[Sink] = [Scores(scores)] if scores else []
        if summary_file:
            Path(summary_file).touch()
    except (DriftscopeError, OSError) as error:
        print(f"driftscope: {error}", file=out)
        return BAD_ARGUMENTS
    monitor = Monitor({"source": device}, params, sinks, for_s)
    monitor.add_sink(StatusLine(lambda: monitor.health, out))

    def interrupt(signum: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        monitor.stop()

    before = signal.signal(signal.SIGINT, interrupt)
    status_code = DONE
    try:
        monitor.run()
    except SourceError as error:
        print(f"driftscope: {error}", file=out)
        status_code = NO_SOURCE
    except DriftscopeError as error:
        print(f"driftscope: {error}", file=out)
        status_code = BAD_ARGUMENTS
    finally:
        signal.signal(signal.SIGINT, before)
        if summary_file:
            text = json.dumps(summary.summary(monitor.health), indent=2)
            Path(summary_file).write_text(text + "\n", encoding="utf-8")
    return INTERRUPTED if interrupted else status_code
