"""How well classes are told apart, in words. No Qt in here."""

from __future__ import annotations

import math

KNOWN = {
    "accuracy": (
        "right while learning",
        "Right while learning: how many of the last 1,000 labelled pictures were told right before "
        "they were learned.",
    ),
    "test accuracy": (
        "right on test samples",
        "Right on test samples: of samples kept apart in time, from which nothing is learned.",
    ),
    "held out accuracy": (
        "right on pictures held out",
        "Right on pictures held out: of those of the last pass from which nothing is learned.",
    ),
    "kappa": ("kappa", "how much better than chance: 1 perfect, 0 no better"),
    "kappa t": ("kappa-T", "how much better than saying the last one again"),
    "f1": ("F1", "the mean over all classes, rare ones counting as much as common ones"),
}


def grades(figures: dict[str, float]) -> str:
    """Return shares in words: '93 % right while learning · 87 % right on test samples'."""
    return " · ".join(
        f"{percent(value)} {KNOWN[name][0] if name in KNOWN else name}"
        for name, value in _known(figures)
        if "accuracy" in name
    )


def tip(figures: dict[str, float]) -> str:
    """Return what the shares mean, and the other figures with what they mean."""
    lines = []
    for name, value in _known(figures):
        short, long = KNOWN.get(name, (name, ""))
        lines.append(long if "accuracy" in name else f"{short} {value:.2f}: {long}".rstrip(": "))
    return "\n\n".join(filter(None, lines))


def _known(figures: dict[str, float]) -> list[tuple[str, float]]:
    named = ((name.replace("_", " "), value) for name, value in figures.items())
    return [(name, value) for name, value in named if math.isfinite(value)]


def percent(share: float) -> str:
    """Return a share as '93 %', '99.7 %' near the end: what is not perfect never says 100."""
    if not math.isfinite(share):
        return "–"
    if 0.995 <= share < 1:
        return f"{math.floor(share * 1000) / 10:.1f} %"
    return f"{100 * share:.0f} %"
