"""The parts that judge a picture, each by itself."""

from __future__ import annotations

import numpy as np

from driftscope.core.pictures.bank import CAPACITY, DELAY, Bank
from driftscope.core.pictures.cells import FEATURES, GRID, NOISE, cells, small
from driftscope.core.pictures.gaussian import Gaussian
from driftscope.core.pictures.heat import FIRST, Heat, score_of
from driftscope.core.pictures.jump import Jump
from driftscope.core.pictures.patches import patched
from driftscope.core.pictures.places import PLACES, by_place

RANDOM = np.random.default_rng
EVERYWHERE = np.ones((GRID, GRID), bool)


def picture(seed: int = 0) -> np.ndarray:
    return RANDOM(seed).integers(40, 160, (16, 16, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)


def noisy(maps: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return (maps + NOISE * random.standard_normal(maps.shape)).astype(np.float32)


def test_any_size_becomes_small() -> None:
    for shape in ((720, 1280), (128, 128), (20, 30), (1, 1), (300, 129)):
        assert small(np.full((*shape, 3), 77, np.uint8)).shape == (128, 128, 3)
        assert (small(np.full((*shape, 3), 77, np.uint8)) == 77).all()


def test_brightness_changes_no_feature_and_an_edge_shows_its_direction() -> None:
    one = cells(picture())
    assert one.shape == (GRID, GRID, FEATURES) and one.dtype == np.float32
    brighter = cells((picture() * 1.2).astype(np.uint8))
    assert np.abs(brighter - one)[..., :9].max() < 0.1 and np.abs(brighter - one).mean() < 0.01
    striped = np.zeros((128, 128, 3), np.uint8)
    striped[:, ::8] = 200
    across, down = cells(striped)[5, 5, :9], cells(striped.swapaxes(0, 1).copy())[5, 5, :9]
    assert across.argmax() != down.argmax() and 0.9 < np.linalg.norm(across) <= 1
    assert np.isfinite(cells(np.zeros((128, 128, 3), np.uint8))).all()


def test_the_gaussian_knows_each_place() -> None:
    random, gaussian, still = RANDOM(1), Gaussian(), cells(picture())
    for _ in range(60):
        gaussian.learn(noisy(still, random))
    usual = gaussian.error(noisy(still, random))
    moved = still.copy()
    moved[3, 4] = still[10, 10]
    error = gaussian.error(noisy(moved, random))
    assert error[3, 4] > 5 * usual.max() and error.argmax() == 3 * GRID + 4


def test_the_bank_knows_things_wherever_they_are_once_they_waited() -> None:
    random, bank, still = RANDOM(1), Bank(0), cells(picture())
    strange = still.copy()
    strange[3, 4] = 1.0

    def learn(maps: np.ndarray, times: int) -> None:
        for _ in range(times):
            seen = noisy(maps, random)
            bank.learn(seen, bank.error(seen))

    learn(still, 4 * DELAY)
    assert bank.error(still).max() < 3 < bank.error(strange)[3, 4]
    learn(strange, DELAY - 1)
    assert bank.error(strange)[3, 4] > 3
    learn(strange, 2)
    assert bank.error(strange)[3, 4] < 3
    elsewhere = still.copy()
    elsewhere[3, 6] = 1.0
    assert bank.error(elsewhere)[3, 6] < 3


def test_the_bank_is_bounded() -> None:
    random, bank = RANDOM(2), Bank(0)
    for _ in range(40):
        maps = random.uniform(0, 1, (GRID, GRID, FEATURES)).astype(np.float32)
        bank.learn(maps, bank.error(maps), at_once=True)
    assert len(bank.state_dict()["kept"]) == CAPACITY


def test_heat_is_measured_by_the_past_of_each_part() -> None:
    random, heat = RANDOM(3), Heat(2)
    scale = np.array([1.0, 100.0], np.float32)[:, None, None]
    for k in range(200):
        assert heat.ready == (k >= FIRST)
        heat.learn((scale * random.uniform(0.5, 1.5, (2, GRID, GRID))).astype(np.float32))
    errors = np.broadcast_to(scale, (2, GRID, GRID)).copy()
    errors[:, 2, 2] *= 6
    found = heat.of(errors)
    assert found[2, 2] > 8 and np.delete(found.reshape(-1), 2 * GRID + 2).max() < 2
    assert score_of(found, EVERYWHERE) > score_of(found, ~np.eye(GRID, dtype=bool))
    assert score_of(found, ~EVERYWHERE) == 0


def test_patches_cover_what_they_say() -> None:
    random = RANDOM(4)
    grey, white = np.full((128, 128, 3), 90, np.uint8), np.full((2, 128, 128, 3), 255, np.uint8)
    for _ in range(50):
        made, covered = patched(grey, white, random)
        changed = (made != grey).any(-1).reshape(GRID, 8, GRID, 8).mean((1, 3))
        assert np.allclose(changed, covered, atol=1e-6) and 0 < covered.mean() < 0.4
    assert (grey == 90).all()


def test_a_jump_is_told_once_and_again_after_it_was_over() -> None:
    jump, told = Jump(), []
    shares = [0.1] * 10 + [0.9] * 60 + [0.1] * 10 + [0.9] * 60 + [0.1] * 5 + [0.9] * 20
    for i, share in enumerate(shares):
        told += [i] if jump.follow(share, i / 30) else []
    assert len(told) == 2 and 40 <= told[0] <= 41 and 110 <= told[1] <= 111


def test_places_are_named_as_one_sees_them() -> None:
    for row, column, name in ((0, 0, "upper left"), (8, 8, "middle"), (15, 7, "lower middle")):
        heat = np.zeros((GRID, GRID), np.float32)
        heat[row, column] = 5
        assert PLACES[int(by_place(heat).argmax())] == name
