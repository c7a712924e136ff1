"""Names of files made from words that may hold anything."""

from __future__ import annotations

import os
import re
from pathlib import Path

LONGEST = 80
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""What no file may be called on Windows."""


def safe_name(words: str) -> str:
    """Return a name a file may have everywhere; words that are one already stay as they are."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "_", words).strip(" .")[:LONGEST].strip(" .")
    return f"_{name}" if not name or DEVICES.fullmatch(name) else name


def why_not(path: Path, error: Exception) -> str:
    """Return why a file could not be written, and what to try, as the end of a sentence."""
    if os.path.isdir(path):
        return "it is a folder. Name a file in it."
    if not os.path.isdir(path.parent):
        return f"there is no folder {path.parent}. Name one that is there."
    reason = getattr(error, "strerror", None) or str(error)
    return f"{reason[:1].lower()}{reason[1:]}. Choose another folder or name."


def unused(path: Path) -> Path:
    """Return the path, or the first of "name 2", "name 3", ... that is not there yet."""
    found, number = path, 1
    while os.path.exists(found):  # a name too long to be one is none that is there
        number += 1
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
    return found
