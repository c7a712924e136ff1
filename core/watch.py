"""Run the pipeline with no window: `driftscope watch SOURCE`."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

from driftscope.core import address, registry, summary
from driftscope.core.errors import DriftscopeError, SourceError
from driftscope.core.health import Health
from driftscope.core.interfaces import Device, Sink
from driftscope.core.monitor import Monitor
from driftscope.core.params import ParamSet
from driftscope.core.signals import SIGNALS
from driftscope.core.sinks.scores import Scores
from driftscope.core.stream import Alarm, Event, Output

DONE, NOT_WRITTEN, BAD_ARGUMENTS, NO_SOURCE, INTERRUPTED = 0, 1, 2, 3, 130
NO_SAMPLES = {
    "live": "connected, no sample yet",
    "stalled": "nothing comes",
    "lost": "the link is lost",
    "closed": "opening",
}
"""What to say of a link while there is no sample to count."""
SUMMARY = "the summary"
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


def watch(
    sources: Sequence[str],
    *,
    for_s: float | None = None,
    speed: str | None = None,
    scores: str | None = None,
    summary_file: str | None = None,
    clips: str | None = None,
    model_out: str | None = None,
    settings: list[tuple[str, str]] | None = None,
) -> int:
    """Watch sources until all have ended, time is up or Ctrl+C; return the exit status."""
    out = sys.stderr
    try:
        played = [("source.speed", speed)] if speed is not None else []
        inputs = address.all_configured(sources, settings or [])
        have_speed = any(params.has("source.speed") for _, params in inputs.values())
        if have_speed or speed not in (None, "1"):
            inputs = address.all_configured(sources, [*(settings or []), *played])
        if summary_file:
            _check_writable(summary_file)
        if model_out:
            _check_model(model_out)
        sinks: list[Sink] = [Scores(scores)] if scores else []
        if clips:
            from driftscope.core.sinks.clips import Clips

            sinks.append(Clips(clips))
        monitor = Monitor(inputs, sinks, for_s)
    except DriftscopeError as error:
        print(f"driftscope: {error}", file=out)
        return BAD_ARGUMENTS
    for told in registry.broken():
        print(f"driftscope: {told}", file=out)
    monitor.add_sink(StatusLine(monitor.healths, monitor.owner, out))
    with _signals(monitor.stop) as came:
        status_code = _run(monitor, inputs, came, summary_file, model_out)
    return INTERRUPTED if came else status_code


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[list[int]]:
    """Call `stop` instead of ending when told to end; give the list of the signals that came."""
    came: list[int] = []

    def note(signum: int, frame: FrameType | None) -> None:
        came.append(signum)
        stop()

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    monitor: Monitor,
    inputs: Mapping[str, tuple[Device, ParamSet]],
    came: list[int],
    summary_file: str | None,
    model_out: str | None,
) -> int:
    """Run, save what is to be saved and say what went wrong; return the exit status."""
    out = sys.stderr
    told, status_code = "", DONE
    try:
        monitor.run()
        empty = [key for key, health in monitor.healths.items() if not health.samples]
        if empty and not came:
            device, health = inputs[empty[0]][0], monitor.healths[empty[0]]
            told = f"Not one sample came from {device.name}. {_why_none(device, health)}"
    except SourceError as error:
        told, status_code = str(error), NO_SOURCE
    except DriftscopeError as error:
        told, status_code = str(error), BAD_ARGUMENTS
    finally:
        if summary_file and not _write_summary(summary_file, monitor.healths):
            monitor.switched_off.append(SUMMARY)
    not_saved = _save_models(monitor, model_out) if model_out else ""
    with contextlib.suppress(OSError):
        if told:
            print(f"driftscope: {told}", file=out)
        lost = [name for name in monitor.switched_off if name != StatusLine.name]
        if lost:
            print(f"driftscope: Not complete: {', '.join(lost)}. Is the disk full?", file=out)
            status_code = status_code or NOT_WRITTEN
        if not_saved:
            print(f"driftscope: {not_saved}", file=out)
    return status_code or (NOT_WRITTEN if not_saved else DONE)


def _why_none(device: Device, health: Health) -> str:
    """Say what came in place of samples, and what to try."""
    if health.rejected:
        text, reason = health.rejects[-1]
        return (
            f"{health.rejected:,} lines were rejected, the last: {text!r} ({reason}). Lines of "
            "numbers are needed; on a serial port try another baud rate."
        )
    if device.pictures:
        return "It sent no picture: look whether another program shows one from it."
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


def _check_model(path: str) -> None:
    from driftscope.core.export import model

    model.check(path)


def _save_models(monitor: Monitor, path: str) -> str:
    """Write what was learned; return why not, "" if it was written."""
    from driftscope.core.export import model

    try:
        model.save_all(monitor.lanes, path)
    except DriftscopeError as error:
        return str(error)
    return ""


def _write_summary(path: str, healths: Mapping[str, Health]) -> bool:
    text = json.dumps(
        summary.summary_of_all({address.masked(key): each for key, each in healths.items()}),
        indent=2,
    )
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except OSError:
        return False
    return True
