"""Teleplot's own case: four series of 5,000 values a second each, text on a wire, drawn live.

How many times a second the signal is painted with samples that were not there the time before:

1. pyqtgraph, bare: a thread reads and decodes the wire, a timer without pause sets the same four
   curves over the same span.
2. The real window with nothing but the signal panel, learning frozen, as a plotter.
3. The real window with all its panels, learning on.

The cases take turns for several rounds, so that what else the machine does meets all of them.
Goals: 55 a second or 1.3 times pyqtgraph for the second, 30 for the third. `--rounds`,
`--seconds` and `--profile`, which shows what the window's thread does.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from _window import open_window, wait
from PySide6.QtCore import QTimer

from driftscope.core import registry
from driftscope.core.stream import Block
from driftscope.core.wire import Chunk

SERIES, RATE_HZ, SIZE, SETTLE_S = 4, 5000, (1280, 900), 3.0
GOAL, FACTOR, GOAL_ALL = 55.0, 1.3, 30.0


def write(fd: int, seconds: float) -> None:
    """Write lines of four values into a pty, paced by the clock; a process of its own."""
    i = np.arange(int(2 * RATE_HZ))
    values = np.sin(np.outer(i / RATE_HZ, 2 * np.pi * np.array([1, 3, 7, 0.5])))
    values += 0.05 * np.random.default_rng(0).normal(size=values.shape)
    lines = [b"%.4f,%.4f,%.4f,%.4f\n" % tuple(row) for row in values]
    begun_s, done = time.monotonic(), 0
    while (now_s := time.monotonic() - begun_s) < seconds:
        due = int(now_s * RATE_HZ)
        data = memoryview(b"".join(lines[n % len(lines)] for n in range(done, due)))
        while data:
            data = data[os.write(fd, data) :]
        done = due
        time.sleep(0.002)


@contextmanager
def wire(seconds: float) -> Iterator[int]:
    """Give the reading end of a pty into which the four series are written for so long."""
    master, slave = os.openpty()
    tty.setraw(slave)
    tty.setraw(master)
    writer = subprocess.Popen(
        [sys.executable, __file__, "--write", str(master), str(seconds)], pass_fds=[master]
    )
    try:
        yield slave
    finally:
        writer.terminate()
        writer.wait()
        os.close(slave)
        os.close(master)


class Paints:
    """Count paints that show samples which the one before did not."""

    def __init__(self) -> None:
        self._newest: float = -1
        self.begin()

    def begin(self) -> None:
        """Count from here on."""
        self.fresh = self.all = 0
        self._begun_s, self._spent_s = time.monotonic(), time.thread_time()

    def told(self) -> dict[str, float]:
        """Return fresh paints and all of them a second, and what one costs this thread in ms."""
        took_s, spent_s = time.monotonic() - self._begun_s, time.thread_time() - self._spent_s
        cost_ms = 1e3 * spent_s / max(1, self.all)
        return dict(fresh=self.fresh / took_s, all=self.all / took_s, cost_ms=cost_ms)

    def painted(self, newest: float) -> None:
        self.all += 1
        self.fresh += newest > self._newest
        self._newest = newest


def by_pyqtgraph(app: Any, seconds: float, span_s: float) -> dict[str, float]:
    """Return what bare pyqtgraph paints of the last `span_s`."""
    import pyqtgraph as pg

    rows = int(span_s * RATE_HZ)
    ring, total, done = np.zeros((rows, SERIES)), 0, threading.Event()
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    curves = [plot.plot(pen=pg.mkPen(k, width=1), skipFiniteCheck=True) for k in range(SERIES)]
    x = np.arange(-rows, 0) / RATE_HZ
    paints = Paints()

    def read(fd: int) -> None:
        nonlocal ring, total
        decoder = registry.load("decoders", "text")("s", registry.load("decoders", "text").Params())
        number = 0
        while not done.is_set():
            now_s = time.monotonic()
            for item in decoder.decode(Chunk(number, os.read(fd, 65536), now_s, now_s)):
                if isinstance(item, Block):
                    ring = np.concatenate([ring, item.values[:, :SERIES]])[-rows:]
                    total += len(item)
            number += 1

    def draw() -> None:
        newest, shown = total, ring
        for k, curve in enumerate(curves):
            curve.setData(x, np.ascontiguousarray(shown[:, k]) + 3 * k)
        plot.viewport().repaint()
        paints.painted(newest)

    with wire(SETTLE_S + seconds + 3) as fd:
        thread = threading.Thread(target=read, args=(fd,), daemon=True)
        thread.start()
        plot.show()
        timer = QTimer()
        timer.timeout.connect(draw)
        timer.start(0)
        wait(app, lambda: False, SETTLE_S)
        paints.begin()
        wait(app, lambda: False, seconds)
        found = paints.told()
        timer.stop()
        done.set()
        thread.join(5)
    plot.close()
    return found


def by_window(app: Any, made: tuple[Any, Any], seconds: float, alone: bool) -> dict[str, float]:
    """Return what the window paints, with the signal panel alone or with all panels."""
    session, window = made
    panels = window.panels
    others = [name for name in panels.docks if alone and panels.wants(name)]
    for name in others:
        panels.show_panel(name, False)
    paints = Paints()
    signal = panels.signal.panel
    signal.after_paint.append(paints.painted)
    with wire(SETTLE_S + seconds + 3) as fd:
        session.connect_to(f"serial:{os.ttyname(fd)}", [("learner.frozen", "on")] if alone else ())
        wait(app, lambda: session.history is not None, 20)
        wait(app, lambda: False, SETTLE_S)
        health = session.health
        samples, begun_s = health.samples, time.monotonic()
        paints.begin()
        wait(app, lambda: False, seconds)
        found = paints.told() | dict(
            rate=(health.samples - samples) / (time.monotonic() - begun_s),
            skipped=health.skipped_updates, span=signal.view.span_s, latency=session.latency_ms[0],
        )  # fmt: skip
        session.disconnect_source()
        wait(app, lambda: not session.running, 5)
    signal.after_paint.remove(paints.painted)
    for name in others:
        panels.show_panel(name, True)
    return found


def said(found: dict[str, float]) -> str:
    return f"{found['fresh']:.1f}/s ({found['all']:.1f} paints of {found['cost_ms']:.1f} ms)"


def reached(goal: bool) -> str:
    return "reached" if goal else "not reached"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", nargs=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    if asked.write:
        write(int(asked.write[0]), float(asked.write[1]))
        return
    app, session, window = open_window(SIZE, [])
    profile = cProfile.Profile()
    rounds: list[tuple[dict[str, float], ...]] = []
    for _ in range(asked.rounds):
        if asked.profile:
            profile.enable()
        alone = by_window(app, (session, window), asked.seconds, True)
        full = by_window(app, (session, window), asked.seconds, False)
        profile.disable()
        window.hide()
        bare = by_pyqtgraph(app, asked.seconds, alone["span"])
        window.show()
        rounds.append((bare, alone, full))
        print(
            f"  signal alone {said(alone)}, {alone['rate']:,.0f} samples/s, to screen "
            f"{alone['latency']:.0f} ms; all panels, learning {said(full)}, "
            f"{full['rate']:,.0f} samples/s, {full['skipped']:,.0f} updates skipped, to screen "
            f"{full['latency']:.0f} ms; pyqtgraph {said(bare)}",
            flush=True,
        )
    bare_, alone_, full_ = (
        statistics.median(each[k]["fresh"] for each in rounds) for k in range(3)
    )
    ratio = statistics.median(each[1]["fresh"] / each[0]["fresh"] for each in rounds)
    print(f"{SERIES} series x {RATE_HZ:,}/s, repaints a second that show new samples, median:")
    print(
        f"  signal panel alone: {alone_:.1f} (goal {GOAL:.0f}), {ratio:.2f} times bare "
        f"pyqtgraph's {bare_:.1f} (goal {FACTOR}): {reached(alone_ >= GOAL or ratio >= FACTOR)}"
    )
    told = reached(full_ >= GOAL_ALL)
    print(f"  all panels, learning on: {full_:.1f} (goal {GOAL_ALL:.0f}): {told}")
    if asked.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    window.close()


if __name__ == "__main__":
    main()
