"""What a computer keeps up with, said from the counts alone."""

from __future__ import annotations

from driftscope.core.health import Health
from driftscope.core.keeping_up import AGAIN_S, LOOK_S, KeepingUp


def counted(
    health: Health, samples: int, skipped: int = 0, unscored: int = 0, lost: int = 0
) -> None:
    health.samples += samples
    health.updates += 100 - skipped
    health.skipped_updates += skipped
    health.unscored += unscored
    health.dropped += lost


def test_it_says_what_is_kept_up_with_and_what_is_left_out_above() -> None:
    health, keeping = Health(), KeepingUp()
    counted(health, 1)
    assert keeping.text(health, (1000.0, 4), 0.0) == ""
    counted(health, 3000)
    assert keeping.text(health, (1000.0, 4), LOOK_S / 2) == ""
    told = keeping.text(health, (1000.0, 4), LOOK_S)
    assert told == "Keeps up with 1,000 samples/s of 4 channels: all are judged and learned."
    counted(health, 3000)
    assert keeping.text(health, (1000.0, 4), 2 * LOOK_S) == "", "it is not said again at once"
    keeping.text(health, (120_000.0, 4), 3 * LOOK_S)
    counted(health, 360_000, skipped=60)
    assert keeping.text(health, (120_000.0, 4), 4 * LOOK_S) == (
        "Keeps up with 1,000 samples/s; at 120,000 samples/s of 4 channels 60% of the updates are "
        "skipped."
    )
    counted(health, 180_000, skipped=100, unscored=90_000, lost=180_000)
    told = keeping.text(health, (120_000.0, 4), 5 * LOOK_S)
    assert "100% of the updates are skipped and 50% of the samples go unscored and 50%" in told


def test_the_same_is_said_again_after_a_while_and_a_slow_source_is_told() -> None:
    health, keeping = Health(), KeepingUp()
    counted(health, 1)
    keeping.text(health, (1e6, 1), 0.0)
    times = [LOOK_S, 2 * LOOK_S, LOOK_S + AGAIN_S]
    told = []
    for at in times:
        counted(health, 300_000)
        told.append(keeping.text(health, (1e6, 1), at))
    assert "that is the source's own limit" in told[0]
    assert told[1] == "" and told[2]


def test_nothing_is_said_before_anything_was_learned() -> None:
    keeping = KeepingUp()
    assert [keeping.text(Health(), (1000.0, 1), at) for at in (0.0, 10.0, 20.0)] == ["", "", ""]
