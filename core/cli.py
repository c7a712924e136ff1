"""The command line."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import sys
from importlib import metadata

USAGE = """\
driftscope [SOURCE ...] [--set NAME=VALUE ...] [--profile FILE.toml]
                                                      open the window
       driftscope watch SOURCE ... [options]         the same with no window
       driftscope devices                            list serial ports and cameras"""

SOURCES = """\
a source is one of
  demo:                                  a machine's vibration with a fault that comes and goes
  serial:/dev/ttyUSB0?baud=115200        a serial port (also COM3, socket://host:port,
                                         rfc2217://host:port); options: see docs
  camera:0                               a camera; `driftscope devices` lists the address that
                                         means the same one wherever it is plugged in
  clip.mp4 (.mkv .avi .mov .webm ...)    a video file; video:clip.mp4?loop=on begins it again
  rtsp://user:password@host:port/path    a network camera
  http://host:port/path                  one that sends MJPEG
  scene:                                 a synthetic workplace to try pictures on
  pictures:FOLDER                        a folder of pictures, labelled by its subfolders
  cifar:data_batch_1.bin                 a CIFAR file, or a folder of them
  file.csv, file.csv.gz                  a table of numbers, one row a sample
  -                                      lines of numbers from standard input

exit status: 0 done, 1 a file asked for could not be written whole, 2 bad arguments, 3 the source
could not be opened or was lost for good, 130 interrupted (after everything was saved)"""

_UNITS_S = {"ms": 1e-3, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def duration_s(text: str) -> float:
    """Read "20s", "500ms", "5m", "24h" or a plain number of seconds."""
    match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-z]*)\s*", text.lower())
    if not match or match[2] not in _UNITS_S or float(match[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write 20s, 500ms, 5m or 24h")
    return float(match[1]) * _UNITS_S[match[2]]


def setting(text: str) -> tuple[str, str]:
    """Read "learner.lr=0.3"."""
    name, equals, value = text.partition("=")
    if not equals or "." not in name:
        raise argparse.ArgumentTypeError(f"{text!r} should be section.name=value")
    return name.strip(), value.strip()


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    try:
        return _main(argv)
    except KeyboardInterrupt:  # while it was being loaded: there is nothing to save yet
        return 130


def _main(argv: list[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["watch"]:
        return _watch(words[1:])
    if words[:1] == ["devices"]:
        return _devices(words[1:])
    parser = _parser("driftscope", "An oscilloscope that learns.", usage=USAGE)
    parser.add_argument("--version", action="version", version=f"driftscope {_version()}")
    parser.add_argument("sources", nargs="*", metavar="SOURCE")
    _add_state(parser)
    _add_set(parser)
    chosen = parser.parse_args(words)
    from driftscope.gui import app  # noqa: TID251  the one door from the command line to the window

    settings = _settings(chosen)
    if settings is None:
        return 2
    return app.run(chosen.sources, settings, chosen.profile, chosen.state)


def _watch(words: list[str]) -> int:
    parser = _parser("driftscope watch", "Predict, learn and flag with no window.")
    parser.add_argument("sources", nargs="*", metavar="SOURCE")
    parser.add_argument(
        "--for", dest="for_s", type=duration_s, metavar="20s",
        help="stop after so much stream time (files, demo) or wall time (devices)",
    )  # fmt: skip
    parser.add_argument("--speed", metavar="max|1|10", help="how fast a file or the demo is played")
    parser.add_argument(
        "--log", metavar="FILE.csv", help="write values, predictions, scores and alarms, a row a "
        "sample",
    )  # fmt: skip
    parser.add_argument(
        "--scores", metavar="FILE.csv", help="write scores and alarms alone, a row a sample"
    )
    parser.add_argument("--summary", metavar="FILE.json", help="write the figures at the end")
    parser.add_argument(
        "--clips", metavar="FOLDER", help="write a film of each alarm of a camera, FOLDER/... .mp4"
    )
    parser.add_argument(
        "--model-out", metavar="FILE", help="write what was learned at the end: FILE.safetensors, "
        "or the net alone, FILE.pt2",
    )  # fmt: skip
    _add_state(parser)
    parser.add_argument(
        "--state-every", dest="state_every_s", type=duration_s, metavar="30s",
        help="how often, in wall time, the state is written; always at the end",
    )  # fmt: skip
    _add_set(parser)
    chosen = parser.parse_args(words)
    if not chosen.sources and not chosen.profile and not chosen.state:
        parser.error("name a SOURCE, or a --profile or a --state that names one")
    settings = _settings(chosen)
    if settings is None:
        return 2
    from driftscope.core.watch import watch

    return watch(
        chosen.sources,
        for_s=chosen.for_s,
        speed=chosen.speed,
        log=chosen.log,
        scores=chosen.scores,
        summary_file=chosen.summary,
        clips=chosen.clips,
        model_out=chosen.model_out,
        settings=settings,
        profile_path=chosen.profile,
        state=chosen.state,
        state_every_s=chosen.state_every_s,
    )


def _devices(words: list[str]) -> int:
    _parser("driftscope devices", "List serial ports and cameras by name.").parse_args(words)
    from driftscope.core.cameras import cameras
    from driftscope.core.ports import serial_ports

    ports, there = serial_ports(), cameras()
    lines = [f"{each.address}  {each.title}" for each in ports]
    if not ports:
        lines.append(
            "No serial port found. Is the device plugged in, with a cable that carries data?"
        )
    lines += [f"{each.address}  {each.name}" for each in there]
    if not there:
        lines.append("No camera found. Is it plugged in, and may this user use it?")
    return _written("\n".join(lines))


def _written(text: str) -> int:
    """Write text to standard output; return the exit status."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        print(text, flush=True)
    except OSError as error:
        with contextlib.suppress(OSError, AttributeError):  # or it is tried again at the very end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = error.strerror or type(error).__name__
        print(f"driftscope: The list could not be written whole: {reason}.", file=sys.stderr)
        return 1
    return 0


def _parser(name: str, what: str, usage: str | None = None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        name, usage, what, SOURCES, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", dest="settings", action="append", type=setting, default=[], metavar="NAME=VALUE",
        help="any parameter the window shows, by its name, such as learner.lr=0.3",
    )  # fmt: skip
    parser.add_argument(
        "--model", metavar="FILE.py:FACTORY",
        help="learn with a model of your own: FACTORY(channels, window) in FILE.py returns a "
        "torch.nn.Module. This runs the code in the file, with all your rights. Or the name of "
        "one that is there, such as gru",
    )  # fmt: skip
    parser.add_argument(
        "--weights", metavar="FILE.safetensors", help="the weights your own model begins with"
    )
    parser.add_argument(
        "--profile", metavar="FILE.toml",
        help="sources and parameters as saved in a file; what is named here wins",
    )  # fmt: skip


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state", metavar="FILE.safetensors",
        help="go on from what was learned before, if the file is there, and keep what is learned "
        "in it; what is named here wins over the file, the file over a profile",
    )  # fmt: skip


def _settings(chosen: argparse.Namespace) -> list[tuple[str, str]] | None:
    """Return the parameters that were set, the model's first; let its code be run, if it is one's
    own. None if it cannot be, which is told."""
    from driftscope.core import own_model
    from driftscope.core.errors import DriftscopeError

    found = []
    if chosen.model:
        try:
            own_model.allow(chosen.model)
        except DriftscopeError as error:
            print(f"driftscope: {error}", file=sys.stderr)
            return None
        found.append(("learner.model", chosen.model))
    if chosen.weights:
        found.append(("model.weights", chosen.weights))
    return [*found, *chosen.settings]


def _version() -> str:
    return metadata.version("driftscope")


if __name__ == "__main__":
    sys.exit(main())
