"""The demos: the same whenever computed, true about their faults, told in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from driftscope.core.address import make, parse
from driftscope.core.errors import SourceError
from driftscope.core.sources._played import CHUNK, Played
from driftscope.core.sources._temperature import RIGHT_AGAIN_S, Temperature
from driftscope.core.sources.demo import address_of, demos

PLAYED = [name for name, kind in demos().items() if issubclass(kind, Played)]


def scene(name: str, **options: object) -> Played:
    asked = "&".join(f"{key}={value}" for key, value in options.items())
    made = make(parse(f"demo:{name}?{asked}"))
    assert isinstance(made, Played)
    return made


def values(played: Played, chunks: range) -> np.ndarray:
    made = played.scene()
    return np.concatenate([made.chunk(k) for k in chunks])


@pytest.mark.parametrize("name", PLAYED)
def test_any_part_is_the_same_at_any_time_and_the_seed_decides(name: str) -> None:
    whole = values(scene(name), range(12))
    backwards = scene(name).scene()
    for k in reversed(range(12)):
        assert np.array_equal(backwards.chunk(k), whole[k * CHUNK : (k + 1) * CHUNK])
    assert not np.array_equal(values(scene(name, seed=2), range(2)), whole[: 2 * CHUNK])
    assert np.isfinite(whole).all()


@pytest.mark.parametrize("name", PLAYED)
@pytest.mark.parametrize("seed", range(5))
def test_faults_follow_one_another_and_begin_after_a_while(name: str, seed: int) -> None:
    faults = np.array(scene(name, seed=seed).true_intervals(1800))
    assert faults[0, 0] > 30 and faults[0, 0] < 120, "something happens within two minutes"
    assert np.all(faults[:, 0] < faults[:, 1])
    assert np.all(faults[1:, 0] > faults[:-1, 1] + 10)


@pytest.mark.parametrize("seed", range(3))
def test_a_stuck_sensor_gives_one_value_and_is_right_again_at_the_end(seed: int) -> None:
    played = scene("temperature", seed=seed)
    rate_hz = played.params.rate_hz
    for number, (start_s, end_s) in enumerate(played.true_intervals(600)):
        first, free = (int(np.ceil(s * rate_hz)) for s in (start_s, end_s - RIGHT_AGAIN_S))
        chunks = range(first // CHUNK, free // CHUNK + 1)
        shown = values(played, chunks)[first - chunks[0] * CHUNK :][: free - first]
        channel = played.scene().stuck_channel(number)  # type: ignore[attr-defined]
        assert len(np.unique(shown[:, channel])) == 1
        assert all(len(np.unique(shown[:, c])) > 50 for c in range(3) if c != channel)


def test_the_days_go_up_and_down() -> None:
    day = values(scene("temperature", noise=0), range(2))[:1200]
    assert isinstance(scene("temperature"), Temperature)
    assert day[600:].mean(0)[1] > day[:150].mean(0)[1] + 5, "it is warm under glass at noon"
    assert np.ptp(day[:, 2]) < np.ptp(day[:, 0]) < np.ptp(day[:, 1])


def test_beats_vary_and_one_in_a_while_is_missing_or_early() -> None:
    played = scene("ecg", noise=0)
    found = values(played, range(75))[:, 1]
    peaks = np.flatnonzero((found[1:-1] > 0.7) & (found[1:-1] >= found[:-2])
                           & (found[1:-1] > found[2:])) + 1  # fmt: skip
    beat_s = np.diff(peaks) / played.params.rate_hz
    usual = beat_s[(beat_s > 0.8 * np.median(beat_s)) & (beat_s < 1.2 * np.median(beat_s))]
    assert 0.01 < usual.std() / usual.mean() < 0.15
    faults = played.true_intervals(300)
    missed = [k for k in range(len(faults)) if played.scene().missed(k)]  # type: ignore[attr-defined]
    assert 0 < len(missed) < len(faults)
    assert (beat_s > 1.6 * np.median(beat_s)).sum() == len(missed)
    assert found.max() > 1.5, "an early one is higher than any other"


def test_each_has_a_title_a_story_and_an_address() -> None:
    for name, kind in demos().items():
        assert kind.story.endswith(".") and len(kind.story) < 200
        assert kind.title and type(make(parse(address_of(name)))) is kind


def test_an_unknown_one_is_told_with_those_there_are() -> None:
    with pytest.raises(SourceError, match=r"'music'.*demo:temperature, demo:ecg, demo:stress"):
        make(parse("demo:music")).open()
