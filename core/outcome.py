"""What a step gives out: its Result, or that of rows nobody looked at."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import empty
from driftscope.core.steps import StepGrid
from driftscope.core.stream import F64, Detected, Result, Scored, Step


def result(
    step: Step,
    grid: StepGrid,
    said: tuple[Scored, Detected],
    former_loss: dict[str, F64],
) -> Result:
    """Return the Result of a step's rows that have arrived and did not come out yet."""
    first, (scored, detected) = grid.emitted, said
    rows = slice(first, step.n)
    return Result(
        step.key, step.seq + first, step.time_s[rows], step.values[rows],
        scored.prediction[rows], scored.forecast, scored.loss[rows],
        {name: values[rows] for name, values in scored.baseline_loss.items()},
        detected.channel_score[rows], detected.rarity[rows], detected.threshold,
        detected.onset[rows], detected.alarm[rows], detected.calibrated,
        grid.arrived_s, True, scored.extras,
        {name: values[rows] for name, values in former_loss.items()},
        {name: values[rows] for name, values in scored.parts.items()},
    )  # fmt: skip


def unscored(step: Step, channels: int, arrived_s: float) -> Result:
    """Return the Result of a step that was left unscored for lack of time."""
    nan, none = np.full(step.n, np.nan), empty(step.n, channels)
    no = np.zeros(step.n, bool)
    return Result(
        step.key, step.seq, step.time_s, step.values, none, None, nan, {}, none,
        np.zeros(step.n), 0.0, no, no, False, arrived_s, scored=False,
    )  # fmt: skip
