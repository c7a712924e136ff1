"""Draw the scene's workplace: any picture by its number, from the seed alone."""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np

from driftscope.core.arrays import F32, F64, Pixels
from driftscope.core.sources.scene import RATE_HZ, SIZE

cv2.setNumThreads(1)

HEIGHT, WIDTH = SIZE

BELT = (128, 204)
"""Its first row, and the first one below it."""
BELT_PX_S, SLAT_PX, PART_PX = 52.0, 40, 78
PAINTS = ((196, 70, 52), (58, 112, 176), (216, 178, 60))
"""What the three kinds of parts are painted with, red first."""

FIRST_S, EVERY_S, SPREAD_S, LASTS_S = 30.0, 40.0, 15.0, (2.5, 5.0)
LIGHT_FIRST_S, LIGHT_EVERY_S, LIGHT_SPREAD_S = 150.0, 240.0, 90.0
LIGHT_TURNS_S = 0.3
LIGHTS = np.array([(1.0, 1.0, 1.0), (0.72, 0.74, 0.80), (1.12, 1.06, 0.96), (0.84, 0.80, 0.68)])
"""Gains of red, green and blue, taken in turn from where the seed says."""

NOISE, PART, FOREIGN, LIGHT, FLOOR = range(5)
"""What a random number is drawn for."""
BITS = 4
"""Of a fraction of a pixel, as cv2 takes them."""


