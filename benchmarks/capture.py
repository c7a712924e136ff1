"""What does it cost to get pictures of 1280x720 out of the capture process?

A seeded synthetic scene is played from files (MPEG-4 and MJPEG, 30 pictures a second and flat
out) and served as MJPEG over HTTP on loopback at 30 a second by a process of its own, which is not
counted. Prints for each the pictures a second, CPU milliseconds a picture of our process and of
the capture process, CPU seconds over wall seconds, how many pictures were left out, and how long
after its arrival a live picture is in our hands. Nothing is learned or drawn here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import psutil

from driftscope.core import address
from driftscope.core.interfaces import Source
from driftscope.core.sources._live_pictures import LivePictures
from driftscope.core.sources.video import Video
from driftscope.core.stream import Block, Event

HEIGHT, WIDTH, COUNT = 720, 1280, 60
SERVER = Path(__file__).parents[1] / "tests" / "mjpeg_server.py"
SETTLE = 20


def written(path: Path, code: str) -> Path:
    """Write a scene of soft shapes and sensor noise, with a block that moves."""
    random = np.random.default_rng(0)
    coarse = random.integers(40, 200, (9, 16, 3), dtype=np.uint8)
    scene = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), 30.0, (WIDTH, HEIGHT))
    for number in range(COUNT):
        noise = random.normal(0, 3, scene.shape)
        frame = np.clip(scene + noise, 0, 255).astype(np.uint8)
        frame[300:420, 20 * number : 20 * number + 100] = 230
        film.write(frame)
    film.release()
    return path


@contextmanager
def served(film: Path) -> Iterator[str]:
    """Serve a film as a camera in a process of its own; give its address."""
    words = [sys.executable, str(SERVER), str(film), "--rate", "30"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def measure(name: str, text: str, count: int, **options: object) -> None:
    """Read so many pictures of a source and print what they cost."""
    source = address.make(address.parse(text))
    assert isinstance(source, LivePictures | Video)
    for option, value in options.items():
        setattr(source.params, option, value)
    source.open()
    taken(source, SETTLE)
    child = psutil.Process(source.pid)
    own_s, child_s, wall_s = time.process_time(), sum(child.cpu_times()[:2]), time.monotonic()
    got, missed, late_s = taken(source, count)
    wall_s = time.monotonic() - wall_s
    own_s, child_s = time.process_time() - own_s, sum(child.cpu_times()[:2]) - child_s
    source.close()
    late = f", in hand after p50 {np.percentile(late_s, 50) * 1e3:.1f} ms, p99 "
    late += f"{np.percentile(late_s, 99) * 1e3:.1f} ms"
    print(
        f"{name}: {got / wall_s:.0f} pictures/s, {own_s / got * 1e3:.2f} + "
        f"{child_s / got * 1e3:.2f} ms of CPU a picture (ours + capture), "
        f"{(own_s + child_s) / wall_s:.3f} CPU s/s, {missed} left out{late if source.live else ''}",
        flush=True,
    )


def taken(source: Source, count: int) -> tuple[int, int, list[float]]:
    """Read at least so many pictures; return how many, how many were left out, and how long after
    arrival each was there, in s."""
    got, missed, late_s = 0, 0, []
    while got < count:
        for item in source.read() or []:
            if isinstance(item, Block):
                got += len(item)
                late_s.append(time.monotonic() - item.wall_time_s)
            elif isinstance(item, Event) and item.kind == "missed":
                missed += item.data["samples"]
    return got, missed, late_s


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        mpeg4 = written(Path(folder) / "scene.mp4", "mp4v")
        mjpeg = written(Path(folder) / "scene.avi", "MJPG")
        for name, film in (("MPEG-4 file", mpeg4), ("MJPEG file", mjpeg)):
            measure(f"{name}, flat out", f"video:{film}", 900, loop=True, speed="max")
            measure(f"{name}, real time", f"video:{film}", 300, loop=True, speed="1")
        with served(mjpeg) as url:
            measure("MJPEG over HTTP", url, 300)


if __name__ == "__main__":
    main()
