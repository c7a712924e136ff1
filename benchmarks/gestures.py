"""Teach classes by hand with five frames each, and see which later frames are told right.

Run: python benchmarks/gestures.py [DATA_DIR] [--seeds 4] [--trunk]
DATA_DIR holds one clip a class, the class being its name (default: video/gestures under
DRIFTSCOPE_DATA; without either there is nothing to measure). Five single frames of each clip are
taught by the commands a held key gives; then the head has 300 updates (10 s of a camera); then
every test frame is asked for. Test frames are other stretches of time of the same clips:

blocks   each clip in 10 blocks; one frame of each of 5 blocks by chance, tested on the other 5
halves   one half gives the frames, at even distances, the other is tested
opening  the first 30 % gives the frames, all that comes later is tested
stretch  any quarter gives the frames, all but it and 2 frames on each side is tested

Accuracy is the mean over the classes; "none of these" counts as wrong. "moved" tests the same
frames shifted by up to 6 %, zoomed by up to 6 % and with up to 15 % more or less light.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import torch

from driftscope.core.pictures.cells import cells, small
from driftscope.core.pictures.classes import Classes, Seen
from driftscope.core.pictures.experts import NONE_OF_THESE
from driftscope.core.pictures.trunk import installed
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.teaching import Teach

PROTOCOLS = ("blocks", "halves", "opening", "stretch")
TAUGHT, UPDATES, APART_S = 5, 300, 10.0
WAYS = ("both", "nearest", "head", "thumbnails")


def frames(path: Path) -> list[np.ndarray]:
    """Return a clip's frames, red first."""
    clip, found = cv2.VideoCapture(str(path)), []
    while (got := clip.read())[0]:
        found.append(np.ascontiguousarray(got[1][:, :, ::-1]))
    return found


def split(n: int, protocol: str, random: np.random.Generator) -> tuple[list[int], list[int]]:
    """Return the frames to teach and those to test, of a clip of n."""
    if protocol == "blocks":
        borders = np.linspace(0, n, 11).astype(int)
        order = random.permutation(10)
        return [int(random.integers(borders[k], borders[k + 1])) for k in order[:5]], [
            j for k in order[5:] for j in range(borders[k], borders[k + 1])
        ]
    share = {"halves": 0.5, "opening": 0.3, "stretch": 0.25}[protocol]
    length = int(share * n)
    begin = {"halves": int(random.integers(2)) * (n - length), "opening": 0}.get(
        protocol, int(random.integers(n - length + 1))
    )
    borders = np.linspace(begin, begin + length, TAUGHT + 1).astype(int)
    taught = [int(random.integers(a, b)) for a, b in pairwise(borders)]
    away = 2 if protocol == "stretch" else 0
    return taught, [j for j in range(n) if not begin - away <= j < begin + length + away]


