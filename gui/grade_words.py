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
    "kappa": (
        "kappa",
        "Kappa: how much better than chance, given how common each class is: 1 perfect, 0 no "
        "better.",
    ),
}


def grades(figures: dict[str, float]) -> str:
    """Return figures in words: '93 % right while learning · 87 % right on test samples'."""
    return " · ".join(_said(name, value) for name, value in figures.items() if _told(value))


def tip(figures: dict[str, float]) -> str:
    """Return what the figures mean."""
    return "\n\n".join(KNOWN[name][1] for name, v in figures.items() if name in KNOWN and _told(v))


def percent(share: float) -> str:
    """Return a share as '93 %', '99.7 %' near the end: what is not perfect never says 100."""
    if not math.isfinite(share):
        return "–"
    if 0.995 <= share < 1:
        return f"{math.floor(share * 1000) / 10:.1f} %"
    return f"{100 * share:.0f} %"


def _told(value: float) -> bool:
    return math.isfinite(value)


def _said(name: str, value: float) -> str:
    words = KNOWN[name][0] if name in KNOWN else name
    if "accuracy" in name:
        return f"{percent(value)} {words}"
    return f"{words} {value:.2f}"
