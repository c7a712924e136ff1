"""What pictures cost beside the learning: kept as JPEG for films, drawn as a scene, read as a set.

Milliseconds of processor time on one thread. Aimed at: 2 ms to keep a picture of 1280x720, 4 ms to
draw one of the scene. With DRIFTSCOPE_DATA a real clip, enlarged, stands for the camera.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
from _frames import from_clip, synthetic

from driftscope.core.export.film import write_film
from driftscope.core.sinks import _kept
from driftscope.core.sources._workplace import Workplace
from driftscope.core.sources.cifar import Cifar, CifarParams

COUNT, ROUNDS = 60, 5
KEEP_MS, DRAW_MS = 2.0, 4.0


def median_ms(work: Callable[[], object], count: int) -> float:
    """Return how long each of `count` things took; the median of five rounds."""
    took = []
    for _ in range(ROUNDS):
        begun_s = time.process_time()
        work()
        took.append(1e3 * (time.process_time() - begun_s) / count)
    return float(np.median(took))


def main() -> None:
    """Measure and print."""
    folder = os.environ.get("DRIFTSCOPE_DATA")
    clip = Path(folder or "") / "video" / "bottle-detection.mp4"
    seen = from_clip(str(clip), COUNT) if folder else synthetic(COUNT)
    what = clip.name if folder else "synthetic"
    pictures = [np.ascontiguousarray(cv2.cvtColor(each, cv2.COLOR_BGR2RGB)) for each in seen]
    kept: list[bytes] = []

    def keep() -> None:
        kept[:] = [_kept.jpeg(picture) for picture in pictures]

    keep_ms = median_ms(keep, COUNT)
    size_kb = sum(map(len, kept)) / COUNT / 1e3
    print(f"keep a picture of 1280x720 ({what}): {keep_ms:.2f} ms, {size_kb:.0f} kB")
    print(f"  aimed at {KEEP_MS:g} ms: {'reached' if keep_ms <= KEEP_MS else 'MISSED'}")

    frames = [(at / 30, jpeg) for at, jpeg in enumerate(kept)]
    with tempfile.TemporaryDirectory() as made:
        for kind in (".avi", ".mp4"):
            path = Path(made) / f"a{kind}"
            film_ms = median_ms(lambda path=path: write_film(path, frames), COUNT)
            print(f"write it to a film, {kind}: {film_ms:.1f} ms a picture, beside the work")

    place = Workplace(1, 3.0)
    draw_ms = median_ms(lambda: [place.picture(number) for number in range(300)], 300)
    print(f"draw a picture of the scene, 320x240: {draw_ms:.2f} ms")
    print(f"  aimed at {DRAW_MS:g} ms: {'reached' if draw_ms <= DRAW_MS else 'MISSED'}")

    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "data_batch_1.bin"
        path.write_bytes(np.random.default_rng(0).integers(0, 10, 3073 * 1000, np.uint8).tobytes())
        source = Cifar(str(path), CifarParams(speed="max", passes=1))
        set_ms = median_ms(lambda: list(source), 1000)
    print(f"read a picture of a CIFAR file: {1e3 * set_ms:.1f} us")


if __name__ == "__main__":
    main()
