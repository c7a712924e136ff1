"""The synthetic workplace: reproducible, never still, and foreign things when it says so."""

from __future__ import annotations

import numpy as np
import pytest

from driftscope.core import address
from driftscope.core.errors import SourceError
from driftscope.core.sources._workplace import Workplace
from driftscope.core.sources.scene import Scene, SceneParams
from driftscope.core.stream import Block, StreamInfo


def taken(count: int, **options: object) -> np.ndarray:
    source = Scene("", SceneParams(**{"speed": "max", **options}))
    source.open()
    pictures: list[np.ndarray] = []
    while len(pictures) < count:
        pictures += [p for item in source.read() if isinstance(item, Block) for p in item.values]
    source.close()
    return np.stack(pictures[:count])


def test_it_is_a_stream_of_pictures_at_30_a_second() -> None:
    source = address.make(address.parse("scene:?speed=max"))
    assert isinstance(source, Scene) and source.pictures and not source.labelled
    source.open()
    (info,) = source.read()
    assert isinstance(info, StreamInfo) and info.sample_shape == (240, 320, 3)
    assert info.rate_hz == 30.0 and info.pictures and info.dtype == "uint8"
    (block,) = source.read(limit=3)
    assert isinstance(block, Block) and np.allclose(block.time_s, [0, 1 / 30, 2 / 30])


def test_a_picture_depends_on_its_number_and_the_seed_only() -> None:
    pictures = taken(40)
    one = Workplace(1, 3.0)
    for number in (39, 0, 17):
        assert np.array_equal(one.picture(number), pictures[number])
    assert not np.array_equal(taken(2, seed=2), pictures[:2])


def test_it_is_never_still_and_noise_can_be_switched_off() -> None:
    pictures = taken(20, noise=0).astype(np.int16)
    moved = np.abs(np.diff(pictures, axis=0)).max(3) > 12
    assert (moved.mean((1, 2)) > 0.002).all()
    noisy = taken(1).astype(int)[0] - pictures[0]
    assert 2.5 < noisy[30:100].std() < 3.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_foreign_things_come_at_the_times_it_tells(seed: int) -> None:
    place = Workplace(seed, 0.0)
    found = place.true_intervals(300.0)
    assert 5 <= len(found) <= 7 and found == place.true_intervals(400.0)[: len(found)]
    assert found[0][0] >= 30.0 and all(2.5 <= end - start <= 5.0 for start, end in found)
    clean = Workplace(seed, 0.0)
    clean._put_foreign = lambda made, time_s: None  # type: ignore[method-assign]  # nothing comes
    for start_s, end_s in found:
        inside, before = int((start_s + end_s) * 15), int(start_s * 30) - 1
        differs = (place.picture(inside) != clean.picture(inside)).any(2)
        assert 100 < differs.sum() < 0.2 * differs.size
        assert np.array_equal(place.picture(before), clean.picture(before))
        assert np.array_equal(
            place.picture(int(end_s * 30) + 2), clean.picture(int(end_s * 30) + 2)
        )


def test_the_light_changes_rarely_and_stays_so() -> None:
    place = Workplace(1, 0.0)
    changes = place.light_changes(1000.0)
    assert 3 <= len(changes) <= 5 and changes[0] >= 150.0

    def colour(time_s: float) -> np.ndarray:
        return place.picture(int(time_s * 30))[:100].mean((0, 1))

    for at in changes:
        before, after, later = colour(at - 2.0), colour(at + 1.0), colour(at + 20.0)
        assert np.abs(after - before).max() > 12 and np.abs(later - after).max() < 12


def test_a_scene_that_is_not_there_is_told() -> None:
    with pytest.raises(SourceError, match="try scene:workplace"):
        Scene("beach", SceneParams()).open()
