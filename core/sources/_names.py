"""Names of files: their natural order, and which one may have been meant."""

from __future__ import annotations

import difflib
import re
from pathlib import Path


def natural(path: Path) -> list[tuple[int, int, str]]:
    """Return a key to sort by: 2.png comes before 10.png, whatever the case of letters."""
    words = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    numbered = [(0, int(w), "") if w.isascii() and w.isdigit() else (1, 0, w) for w in words]
    return [*numbered, (2, 0, path.name)]


def near(path: Path) -> str:
    """Return how a sentence about a missing file ends: what to try."""
    if not path.parent.is_dir():
        return f": there is no folder {path.parent} either."
    there = [each.name for each in path.parent.iterdir()]
    close = difflib.get_close_matches(path.name, there, n=3, cutoff=0.75)
    return f"; did you mean {' or '.join(close)}?" if close else f" in {path.parent.resolve()}."


def too_short(name: str, count: int, start: int, what: str) -> str:
    """Return the sentence that there is less than what was gone through already."""
    return (
        f"{name} holds {count:,} {what}, and {start:,} of them were learned: it is another one "
        "now, or was cut. Begin anew, without the saved state."
    )
