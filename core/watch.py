"""Run the pipeline with no window: `driftscope watch SOURCE`."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from driftscope.core import address, autosave, going_on, own_model, profile_file, registry, summary
from driftscope.core.autosave import EVERY_S, Autosave
from driftscope.core.errors import DriftscopeError, ParamError, ProfileError, SourceError
from driftscope.core.health import Health
from driftscope.core.interfaces import Device, Sink
from driftscope.core.monitor import Monitor
from driftscope.core.params import ParamSet
from driftscope.core.profile import Profile
from driftscope.core.signals import SIGNALS
from driftscope.core.sinks.csv_log import CsvLog
from driftscope.core.sinks.scores import Scores
from driftscope.core.status_line import StatusLine

DONE, NOT_WRITTEN, BAD_ARGUMENTS, NO_SOURCE, INTERRUPTED = 0, 1, 2, 3, 130
SUMMARY = "the summary"


def watch(
    sources: Sequence[str],
    *,
    for_s: float | None = None,
    speed: str | None = None,
    log: str | None = None,
    scores: str | None = None,
    summary_file: str | None = None,
    clips: str | None = None,
    model_out: str | None = None,
    settings: list[tuple[str, str]] | None = None,
    profile_path: str | None = None,
    state: str | None = None,
    state_every_s: float | None = None,
) -> int:
    """Watch sources until all have ended, time is up or Ctrl+C; return the exit status."""
    out = sys.stderr
    try:
        played = [("source.speed", speed)] if speed is not None else []
        profile = profile_file.read(profile_path) if profile_path else None
        saved = autosave.begin(state)
        if saved is not None and not sources and profile is None:
            sources = saved.addresses()
        inputs = _inputs(sources, settings or [], profile)
        have_speed = any(params.has("source.speed") for _, params in inputs.values())
        if not have_speed and speed not in (None, "1"):
            names = ", ".join(device.name for device, _ in inputs.values())
            raise ParamError(f"--speed is for files and the demo: {names} sets its own pace.")
        if have_speed:
            inputs = _inputs(sources, [*(settings or []), *played], profile)
        for _, params in inputs.values():  # before anything is opened: it may well be wrong
            if own_model.is_own(params.learner.model):
                registry.load("models", params.learner.model)
        if profile is not None and profile.told:
            print(f"driftscope: {profile.told}", file=out)
        if summary_file:
            _check_writable(summary_file)
        if model_out:
            _check_model(model_out)
        sinks: list[Sink] = [Scores(scores)] if scores else []
        if log:
            sinks.append(CsvLog(log))
        if clips:
            from driftscope.core.sinks.clips import Clips

            sinks.append(Clips(clips))
        keeper = Autosave(Path(state), state_every_s or EVERY_S) if state else None
        named = [name for name, _ in [*(settings or []), *played]]
        gone_on = going_on.fit(saved, inputs, named) if saved is not None else {}
        monitor = Monitor(inputs, sinks, for_s, keeper)
        monitor.load_state_dict(gone_on)
        if saved is not None:
            print(f"driftscope: {going_on.told(saved, gone_on, inputs)}", file=out)
    except DriftscopeError as error:
        print(f"driftscope: {error}", file=out)
        return BAD_ARGUMENTS
    for told in registry.broken():
        print(f"driftscope: {told}", file=out)
    monitor.add_sink(StatusLine(monitor.healths, monitor.owner, out))
    with _signals(monitor.stop) as came:
        status_code = _run(monitor, inputs, came, summary_file, model_out)
    if keeper is not None and (not_kept := keeper.close()):
        print(f"driftscope: {not_kept}", file=out)
        status_code = status_code or NOT_WRITTEN
    return INTERRUPTED if came else status_code


def _inputs(
    sources: Sequence[str], settings: list[tuple[str, str]], profile: Profile | None
) -> Mapping[str, tuple[Device, ParamSet]]:
    if profile is None:
        return address.all_configured(sources, settings)
    if not sources and not profile.sources:
        raise ProfileError(f"{profile.path.name} names no source: name one behind `watch`.")
    return profile.inputs(sources, settings, load_models=True)


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
        if empty and not came and not monitor.lanes:
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
