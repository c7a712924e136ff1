"""A camera of 1280x720 at 30 pictures a second, with the window: does it keep up, at what cost?

From a video file in real time, and from an MJPEG server on loopback (a process of its own, not
counted). The real window (1600x1000) decodes, scores, learns and draws. Prints of each: pictures
scored, learned and left out; processor seconds of all of Driftscope's processes over wall time
(asked: 1.0 or less); the time from a picture (sent by the server; due from the file) to its flag
(asked: p99 100 ms), which is the Result that says whether it is part of an alarm.
`--seconds 20` makes it shorter, `--clip FILE` takes its pictures from a clip.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before cv2, too, is imported
sys.path.insert(0, str(Path(__file__).parent))

import _frames
import numpy as np
import psutil
from _window import Pauses, open_window, wait

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Learned, Output, Result

SETTLE_S = 8.0
"""Not counted: the model is being loaded, and the first pictures pile up."""


class Flags(Sink):
    """Note when each picture's flag came out, by the number it carries."""

    name = "the flags"

    def __init__(self) -> None:
        self.came: list[tuple[int, float, float]] = []
        self.scored = self.learned = 0

    def write(self, item: Output) -> None:
        if isinstance(item, Result):
            now_s = time.monotonic()
            self.scored += item.scored * len(item)
            for picture in item.values:
                self.came.append((_frames.number_of(picture), now_s, item.arrived_s))
        elif isinstance(item, Learned):
            self.learned += not item.skipped and item.state == "learning"

    def close(self) -> None:
        """Keep the figures."""


def cpu_s(server: int = -1) -> float:
    """Return the processor seconds of this process and its children, the server's apart."""
    me = psutil.Process()
    total = 0.0
    for each in [me, *(child for child in me.children(recursive=True) if child.pid != server)]:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def measure(
    window: tuple[Any, Any], flags: Flags, address: str, seconds: float, pid: int
) -> list[tuple[int, float, float]]:
    """Run a source for a while, print what it took; return each picture's number and times."""
    app, session = window
    flags.came.clear()
    session.connect_to(address)
    wait(app, lambda: len(flags.came) > 30, 60)
    settled_s = time.monotonic() + SETTLE_S
    wait(app, lambda: time.monotonic() > settled_s, SETTLE_S + 5)
    health, pauses = session.health, Pauses()
    first, counts = len(flags.came), (flags.scored, flags.learned)
    before = (health.samples, health.skipped_updates, health.unscored, health.missed)
    begun_s, used_s = time.monotonic(), cpu_s(pid)
    wait(app, lambda: time.monotonic() > begun_s + seconds, seconds + 30)
    wall_s, used_s = time.monotonic() - begun_s, cpu_s(pid) - used_s
    now = (health.samples, health.skipped_updates, health.unscored, health.missed)
    samples, skipped, unscored, missed = (b - a for a, b in zip(before, now, strict=True))
    print(
        f"  {samples} pictures in {wall_s:.1f} s: {samples / wall_s:.1f}/s, scored "
        f"{flags.scored - counts[0]}, learned {flags.learned - counts[1]}, left out: updates "
        f"{skipped}, unscored {unscored}, missed {missed}; alarms {health.alarms}"
    )
    print(
        f"  step {health.step_ms(50):.1f} ms (p99 {health.step_ms(99):.1f}), "
        f"{session.frames_per_s:.0f} frames/s drawn, longest GUI pause {pauses.longest_ms:.0f} ms, "
        f"memory {psutil.Process().memory_info().rss / 1e6:.0f} MB"
    )
    print(f"  processor {used_s / wall_s:.2f} of one core (asked: 1.0 or less)")
    return flags.came[first:]


def told(latency_ms: np.ndarray) -> None:
    p50, p99, worst = np.percentile(latency_ms, [50, 99, 100])
    print(
        f"  picture to flag: p50 {p50:.1f} ms, p99 {p99:.1f} ms (asked: 100), worst {worst:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--clip", default="")
    chosen = parser.parse_args()
    flags = Flags()
    app, session, window = open_window((1600, 1000), [flags])
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "frames.mp4"
        _frames.write_video(video, int((chosen.seconds + SETTLE_S + 20) * 30), chosen.clip)
        print(f"{video.suffix} file, 1280x720 at 30/s, {chosen.clip or 'synthetic'}:")
        came = measure((app, session), flags, str(video), chosen.seconds, -1)
        told(1e3 * np.array([flag_s - due_s for _, flag_s, due_s in came]))
        times, port = Path(folder) / "times.npy", free_port()
        whole_s = chosen.seconds + SETTLE_S + 20
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "_frames.py"), str(port), str(whole_s),
             str(times), chosen.clip], stdout=subprocess.PIPE,
        )  # fmt: skip
        assert server.stdout is not None
        server.stdout.readline()
        print(f"MJPEG over loopback, 1280x720 at 30/s, {chosen.clip or 'synthetic'}:")
        address = f"http://127.0.0.1:{port}/"
        came = measure((app, session), flags, address, chosen.seconds, server.pid)
        wait(app, lambda: server.poll() is not None, whole_s + 10)
        sent_s = np.load(times)
        told(1e3 * np.array([flag_s - sent_s[number] for number, flag_s, _ in came]))
        window.close()


if __name__ == "__main__":
    main()