class Workplace:
    """Draw pictures of a conveyor with parts, an arm that swings, a lamp that sways.

    Picture i depends on i, the seed and the noise only.
    """

    def __init__(self, seed: int, noise: float) -> None:
        self._seed = seed
        self._floor = _floor(np.random.default_rng([seed, FLOOR]))
        self._belt = _belt()
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        self._lamp: F32 = np.exp(-((x - WIDTH * 0.45) ** 2 / 2e4 + (y - 60) ** 2 / 3e4))
        self._slope: F32 = (x / WIDTH - 0.5).astype(np.float32)
        draw = np.random.default_rng([seed, NOISE])
        grain = noise * draw.standard_normal((HEIGHT + 64, WIDTH + 64, 3))
        self._grain = np.rint(grain).astype(np.int16)
        self._part = functools.lru_cache(maxsize=16)(self._drawn_part)
        self._foreign = functools.lru_cache(maxsize=4)(self._drawn_foreign)

    def picture(self, number: int) -> Pixels:
        """Return picture `number`, from 0: ndarray of shape (240, 320, 3), uint8, red first."""
        time_s = number / RATE_HZ
        made = self._floor.copy()
        moved = BELT_PX_S * time_s
        at = SLAT_PX - 1 - int(moved) % SLAT_PX
        made[BELT[0] : BELT[1]] = self._belt[:, at : at + WIDTH]
        for part in range(
            math.floor((moved - WIDTH) / PART_PX) - 1, math.ceil(moved / PART_PX) + 1
        ):
            self._put_part(made, part, moved)
        self._put_foreign(made, time_s)
        _put_arm(made, time_s)
        return self._seen(made, number, time_s)

    def true_intervals(self, until_s: float) -> list[tuple[float, float]]:
        """Return (start_s, end_s) of everything foreign that appears before `until_s`."""
        slots = range(max(0, math.floor((until_s - FIRST_S) / EVERY_S) + 1))
        found = [self._foreign(slot)[:2] for slot in slots]
        return [(start_s, end_s) for start_s, end_s in found if start_s < until_s]

    def light_changes(self, until_s: float) -> list[float]:
        """Return when, before `until_s`, the light changes."""
        slots = range(max(0, math.floor((until_s - LIGHT_FIRST_S) / LIGHT_EVERY_S) + 1))
        return [at for at in map(self._light_s, slots) if at < until_s]

    def _drawn_part(self, number: int) -> tuple[int, float, float, float]:
        """Return a part's kind, where it lies (along, across, in px) and its angle in radians."""
        draw = np.random.default_rng([self._seed, PART, number + 2**20])
        along, across, angle = draw.uniform(-1, 1, 3)
        return int(draw.integers(3)), 8 * along, 6 * across, 0.5 * angle

    def _put_part(self, made: Pixels, number: int, moved: float) -> None:
        kind, along, across, angle = self._part(number)
        x, y = moved - PART_PX * number + along, (BELT[0] + BELT[1]) / 2 + across
        paint, dark = PAINTS[kind], tuple(int(0.55 * each) for each in PAINTS[kind])
        if kind == 0:
            _disc(made, x, y, 17, paint)
            _disc(made, x, y, 7, dark)
        elif kind == 1:
            _box(made, (x, y), (19, 13), angle, paint)
            _box(made, (x, y), (15, 3), angle, dark)
        else:
            neck = x + 25 * math.cos(angle), y + 25 * math.sin(angle)
            _box(made, (x, y), (20, 9), angle, paint)
            _box(made, neck, (6, 4), angle, dark)

    def _drawn_foreign(self, slot: int) -> tuple[float, float, int, float, float, float, float]:
        """Return start_s, end_s, kind, x, y, size in px and angle of what appears in a slot."""
        draw = np.random.default_rng([self._seed, FOREIGN, slot])
        start_s = FIRST_S + slot * EVERY_S + draw.uniform(0, SPREAD_S)
        end_s = start_s + draw.uniform(*LASTS_S)
        x, y = draw.uniform(50, WIDTH - 50), draw.uniform(50, HEIGHT - 40)
        return start_s, end_s, int(draw.integers(3)), x, y, draw.uniform(16, 26), draw.uniform(0, 6)

    def _put_foreign(self, made: Pixels, time_s: float) -> None:
        slot = math.floor((time_s - FIRST_S) / EVERY_S)
        if slot < 0:
            return
        start_s, end_s, kind, x, y, size, angle = self._foreign(slot)
        if not start_s <= time_s < end_s:
            return
        if kind == 0:  # a star nobody makes here
            reach = np.where(np.arange(10) % 2, 0.45, 1.0) * size
            turn = angle + np.arange(10) * math.pi / 5
            _shape(made, x + reach * np.cos(turn), y + reach * np.sin(turn), (96, 210, 90))
        elif kind == 1:  # a hand that reaches in from above
            tremble = 2 * math.sin(9 * time_s)
            for finger in range(4):
                tip = x + 9 * (finger - 1.5) + tremble
                _line(
                    made, (x, y - 14), (tip, y + size - 3 * abs(finger - 1.5)), 7, (224, 172, 140)
                )
            _line(made, (x + 20, -10), (x, y - 10), 26, (224, 172, 140))
        else:  # a spanner left behind
            dx, dy = math.cos(angle) * size, math.sin(angle) * size
            _line(made, (x - dx, y - dy), (x + dx, y + dy), 8, (208, 206, 222))
            _disc(made, x + dx, y + dy, 9, (208, 206, 222))
            _disc(made, x + dx, y + dy, 4, (40, 40, 48))

    def _seen(self, made: Pixels, number: int, time_s: float) -> Pixels:
        """Return what a camera sees of it under the lamp at that time."""
        sway = 0.16 * math.sin(2 * math.pi * time_s / 5.3)
        gain = 0.82 + (0.26 + 0.02 * math.sin(37.0 * time_s)) * self._lamp + sway * self._slope
        lit = cv2.merge([gain * each for each in self._light(time_s).tolist()])
        draw = np.random.default_rng([self._seed, NOISE, number])
        y, x = (int(each) for each in draw.integers(0, 64, 2))
        grain = self._grain[y : y + HEIGHT, x : x + WIDTH]
        bright = cv2.multiply(made, lit, dtype=cv2.CV_16S)
        return np.asarray(cv2.add(bright, grain, dtype=cv2.CV_8U), np.uint8)

    def _light_s(self, slot: int) -> float:
        draw = np.random.default_rng([self._seed, LIGHT, slot])
        return LIGHT_FIRST_S + slot * LIGHT_EVERY_S + draw.uniform(0, LIGHT_SPREAD_S)

    def _light(self, time_s: float) -> F64:
        """Return the gains of red, green and blue (3,); a change takes 0.3 s."""
        slot = max(math.floor((time_s - LIGHT_FIRST_S) / LIGHT_EVERY_S), 0)
        since_s = time_s - self._light_s(slot)
        changes = slot + (since_s >= 0)
        share = min(since_s / LIGHT_TURNS_S, 1.0) if since_s >= 0 else 1.0
        old, new = (LIGHTS[(self._seed - 1 + n) % len(LIGHTS)] for n in (changes - 1, changes))
        found: F64 = old + share * (new - old)
        return found


