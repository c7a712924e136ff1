"""Measure the text decoder end to end, bytes in, Blocks out, on one core.

Each figure is the median of several runs, in lines a second. Beside it, on the same bytes: numpy's
`loadtxt`, which only takes clean tables, and Python's `float` in a loop over the lines.
Then each text format, beside what Python itself needs for the same bytes: `json.loads` of each
line for objects, `float` of each number found by a pattern for all others.
Goals: 512,000 lines/s of four comma-separated numbers; 60,000 lines/s of every format.
`--seconds` sets how long a case runs.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import statistics
import time
from collections.abc import Callable

import numpy as np

from driftscope.core.decoders.text import Text, TextParams
from driftscope.core.stream import Block
from driftscope.core.wire import Chunk

GOAL, GOAL_OF_EACH = 512_000, 60_000
LINES = 50_000
CASES = {
    "four numbers, comma": "{:.3f},{:.3f},{:.3f},{:.3f}\n",
    "four numbers, 17 digits": "{!r},{!r},{!r},{!r}\n",
    "four numbers, blanks, CRLF": "{:8.3f} {:8.3f} {:8.3f} {:8.3f}\r\n",
    "four labels": "ax:{:.3f},ay:{:.3f},temp:{:.3f},hum:{:.3f}\n",
    "labels with units": "Temp: {:.3f} C, Hum: {:.3f} %\n",
    "four numbers, 1 % rubbish": "{:.3f},{:.3f},{:.3f},{:.3f}\n",
}
FORMATS: dict[str, tuple[str, ...]] = {
    "CSV, tab, decimal comma": ("{0:c}\t{1:c}\t{2:c}\n",),
    "CSV, dates": ("2026-11-21 10:{m:02}:{s:02}.{i:06},{0:.3f},{1:.3f}\n",),
    "CSV, dd.mm.yyyy;": ("21.11.2026 10:{m:02}:{s:02};{0:c};{1:c}\n",),
    "hex and booleans": ("0x{i:04X},true,{0:.3f}\n", "{i},false,{0:.3f}\n"),
    "Arduino, label: value unit": ("Temp: {0:.3f} C, Hum: {1:.3f} %\n",),
    "Arduino, a label a line": tuple(f"v{k}:{{0:.3f}}\n" for k in range(4)),
    "Arduino, labels come and go": ("a:{0:.3f},b:{1:.3f}\n", "a:{0:.3f}\n", "b:{0:.3f}\n"),
    "Teleplot": tuple(f">v{k}:{{0:.3f}}\n" for k in range(4)),
    "Teleplot, times and units": tuple(f">v{k}:{{i}}:{{0:.3f}}§km/h\n" for k in range(4)),
    "Teleplot, three points": (">v:{i}1:{0:.3f};{i}2:{1:.3f};{i}3:{2:.3f}\n",),
    "JSON lines": ('{{"ax": {0:.3f}, "ay": {1:.3f}, "n": {i}}}\n',),
    "JSON lines, nested": ('{{"id": "x", "imu": {{"a": [{0:.3f}, {1:.3f}], "ok": true}}}}\n',),
    "JSON lines, other fields": ('{{"a": {0:.3f}}}\n', '{{"b": {1:.3f}, "c": null}}\n'),
    "MicroPython tuples": ("({0:.3f}, {1:.3f}, {2:.3f})\n",),
}
CHUNKS = (65536, 4096, 200)


def lines(make: str, rubbish: bool) -> bytes:
    values = np.random.default_rng(0).normal(size=(LINES, 4)).tolist()
    made = [make.format(*row) for row in values]
    if rubbish:
        made[50::100] = ["E (1234) wifi: no answer\n"] * len(made[50::100])
    return "".join(made).encode()


class Number(float):
    """A number whose format "c" has a decimal comma."""

    def __format__(self, how: str) -> str:
        return f"{float(self):.3f}".replace(".", ",") if how == "c" else format(float(self), how)


def lines_of(makes: tuple[str, ...]) -> bytes:
    """Return lines of these makes by turns."""
    values = np.random.default_rng(0).normal(size=(LINES, 3)).tolist()
    return "".join(
        makes[i % len(makes)].format(*map(Number, row), i=i, m=i // 60 % 60, s=i % 60)
        for i, row in enumerate(values)
    ).encode()


def by_python(data: bytes) -> object:
    """Read lines as one would in plain Python."""
    text = data.decode()
    if text.startswith("{"):
        return [json.loads(line) for line in text.splitlines()]
    number = re.compile(r"[-+]?\d+(?:\.\d+)?")
    return [[float(found) for found in number.findall(line)] for line in text.splitlines()]


def each_format(seconds: float) -> None:
    """Print the speed of every format."""
    print(f"\n{'lines/s, 4096 B chunks':30}{'decoder':>16}{'plain Python':>16}")
    slow: list[str] = []
    for name, makes in FORMATS.items():
        data = lines_of(makes)
        ours = LINES / median_s(lambda data=data: decode(data, 4096), seconds)
        theirs = LINES / median_s(lambda data=data: by_python(data), seconds)
        slow += [name] if ours < GOAL_OF_EACH else []
        print(f"{name:30}{ours:16,.0f}{theirs:16,.0f}", flush=True)
    verdict = f"NOT reached by {', '.join(slow)}" if slow else "reached"
    print(f"goal {GOAL_OF_EACH:,} lines/s of every format: {verdict}")


def decode(data: bytes, size: int) -> int:
    """Decode all bytes in chunks of `size`; return the number of samples."""
    decoder = Text("bench", TextParams())
    samples = 0
    for number, start in enumerate(range(0, len(data), size)):
        now_s = number * 1e-4
        chunk = Chunk(number, data[start : start + size], now_s, 1e9 + now_s)
        samples += sum(len(item) for item in decoder.decode(chunk) if isinstance(item, Block))
    return samples + sum(len(item) for item in decoder.flush() if isinstance(item, Block))


def median_s(run: Callable[[], object], seconds: float) -> float:
    """Return the median time of one run, in seconds, of at least three."""
    taken: list[float] = []
    while len(taken) < 3 or sum(taken) < seconds:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def plain_loop(data: bytes) -> None:
    for line in data.split(b"\n"):
        [float(cell) for cell in line.split(b",") if cell]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0)
    seconds = parser.parse_args().seconds
    print(f"{'lines/s':30}" + "".join(f"{f'{size} B chunks':>16}" for size in CHUNKS))
    for name, make in CASES.items():
        rubbish = "rubbish" in name
        data = lines(make, rubbish)
        expected = LINES - (LINES // 100 if rubbish else 0)
        figures = ""
        for size in CHUNKS:
            samples = decode(data, size)
            if samples != expected:
                raise SystemExit(f"{name}: {samples} samples of {expected} lines")
            taken_s = median_s(lambda data=data, size=size: decode(data, size), seconds)
            figures += f"{LINES / taken_s:16,.0f}"
        print(f"{name:30}{figures}", flush=True)
    data = lines(CASES["four numbers, comma"], rubbish=False)
    table_s = median_s(lambda: np.loadtxt(io.BytesIO(data), delimiter=",", comments=None), seconds)
    loop_s = median_s(lambda: plain_loop(data), seconds)
    chunk = data[: data.find(b"\n") + 1]
    call_s = median_s(lambda: decode(chunk * 2000, len(chunk)), seconds) / 2000
    print(f"\nreference: np.loadtxt of it all {LINES / table_s:,.0f} lines/s")
    print(f"reference: float() of each cell {LINES / loop_s:,.0f} lines/s")
    print(f"one decode() of one line: {call_s * 1e6:.1f} µs")
    reached_s = median_s(lambda: decode(data, CHUNKS[0]), seconds)
    verdict = "reached" if LINES / reached_s >= GOAL else "NOT reached"
    print(f"goal {GOAL:,} lines/s of four comma-separated numbers: {verdict}")
    each_format(seconds)


if __name__ == "__main__":
    main()
