"""What was left out for lack of time, told once it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from driftscope.core.stream import Event, EventKind, Step


@dataclass(slots=True)
class Run:
    """Count steps in a row of which something was left out, from sample `seq` on."""

    seq: int
    time_s: float
    steps: int = 0
    samples: int = 0


class LeftOut:
    """Gather runs of skipped or unscored steps into one Event each. One stream's."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._runs: dict[EventKind, Run] = {}

    def __contains__(self, kind: EventKind) -> bool:
        return kind in self._runs

    def add(self, kind: EventKind, step: Step, rows: int) -> None:
        """Take in a step that was left out; `rows` is how many a usual one has."""
        run = self._runs.setdefault(kind, Run(step.seq, float(step.time_s[0])))
        run.steps += -(-step.n // rows)
        run.samples += step.n

    def end(self, *kinds: EventKind) -> Iterator[Event]:
        """End the runs of these kinds, of all without any; give each one's Event."""
        for kind in kinds or list(self._runs):
            run = self._runs.pop(kind, None)
            if run is not None:
                data = dict(steps=run.steps, samples=run.samples)
                yield Event(self._key, run.seq, run.time_s, kind, data)
