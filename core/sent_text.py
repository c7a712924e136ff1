"""What is typed to be sent, as bytes."""

from __future__ import annotations

import re

ENDINGS = {"no line end": b"", "LF": b"\n", "CR": b"\r", "CR LF": b"\r\n"}

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.|$)", re.DOTALL)
_PLAIN = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "a": b"\a", "e": b"\x1b", "\\": b"\\"}


def of_text(text: str, ending: str = "LF", escapes: bool = False) -> bytes:
    r"""Return a typed line as UTF-8 with its line end; raise ValueError with a sentence.

    With `escapes` \n, \r, \t, \0, \a, \e, \\, \x1b and \u20ac stand for what they name.
    """
    if not escapes:
        return text.encode() + ENDINGS[ending]
    data, at = b"", 0
    for found in _ESCAPE.finditer(text):
        data += text[at : found.start()].encode() + _escaped(found[1])
        at = found.end()
    return data + text[at:].encode() + ENDINGS[ending]


def of_hex(text: str) -> bytes:
    """Return bytes written as hex digits, such as "48 65 6c" or "0x48,0x65"; raise ValueError."""
    digits = re.sub(r"0x|[\s,;:]", " ", text, flags=re.IGNORECASE).split()
    if any(len(word) == 1 for word in digits):
        digits = [word.zfill(2) for word in digits]
    try:
        data = bytes.fromhex("".join(digits))
    except ValueError:
        raise ValueError(
            f"‘{text.strip()[:40]}’ is no list of bytes: write two hex digits for each, such as "
            "48 65 0a."
        ) from None
    if not data:
        raise ValueError("There are no bytes to send: write two hex digits for each, such as 0a.")
    return data


def _escaped(name: str) -> bytes:
    if name in _PLAIN:
        return _PLAIN[name]
    if len(name) == 3:
        return bytes([int(name[1:], 16)])
    if len(name) == 5:
        return chr(int(name[1:], 16)).encode("utf-8", "replace")
    raise ValueError(
        f"\\{name} is not known: write \\n, \\r, \\t, \\0, \\\\ or \\x and two hex digits, or "
        "switch escapes off."
    )
