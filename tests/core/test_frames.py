"""Frames: rare pictures are flagged with the picture, by the statistics of whole decisions."""

from __future__ import annotations

import numpy as np
import pytest

from driftscope.core.detectors.frames import Frames
from driftscope.core.pictures.places import PLACES
from driftscope.core.sections import DetectorParams
from driftscope.core.stream import Alarm, Detected, Scored, Step, StreamInfo

INFO = StreamInfo("p", ("picture",), ("",), 30.0, sample_shape=(8, 8, 3), dtype="uint8")
ROWS = 10


def detector(**settings: object) -> Frames:
    params = DetectorParams()
    for name, value in (dict(decision_rows=ROWS) | settings).items():
        setattr(params, name, value)
    return Frames(INFO, params)


def fed(frames: Frames, scores: np.ndarray, first: int = 0, rows: int = 1) -> list[Detected]:
    """Give scores in steps of some rows; return what was said of each."""
    out = []
    for seq in range(first, first + len(scores), rows):
        part = scores[seq - first : seq - first + rows]
        n = len(part)
        values = np.zeros((n, 8, 8, 3), np.uint8)
        step = Step("p", seq, np.arange(seq, seq + n) / 30, values, n)
        none = np.full((n, 1), np.nan)
        places = np.zeros((n, len(PLACES)))
        places[:, PLACES.index("middle")] = part
        scored = Scored(none, None, none[:, 0], {}, part[:, None], none, dict(places=places))
        out.append(frames.score(step, scored))
        frames.learn(step, scored, out[-1], True)
    return out


def usual(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).exponential(1.0, rows)


def alarms(said: list[Detected]) -> list[Alarm]:
    return [alarm for each in said for alarm in each.alarms]


def test_it_says_nothing_while_it_knows_nothing() -> None:
    said = fed(detector(), np.concatenate((usual(50), [1000.0])))
    assert all(each.rarity[0] == 0 and not each.alarm[0] for each in said)


@pytest.mark.parametrize("at", [0, 3, ROWS - 1])
def test_an_alarm_begins_with_the_very_picture(at: int) -> None:
    frames = detector()
    fed(frames, usual(3000))
    said = fed(frames, np.concatenate((usual(at, 1), [60.0], usual(40, 2))), 3000)
    onsets = [i for i, each in enumerate(said) if each.onset[0]]
    assert onsets == [at]
    begun = alarms(said)[0]
    assert begun.start == 3000 + at and begun.end is None
    assert next(iter(begun.channels)) == "middle"
    assert alarms(said)[-1].end == 3000 + 2 * ROWS - 2
    lasting = [bool(each.alarm[0]) for each in said]
    assert lasting == [at <= i < 2 * ROWS - 1 for i in range(len(said))]


def test_a_picture_raises_an_alarm_that_lasts() -> None:
    frames = detector()
    fed(frames, usual(3000))
    said = fed(frames, np.array([60.0, 1.0, 90.0, 1.0]), 3000)
    assert [a.peak for a in alarms(said)] == [3000, 3002]
    assert alarms(said)[1].rarity > alarms(said)[0].rarity


def test_rarity_is_that_of_a_decision_whose_highest_score_it_is() -> None:
    """Of decisions of a normal stream one in 100 is as rare as that, not one in 100 pictures."""
    frames = detector()
    fed(frames, usual(10_000))
    said = fed(frames, usual(20_000, 1), 10_000)
    rarity = np.array([each.rarity[0] for each in said]).reshape(-1, ROWS)
    assert 0.005 < np.mean(rarity.max(1) > 2) < 0.02
    assert np.mean(rarity > 2) < 0.004


@pytest.mark.parametrize("kind", ["exponential", "standard_normal"])
@pytest.mark.parametrize("refractory", [0, 5])
def test_decided_early_alarms_are_as_rare_as_promised(kind: str, refractory: int) -> None:
    """Of scores that do not depend on each other: within a factor of two."""
    frames = detector(one_in=100.0, refractory=refractory)
    scores = getattr(np.random.default_rng(2), kind)(size=ROWS * 4000)
    said = fed(frames, scores, rows=ROWS)
    onsets = sum(int(each.onset.sum()) for each in said[500:])
    assert 0.5 < 100 * onsets / 3500 < 2


def test_rest_is_counted_in_decisions() -> None:
    frames = detector(refractory=2)
    fed(frames, usual(3000))
    burst = np.concatenate(([60.0], np.zeros(2 * ROWS - 1)))
    said = fed(frames, np.concatenate((burst, np.zeros(5), [60.0], np.zeros(40))), 3000)
    assert len({a.id for a in alarms(said)}) == 1
    said = fed(frames, np.array([60.0]), 3070)
    assert said[0].onset[0]


def test_the_batch_does_not_matter() -> None:
    scores = np.concatenate((usual(3000), [60.0], usual(99, 3)))
    one, five = detector(), detector()
    a, b = fed(one, scores), fed(five, scores, rows=5)
    for name in ("rarity", "onset", "alarm"):
        x, y = (np.concatenate([getattr(each, name) for each in said]) for said in (a, b))
        assert np.array_equal(x, y)


def test_a_gap_ends_the_alarm_and_the_decision() -> None:
    frames = detector()
    fed(frames, usual(3000))
    fed(frames, np.array([60.0, 1.0]), 3000)
    ended = frames.gap(3002)
    assert [a.end for a in ended] == [3001]
    assert not fed(frames, usual(3, 4), 3002)[-1].alarm[0]


def test_what_has_no_score_is_not_judged() -> None:
    frames = detector()
    fed(frames, usual(3000))
    said = fed(frames, np.full(30, np.nan), 3000)
    assert all(each.rarity[0] == 0 for each in said)
