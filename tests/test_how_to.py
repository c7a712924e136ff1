"""The programs of docs/how-to.md are run, and what they print is read by the decoder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from driftscope.core import registry
from driftscope.core.stream import Block, Event, StreamInfo
from driftscope.core.wire import Chunk

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
LINES = 300
NO_WAITING = """
import sys, time
_waits = 0
def sleep(_):
    global _waits
    _waits += 1
    if _waits >= {lines}:
        sys.stdout.flush()
        sys.exit()
time.sleep = sleep
"""


def program(name: str) -> str:
    """Return the program of the page that begins with `docs: name`."""
    found = re.search(rf"```(?:cpp|python)\n(?://|#) docs: {name}\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"docs/how-to.md has no program called {name}"
    return found[1]


def printed_by_sketch(name: str, folder: Path) -> bytes:
    source, made = folder / "sketch.cpp", folder / "sketch"
    source.write_text(f'#include "Arduino.h"\n{program(name)}')
    include = str(ROOT / "tests" / "arduino")
    subprocess.run(
        ["g++", "-O0", "-w", "-I", include, str(source), "-o", str(made)], check=True, timeout=200
    )
    ran = subprocess.run([str(made), str(LINES)], capture_output=True, check=True, timeout=200)
    return ran.stdout


def printed_by_python(name: str) -> bytes:
    text = NO_WAITING.format(lines=LINES) + program(name)
    command = [sys.executable, "-c", text]
    return subprocess.run(command, capture_output=True, check=True, timeout=200).stdout


def read(data: bytes) -> tuple[StreamInfo, list[Block], list[Event]]:
    """Return what the decoder makes of bytes that come in lumps, 10 ms apart."""
    plugin = registry.load("decoders", "text")
    decoder = plugin("board", plugin.Params())
    items = []
    for number, start in enumerate(range(0, len(data), 200)):
        at_s = 0.01 * number
        items += decoder.decode(Chunk(number, data[start : start + 200], at_s, 1e9 + at_s))
    items += decoder.flush()
    infos = [item for item in items if isinstance(item, StreamInfo)]
    blocks = [item for item in items if isinstance(item, Block)]
    return infos[-1], blocks, [item for item in items if isinstance(item, Event)]


@pytest.mark.needs("g++")
@pytest.mark.parametrize(
    ("name", "channels", "units"),
    [
        ("arduino", ("light", "temperature"), ("", "C")),
        ("fast", ("current", "voltage"), ("A", "V")),
        ("esp32", ("pressure", "flow"), ("kPa", "l/min")),
    ],
)
def test_a_sketch_prints_what_the_page_says(
    name: str, channels: tuple[str, ...], units: tuple[str, ...], tmp_path: Path
) -> None:
    info, blocks, events = read(printed_by_sketch(name, tmp_path))
    assert (info.channels, info.units) == (channels, units)
    values = np.concatenate([block.values for block in blocks])
    assert len(values) >= LINES - 2
    assert np.isfinite(values[1:-1]).all()
    assert [e for e in events if e.kind == "reject"] == []


@pytest.mark.needs("g++")
def test_the_time_of_the_esp32_is_the_boards_own(tmp_path: Path) -> None:
    _, blocks, _ = read(printed_by_sketch("esp32", tmp_path))
    time_s = np.concatenate([block.time_s for block in blocks])
    assert np.allclose(np.diff(time_s), 0.005, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("micropython", ("value 1", "value 2", "value 3")),
        ("json", ("imu/x", "imu/y", "battery")),
        ("pipe", ("load", "tasks")),
    ],
)
def test_a_python_program_prints_what_the_page_says(name: str, channels: tuple[str, ...]) -> None:
    info, blocks, events = read(printed_by_python(name))
    assert info.channels == channels
    assert sum(map(len, blocks)) >= LINES - 2
    assert [e for e in events if e.kind == "reject"] == []


def test_every_program_of_the_page_has_a_test() -> None:
    named = set(re.findall(r"(?://|#) docs: (\w+)", PAGE))
    blocks = len(re.findall(r"```(?:cpp|python)\n", PAGE))
    tested = {"arduino", "fast", "esp32", "micropython", "json", "pipe"}
    assert named == tested and blocks == len(tested)
