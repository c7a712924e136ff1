"""A fast serial device, learned and drawn: is every line accounted for, does a backlog grow?

A writer process paced by the clock feeds a pty; the real window (1280x900) reads it with
learning and drawing on. First 300 kB/s (3 Mbaud) for 60 s, then rising rates, 20 s each: the
highest at which the writer never falls more than 100 ms behind and the backlog stays within
100 ms, and the highest at which no update is skipped, beside the decoder alone on the same
bytes in memory. `--short` makes each run a few seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import time
import tty
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from _line_writer import line
from _window import Numbers, open_window, wait

from driftscope.core import registry
from driftscope.core.wire import Chunk

KB_S = 300_000
GROWTH = 1.4
WRITER = str(Path(__file__).parent / "_line_writer.py")


def bytes_a_line() -> float:
    """Return the mean length of a line of the writer."""
    return sum(len(line(n)) for n in range(100_000, 101_000)) / 1000


def decoder_alone() -> float:
    """Return lines a second of the decoder on the same bytes in memory, 4 kB at a time."""
    data = b"".join(line(n) for n in range(200_000))
    rates = []
    for _ in range(3):
        decoder = registry.load("decoders", "text")("s", registry.load("decoders", "text").Params())
        begun_s = time.perf_counter()
        rows = 0
        for i, start in enumerate(range(0, len(data), 4096)):
            items = decoder.decode(Chunk(i, data[start : start + 4096], i * 1e-3, i * 1e-3))
            rows += sum(len(item) for item in items if hasattr(item, "values"))
        rates.append(rows / (time.perf_counter() - begun_s))
    return sorted(rates)[1]


def pty_alone() -> float:
    """Return lines a second that get through a pty with nobody but a reader at its end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    tty.setraw(master)
    writer = subprocess.Popen(
        [sys.executable, WRITER, str(master), "1e6", "2", str(time.monotonic() + 1.0)],
        pass_fds=[master], stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.set_blocking(slave, False)
    first_s = last_s = 0.0
    total = 0
    while writer.poll() is None:
        if select.select([slave], [], [], 0.1)[0]:
            total += len(os.read(slave, 65536))
            last_s = time.monotonic()
            first_s = first_s or last_s
    os.close(slave)
    os.close(master)
    return total / bytes_a_line() / (last_s - first_s)


def play(app: Any, session: Any, rate: float, seconds: float) -> dict[str, Any]:
    """Feed `rate` lines a second for `seconds`; return what came of it."""
    master, slave = os.openpty()
    tty.setraw(slave)
    tty.setraw(master)
    begin_s = time.monotonic() + 3.0
    numbers = Numbers(lambda n: begin_s + n / rate)
    session.sinks[:] = [numbers]
    session.connect_to(f"serial:{os.ttyname(slave)}")
    wait(app, lambda: session.health.link == "live", 10)
    writer = subprocess.Popen(
        [sys.executable, WRITER, str(master), str(rate),
         str(seconds), str(begin_s)], pass_fds=[master], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait(app, lambda: writer.poll() is not None, seconds + 60)
    told = json.loads((writer.communicate()[0] or "{}").strip().splitlines()[-1])
    backlog_s = next((lag for at, lag in reversed(numbers.lags) if at <= told["end_s"]), 0.0)
    wait(app, lambda: numbers.last >= told["lines"] - 1, 5)
    session.disconnect_source()
    wait(app, lambda: not session.running, 5)
    os.close(slave)
    os.close(master)
    health = session.health
    # not the first moments, nor the end: a part step waits for 100 ms of silence by design
    settling_s = begin_s + min(2.0, seconds / 4)
    settled = [lag for at, lag in numbers.lags if settling_s < at <= told["end_s"]]
    return dict(
        rate=rate, kb_s=rate * bytes_a_line() / 1e3, lines=told["lines"], seen=numbers.seen,
        first=numbers.first, missing=numbers.missing, repeated=numbers.repeated,
        rejected=health.rejected, dropped=health.dropped, skipped=health.skipped_updates,
        updates=health.updates, unscored=numbers.unscored, behind_ms=1e3 * told["behind_s"],
        backlog_end_ms=1e3 * backlog_s, backlog_max_ms=1e3 * max(settled, default=0.0),
        frames=session.frames_per_s, step_ms=health.step_ms(50),
    )  # fmt: skip


def report(run: dict[str, Any]) -> None:
    print(
        f"{run['rate']:9,.0f} lines/s {run['kb_s']:7,.0f} kB/s: {run['seen']:,} of "
        f"{run['lines']:,} lines (first {run['first']}, missing {run['missing']}, "
        f"repeated {run['repeated']}, rejected {run['rejected']}), "
        f"backlog at end {run['backlog_end_ms']:.0f} ms, most "
        f"{run['backlog_max_ms']:.0f} ms; writer behind {run['behind_ms']:.0f} ms; updates "
        f"{run['updates']:,}, skipped {run['skipped']:,}, not scored {run['unscored']:,}; "
        f"{run['frames']:.0f} frames/s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    app, session, window = open_window((1280, 900), [])
    base = KB_S / bytes_a_line()
    alone = decoder_alone()
    print(f"decoder alone, 4 kB at a time: {alone:,.0f} lines/s")
    print(f"pty alone, its reader doing nothing else: {pty_alone():,.0f} lines/s")
    report(play(app, session, base, 6 if short else 60))
    keeps_up = no_skip = 0.0
    rate = base
    while rate < 2 * alone:
        run = play(app, session, rate, 4 if short else 20)
        report(run)
        lossless = run["missing"] == 0 and run["repeated"] == 0
        if run["behind_ms"] > 100 or run["backlog_max_ms"] > 100 or not lossless:
            break
        keeps_up = rate
        if run["skipped"] == 0 and run["unscored"] == 0:
            no_skip = rate
        rate *= GROWTH
    print(
        f"highest rate kept up with: {keeps_up:,.0f} lines/s, {keeps_up / alone:.2f} of the "
        f"decoder alone (goal 0.5); highest with no update skipped: {no_skip:,.0f} lines/s"
    )
    window.close()


if __name__ == "__main__":
    main()
