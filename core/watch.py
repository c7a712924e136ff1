"""Run the pipeline with no window: `driftscope watch SOURCE`."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from driftscope.core import address, registry, summary
from driftscope.core.errors import DriftscopeError, SourceError
from driftscope.core.health import Health
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.sinks.scores import Scores
from driftscope.core.stream import Alarm, Event, Output

DONE, NOT_WRITTEN, BAD_ARGUMENTS, NO_SOURCE, INTERRUPTED = 0, 1, 2, 3, 130
SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""What ends a run early, after everything was saved; Windows has no SIGHUP."""
NO_SAMPLES = {"live": "connected, no sample yet", "lost": "the link is lost", "closed": "opening"}
"""What to say of a link while there is no sample to count."""
SUMMARY = "the summary"


class StatusLine(Sink):
    """Print one line a second, and each alarm and message as it comes, to standard error."""

    name = "the status line"

    def __init__(self, health: Callable[[], Health], out: TextIO) -> None:
        self._health = health
        self._out = out
        self._last_s = time.monotonic()
        self._last = ""
        self._rejected = 0
        self._open: set[tuple[str, int]] = set()

    def write(self, item: Output) -> None:
        if isinstance(item, Alarm):
            name = item.key, item.id
            if item.end is not None:
                self._open.discard(name)
            elif name not in self._open:
                self._open.add(name)
                who = ", ".join(item.channels) or "all channels"
                self._line(f"alarm {item.id} at {item.start_s:.3f} s: {who}, 1 in {rare(item)}")
        elif isinstance(item, Event) and item.kind in ("gap", "loss", "link", "note", "restored"):
            text = item.data.get("message") or item.data.get("reason") or ""
            self._line(f"{item.kind}: {text}" if text else item.kind)
        self.tick()

    def tick(self) -> None:
        if time.monotonic() - self._last_s >= 1.0:
            self._last_s = time.monotonic()
            self._tell_rejects()
            self._line(status(self._health()))

    def close(self) -> None:
        self._tell_rejects()
        if status(self._health()) != self._last and self._health().samples:
            self._line(status(self._health()))

    def _tell_rejects(self) -> None:
        """Print the last rejected line if there are new ones."""
        health = self._health()
        if health.rejected > self._rejected and health.rejects:
            text, reason = health.rejects[-1]
            self._line(f"rejected: {text!r} ({reason})")
        self._rejected = health.rejected

    def _line(self, text: str) -> None:
        self._last = text
        print(text, file=self._out, flush=True)


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
    parts = [
        f"{seconds:,.1f} s" if seconds < 1e12 else f"{seconds:.3g} s",
        f"{health.samples:,} samples",
        f"{health.measured_rate_hz():,.0f}/s",
        f"loss {loss:.3g}, skill {skill:+.2f}" if math.isfinite(skill) else health.state,
        f"{health.alarms} alarm{'s' * (health.alarms != 1)}",
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
    try:
        device, params = address.configured(source, settings or [])
        if speed is not None and ("speed" in device.params.specs() or speed != "1"):
            params.set("source.speed", speed)
        if summary_file:
            _check_writable(summary_file)
        sinks: list[Sink] = [Scores(scores)] if scores else []
        monitor = Monitor({"source": device}, params, sinks, for_s)
    except DriftscopeError as error:
        print(f"driftscope: {error}", file=out)
        return BAD_ARGUMENTS
    for told in registry.broken():
        print(f"driftscope: {told}", file=out)
    monitor.add_sink(StatusLine(lambda: monitor.health, out))
    interrupted = False

    def interrupt(signum: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        monitor.stop()

    before = {number: signal.signal(number, interrupt) for number in SIGNALS}
    told, status_code = "", DONE
    try:
        monitor.run()
        if not (interrupted or monitor.health.samples):
            told = f"Not one sample came from {device.name}. {_why_none(monitor.health)}"
    except SourceError as error:
        told, status_code = str(error), NO_SOURCE
    except DriftscopeError as error:
        told, status_code = str(error), BAD_ARGUMENTS
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if summary_file and not _write_summary(summary_file, monitor.health):
            monitor.switched_off.append(SUMMARY)
    with contextlib.suppress(OSError):
        if told:
            print(f"driftscope: {told}", file=out)
        lost = [name for name in monitor.switched_off if name != StatusLine.name]
        if lost:
            print(f"driftscope: Not complete: {', '.join(lost)}. Is the disk full?", file=out)
            status_code = status_code or NOT_WRITTEN
    return INTERRUPTED if interrupted else status_code


def _why_none(health: Health) -> str:
    """Say what came in place of samples, and what to try."""
    if health.rejected:
        text, reason = health.rejects[-1]
        return (
            f"{health.rejected:,} lines were rejected, the last: {text!r} ({reason}). Lines of "
            "numbers are needed; on a serial port try another baud rate."
        )
    what = "no whole line of numbers" if health.bytes else "nothing"
    return f"It sent {what}: look whether its program runs and prints lines of numbers."


def _check_writable(path: str) -> None:
    try:
        with open(path, "a", encoding="utf-8"):
            pass
    except OSError as error:
        raise DriftscopeError(
            f"The summary cannot be written to {path}: {error.strerror}. Name another file."
        ) from error


def _write_summary(path: str, health: Health) -> bool:
    text = json.dumps(summary.summary(health), indent=2)
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except OSError:
        return False
    return True
