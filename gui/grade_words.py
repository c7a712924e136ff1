"""How well classes are told apart, in words. No Qt in here."""

from __future__ import annotations

import math

from driftscope.core.reports import Label

PLAIN = {
    "class": {
        "no_change_accuracy": "saying the last one again",
        "majority_accuracy": "saying the most common one",
    },
    "value": {
        "no_change_mae": "saying the last one again",
        "mean_mae": "saying the running mean",
    },
}
SHARES = {
    "accuracy": (
        "right while learning",
        "how many of the last 1,000 labelled pictures were told right before they were learned",
    ),
    "test accuracy": (
        "right on test samples",
        "of samples kept apart in time, from which nothing is learned",
    ),
    "held out accuracy": (
        "right on pictures held out",
        "of those of the last pass from which nothing is learned",
    ),
}
"""What is shown, and what it means."""
MORE = {
    "overall accuracy": ("Right from the start", "since the first label, however little was known"),
    "kappa": ("Kappa", "how much better than chance: 1 perfect, 0 no better"),
    "kappa t": ("Kappa-T", "how much better than saying the last one again"),
    "f1": ("F1", "the mean over all classes, rare ones counting as much as common ones"),
}
"""What the tip tells besides."""


def grades(figures: dict[str, float]) -> str:
    """Return shares in words: '93 % right while learning · 87 % right on test samples'."""
    known = _known(figures)
    return " · ".join(
        f"{percent(known[name])} {short}" for name, (short, _) in SHARES.items() if name in known
    )


def tip(figures: dict[str, float]) -> str:
    """Return what the shares mean, and the other figures with what they mean."""
    known = _known(figures)
    lines = [
        f"{short.capitalize()}: {long}." for name, (short, long) in SHARES.items() if name in known
    ]
    for name, (short, long) in MORE.items():
        if name in known:
            value = known[name]
            said = percent(value) if "accuracy" in name else f"{value:.2f}"
            lines.append(f"{short} {said}: {long}.")
    return "\n\n".join(lines)


def label_words(what: Label, figures: dict[str, float]) -> str:
    """Return how well a stream's labels are told of late, beside the best plain way; "" if that
    is not known."""
    by_class = what.kind == "class"
    own = figures.get("accuracy" if by_class else "mae", math.nan)
    plain = {words: figures.get(name, math.nan) for name, words in PLAIN[what.kind].items()}
    known = {words: value for words, value in plain.items() if math.isfinite(value)}
    if not math.isfinite(own) or not known:
        return ""
    if by_class:
        best = max(known, key=lambda words: known[words])
        said = f"“{what.name}” is told right {tenths(own)} of the time before it is known"
        return f"{said}; {best} is right {tenths(known[best])}."
    best, unit = min(known, key=lambda words: known[words]), f" {what.unit}" if what.unit else ""
    said = f"“{what.name}” is told to within {own:.3g}{unit} before it is known"
    return f"{said}; {best} is off by {known[best]:.3g}{unit}."


def called(name: str) -> str:
    """Return what a class is called; one with a mere number says that it is a class."""
    return f"class {name}" if name.isdigit() else name


def _known(figures: dict[str, float]) -> dict[str, float]:
    named = {name.replace("_", " "): value for name, value in figures.items()}
    return {name: value for name, value in named.items() if math.isfinite(value)}


def percent(share: float) -> str:
    """Return a share as '93 %', '99.7 %' near the end: what is not perfect never says 100."""
    if not math.isfinite(share):
        return "–"
    if 0.995 <= share < 1:
        return f"{math.floor(share * 1000) / 10:.1f} %"
    return f"{100 * share:.0f} %"


def tenths(share: float) -> str:
    """Return a share as '93.4 %', to be compared with one close by; only what is perfect is 100."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"
