"""Measure what the log costs the thread that scores: time for each second of stream, and bytes.

8 channels at 5 kHz in steps of 64 rows, values of three decimals as a board prints them and of 17
digits, written to a file in the current folder. Beside it, on the same rows: numpy's `savetxt`, and
the `csv` module's writer. Goal: 5 % of the thread's time at most. `--seconds` sets how much stream.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from driftscope.core.sinks.csv_log import CsvLog
from driftscope.core.stream import Result, StreamInfo
from driftscope.core.table import Table

CHANNELS, RATE_HZ, STEP_ROWS = 8, 5000, 64
GOAL = 0.05
NAMES = tuple(f"channel {k}" for k in range(CHANNELS))
INFO = StreamInfo("s", NAMES, ("g",) * CHANNELS, RATE_HZ)


def results(seconds: float, decimals: int | None) -> list[Result]:
    """Return that much stream as the Monitor gives it out."""
    random, found = np.random.default_rng(0), []
    for seq in range(0, int(seconds * RATE_HZ), STEP_ROWS):
        values = random.normal(size=(STEP_ROWS, CHANNELS))
        values = values if decimals is None else np.round(values, decimals)
        none = np.zeros(STEP_ROWS, bool)
        found.append(
            Result(
                "s", seq, (seq + np.arange(STEP_ROWS)) / RATE_HZ, values,
                random.normal(size=(STEP_ROWS, CHANNELS)), None, np.zeros(STEP_ROWS), {}, values,
                random.exponential(size=STEP_ROWS), 3.0, none, none, True, 0.0,
            )
        )  # fmt: skip
    return found


def by_log(path: Path, stream: list[Result]) -> Iterator[float]:
    """Log it, a tick after each step; give how long each step took."""
    log = CsvLog(path)
    log.write(INFO)
    for each in stream:
        begun_s = time.perf_counter()
        log.write(each)
        log.tick()
        yield time.perf_counter() - begun_s
    log.close()


def by_savetxt(path: Path, stream: list[Result]) -> Iterator[float]:
    with path.open("w") as file:
        for each in stream:
            begun_s = time.perf_counter()
            np.savetxt(file, np.column_stack(Table.of(each).arrays()), fmt="%.9g", delimiter=",")
            yield time.perf_counter() - begun_s


def by_csv(path: Path, stream: list[Result]) -> Iterator[float]:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        for each in stream:
            begun_s = time.perf_counter()
            writer.writerows(np.column_stack(Table.of(each).arrays()).tolist())
            yield time.perf_counter() - begun_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of stream, for each figure")
    seconds: float = parser.parse_args().seconds
    ways: dict[str, Callable[[Path, list[Result]], Iterator[float]]] = {
        "the log": by_log, "numpy.savetxt, 9 digits": by_savetxt, "csv.writer, all digits": by_csv,
    }  # fmt: skip
    print(f"{CHANNELS} channels at {RATE_HZ:,} Hz, {seconds:g} s of stream, steps of {STEP_ROWS}")
    worst = 0.0
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for what, decimals in (("3 decimals", 3), ("17 digits", None)):
            stream = results(seconds, decimals)
            for name, way in ways.items():
                path = Path(folder) / "log.csv"
                took = list(way(path, stream))
                share = statistics.median(took) * RATE_HZ / STEP_ROWS
                longest_ms, size = 1e3 * max(took), path.stat().st_size / seconds / 1e6
                print(
                    f"{what:<10}  {name:<24} {share:6.1%} of the time, longest step "
                    f"{longest_ms:5.2f} ms, {size:.2f} MB/s"
                )
                worst = max(worst, share) if way is by_log else worst
    print(f"goal {GOAL:.0%}: {'met' if worst <= GOAL else 'MISSED'} ({worst:.1%})")


if __name__ == "__main__":
    main()
