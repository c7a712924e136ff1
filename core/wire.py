"""What goes over a wire, as it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hold raw bytes as they came: `number` counts chunks since opening, `steady_s` and
    `wall_s` are `time.monotonic()` and `time.time()` just after the read.

    Only the tap also holds chunks of other kinds: "out" is what was sent to the device, "link" a
    sentence, as UTF-8, about what happened to the link. They are numbered in the same row.
    """

    number: int
    data: bytes
    steady_s: float
    wall_s: float
    kind: Literal["in", "out", "link"] = "in"