def _put_arm(made: Pixels, time_s: float) -> None:
    """Draw a two-part arm that swings above the belt."""
    upper = 0.9 + 0.35 * math.sin(2 * math.pi * time_s / 3.7)
    lower = upper + 0.8 + 0.3 * math.sin(2 * math.pi * time_s / 1.9 + 1)
    shoulder = (252.0, 26.0)
    elbow = (shoulder[0] - 52 * math.sin(upper), shoulder[1] + 40 * math.cos(upper))
    hand = (elbow[0] - 30 * math.sin(lower), elbow[1] + 44 * abs(math.cos(lower)))
    _line(made, shoulder, elbow, 13, (110, 116, 124))
    _line(made, elbow, hand, 9, (140, 146, 152))
    _disc(made, *elbow, 8, (70, 74, 80))
    _disc(made, *hand, 5, (236, 150, 40))
    lit = (250, 240, 150) if time_s % 2.0 < 1.0 else (90, 80, 50)
    _disc(made, 296, 30, 6, lit)


def _floor(draw: np.random.Generator) -> Pixels:
    """Return the still part: a wall with a shelf, and a bench (240, 320, 3)."""
    rough = cv2.GaussianBlur(draw.standard_normal((HEIGHT, WIDTH)), (0, 0), 2.0)
    made = np.empty((HEIGHT, WIDTH, 3))
    made[:] = (120, 124, 118)
    made[: BELT[0] - 20] = (158, 162, 156)
    made += 26 * rough[..., None]
    floor = np.clip(made, 0, 255).astype(np.uint8)
    cv2.rectangle(floor, (14, 52), (150, 60), (112, 84, 58), -1)
    for at in range(5):
        paint = tuple(int(each) for each in draw.integers(50, 200, 3))
        left, high = 20 + 26 * at, int(draw.integers(14, 34))
        cv2.rectangle(floor, (left, 52 - high), (left + 18, 51), paint, -1)
    for x in (20, 300):
        cv2.rectangle(floor, (x - 6, BELT[1]), (x + 6, HEIGHT), (72, 74, 80), -1)
    return floor


def _belt() -> Pixels:
    """Return the belt, one slat longer than it is seen (rows, 320 + slat, 3)."""
    made = np.full((BELT[1] - BELT[0], WIDTH + SLAT_PX, 3), (62, 64, 70), np.uint8)
    for x in range(0, made.shape[1], SLAT_PX):
        made[:, x : x + 3] = (44, 46, 52)
    made[:5] = made[-5:] = (96, 98, 104)
    return made


Place = tuple[float, float]
Paint = tuple[int, ...]


def _fine(*values: float) -> list[int]:
    return [round(each * 2**BITS) for each in values]


def _disc(made: Pixels, x: float, y: float, radius: float, paint: Paint) -> None:
    cv2.circle(made, _fine(x, y), _fine(radius)[0], paint, -1, cv2.LINE_AA, BITS)


def _line(made: Pixels, start: Place, end: Place, width: int, paint: Paint) -> None:
    cv2.line(made, _fine(*start), _fine(*end), paint, width, cv2.LINE_AA, BITS)


def _box(made: Pixels, middle: Place, half: Place, angle: float, paint: Paint) -> None:
    """Fill a box of twice `half` (along, across), turned by `angle`."""
    along, across = np.array([1, 1, -1, -1]) * half[0], np.array([1, -1, -1, 1]) * half[1]
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = middle
    _shape(made, x + along * cos - across * sin, y + along * sin + across * cos, paint)


def _shape(made: Pixels, x: F64, y: F64, paint: Paint) -> None:
    corners = np.rint(np.stack([x, y], 1) * 2**BITS).astype(np.int32)
    cv2.fillPoly(made, [corners], paint, cv2.LINE_AA, BITS)
