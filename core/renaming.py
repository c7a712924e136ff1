"""Other names for the devices and streams in a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """Return a state with other names of devices and streams in the place of those in it."""
    if isinstance(tree, dict):
        return {names.get(k, k): renamed(v, names) for k, v in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(renamed(each, names) for each in tree)
    return names.get(tree, tree) if isinstance(tree, str) else tree
