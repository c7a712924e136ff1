"""Find discs pasted into the pictures of a clip; OpenCV's MOG2 on the same pictures beside it.

Run: python benchmarks/pictures.py [DATA_DIR] [--clip FILE] [--seeds 5]
Of DATA_DIR/video bottle-detection.mp4 and car-detection.mp4 are taken, or the clip named; without
any, a made-up scene. Pictures are 128 px; after 600 of them (half of a clip under 900) a disc of 12
to 25 px is there for 30, then none for 30, and so on: cut from a photograph ("foreign") or from
any picture of the same clip and turned ("turned"). Brightness drifts by 12 %, noise of sd 4 is
added. Each picture is scored before it is learned, and held while an alarm lasts, as the program
does it. Printed: how well single pictures with and without a disc are told apart (AUROC), mean
and standard deviation over the seeds, and what scoring and learning take.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
from _discs import KINDS, LEARN, clip, foreign_pictures, made_up, pasted

from driftscope.core.arrays import F64, Bools, Pixels
from driftscope.core.parts import make_detector, make_learner, prepare_thread
from driftscope.core.pictures.cells import CELL, GRID
from driftscope.core.pictures.heat import score_of
from driftscope.core.sections import default_params
from driftscope.core.stream import Step, StreamInfo
from driftscope.core.suspicion import Suspicion

RATE_HZ = 30.0


def auroc(score: F64, on: Bools) -> float:
    """Return the probability that a picture with a disc scores higher than one without."""
    higher = score[on][:, None] - score[~on][None]
    return float((higher > 0).mean() + 0.5 * (higher == 0).mean())


def watched(pictures: list[Pixels]) -> tuple[F64, F64, int]:
    """Return each picture's score, milliseconds to (score, learn), and the number of alarms."""
    params = default_params(pictures=True)
    shape = pictures[0].shape
    info = StreamInfo("clip", ("picture",), ("",), RATE_HZ, sample_shape=shape, dtype="uint8")
    learner, detector = make_learner(info, params), make_detector(info, params)
    suspicion = Suspicion()
    score, spent_ms, alarms = np.zeros(len(pictures)), np.zeros((len(pictures), 2)), 0
    for i, picture in enumerate(pictures):
        step = Step("clip", i, np.array([i / RATE_HZ]), picture[None], 1)
        begun_s = time.perf_counter()
        scored = learner.score(step)
        detected = detector.score(step, scored)
        scored_s = time.perf_counter()
        rarity, alarm = float(detected.rarity[0]), bool(detected.alarm[0])
        suspicion.follow(learner, rarity, alarm, i / RATE_HZ, 1 / detector.decision_rows)
        learner.learn(step, scored)
        detector.learn(step, scored, detected, not suspicion.held)
        learned_s = time.perf_counter()
        spent_ms[i] = 1e3 * (scored_s - begun_s), 1e3 * (learned_s - scored_s)
        score[i] = scored.error[0, 0]
        alarms += int(detected.onset.sum())
    return score, spent_ms, alarms


def mixture_of_gaussians(pictures: list[Pixels]) -> F64:
    """Return each picture's score by MOG2: the share of foreground in its most changed cells."""
    mixture = cv2.createBackgroundSubtractorMOG2()
    score, everywhere = np.zeros(len(pictures)), np.ones((GRID, GRID), bool)
    for i, picture in enumerate(pictures):
        front = np.asarray(mixture.apply(picture) == 255, np.float32)
        cells = front.reshape(GRID, CELL, GRID, CELL).mean((1, 3), dtype=np.float32)
        score[i] = score_of(cells, everywhere)
    return score


def judge(name: str, frames: Pixels, foreign: list[Pixels], seeds: int) -> None:
    """Print the figures of one clip."""
    learn = LEARN if len(frames) > 1.5 * LEARN else len(frames) // 2
    print(f"{name}: {len(frames):,} pictures, the first {learn} without a disc")
    for kind in KINDS:
        ours, theirs, spent, alarms = [], [], [], []
        for seed in range(seeds):
            made = list(pasted(frames, kind, foreign, seed, learn))
            pictures, on = [p for p, _ in made], np.array([o for _, o in made])
            score, spent_ms, begun = watched(pictures)
            ours.append(auroc(score[learn:], on[learn:]))
            theirs.append(auroc(mixture_of_gaussians(pictures)[learn:], on[learn:]))
            spent.append(spent_ms)
            alarms.append(begun)
        p50, p99 = np.percentile(np.concatenate(spent), [50, 99], axis=0)
        print(
            f"  {kind:8s} AUROC {np.mean(ours):.3f} (sd {np.std(ours):.3f}; "
            f"{' '.join(f'{a:.3f}' for a in ours)}), MOG2 {np.mean(theirs):.3f} "
            f"(sd {np.std(theirs):.3f}); score {p50[0]:.1f} ms, learn {p50[1]:.1f} ms "
            f"(p99 {p99[0]:.1f}, {p99[1]:.1f}); alarms {np.mean(alarms):.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--clip", type=Path, action="append", default=[])
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    prepare_thread(pictures=True)
    foreign = foreign_pictures(asked.data)
    clips = asked.clip
    if asked.data and not clips:
        clips = [asked.data / "video" / f"{name}-detection.mp4" for name in ("bottle", "car")]
    for path in clips:
        judge(path.name, clip(path), foreign, asked.seeds)
    if not clips:
        judge("made up", made_up(), foreign, asked.seeds)


if __name__ == "__main__":
    main()
