"""A stream's description as plain data, for files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftscope.core.reports import Label
from driftscope.core.stream import StreamInfo


def info_of(said: Mapping[str, Any]) -> StreamInfo:
    """Return the StreamInfo that `dataclasses.asdict` made plain, perhaps by way of JSON."""
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    label = Label(**said["label"]) if said.get("label") else None
    return StreamInfo(**{**said, **lists, "label": label})
