"""Bytes as text in which everything can be seen: what is no text, and what hides or turns it."""

from __future__ import annotations

import unicodedata

SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def visible(data: bytes) -> str:
    r"""Return bytes as one line of text.

    UTF-8 is read as such. Bytes that are none, control characters, and marks that turn or join
    what stands beside them (bidirectional marks, zero-width joiners) are shown as escapes.

    >>> visible(b"\x1b[1mok\t\xff\xe2\x80\xaeabc")
    '\\x1b[1mok\\t\\xff\\u202eabc'
    """
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    number = ord(character)
    if unicodedata.category(character) == "Zs":  # a wide or narrow blank is as good as one
        return " "
    if number > 0xFFFF:
        return f"\\U{number:08x}"
    return SHORT.get(character) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")
