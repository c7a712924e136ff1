"""Find on which line of a TOML file each key stands: the standard library's reader does not say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

KeyPath = tuple[str | int, ...]
MOST_SIGNS = 32
"""Equals signs looked at for the one behind a name: a file may be a megabyte of them."""


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, of every key and table of a valid TOML text by its path.

    `[[sources]]` counts its tables from 0: ("sources", 1, "learner", "lr"). What stands inside an
    inline table or an array is where that is.
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("["):
            names = _names(bare)
            if names is None:  # inside an array
                continue
            table = _numbered(names, counts, bare.startswith("[["))
            found.setdefault(table, number)
        elif "=" in bare:
            names = _key(bare)
            if names is not None:
                found.setdefault(table + names, number)
    return found


def line_of(found: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of a key, else of the first one within it, else of the innermost thing
    around it; 0 if there is none."""
    while path and path not in found:
        within = [line for key, line in found.items() if key[: len(path)] == path]
        if within:
            return min(within)
        path = path[:-1]
    return found.get(path, 0)


def _names(line: str) -> KeyPath | None:
    """Return the names in a line that is whole TOML by itself, None if it is not."""
    try:
        inner: Any = tomllib.loads(line)
    except (ValueError, RecursionError):
        return None
    names: KeyPath = ()
    while isinstance(inner, dict | list) and inner:
        if isinstance(inner, list):
            inner = inner[0]
        else:
            name, inner = next(iter(inner.items()))
            names += (name,)
    return names or None


def _key(line: str) -> KeyPath | None:
    """Return the names in front of a line's equals sign; one may stand in a quoted name too."""
    at = line.find("=")
    for _ in range(MOST_SIGNS):
        if at < 0:
            break
        names = _names(line[:at] + "= 0")
        if names is not None:
            return names
        at = line.find("=", at + 1)
    return None


def _numbered(names: KeyPath, counts: dict[KeyPath, int], begins: bool) -> KeyPath:
    """Return a table's path with the numbers of the tables of arrays it stands in."""
    path: KeyPath = ()
    for place, name in enumerate(names, start=1):
        path += (name,)
        if begins and place == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path
