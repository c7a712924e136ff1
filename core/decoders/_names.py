"""Names as they may be shown: nothing in them hides, turns round or overflows its neighbour."""

from __future__ import annotations

LONGEST_NAME = 64
"""Characters of a name that are kept."""
_JOINERS = "\u200c\u200d"
"""Parts of emoji and of Persian words; without any effect on what stands beside them."""
_PICTURES = "\u2190"
"""From here on lie arrows, symbols and pictures, which may name something as letters do."""


def shown_name(name: str) -> str:
    """Return a name without control and direction characters, shortened to 64 characters.

    >>> shown_name("a\\u202eb\\x00 c")
    'a b c'
    """
    kept = name[: 4 * LONGEST_NAME]
    kept = "".join(c if c.isprintable() or c in _JOINERS else " " for c in kept)
    kept = " ".join(kept.split())
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - 1] + "…"


def can_name(text: str) -> bool:
    """Say whether there is a letter or a picture in it."""
    return any(c.isalpha() or c >= _PICTURES for c in text)
