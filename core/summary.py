"""What a run came to, in numbers."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from driftscope.core.health import Health


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


OVERALL = "overall_"
SUMMED = (
    "samples", "rejected", "dropped", "gaps", "updates", "skipped_updates", "unscored", "missed",
    "alarms",
)  # fmt: skip


def summary_of_all(healths: Mapping[str, Health]) -> dict[str, Any]:
    """Return the figures of a run: of one source as they are; of several each under its name,
    and the counts added up."""
    each = {name: summary(health) for name, health in healths.items()}
    if len(each) == 1:
        return next(iter(each.values()))
    total = {name: sum(figures[name] for figures in each.values()) for name in SUMMED}
    return {**total, "sources": each}


def summary(health: Health) -> dict[str, Any]:
    """Return the figures of a run; NaN becomes None, so that it is valid JSON."""
    loss, baselines = health.overall.means()
    figures: dict[str, Any] = dict(
        samples=health.samples, rejected=health.rejected, dropped=health.dropped,
        dropped_bytes=health.dropped_bytes, gaps=health.gaps, updates=health.updates,
        skipped_updates=health.skipped_updates, unscored=health.unscored, missed=health.missed,
        restored=health.restored, alarms=health.alarms, seconds=health.seconds,
        first_prediction_s=health.first_prediction_s,
        step_ms_p50=health.step_ms(50), step_ms_p99=health.step_ms(99),
        loss=loss, baseline_loss=baselines, skill=health.overall.skill(),
        peak_memory_mb=round(peak_memory_mb(), 1),
        channels=list(health.info.channels) if health.info else [],
        rate_hz=health.rate_hz, step_rows=health.step_rows, horizon=health.horizon,
        decision_rows=health.decision_rows,
        clock_drift_ppm=health.clock.drift_ppm, clock_jitter_ms=health.clock.jitter_ms,
    )  # fmt: skip
    if health.report is not None:
        figures |= _graded(health)
    return {name: _json(value) for name, value in figures.items()}


def _graded(health: Health) -> dict[str, Any]:
    """Return what labels say: of a column of labels over all rows of the run, of pictures of the
    latest ones."""
    report, info = health.report, health.info
    assert report is not None
    if info is None or info.label is None:
        return {**report.figures, "passes": list(report.passes)}
    known = report.figures
    return {
        **{f"recent_{name}": known[name] for name in known if f"{OVERALL}{name}" in known},
        **{name.removeprefix(OVERALL): value for name, value in known.items()
           if name.startswith(OVERALL)},
        "label": info.label.name, "classes": list(report.classes),
    }  # fmt: skip


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
