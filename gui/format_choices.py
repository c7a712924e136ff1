"""What each format makes of the same bytes. No Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass

from driftscope.core.decoders._formats import FORMATS, TextParams
from driftscope.core.decoders.text import Text
from driftscope.core.stream import Block, Event, Item, StreamInfo
from driftscope.core.wire import Chunk
from driftscope.gui import words

KEPT_BYTES = 1 << 16
"""The first bytes of a device that every format is tried on."""
NAMES_CHARS = 60


@dataclass
class Trial:
    """Hold what one format has made of the bytes so far."""

    decoder: Text
    done: int = 0
    """Chunks it has read."""
    info: StreamInfo | None = None
    samples: int = 0
    rejected: int = 0
    console: int = 0

    def take(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, StreamInfo):
                self.info = item
            elif isinstance(item, Block):
                self.samples += len(item)
            elif isinstance(item, Event) and item.kind == "reject":
                self.rejected += int(item.data["count"])
            elif isinstance(item, Event) and item.kind == "console":
                self.console += int(item.data["count"])


class FormatChoices:
    """Keep a device's first bytes and read them in every format, a little at each `work`.

    GUI thread only. `time_field` is the one that JSON is read with.
    """

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.time_field = ""
        self.fields: tuple[str, ...] = ()
        """Names of the numbers in the objects that came."""
        self._bytes = 0
        self._trials: dict[str, Trial] = {}
        self._restart(*FORMATS)

    def add(self, chunk: Chunk) -> None:
        """Keep a chunk if there is room."""
        if self._bytes < KEPT_BYTES:
            self.chunks.append(chunk)
            self._bytes += len(chunk.data)

    def read_time_from(self, field: str) -> None:
        """Read the objects again, with their time in a field."""
        if field != self.time_field:
            self.time_field = field
            self._restart("auto", "json")

    def work(self, budget_s: float = 0.005) -> None:
        """Go on reading, for about so long at most."""
        end_s = time.perf_counter() + budget_s
        waiting = [trial for trial in self._trials.values() if trial.done < len(self.chunks)]
        while waiting and time.perf_counter() < end_s:
            trial = min(waiting, key=lambda each: each.done)
            trial.take(trial.decoder.decode(self.chunks[trial.done]))
            trial.done += 1
            waiting = [each for each in waiting if each.done < len(self.chunks)]
        read = self._trials["json"].info
        if read is not None and not self.time_field:
            self.fields = read.channels

    def recognised(self) -> str:
        """Return which format the bytes are, "" while that is not known."""
        return self._trials["auto"].decoder.recognised

    def found(self, name: str) -> bool:
        """Say whether a format makes samples of the bytes."""
        return bool(self._trials[name].samples)

    def gives(self, name: str) -> str:
        """Return what a format makes of the bytes, in a few words."""
        trial = self._trials[name]
        if trial.info is None or not trial.samples:
            if not self.chunks:
                return "nothing yet"
            lines = trial.rejected + trial.console
            return f"nothing · {words.plural(lines, 'line')} left out" if lines else "nothing yet"
        found = FORMATS[self.recognised()] if name == "auto" else ""
        names = words.shortened(", ".join(trial.info.channels), NAMES_CHARS)
        parts = [found, f"{words.plural(len(trial.info.channels), 'channel')}: {names}"]
        parts.append(f"{trial.rejected:,} rejected")
        parts.append(words.plural(trial.console, "line") + " of text" if trial.console else "")
        return " · ".join(part for part in parts if part)

    def _restart(self, *names: str) -> None:
        for name in names:
            params = TextParams(format=name, time_field=self.time_field)
            self._trials[name] = Trial(Text("choice", params))