def moved(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return a picture shifted, zoomed and with other light."""
    height, width = picture.shape[:2]
    zoom, gain = random.uniform(0.94, 1.06), random.uniform(0.85, 1.15)
    across, down = random.uniform(-0.06, 0.06, 2) * (width, height)
    to = np.array(
        [[zoom, 0, across + (1 - zoom) * width / 2], [0, zoom, down + (1 - zoom) * height / 2]]
    )
    out = cv2.warpAffine(picture, to, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.clip(out * gain, 0, 255).astype(np.uint8)


def seen(seq: int, time_s: float, picture: np.ndarray) -> Seen:
    tiny = small(picture)
    return Seen(seq, time_s, picture, tiny, cells(tiny))


class Trial:
    """Teach and test on one split, with the features of each picture worked out once."""

    def __init__(self, trunk: str) -> None:
        self.trunk = trunk
        self.classes = Classes("gestures", PictureLearnerParams(), trunk=trunk)
        self._known: dict[int, np.ndarray] = {}

    def features(self, one: Seen) -> np.ndarray:
        if one.seq not in self._known:
            self._known[one.seq] = self.classes._features(one)
        return self._known[one.seq]

    def run(self, taught: list[list[Seen]], tests: list[list[Seen]]) -> dict[str, float]:
        """Return the accuracy of each way, and the share said to be none of these."""
        classes = Classes("gestures", PictureLearnerParams())
        classes._features = self.features  # type: ignore[method-assign]  # worked out once
        time_s = 0.0
        for k in range(len(taught[0])):
            for y, of_class in enumerate(taught):
                one = of_class[k]
                classes.obey(Teach(y))
                time_s += APART_S
                classes.take(Seen(one.seq, time_s, one.picture, one.small, one.cells), learn=False)
                classes.obey(Teach(None))
        for _ in range(UPDATES):
            classes.experts.train()
        right: dict[str, list[float]] = {way: [] for way in (*WAYS, "none")}
        tiny = np.stack([thumbnail(one) for of_class in taught for one in of_class])
        whose = np.repeat(np.arange(len(taught)), [len(of_class) for of_class in taught])
        for y, of_class in enumerate(tests):
            features = np.stack([self.features(one) for one in of_class])
            said = classes.experts.say(features).argmax(1)
            nearest, head = classes.experts.both(features)
            plain = [
                whose[((tiny - thumbnail(one)) ** 2).sum(1).argmin()] for one in of_class
            ]  # the floor
            for way, answer in zip(
                WAYS, (said, nearest.argmax(1), head.argmax(1), np.array(plain)), strict=True
            ):
                right[way].append(float(np.mean(answer == y)))
            right["none"].append(float(np.mean(said == NONE_OF_THESE)))
        return {way: float(np.mean(values)) for way, values in right.items()}


def strangers(trial: Trial, taught: list[list[Seen]], tests: list[list[Seen]]) -> float:
    """Return how often a picture of a class that was left out is said to be none of these."""
    return float(np.mean([
        trial.run([*taught[:out], *taught[out + 1 :]], [tests[out]])["none"]
        for out in range(len(taught))
    ]))  # fmt: skip


def thumbnail(one: Seen) -> np.ndarray:
    return cv2.resize(one.small, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()


def milliseconds(pictures: list[np.ndarray], trunk: str) -> float:
    """Return the median time of one picture, its cells not counted, with samples there."""
    classes = Classes("gestures", PictureLearnerParams(), trunk=trunk)
    spent = []
    for k in range(60):
        one = seen(k, float(k), pictures[k % len(pictures)])
        classes.obey(Teach(k % 10 if k < 50 else None))
        begun_s = time.perf_counter()
        classes.chances(one)
        classes.take(one)
        spent.append(time.perf_counter() - begun_s)
    return 1e3 * float(np.median(spent[50:]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = os.environ.get("DRIFTSCOPE_DATA", "")
    parser.add_argument("data", nargs="?", type=Path, default=Path(root) / "video" / "gestures")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--trunk", action="store_true", help="with the ImageNet trunk, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    paths = sorted(p for p in options.data.glob("*") if p.suffix in (".mkv", ".mp4", ".avi"))
    if not paths:
        print(f"No clips in {options.data}: name their folder, or set DRIFTSCOPE_DATA.")
        return 0
    random = np.random.default_rng(7)
    clips = [frames(path) for path in paths]
    number, plain, shaken = 0, [], []
    for clip in clips:
        plain.append([seen(number + j, 0.0, picture) for j, picture in enumerate(clip)])
        number += len(clip)
        shaken.append([seen(number + j, 0.0, moved(f, random)) for j, f in enumerate(clip)])
        number += len(clip)
    print(f"{len(clips)} classes, {TAUGHT} frames each, {options.seeds} splits, chance "
          f"{1 / len(clips):.2f}; mean (sd over splits)")  # fmt: skip
    for trunk in ["none", *(["imagenet"] if options.trunk and installed() else [])]:
        trial = Trial(trunk)
        for test, pictures in (("", plain), (" moved", shaken)):
            for protocol in PROTOCOLS:
                found = []
                for seed in range(options.seeds):
                    random = np.random.default_rng(seed)
                    splits = [split(len(clip), protocol, random) for clip in clips]
                    taught = [[plain[c][j] for j in a] for c, (a, _) in enumerate(splits)]
                    tests = [[pictures[c][j] for j in b] for c, (_, b) in enumerate(splits)]
                    found.append(trial.run(taught, tests))
                    if protocol == "blocks":
                        found[-1]["stranger none"] = strangers(trial, taught, tests)
                print(f"trunk {trunk:8} {protocol + test:14}", "  ".join(
                    f"{way} {np.mean([f[way] for f in found]):.3f} "
                    f"({np.std([f[way] for f in found]):.3f})" for way in found[0]
                ), flush=True)  # fmt: skip
        print(f"trunk {trunk:8} {milliseconds(clips[0], trunk):.1f} ms a picture")
    return 0


if __name__ == "__main__":
    sys.exit(main())
